using Microsoft.CodeAnalysis;

namespace PyEmbed.Generator;

/// <summary>Every diagnostic of the build: id, title and default severity. What each means and what to do about it is in docs/diagnostics.md.</summary>
internal static class DiagnosticTable
{
    /// <summary>The id of the one diagnostic that the generator itself finds.</summary>
    public const string UnreadableManifestId = "PYE1000";

    private const string Category = "PyEmbed";

    // A message that the build wrote is complete, so the format of each is the message itself.
    private const string Message = "{0}";

    public static readonly DiagnosticDescriptor UnreadableManifest = new(
        UnreadableManifestId, "The build's manifest cannot be read", "The manifest cannot be read: {0}", Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor SyntaxError = new(
        "PYE1001", "Python syntax error", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor Encoding = new(
        "PYE1002", "A Python file is not in its encoding", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor NullBytes = new(
        "PYE1003", "A Python file contains NUL bytes", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor DuplicateModule = new(
        "PYE1004", "Two files for one module", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor CaseCollision = new(
        "PYE1005", "Names that differ only in case", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor ShadowsStandardLibrary = new(
        "PYE1006", "A module shadows the standard library", Message, Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor RelativeImportBeyondTop = new(
        "PYE1007", "A relative import leaves its top-level package", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor OutsideRoot = new(
        "PYE1008", "An item lies outside its root", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor MissingItem = new(
        "PYE1009", "A file or folder does not exist", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor ChangedDuringBuild = new(
        "PYE1010", "A file vanished or changed during the build", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor PackageInTwoDistributions = new(
        "PYE1011", "A package or module is in two distributions", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor NoPythonAtBuild = new(
        "PYE1012", "No Python was found for the build", Message, Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor MissingEntryPoint = new(
        "PYE1013", "An entry point does not exist", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnusableValue = new(
        "PYE1014", "An interpreter or property value cannot be used", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor TreeTooLarge = new(
        "PYE1015", "A tree is too large", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor InvalidDistributionName = new(
        "PYE1016", "A distribution's name is invalid", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnreadableReference = new(
        "PYE1017", "A reference cannot be searched for Python trees", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnresolvedRelativeImport = new(
        "PYE1018", "A relative import finds no module", Message, Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor UnresolvedImport = new(
        "PYE1019", "An import finds no module", Message, Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor BadModuleRule = new(
        "PYE1020", "A module rule cannot be understood", Message, Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnmatchedModuleRule = new(
        "PYE1021", "A module rule matches nothing", Message, Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor UncallableConsoleScript = new(
        "PYE1022", "A console script cannot be called", Message, Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor NotForVersion = new(
        "PYE1025", "A file does not compile for a version of CPython", Message, Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor EntryPointsNotPossible = new(
        "PYE1030", "Entry points cannot be generated for this project", Message, Category, DiagnosticSeverity.Error, true);

    private static readonly Dictionary<string, DiagnosticDescriptor> s_byId = new DiagnosticDescriptor[]
    {
        UnreadableManifest, SyntaxError, Encoding, NullBytes, DuplicateModule, CaseCollision, ShadowsStandardLibrary,
        RelativeImportBeyondTop, OutsideRoot, MissingItem, ChangedDuringBuild, PackageInTwoDistributions, NoPythonAtBuild,
        MissingEntryPoint, UnusableValue, TreeTooLarge, InvalidDistributionName, UnreadableReference, UnresolvedRelativeImport, UnresolvedImport,
        BadModuleRule, UnmatchedModuleRule, UncallableConsoleScript, NotForVersion, EntryPointsNotPossible,
    }.ToDictionary(descriptor => descriptor.Id, StringComparer.Ordinal);

    /// <summary>Every descriptor, by its id.</summary>
    public static IReadOnlyDictionary<string, DiagnosticDescriptor> ById => s_byId;
}
