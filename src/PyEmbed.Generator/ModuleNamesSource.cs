using Microsoft.CodeAnalysis;
using PyEmbed.Manifest;

namespace PyEmbed.Generator;

/// <summary>Generates <c>PythonModules</c>: a class for each of the project's own modules, nested by package, with the module's name as a constant.</summary>
internal static class ModuleNamesSource
{
    public const string HintName = "PythonModules.g.cs";
    private const string ClassName = "PythonModules";
    private const string NameConstant = "Name";

    /// <summary>Adds the file, unless there is no module.</summary>
    public static void Add(SourceProductionContext context, (EquatableArray<ManifestModule> Modules, string RootNamespace) input)
    {
        if (input.Modules.Count == 0)
        {
            return;
        }

        ModuleNode root = ModuleNode.Tree(input.Modules);
        var writer = new SourceWriter(nullable: false);

        // Python's names are lower case by convention, which C# reserves for keywords to come.
        writer.Line("#pragma warning disable CS8981");
        bool opened = writer.OpenNamespace(input.RootNamespace);
        writer.Line("/// <summary>The names of the Python modules that this project embeds.</summary>");
        writer.Line(SourceWriter.GeneratedCode);
        writer.Open($"internal static partial class {ClassName}");
        WriteChildren(writer, root, ClassName, context.CancellationToken);
        writer.Close();
        writer.CloseNamespace(opened);
        context.AddSource(HintName, writer.ToSourceText());
    }

    private static void WriteChildren(SourceWriter writer, ModuleNode parent, string enclosingType, CancellationToken cancellationToken)
    {
        string[] identifiers = CSharpNames.ForMembers(parent.Children.Select(child => child.LastName).ToArray(), enclosingType, NameConstant);
        for (int i = 0; i < identifiers.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ModuleNode child = parent.Children[i];
            if (i > 0 || enclosingType != ClassName)
            {
                writer.Line();
            }

            writer.Documentation(child.Docstring, Describe(child.Kind), child.Name);
            writer.Open($"public static class {CSharpNames.Declared(identifiers[i])}");
            writer.Line($"public const string {NameConstant} = {SourceWriter.Literal(child.Name)};");
            WriteChildren(writer, child, identifiers[i], cancellationToken);
            writer.Close();
        }
    }

    private static string Describe(ManifestModuleKind kind) => kind switch
    {
        ManifestModuleKind.Module => "Python module",
        ManifestModuleKind.Package => "Python package",
        _ => "Python namespace package",
    };
}
