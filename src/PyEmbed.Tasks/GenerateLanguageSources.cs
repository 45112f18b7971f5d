using Microsoft.Build.Framework;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Checks;
using PyEmbed.Tasks.Languages;
using PyEmbed.Tasks.Output;

namespace PyEmbed.Tasks;

/// <summary>
/// Writes what the generator writes in C# for a project in a language whose compiler runs no generators: the attributes of the trees,
/// and the program where one is asked for. A file is written only where it changes.
/// </summary>
public sealed class GenerateLanguageSources : ReportingTask
{
    /// <summary>The project's language: <c>F#</c> or <c>VB</c>. Nothing is written for any other.</summary>
    [Required]
    public string Language { get; set; } = "";

    /// <summary>The project's file: what has no place elsewhere is reported there, and its folder is the base of relative paths.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The manifest of the project's own trees.</summary>
    [Required]
    public string ManifestFile { get; set; } = "";

    /// <summary>Where the files go.</summary>
    [Required]
    public string OutputDirectory { get; set; } = "";

    /// <summary>The file with the attributes; none where there is no tree.</summary>
    [Output]
    public ITaskItem? Attributes { get; private set; }

    /// <summary>The file with the program, which F# must compile last; none where none is asked for.</summary>
    [Output]
    public ITaskItem? Program { get; private set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (LanguageSource.For(Language) is not LanguageSource source)
        {
            return true;
        }

        try
        {
            BuildManifest manifest = ManifestTextReader.Read(File.ReadAllText(FullPath(ManifestFile), ArchiveFormat.Utf8));
            if (manifest.Trees.Count > 0)
            {
                Attributes = Write("EmbeddedPython" + source.Extension, source.Attributes(manifest.Trees));
            }

            if (manifest.Main is string main)
            {
                Program = Write("PyEmbedProgram" + source.Extension, source.Program(main));
            }

            if (manifest.EntryPoints.Count > 0)
            {
                Report(
                    ProblemIds.EntryPointsNotPossible,
                    ManifestSeverity.Warning,
                    ProjectFile,
                    ProjectPlaces.Find(ProjectFile, "PythonEntryPoint", ""),
                    "PythonEntryPoint items become methods in C# projects only; call PythonInterpreter.RunEntryPoint instead.");
            }
        }
        catch (ManifestTextException e)
        {
            Report(ProblemIds.UnreadableManifest, ManifestSeverity.Error, FullPath(ManifestFile), (e.Line, 0), $"The manifest cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.LogError($"The generated code cannot be written below '{OutputDirectory}': {e.Message}");
        }

        return !Log.HasLoggedErrors;
    }

    private ITaskItem Write(string name, string text)
    {
        string path = Path.Combine(FullPath(OutputDirectory), name);
        OutputFile.WriteIfChanged(path, text);
        return ItemPaths.ToItem(path);
    }

    private void Report(string id, ManifestSeverity severity, string file, (int Line, int Column) place, string message) =>
        Report([new ManifestDiagnostic(id, severity, file, place.Line, place.Column, 0, 0, message)]);

    private string FullPath(string path) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ProjectFile), path));
}
