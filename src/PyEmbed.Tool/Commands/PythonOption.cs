using System.CommandLine;

namespace PyEmbed.Tool.Commands;

/// <summary>The option that names a CPython.</summary>
internal static class PythonOption
{
    public static Option<string?> Create() => new("--python")
    {
        Description = "The CPython to use: an interpreter, a shared library, a virtual environment or an installation's folder. Default: as an application finds it.",
        HelpName = "PATH",
    };
}
