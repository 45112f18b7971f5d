using Microsoft.CodeAnalysis;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>Generates <c>PythonEntryPoints</c>: a method for each entry point of the project.</summary>
internal static class EntryPointsSource
{
    public const string HintName = "PythonEntryPoints.g.cs";
    private const string ClassName = "PythonEntryPoints";

    /// <summary>Adds the file, unless there is no entry point.</summary>
    public static void Add(SourceProductionContext context, (EquatableArray<ManifestEntryPoint> EntryPoints, string RootNamespace) input)
    {
        if (input.EntryPoints.Count == 0)
        {
            return;
        }

        string[] names = CSharpNames.ForMembers(input.EntryPoints.Select(entry => entry.MethodName).ToArray(), ClassName);
        var writer = new SourceWriter(nullable: true);

        // A method may well be called Main; it is not the program's, as the compiler finds by its parameters and warns of.
        writer.Line("#pragma warning disable CS0028, CS7022");
        for (int i = 0; i < names.Length; i++)
        {
            ManifestEntryPoint entry = input.EntryPoints[i];
            writer.AssemblyMetadata(ProgramAttribute.EntryPointKey, $"{(entry.Script.Length > 0 ? entry.Script : names[i])}={entry.Reference}");
        }

        bool opened = writer.OpenNamespace(input.RootNamespace);
        writer.Line("/// <summary>The Python functions that this project can call as programs.</summary>");
        writer.Line(SourceWriter.GeneratedCode);
        writer.Open($"internal static partial class {ClassName}");
        for (int i = 0; i < names.Length; i++)
        {
            if (i > 0)
            {
                writer.Line();
            }

            WriteMethod(writer, input.EntryPoints[i], names[i]);
        }

        writer.Close();
        writer.CloseNamespace(opened);
        context.AddSource(HintName, writer.ToSourceText());
    }

    private static void WriteMethod(SourceWriter writer, ManifestEntryPoint entry, string name)
    {
        string what = entry.Script.Length == 0 ? "Python function" : $"Console script <c>{XmlText.Escape(entry.Script)}</c>, Python function";
        writer.Documentation(entry.Docstring, what, entry.Reference);
        writer.Line("/// <param name=\"python\">The interpreter to call it in.</param>");
        writer.Line("/// <param name=\"args\">What <c>sys.argv[1:]</c> shall be.</param>");
        writer.Line("/// <returns>The exit code, as a console script would have it.</returns>");
        writer.Line($"public static int {CSharpNames.Declared(name)}(global::PyEmbed.PythonInterpreter python, params string[] args) =>");
        writer.Line($"    python.RunEntryPoint({SourceWriter.Literal(entry.Reference)}, args);");
    }
}
