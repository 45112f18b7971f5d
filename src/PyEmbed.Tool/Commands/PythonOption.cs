using System.CommandLine;

namespace PyEmbed.Tool.Commands;

/// <summary>The option that names a CPython.</summary>
internal static class PythonOption
{
    public const string Name = "--python";

    public static Option<string?> Create() => new(Name)
    {
        Description = "The CPython to use: an interpreter, a shared library, a virtual environment or an installation's folder. Default: as an application finds it.",
        HelpName = "PATH",
    };
}
