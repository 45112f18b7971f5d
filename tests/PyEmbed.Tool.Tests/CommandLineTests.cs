using System.IO.Compression;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    public void The_version_is_the_packages()
    {
        string package = Path.GetFileNameWithoutExtension(Directory.GetFiles(InstalledTool.Feed, "PyEmbed.Tool.*.nupkg").Single());

        InstalledTool.Run("--version").Succeeds().Prints(package["PyEmbed.Tool.".Length..]);
    }

    [TestMethod]
    public void Help_tells_the_exit_codes() => InstalledTool.Run("--help").Succeeds().Says("the input cannot be read").Says("pyembed [command]").DoesNotSay("PyEmbed.Tool");

    [TestMethod]
    [DataRow(new string[0], "--help", DisplayName = "no command")]
    [DataRow(new[] { "lst" }, "lst", DisplayName = "unknown command")]
    [DataRow(new[] { "list" }, "pyembed list --help", DisplayName = "no file")]
    [DataRow(new[] { "list", "a.dll", "--jsn" }, "--jsn", DisplayName = "unknown option")]
    [DataRow(new[] { "list", "" }, "FILE is empty", DisplayName = "empty file")]
    [DataRow(new[] { "doctor", "" }, "FILE is empty", DisplayName = "empty optional file")]
    [DataRow(new[] { "cache", "list", "--directory", "" }, "--directory is empty", DisplayName = "empty directory")]
    [DataRow(new[] { "extract", "a.dll", "-o", "" }, "--output is empty", DisplayName = "empty output")]
    [DataRow(new[] { "run", "a.dll", "--python", "" }, "--python is empty", DisplayName = "empty python")]
    [DataRow(new[] { "run", "a.dll", "-m", "" }, "-m is empty", DisplayName = "empty module")]
    [DataRow(new[] { "stitch", "", "-o", "a.py" }, " is empty", DisplayName = "empty source")]
    [DataRow(new[] { "tree", "a.dll", "--depth", "x" }, "--depth takes a number from 1, and not 'x'", DisplayName = "depth that is no number")]
    [DataRow(new[] { "tree", "a.dll", "--depth", "0" }, "--depth takes a number from 1, and not '0'", DisplayName = "no depth")]
    [DataRow(new[] { "[suggest:x]", "foo" }, "'[suggest:x]' gives no position", DisplayName = "wrong position")]
    public void A_wrong_command_line_is_named(string[] arguments, string named)
    {
        ProcessResult result = InstalledTool.Run(arguments).Exits(2);

        Assert.AreEqual("", result.Output);
        Assert.StartsWith("pyembed: ", result.Error);
        Assert.Contains(named, result.Error);
        Assert.HasCount(1, result.Error.TrimEnd().Split('\n'), result.Error);
    }

    [TestMethod]
    public void What_cannot_be_read_is_one_line_with_the_place()
    {
        string folder = InstalledTool.NewFolder();
        string text = Path.Combine(folder, "text.dll"), none = Path.Combine(folder, "none.dll"), noTree = new SampleAssembly("Plain").Save(folder);
        File.WriteAllText(text, "no assembly\n");
        string cut = Path.Combine(folder, "cut.dll"), empty = Path.Combine(folder, "empty.dll"), foreign = Path.Combine(folder, "foreign.zip");
        File.WriteAllBytes(cut, File.ReadAllBytes(noTree)[..600]);
        File.WriteAllText(empty, "");
        using (ZipArchive zip = ZipFile.Open(foreign, ZipArchiveMode.Create))
        {
            zip.CreateEntry("mypkg/core.py");
        }

        foreach ((string path, string problem) in new[]
        {
            (text, "is no .NET assembly"), (none, "There is no file"), (folder, "is a folder"), (noTree, "embeds no Python tree"), (cut, "cut.dll"),
            (empty, "is no .NET assembly"), (foreign, "it has no PyEmbed index"),
        })
        {
            ProcessResult result = InstalledTool.Run("list", path).Exits(3);
            Assert.AreEqual("", result.Output);
            Assert.Contains(path, result.Error);
            Assert.Contains(problem, result.Error);
            Assert.HasCount(1, result.Error.TrimEnd().Split('\n'), result.Error);
        }
    }

    [TestMethod]
    public void A_reader_that_goes_away_ends_it_quietly()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("There is no SIGPIPE on Windows.");
        }

        // The reader closes its end of the pipe before it lets the writer begin.
        string gate = Path.Combine(InstalledTool.NewFolder(), "gate");
        ProcessResult result = Shell.Run(InstalledTool.Workspace,
        [
            "bash", "-c", "mkfifo \"$2\"; { read < \"$2\"; \"$0\" list \"$1\"; echo \"exit $?\" >&2; } | { exec 0<&-; echo > \"$2\"; }",
            InstalledTool.Command, InstalledTool.Sample("HelloPackage"), gate,
        ]);

        Assert.AreEqual("exit 141\n", result.Error);
    }

    [TestMethod]
    [DataRow("list")]
    [DataRow("extract", "-o", "out")]
    [Timeout(60_000, CooperativeCancellation = false)]
    public void A_pipe_and_a_device_are_refused_and_not_waited_for(string command, params string[] options)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("There is no mkfifo.");
        }

        string pipe = Path.Combine(InstalledTool.NewFolder(), "pipe.dll");
        Shell.Run(InstalledTool.Workspace, ["mkfifo", pipe]).Succeeds();

        foreach (string path in new[] { pipe, "/dev/zero" })
        {
            // Ended by the time limit, the exit code would be 124.
            Shell.Run(InstalledTool.Workspace, ["timeout", "20", InstalledTool.Command, command, path, .. options]).Exits(3).Says($"'{path}' is no .NET assembly");
        }
    }

    [TestMethod]
    [DataRow("2>&-")]
    [DataRow("2>/dev/full")]
    public void An_error_that_nobody_can_be_told_keeps_its_exit_code(string redirection)
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.Inconclusive("There is no /dev/full.");
        }

        Shell.Run(InstalledTool.Workspace, ["bash", "-c", $"\"$0\" list nope {redirection}", InstalledTool.Command]).Exits(3);
    }

    [TestMethod]
    public void A_full_disk_is_an_error()
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.Inconclusive("There is no /dev/full.");
        }

        ProcessResult result = Shell.Run(InstalledTool.Workspace, ["bash", "-c", "\"$0\" list \"$1\" > /dev/full", InstalledTool.Command, InstalledTool.Sample("HelloPackage")]).Exits(4);

        Assert.StartsWith("pyembed: standard output cannot be written: ", result.Error);
    }
}
