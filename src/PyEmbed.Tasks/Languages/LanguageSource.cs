using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Languages;

/// <summary>Writes, in a language whose compiler runs no generators, what the generator writes in C#.</summary>
internal abstract class LanguageSource
{
    /// <summary>What a shell returns for a command it cannot find, and a program that finds no Python.</summary>
    protected const int ExitCodeWithoutPython = 127;

    /// <summary>The extension of the language's files, with its dot.</summary>
    public abstract string Extension { get; }

    /// <summary>The writer for a project's language, as its <c>Language</c> property names it; null for others.</summary>
    public static LanguageSource? For(string language) => language.ToUpperInvariant() switch
    {
        "F#" => new FSharpSource(),
        "VB" => new VisualBasicSource(),
        _ => null,
    };

    /// <summary>A file with the assembly attributes that say which trees the assembly carries.</summary>
    public abstract string Attributes(IEnumerable<ManifestTree> trees);

    /// <summary>A file with the program that runs a module or a function, and returns its exit code.</summary>
    /// <param name="main"><c>module:function</c>, or a module's name.</param>
    public abstract string Program(string main);

    /// <summary>The member of the interpreter that runs it.</summary>
    protected static string Runner(string main) => main.IndexOf(':') >= 0 ? "RunEntryPoint" : "RunModule";
}
