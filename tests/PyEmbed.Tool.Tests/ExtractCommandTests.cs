using System.Diagnostics;
using System.Text;
using System.Text.Json;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class ExtractCommandTests
{
    private static readonly string[] Sources = [.. SampleFile.Files.Select(file => file.Path).Where(path => !path.EndsWith(".pyc", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void All_files_but_bytecode_come_out_byte_for_byte(bool intoAnEmptyFolder)
    {
        string path = SampleFile.Assembly(), folder = NewTarget();
        if (intoAnEmptyFolder)
        {
            Directory.CreateDirectory(folder);
        }

        ProcessResult result = InstalledTool.Run("extract", path, "-o", folder).Succeeds();

        Assert.AreEqual("", result.Text);
        CollectionAssert.AreEqual(Sources, FilesIn(folder));
        foreach ((string file, byte[] content) in SampleFile.Files.Where(file => Sources.Contains(file.Path)))
        {
            CollectionAssert.AreEqual(content, File.ReadAllBytes(Path.Combine(folder, file)), file);
        }

        Assert.HasCount(1, Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!), "nothing is left beside it");
    }

    [TestMethod]
    public void Bytecode_comes_when_asked_for()
    {
        string folder = NewTarget();

        InstalledTool.Run("extract", SampleFile.Assembly(), "-o", folder, "--bytecode").Succeeds();

        CollectionAssert.AreEqual(SampleFile.Bytecode, File.ReadAllBytes(Path.Combine(folder, "mypkg/__pycache__/core.cpython-311.pyc")));
    }

    [TestMethod]
    public void Names_choose()
    {
        string path = SampleFile.Assembly(), folder = NewTarget();

        using JsonDocument document = JsonDocument.Parse(
            InstalledTool.Run("extract", path, "mypkg.sub", "single", "mypkg-1.0.dist-info", "-o", folder, "--json").Succeeds().Output);

        string[] expected = ["mypkg-1.0.dist-info/METADATA", "mypkg/sub/__init__.py", "mypkg/sub/data/table.csv", "single.py"];
        CollectionAssert.AreEqual(expected, FilesIn(folder));
        CollectionAssert.AreEquivalent(expected, document.RootElement.GetProperty("files").EnumerateArray().Select(item => item.GetString()).ToArray());
        InstalledTool.Run("extract", path, "mypkg", "nothing", "-o", NewTarget()).Exits(1).Says("no module, file or folder 'nothing'");
    }

    [TestMethod]
    public void A_folder_that_is_not_empty_stays_as_it_is()
    {
        string folder = NewTarget();
        Directory.CreateDirectory(Path.Combine(folder, "mypkg"));
        File.WriteAllText(Path.Combine(folder, "mypkg", "core.py"), "mine");
        string path = SampleFile.Assembly();

        InstalledTool.Run("extract", path, "-o", folder).Exits(4).Says("is not empty").Says("--force");
        CollectionAssert.AreEqual(new[] { "mypkg/core.py" }, FilesIn(folder));
        Assert.AreEqual("mine", File.ReadAllText(Path.Combine(folder, "mypkg", "core.py")));

        File.WriteAllText(Path.Combine(folder, "own.txt"), "mine");
        InstalledTool.Run("extract", path, "-o", folder, "--force").Succeeds();
        CollectionAssert.AreEqual(Sources.Append("own.txt").Order(StringComparer.Ordinal).ToArray(), FilesIn(folder));
        Assert.AreEqual("VALUE = 'é'\r\n", File.ReadAllText(Path.Combine(folder, "mypkg", "core.py")));
    }

    [TestMethod]
    public void A_link_in_the_folder_leads_nowhere()
    {
        string folder = NewTarget(), outside = InstalledTool.NewFolder();
        Directory.CreateDirectory(folder);
        Directory.CreateSymbolicLink(Path.Combine(folder, "mypkg"), outside);
        string path = SampleFile.Assembly();

        InstalledTool.Run("extract", path, "-o", folder, "--force").Exits(4).Says("a link, which is not followed");

        Assert.IsEmpty(Directory.GetFileSystemEntries(outside));
        CollectionAssert.AreEqual(new[] { "mypkg" }, Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).ToArray());

        // Nor is one replaced that stands in the place of a file.
        Directory.Delete(Path.Combine(folder, "mypkg"));
        string target = Path.Combine(outside, "target");
        File.WriteAllText(target, "mine");
        File.CreateSymbolicLink(Path.Combine(folder, "single.py"), target);
        InstalledTool.Run("extract", path, "-o", folder, "--force").Exits(4).Says("single.py' is a link and stands in the way of a file. Nothing was written.");
        Assert.AreEqual("mine", File.ReadAllText(target));
        CollectionAssert.AreEqual(new[] { "single.py" }, Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public void A_device_in_the_place_of_a_file_stays()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("There is no mkfifo.");
        }

        string folder = NewTarget(), pipe = Path.Combine(folder, "single.py");
        Directory.CreateDirectory(folder);
        Shell.Run(folder, ["mkfifo", pipe]).Succeeds();

        InstalledTool.Run("extract", SampleFile.Assembly(), "-o", folder, "--force").Exits(4).Says("single.py' is a device, a pipe or a socket and stands in the way");
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder));
    }

    [TestMethod]
    public void What_was_replaced_is_put_back_when_not_all_can_be()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Permissions are those of Unix.");
        }

        // Of the two files the second lies in a folder that may not be written. Root may, unless it gives up its capabilities.
        string[] prefix = [];
        if (Environment.UserName == "root")
        {
            if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(place => File.Exists(Path.Combine(place, "setpriv"))))
            {
                Assert.Inconclusive("The tests run as root, and there is no setpriv command of util-linux.");
            }

            prefix = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
        }

        string folder = NewTarget(), locked = Path.Combine(folder, "b");
        Directory.CreateDirectory(locked);
        File.WriteAllText(Path.Combine(folder, "a.py"), "mine");
        File.WriteAllText(Path.Combine(locked, "c.py"), "mine too");
        string path = new SampleAssembly("App").With("app", SampleAssembly.Archive("app", [("a.py", "new"), ("aa/x.py", "new"), ("b/c.py", "new")])).Save(InstalledTool.NewFolder());
        Shell.Run(folder, ["chmod", "500", locked]).Succeeds();
        try
        {
            Shell.Run(InstalledTool.Workspace, [.. prefix, InstalledTool.Command, "extract", path, "-o", folder, "--force"]).Exits(4).Says("Nothing was written.");
        }
        finally
        {
            Shell.Run(folder, ["chmod", "700", locked]).Succeeds();
        }

        CollectionAssert.AreEqual(new[] { "a.py", "b/c.py" }, FilesIn(folder));
        Assert.AreEqual("mine", File.ReadAllText(Path.Combine(folder, "a.py")));
        Assert.AreEqual("mine too", File.ReadAllText(Path.Combine(locked, "c.py")));
        Assert.HasCount(2, Directory.GetFileSystemEntries(folder));
    }

    [TestMethod]
    public void A_hostile_name_is_refused_and_nothing_written()
    {
        byte[] archive = SampleAssembly.Archive("evil", [("aa/bbbb.py", "gotcha"), ("first.py", "")]);
        // The index and the headers alike: "../bbbb.py" where "aa/bbbb.py" was; then the index's CRC-32.
        for (int at; (at = archive.AsSpan().IndexOf("aa/bbbb.py"u8)) >= 0;)
        {
            "../bbbb.py"u8.CopyTo(archive.AsSpan(at));
        }

        for (int at = archive.AsSpan().IndexOf("placement"u8), next; (next = archive.AsSpan(at).IndexOf("\u0002\0\0\0aa"u8)) >= 0;)
        {
            ".."u8.CopyTo(archive.AsSpan(at + next + 4));
            at += next + 4;
        }

        SampleAssembly.MendIndex(archive);
        string path = new SampleAssembly("App").WithoutAttribute("evil", archive).Save(InstalledTool.NewFolder()), folder = NewTarget();

        InstalledTool.Run("extract", path, "-o", folder).Exits(3).Says("'../bbbb.py' cannot be the name of a file here");

        Assert.IsEmpty(Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!));
        InstalledTool.Run("verify", path).Exits(1).Says("no file may have this name");
    }

    [TestMethod]
    public void Damage_leaves_nothing_behind()
    {
        byte[] text = [.. Enumerable.Repeat("X = 1\n"u8.ToArray(), 200).SelectMany(line => line)];
        byte[] archive = SampleAssembly.Archive("app", [("app/a.py", text), ("app/b.py", text)], deflate: true);
        int second = archive.AsSpan().LastIndexOf("PK\u0003\u0004"u8);
        int damaged = archive.AsSpan(0, second).LastIndexOf("PK\u0003\u0004"u8) + 30 + "app/b.py".Length;
        archive.AsSpan(damaged, 8).Fill(0xff);
        string path = new SampleAssembly("App").With("app", archive).Save(InstalledTool.NewFolder()), folder = NewTarget();

        InstalledTool.Run("extract", path, "-o", folder).Exits(3).Says("app.zip' cannot be read: the compressed data of 'b.py' is corrupt");

        Assert.IsEmpty(Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!));
    }

    [TestMethod]
    public void Two_trees_that_disagree_are_named()
    {
        string path = new SampleAssembly("App")
            .With("one", SampleAssembly.Archive("one", [("ns/a.py", "1"), ("same.py", "s")]))
            .With("two", SampleAssembly.Archive("two", [("ns/a.py", "2"), ("ns/b.py", "b"), ("same.py", "s")])).Save(InstalledTool.NewFolder());
        string folder = NewTarget();

        InstalledTool.Run("extract", path, "-o", folder).Exits(3).Says("'ns/a.py' is in 'assembly:/App.dll/one.zip' and differently in 'assembly:/App.dll/two.zip'");
        Assert.IsFalse(Directory.Exists(folder));
        InstalledTool.Run("extract", path, "ns.b", "same", "-o", folder).Succeeds();
        CollectionAssert.AreEqual(new[] { "ns/b.py", "same.py" }, FilesIn(folder));
    }

    [TestMethod]
    public void A_place_that_cannot_be_is_named()
    {
        string path = SampleFile.Assembly(), folder = InstalledTool.NewFolder(), file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");

        InstalledTool.Run("extract", path, "-o", file).Exits(4).Says("is a file");
        InstalledTool.Run("extract", path, "-o", Path.Combine(folder, "none", "out")).Exits(4).Says("there is no folder");
        InstalledTool.Run("extract", path).Exits(2).Says("--output");
    }

    [TestMethod]
    [DataRow("INT", 130)]
    [DataRow("TERM", 143)]
    [DataRow("HUP", 129)]
    public void Interrupted_it_leaves_nothing_behind(string signal, int exitCode)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Signals are sent by kill.");
        }

        // Many files, so that the signal comes in the midst: as soon as the first folder is seen.
        IEnumerable<(string, byte[])> files = Enumerable.Range(0, 30_000).Select(i => ($"app/m{i}.py", Encoding.ASCII.GetBytes($"X = {i}\n")));
        string path = new SampleAssembly("App").With("app", SampleAssembly.Archive("app", files)).Save(InstalledTool.NewFolder()), folder = NewTarget();
        string parent = Path.GetDirectoryName(folder)!;
        using Process process = Process.Start(new ProcessStartInfo(InstalledTool.Command, ["extract", path, "-o", folder]) { RedirectStandardError = true })!;
        while (!Directory.EnumerateFileSystemEntries(parent).Any() && !process.HasExited)
        {
            Thread.Sleep(1);
        }

        Process.Start("sh", ["-c", $"kill -{signal} {process.Id}"]).WaitForExit();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        // Where the machine was slow to send the signal, all is there; never a part.
        if (process.ExitCode == 0)
        {
            Assert.HasCount(30_000, FilesIn(folder));
        }
        else
        {
            Assert.AreEqual(exitCode, process.ExitCode, error);
            Assert.AreEqual("pyembed: interrupted\n", error);
            Assert.IsEmpty(Directory.GetFileSystemEntries(parent));
        }
    }

    private static string NewTarget() => Path.Combine(InstalledTool.NewFolder(), "out");

    private static string[] FilesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
