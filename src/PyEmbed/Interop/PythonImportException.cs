using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>An ImportError that Python raised, ModuleNotFoundError included.</summary>
public sealed class PythonImportException : PythonException
{
    internal PythonImportException(PythonExceptionParts parts, string? module, IReadOnlyList<string> origins, string? rule, PythonImportSite? importedBy)
        : base(parts)
    {
        Module = module;
        Origins = origins;
        Rule = rule;
        ImportedBy = importedBy;
    }

    /// <summary>The module that could not be imported, by its full name; <see langword="null"/> where Python does not say.</summary>
    public string? Module { get; }

    /// <summary>
    /// Every place that was searched, in order: for a module that was not found <c>builtin</c>, <c>finder:/name</c> for a finder of the host or of a script, and the entries of sys.path, or for a submodule those of
    /// its parent's <c>__path__</c>; for one that lacks the name or failed to load, its own place. They are told as <see cref="PythonModuleReport.Origin"/> is: <c>assembly:/MyApp.dll/mypkg.zip/folder</c>.
    /// Empty where a rule denied the import, and where Python code raised the error itself.
    /// </summary>
    public IReadOnlyList<string> Origins { get; }

    /// <summary>The rule of the interpreter's policy that denied the import; <see langword="null"/> where none did.</summary>
    public string? Rule { get; }

    /// <summary>The Python code that asked for the module; <see langword="null"/> where .NET code did (<see cref="PythonInterpreter.Import"/>).</summary>
    public PythonImportSite? ImportedBy { get; }
}
