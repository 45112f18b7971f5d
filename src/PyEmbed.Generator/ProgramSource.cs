using Microsoft.CodeAnalysis;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>Generates the program of a project without C#: a <c>Main</c> that runs one module or function and returns its exit code.</summary>
internal static class ProgramSource
{
    public const string HintName = "PyEmbedProgram.g.cs";

    /// <summary>What a shell returns for a command it cannot find.</summary>
    private const string ExitCodeWithoutPython = "127";

    /// <summary>Adds the file, unless no <c>Main</c> is asked for.</summary>
    public static void Add(SourceProductionContext context, (string? Main, string RootNamespace) input)
    {
        if (input.Main is null)
        {
            return;
        }

        string run = input.Main.IndexOf(':') >= 0 ? "RunEntryPoint" : "RunModule";
        var writer = new SourceWriter(nullable: true);
        writer.AssemblyMetadata(ProgramAttribute.MainKey, input.Main);
        bool opened = writer.OpenNamespace(input.RootNamespace);
        writer.Line($"/// <summary>The program: runs <c>{XmlText.Escape(input.Main)}</c> and returns its exit code.</summary>");
        writer.Line(SourceWriter.GeneratedCode);
        writer.Open("internal static class PyEmbedProgram");
        writer.Open("private static int Main(string[] args)");
        writer.Line("global::PyEmbed.PythonInterpreter python;");
        writer.Open("try");
        writer.Line("python = global::PyEmbed.PythonInterpreter.Start(new global::PyEmbed.PythonOptions { Arguments = args });");
        writer.Close();
        writer.Open("catch (global::PyEmbed.PythonRuntimeNotFoundException e)");
        writer.Line("// Whoever runs the program can mend this; where in our code it was noticed does not help.");
        writer.Line("global::System.Console.Error.WriteLine(e.Message);");
        writer.Line($"return {ExitCodeWithoutPython};");
        writer.Close();
        writer.Line();
        writer.Open("using (python)");
        writer.Line($"return python.{run}({SourceWriter.Literal(input.Main)}, args);");
        writer.Close();
        writer.Close();
        writer.Close();
        writer.CloseNamespace(opened);
        context.AddSource(HintName, writer.ToSourceText());
    }
}
