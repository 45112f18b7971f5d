using PyEmbed.Manifest;
using PyEmbed.Tasks.Checks;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Checks;

/// <summary>What is read from <c>entry_points.txt</c>.</summary>
[TestClass]
public sealed class ConsoleScriptsTests
{
    [TestMethod]
    public void Scripts_of_both_groups_are_read_with_their_lines()
    {
        string[] lines =
        [
            "# comment", "[console_scripts]", "flask = flask.cli:main", "", "  sphinx-build=sphinx.cmd.build:main  ",
            "; another", "2to3 = a : b.c [extra, more]", "[flask.commands]", "run = flask.cli:run", "[ gui_scripts ]", "win = a:w[x]",
        ];

        CollectionAssert.AreEqual(
            new[] { "flask flask.cli:main 3", "sphinx-build sphinx.cmd.build:main 5", "2to3 a:b.c 7", "win a:w 11" },
            Read("a-1.dist-info/entry_points.txt", lines));
    }

    [TestMethod]
    [DataRow("run")]
    [DataRow("run = a")]
    [DataRow("run = a:b:c")]
    [DataRow("run = a:")]
    [DataRow("run = a:b c")]
    [DataRow("run = a..b:c")]
    [DataRow("run = 2a:b")]
    [DataRow("= a:b")]
    public void What_names_no_function_is_known_by_its_whole_line(string line) =>
        CollectionAssert.AreEqual(new[] { $"{line}  2" }, Read("a.egg-info/entry_points.txt", ["[console_scripts]", line]));

    [TestMethod]
    [DataRow("a-1.dist-info/entry_points.txt", true)]
    [DataRow("a-1.egg-info/entry_points.txt", true)]
    [DataRow("a/entry_points.txt", false)]
    [DataRow("a/_vendor/b.dist-info/entry_points.txt", false)]
    [DataRow("a.dist-info/sub.dist-info/entry_points.txt", false)]
    public void Only_metadata_at_the_root_declares_scripts(string path, bool declares) =>
        Assert.HasCount(declares ? 1 : 0, Read(path, ["[console_scripts]", "run = a:b"]));

    [TestMethod]
    [DynamicData(nameof(TestPythons.All), typeof(TestPythons))]
    public void Pythons_own_reader_reads_the_same(string python)
    {
        using var folder = new TempFolder();
        folder.Write("mine-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n");
        folder.Write(
            "mine-1.0.dist-info/entry_points.txt",
            "# comment\n[console_scripts]\nrun = a:b\ntwo.words-x=a.b:c.d   \r\n2to3 = a :b\nextra = a:b [x, y]\nclose = a:b[x]\ngr\u00f6\u00dfe = gr\u00f6\u00dfe:ma\u00df\n\n[other]\nno = a:b\n[gui_scripts]\nwin = a:w\n");
        const string Program = """
            import importlib.metadata, sys
            sys.path.insert(0, sys.argv[1])
            for found in importlib.metadata.distributions():
                if found.read_text('entry_points.txt'):
                    print(found._path)
                    for entry in found.entry_points:
                        if entry.group in ('console_scripts', 'gui_scripts'):
                            print('\t' + entry.name + ' ' + ''.join(entry.value.partition('[')[0].split()))
            """;
        var read = new List<string>();
        string[] lines = Run(python, Program, folder.Root).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string path in lines.Where(line => line[0] != '\t'))
        {
            read.Add(path);
            read.AddRange(Read("a.dist-info/entry_points.txt", File.ReadAllLines(Path.Combine(path, "entry_points.txt"))).Select(text => "\t" + text[..text.LastIndexOf(' ')]));
        }

        Assert.Contains("\tgr\u00f6\u00dfe gr\u00f6\u00dfe:ma\u00df", read);
        CollectionAssert.AreEquivalent(lines, read);
    }

    private static string Run(string python, string program, string argument)
    {
        var start = new System.Diagnostics.ProcessStartInfo(python, ["-I", "-X", "utf8", "-c", program, argument]) { RedirectStandardOutput = true };
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode);
        return output;
    }

    private static string[] Read(string path, string[] lines)
    {
        var tree = new PythonTree("d", TreePlacement.App, MaterializeMode.Auto, [new TreeFile(path, "/p/" + path, 0, 0, true), new TreeFile("a.py", "/p/a.py", 0, 0, true)]);
        return ConsoleScripts.Read([tree], _ => lines).Select(script => $"{script.Name} {script.Reference} {script.Line}").ToArray();
    }
}
