namespace PyEmbed.Tasks;

/// <summary>The ids of docs/diagnostics.md that the tasks use.</summary>
internal static class ProblemIds
{
    public const string UnreadableManifest = "PYE1000";
    public const string SyntaxError = "PYE1001";
    public const string Encoding = "PYE1002";
    public const string NulBytes = "PYE1003";
    public const string TwoFilesForOneName = "PYE1004";
    public const string NamesDifferInCase = "PYE1005";
    public const string ShadowsStandardLibrary = "PYE1006";
    public const string BeyondTopLevel = "PYE1007";
    public const string OutsideRoot = "PYE1008";
    public const string Missing = "PYE1009";
    public const string ChangedDuringBuild = "PYE1010";
    public const string PackageInTwoDistributions = "PYE1011";
    public const string NoPython = "PYE1012";
    public const string EntryPoint = "PYE1013";
    public const string UnusableValue = "PYE1014";
    public const string TooLarge = "PYE1015";
    public const string DistributionName = "PYE1016";
    public const string UnreadableReference = "PYE1017";
    public const string UnresolvedRelativeImport = "PYE1018";
    public const string UnresolvedImport = "PYE1019";
    public const string ModuleRule = "PYE1020";
    public const string UnmatchedRule = "PYE1021";
    public const string ConsoleScript = "PYE1022";
    public const string NotForVersion = "PYE1025";
    public const string EntryPointsNotPossible = "PYE1030";
}
