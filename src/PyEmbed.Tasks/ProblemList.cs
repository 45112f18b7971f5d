using PyEmbed.Manifest;
using PyEmbed.Tasks.Checks;

namespace PyEmbed.Tasks;

/// <summary>What a build found wrong. Blocking problems leave no archive to be made; the others are recorded for the generator.</summary>
internal sealed class ProblemList
{
    private readonly List<ManifestDiagnostic> _blocking = [];
    private readonly List<ManifestDiagnostic> _recorded = [];

    public IReadOnlyList<ManifestDiagnostic> Blocking => _blocking;

    /// <summary>Sorted by file and place, so that the manifest does not depend on the order of work.</summary>
    public IEnumerable<ManifestDiagnostic> Recorded => _recorded
        .OrderBy(problem => problem.File, StringComparer.Ordinal)
        .ThenBy(problem => problem.Line)
        .ThenBy(problem => problem.Column)
        .ThenBy(problem => problem.Id, StringComparer.Ordinal)
        .ThenBy(problem => problem.Message, StringComparer.Ordinal);

    public void Block(string id, string file, string message) =>
        _blocking.Add(new ManifestDiagnostic(id, ManifestSeverity.Error, file, 0, 0, 0, 0, message));

    /// <summary>The same for something that a project file says: an item with a value, or a property (<see cref="ProjectPlaces.Find"/>).</summary>
    public void BlockIn(string id, string projectFile, string element, string value, string message) =>
        _blocking.Add(At(id, ManifestSeverity.Error, projectFile, element, value, message));

    /// <summary>A value that cannot be used, of the property that is the message's first word.</summary>
    public void BlockValue(string projectFile, string message) =>
        BlockIn(ProblemIds.UnusableValue, projectFile, message.Substring(0, Math.Max(0, message.IndexOf(' '))), "", message);

    public void Record(string id, ManifestSeverity severity, string file, string message) =>
        Record(new ManifestDiagnostic(id, severity, file, 0, 0, 0, 0, message));

    /// <summary>The same for something that a project file says.</summary>
    public void RecordIn(string id, ManifestSeverity severity, string projectFile, string element, string value, string message) =>
        Record(At(id, severity, projectFile, element, value, message));

    public void Record(ManifestDiagnostic problem) => _recorded.Add(problem);

    private static ManifestDiagnostic At(string id, ManifestSeverity severity, string projectFile, string element, string value, string message)
    {
        (int line, int column) = ProjectPlaces.Find(projectFile, element, value);
        return new ManifestDiagnostic(id, severity, projectFile, line, column, 0, 0, message);
    }
}
