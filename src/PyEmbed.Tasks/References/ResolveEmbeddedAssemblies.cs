using Microsoft.Build.Framework;
using PyEmbed.Manifest;
using PyEmbed.Tasks.References;

namespace PyEmbed.Tasks;

/// <summary>
/// Finds the assemblies that a program mounts (docs/formats.md, section 3): the project's own, if it has trees, then every
/// reference with an <c>EmbeddedPythonAttribute</c>. What is wrong with them goes into a manifest for the generator.
/// </summary>
public sealed class ResolveEmbeddedAssemblies : ReportingTask
{
    /// <summary>The resolved references, <c>@(ReferencePath)</c>. References of a framework, which they name in their metadata, are skipped.</summary>
    [Required]
    public ITaskItem[] References { get; set; } = [];

    /// <summary>The simple name of the project's own assembly.</summary>
    [Required]
    public string OwnAssemblyName { get; set; } = "";

    /// <summary>The archives that the project embeds itself.</summary>
    public ITaskItem[] OwnTrees { get; set; } = [];

    /// <summary>The project's file: conflicts are reported there, and its folder is the base of relative paths.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The manifest to write: <c>…/references/PyEmbed.manifest</c>, an additional file of the compiler. Written only where it changes.</summary>
    [Required]
    public string ManifestFile { get; set; } = "";

    /// <summary>The file that keeps what is known of each reference, so that an unchanged one is not opened again.</summary>
    [Required]
    public string StateFile { get; set; } = "";

    /// <summary>What <see cref="CollectPythonPackages"/> left open of the trees' imports; the file need not be there.</summary>
    public string ImportsFile { get; set; } = "";

    /// <summary>Modules that may be missing, with those below them; <c>*</c> stands for any text.</summary>
    public string[] IgnoredImports { get; set; } = [];

    /// <summary>Whether the task logs what it found, because no generator does.</summary>
    public bool LogDiagnostics { get; set; }

    /// <summary>Simple names of the assemblies, in mount order.</summary>
    [Output]
    public string[] Assemblies { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        string[] ignored = IgnoredImports.Select(name => name.Trim()).Where(name => name.Length > 0).ToArray();
        if (ignored.FirstOrDefault(name => !name.All(IsOfName)) is string other)
        {
            const string Property = "PyEmbedIgnoredImports";
            var problems = new ProblemList();
            problems.BlockValue(ProjectFile, $"{Property} has '{other}', which can match no module. Separate names by ';', and write '*' for any text.");
            Report(problems.Blocking);
            return false;
        }

        var options = new ReferenceOptions(
            References.Where(IsCandidate).Select(item => FullPath(item.ItemSpec)).ToArray(),
            OwnAssemblyName,
            OwnTrees.Select(item => FullPath(item.ItemSpec)).ToArray(),
            ProjectFile,
            FullPath(ManifestFile),
            FullPath(StateFile),
            FullPath(ImportsFile),
            ignored);
        try
        {
            Assemblies = [.. ReferenceResolver.Resolve(options)];
            if (LogDiagnostics)
            {
                // From the file, for a build in which nothing changed finds nothing again.
                string manifest = File.ReadAllText(options.ManifestFile, ArchiveFormat.Utf8);
                Report(ManifestTextReader.Read(manifest).Diagnostics);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Unreadable references are diagnostics; this is about one of the two outputs.
            Log.LogError($"What the references carry cannot be written below '{Path.GetDirectoryName(options.ManifestFile)}': {e.Message}");
        }

        return !Log.HasLoggedErrors;
    }

    // Letters beyond the basic plane are two units.
    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '*' || c > '\x7f';

    private static bool IsCandidate(ITaskItem reference) => reference.GetMetadata("FrameworkReferenceName").Length == 0;

    private string FullPath(string path) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ProjectFile), path));
}
