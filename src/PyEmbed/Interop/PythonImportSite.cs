namespace PyEmbed;

/// <summary>Who asked for a module that could not be imported: the place in Python code of the <c>import</c> statement, or of the call that imports.</summary>
/// <param name="Module">The <c>__name__</c> of the code that asked.</param>
/// <param name="Frame">Where in that module.</param>
public sealed record PythonImportSite(string Module, PythonFrame Frame);
