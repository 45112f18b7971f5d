using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PyEmbed.Manifest;

namespace PyEmbed.Generator.Tests;

/// <summary>Runs the generated program and entry points, against a runtime that records its calls.</summary>
[TestClass]
public sealed class ProgramTests
{
    private static readonly CSharpCompilationOptions s_executable =
        new(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999);

    [TestMethod]
    public void Main_runs_an_entry_point_and_disposes()
    {
        Assembly program = Load(BuildManifest.Empty with { Main = "mypkg.__main__:main" });
        Assert.AreEqual(6, program.EntryPoint!.Invoke(null, [new[] { "a", "b" }]));
        CollectionAssert.AreEqual(new[] { "Start a b", "RunEntryPoint mypkg.__main__:main a b", "Dispose" }, Calls(program));
    }

    [TestMethod]
    public void Main_runs_a_module_and_disposes()
    {
        Assembly program = Load(BuildManifest.Empty with { Main = "mypkg" });
        Assert.AreEqual(5, program.EntryPoint!.Invoke(null, [Array.Empty<string>()]));
        CollectionAssert.AreEqual(new[] { "Start ", "RunModule mypkg ", "Dispose" }, Calls(program));
    }

    [TestMethod]
    public void The_assembly_says_what_it_can_run()
    {
        Assembly program = Load(BuildManifest.Empty with
        {
            Main = "mypkg",
            EntryPoints = new([new("Main", "mypkg.a:main", ""), new("Main", "mypkg.b:main", ""), new("SphinxBuild", "sphinx.cmd.build:main", "", "sphinx-build")]),
        });
        CollectionAssert.AreEquivalent(
            new[] { "PyEmbed.Main mypkg", "PyEmbed.EntryPoint Main=mypkg.a:main", "PyEmbed.EntryPoint Main_=mypkg.b:main", "PyEmbed.EntryPoint sphinx-build=sphinx.cmd.build:main" },
            program.GetCustomAttributes<AssemblyMetadataAttribute>().Select(item => $"{item.Key} {item.Value}").ToArray());
    }

    [TestMethod]
    public void Main_says_that_Python_is_missing_without_a_stack_trace()
    {
        Assembly program = Load(BuildManifest.Empty with { Main = "mypkg" });
        program.GetType("PyEmbed.PythonInterpreter")!.GetField("Missing")!.SetValue(null, true);
        TextWriter before = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            Assert.AreEqual(127, program.EntryPoint!.Invoke(null, [Array.Empty<string>()]));
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.AreEqual("no Python here" + Environment.NewLine, error.ToString());
        Assert.IsEmpty(Calls(program));
    }

    [TestMethod]
    public void An_entry_point_named_Main_is_no_rival_of_top_level_statements() => GeneratorHarness.Run(
        BuildManifest.Empty with { EntryPoints = new([new("Main", "mypkg.__main__:main", "")]) },
        options: s_executable,
        sources: "return 0;");

    [TestMethod]
    public void Entry_points_are_methods_even_one_named_Main_beside_the_program()
    {
        var manifest = BuildManifest.Empty with
        {
            EntryPoints = new(
            [
                new("Main", "mypkg.__main__:main", "Runs.\n\nAll of it."),
                new("Equals", "a:b", ""),
                new("class", "a:c", ""),
                new("Main", "a:d", ""),
                new("PythonEntryPoints", "a:e", ""),
                new("serve-it", "a:f", ""),
            ]),
            Main = "mypkg",
        };
        Assembly program = Load(manifest);
        Type type = program.GetType("My.App.PythonEntryPoints")!;
        CollectionAssert.AreEqual(
            new[] { "Main", "Equals_", "class_", "Main_", "PythonEntryPoints_", "serve_it" },
            type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly).Select(method => method.Name).ToArray());

        object python = program.GetType("PyEmbed.PythonInterpreter")!.GetMethod("Start")!.Invoke(null, [null])!;
        Assert.AreEqual(6, type.GetMethod("Main_")!.Invoke(null, [python, new[] { "x" }]));
        CollectionAssert.AreEqual(new[] { "Start ", "RunEntryPoint a:d x" }, Calls(program));
        Assert.AreEqual("PyEmbedProgram", program.EntryPoint!.DeclaringType!.Name);
    }

    [TestMethod]
    public void A_console_script_is_a_method_whose_documentation_names_it()
    {
        GeneratedCode code = GeneratorHarness.Run(BuildManifest.Empty with
        {
            EntryPoints = new(
            [
                new("Serve", "mine:serve", ""),
                new("SphinxBuild", "sphinx.cmd.build:main", "Builds <all> of it.", "sphinx-build"),
                new("2to3", "a:b", "", "2to3"),
                new("Serve", "other:serve", "", "serve"),
            ]),
        });
        INamedTypeSymbol type = code.Compilation.GetTypeByMetadataName("My.App.PythonEntryPoints")!;

        CollectionAssert.AreEqual(
            new[] { "Serve", "SphinxBuild", "_2to3", "Serve_" },
            type.GetMembers().OfType<IMethodSymbol>().Select(method => method.Name).ToArray());
        string documentation = type.GetMembers("SphinxBuild").Single().GetDocumentationCommentXml()!;
        Assert.Contains("<summary>Builds &lt;all&gt; of it.</summary>", documentation);
        Assert.Contains("<para>Console script <c>sphinx-build</c>, Python function <c>sphinx.cmd.build:main</c>.</para>", documentation);
        Assert.Contains("<summary>Console script <c>serve</c>, Python function <c>other:serve</c>.</summary>", type.GetMembers("Serve_").Single().GetDocumentationCommentXml()!);
    }

    private static Assembly Load(BuildManifest manifest)
    {
        using var image = new MemoryStream();
        Assert.IsTrue(GeneratorHarness.Run(manifest, options: s_executable).Compilation.Emit(image).Success);
        image.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(image);
    }

    private static string[] Calls(Assembly program) =>
        ((List<string>)program.GetType("PyEmbed.PythonInterpreter")!.GetField("Calls")!.GetValue(null)!).ToArray();
}
