namespace PyEmbed;

/// <summary>A module's source, as a <see cref="PythonImporter"/> gives it.</summary>
/// <param name="Source">The text. A declaration of its encoding in it has no effect.</param>
/// <param name="IsPackage">Whether it is a package, so that <c>name.sub</c> is asked for when that is imported.</param>
/// <param name="Origin">
/// <c>__spec__.origin</c>, and the file name in tracebacks, such as <c>db:/scripts/42</c>; nothing needs to be there. Null: <c>memory:/name/sub.py</c>, by the module's name.
/// </param>
/// <exception cref="ArgumentNullException"><paramref name="Source"/> is null.</exception>
public sealed record PythonModuleSource(string Source, bool IsPackage = false, string? Origin = null)
{
    /// <summary>The text. A declaration of its encoding in it has no effect.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public string Source
    {
        get => source;
        init => source = value ?? throw new ArgumentNullException(nameof(Source));
    }

    private readonly string source = Source ?? throw new ArgumentNullException(nameof(Source));
}
