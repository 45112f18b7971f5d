namespace PyEmbed.EndToEnd;

/// <summary>What a developer meets while editing: mistakes, repeated builds, clean.</summary>
[TestClass]
public class BuildTests
{
    private static TestProject App() => new TestProject("App")
        .WithProject("<OutputType>Exe</OutputType><PyEmbedEntryPoint>app:main</PyEmbedEntryPoint>")
        .With("py/app.py", "def main():\n    print('one')\n");

    [TestMethod]
    public void A_syntax_error_is_reported_at_its_place_in_each_build_until_mended()
    {
        var app = App().With("py/broken.py", "def f():\n    return (1,\n");
        app.Build().Fails().Says("broken.py(2,12): error PYE1001: '(' was never closed");
        app.Build().Fails().Says("error PYE1001");
        app.With("py/broken.py", "def f():\n    return (1,)\n").Build().Succeeds().DoesNotSay("PYE1001");
    }

    [TestMethod]
    public void A_syntax_error_outside_the_project_is_a_warning_and_the_file_is_embedded_all_the_same()
    {
        var app = App();
        var other = Path.Combine(app.Folder, "..", "other");
        Directory.CreateDirectory(other);
        File.WriteAllText(Path.Combine(other, "py2only.py"), "print 'no'\n");
        File.WriteAllText(Path.Combine(other, "fine.py"), "WORD = 'fine'\n");
        app.WithProject(
                "<OutputType>Exe</OutputType><PyEmbedEntryPoint>app:main</PyEmbedEntryPoint>",
                """<PythonPackage Include="py/**" /><PythonPackage Include="../other" Distribution="other" />""")
            .With("py/app.py", """
                import fine
                def main():
                    try:
                        import py2only
                    except SyntaxError as error:
                        print(fine.WORD, error.lineno, error.text.strip())
                """);
        app.Build().Succeeds().Says("py2only.py(1,1): warning PYE1001");
        app.Dotnet("run", "--no-build").Succeeds().Prints("fine 1 print 'no'");
    }

    [TestMethod]
    [DataRow(".globalconfig")]
    [DataRow("../.globalconfig")]
    public void Severities_are_set_as_for_any_compiler_diagnostic_also_without_a_csharp_file(string config)
    {
        var app = App().With("py/broken.py", "def\n").With("py/json.py", "X = 1\n");
        app.Build().Fails().Says("error PYE1001").Says("warning PYE1006");
        app.Build("-p:NoWarn=PYE1006").Fails().DoesNotSay("PYE1006");
        app.Build("-p:WarningsAsErrors=PYE1006").Fails().Says("error PYE1006");
        app.With(config, """
            is_global = true
            dotnet_diagnostic.PYE1001.severity = warning
            dotnet_diagnostic.PYE1006.severity = none
            """);
        app.Build().Succeeds().Says("warning PYE1001").DoesNotSay("PYE1006");
    }

    [TestMethod]
    public void Each_edit_reaches_the_program_and_a_build_without_one_compiles_nothing()
    {
        var app = App();
        app.Dotnet("run").Succeeds().Prints("one");
        var assembly = Path.Combine(app.Folder, "bin", "Debug", "net10.0", "App.dll");
        var built = File.GetLastWriteTimeUtc(assembly);
        app.Build("-v:n").Succeeds().DoesNotSay("/noconfig");
        Assert.AreEqual(built, File.GetLastWriteTimeUtc(assembly));

        app.With("py/app.py", "import helper\n\ndef main():\n    print(helper.WORD)\n").With("py/helper.py", "WORD = 'two'\n");
        app.Dotnet("run").Succeeds().Prints("two");
        File.Delete(Path.Combine(app.Folder, "py", "helper.py"));
        app.Dotnet("run").Exits(1).Says("ModuleNotFoundError: No module named 'helper'");
        app.With("py/old.py", "WORD = 'three'\n").Build().Succeeds();
        File.Move(Path.Combine(app.Folder, "py", "old.py"), Path.Combine(app.Folder, "py", "helper.py"));
        app.Dotnet("run").Succeeds().Prints("three");
    }

    [TestMethod]
    public void Clean_leaves_nothing_of_the_trees()
    {
        var app = App();
        app.Build().Succeeds();
        var outputs = Path.Combine(app.Folder, "obj", "Debug", "net10.0", "pyembed", "App");
        Assert.IsNotEmpty(Directory.GetFiles(outputs, "*.zip"));
        app.Dotnet("clean", "--nologo").Succeeds();
        Assert.IsFalse(Directory.Exists(outputs) && Directory.EnumerateFiles(outputs, "*", SearchOption.AllDirectories).Any());
    }

    [TestMethod]
    public void Without_a_python_at_build_the_sources_are_packaged_and_the_build_says_what_was_not_checked()
    {
        var app = App();
        var withoutPython = new Dictionary<string, string?>
        {
            ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath is { } host && host.EndsWith("dotnet", StringComparison.Ordinal) ? host : "/usr/bin/dotnet"),
        };
        var tools = Directory.CreateDirectory(Path.Combine(app.Folder, "..", "tools")).FullName;
        var dotnet = Shell.Run(app.Folder, ["sh", "-c", "readlink -f \"$(command -v dotnet)\""]).Succeeds().Output.Trim();
        File.CreateSymbolicLink(Path.Combine(tools, "dotnet"), dotnet);
        withoutPython["PATH"] = tools;
        Shell.Run(app.Folder, [dotnet, "build", "--nologo", "-tl:off"], withoutPython).Succeeds().Says("warning PYE1012");
        app.Dotnet("run", "--no-build").Succeeds().Prints("one");
    }

    [TestMethod]
    public void No_python_at_run_time_says_where_it_looked_and_what_to_install()
    {
        var app = App();
        var published = app.Publish();
        var result = Shell.Run(published, [Path.Combine(published, "App")], new Dictionary<string, string?>
        {
            ["PATH"] = "/nowhere",
            ["PYEMBED_LIBRARY"] = "/nowhere/libpython3.11.so",
            ["XDG_CACHE_HOME"] = Path.Combine(app.Folder, "empty-cache"),
        });
        result.Fails().Says("/nowhere/libpython3.11.so").DoesNotSay("   at ");
    }

    [TestMethod]
    public void A_traceback_shows_file_line_and_source_of_embedded_code()
    {
        var app = App().With("py/app.py", "def main():\n    fail()\n\ndef fail():\n    raise ValueError('because')  # marked\n");
        app.Dotnet("run").Exits(1)
            .Says("line 5, in fail\n    raise ValueError('because')  # marked").Says("ValueError: because");
    }
}
