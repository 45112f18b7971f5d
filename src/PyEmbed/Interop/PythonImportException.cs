using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>An ImportError that Python raised, ModuleNotFoundError included.</summary>
public sealed class PythonImportException : PythonException
{
    internal PythonImportException(PythonExceptionParts parts, string? module, IReadOnlyList<string> origins)
        : base(parts)
    {
        Module = module;
        Origins = origins;
    }

    /// <summary>The module that could not be imported, by its full name; <see langword="null"/> where Python does not say.</summary>
    public string? Module { get; }

    /// <summary>
    /// Every place that was tried: for a module that was not found, the entries of sys.path, of its parent's <c>__path__</c> for a submodule;
    /// for one that lacks the name or failed to load, its file. A place in an embedded tree is named by its archive: <c>MyApp.dll!PyEmbed/mypkg.zip/folder</c>.
    /// </summary>
    public IReadOnlyList<string> Origins { get; }
}
