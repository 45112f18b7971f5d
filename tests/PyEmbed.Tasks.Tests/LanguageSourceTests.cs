using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Tests;

/// <summary>What the task writes where no generator runs. That compilers take it is tested by building projects.</summary>
[TestClass]
public sealed class LanguageSourceTests : IDisposable
{
    private static readonly string s_hash = new('0', 64);

    private readonly TempFolder _folder = new();
    private readonly RecordingEngine _engine = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("F#", "EmbeddedPython.fs", """[<assembly: global.PyEmbed.EmbeddedPython("a", Resource = "PyEmbed/a.zip", Hash = "{0}", FormatVersion = 1, MinimumPython = "3.9", Requirements = [| "b; x == \"\\\""; "c\u0009d" |])>]""")]
    [DataRow("VB", "EmbeddedPython.vb", """"<Assembly: Global.PyEmbed.EmbeddedPython("a", Resource:="PyEmbed/a.zip", Hash:="{0}", FormatVersion:=1, MinimumPython:="3.9", Requirements:=New String() {"b; x == ""\""", "c" & Global.Microsoft.VisualBasic.ChrW(9) & "d"})>"""")]
    public void Attributes_are_literals_of_the_language(string language, string file, string expected)
    {
        GenerateLanguageSources task = Task(language, BuildManifest.Empty with
        {
            Trees = new([new("a", "PyEmbed/a.zip", s_hash, 1, TreePlacement.App, "3.9", new(["b; x == \"\\\"", "c\td"]))]),
        });

        Assert.IsTrue(task.Execute());

        Assert.AreEqual(_folder["obj/" + file], task.Attributes!.ItemSpec);
        Assert.Contains(expected.Replace("{0}", s_hash, StringComparison.Ordinal), File.ReadAllText(task.Attributes.ItemSpec));
        Assert.IsNull(task.Program);
        Assert.IsEmpty(_engine.Warnings);
    }

    [TestMethod]
    [DataRow("F#", "a", "python.RunModule(\"a\", args)")]
    [DataRow("F#", "a:main", "python.RunEntryPoint(\"a:main\", args)")]
    [DataRow("VB", "a", "python.RunModule(\"a\", args)")]
    [DataRow("VB", "a:main", "python.RunEntryPoint(\"a:main\", args)")]
    public void A_program_runs_what_it_is_asked_for(string language, string main, string expected)
    {
        GenerateLanguageSources task = Task(language, BuildManifest.Empty with { Main = main });
        Assert.IsTrue(task.Execute());
        Assert.IsNull(task.Attributes);
        string program = File.ReadAllText(task.Program!.ItemSpec);
        Assert.Contains(expected, program);
        Assert.Contains($"ystem.Reflection.AssemblyMetadata(\"PyEmbed.Main\", \"{main}\")", program);
    }

    [TestMethod]
    public void Methods_for_entry_points_are_said_not_to_be_there()
    {
        Assert.IsTrue(Task("VB", BuildManifest.Empty with { EntryPoints = new([new("Run", "a:run", "")]) }).Execute());
        Assert.AreEqual("PYE1030", Assert.ContainsSingle(_engine.Warnings).Code);
    }

    [TestMethod]
    public void A_manifest_that_cannot_be_read_is_an_error_that_names_it()
    {
        GenerateLanguageSources task = Task("F#", BuildManifest.Empty);
        _folder.Write("obj/PyEmbed.manifest", "pyembed-manifest 99\n");
        Assert.IsFalse(task.Execute());
        Assert.AreEqual("PYE1000", Assert.ContainsSingle(_engine.Errors).Code);
    }

    private GenerateLanguageSources Task(string language, BuildManifest manifest)
    {
        _folder.Write("obj/PyEmbed.manifest", ManifestTextWriter.Write(manifest));
        return new() { BuildEngine = _engine, Language = language, ProjectFile = _folder["App.proj"], ManifestFile = "obj/PyEmbed.manifest", OutputDirectory = "obj" };
    }
}
