using System.IO.Compression;
using System.Text.Json;
using PyEmbed.EndToEnd;
using PyEmbed.Manifest;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class StitchCommandTests
{
    private static readonly string Package = Path.Combine(InstalledTool.RepositoryRoot, "samples", "HelloPackage", "py", "mypkg");

    [TestMethod]
    public void The_documents_example_works_as_one_file()
    {
        string folder = InstalledTool.NewFolder(), file = Path.Combine(folder, "mypkg_single.py");

        ProcessResult result = InstalledTool.Run("stitch", Package, "-o", file).Succeeds();

        Assert.AreEqual("", result.Text);
        CollectionAssert.AreEqual(new[] { file }, Directory.GetFileSystemEntries(folder));
        Python(folder, file).Succeeds().Prints("Hello from utils processed");
        Python(folder, "-c", """
            import mypkg_single, sys
            import mypkg.core
            from mypkg.utils import helper
            print(mypkg.core.process(), mypkg.core.__package__, mypkg.__name__)
            print(sorted(name for name in vars(mypkg.utils) if not name.startswith('__')), sorted(name for name in vars(mypkg.core) if not name.startswith('__')))
            print([name for name in ('helper', 'process') if hasattr(mypkg_single, name) or hasattr(mypkg, name)])
            print(sorted(name for name in sys.modules if name.startswith('mypkg.')), mypkg_single.main([]))
            """).Succeeds().Prints(
            "Hello from utils processed mypkg mypkg",
            "['helper'] ['helper', 'process']",
            "[]",
            "Hello from utils processed",
            "['mypkg.__main__', 'mypkg.core', 'mypkg.utils'] 0");
    }

    [TestMethod]
    public void A_package_comes_out_of_an_assembly()
    {
        string folder = InstalledTool.NewFolder(), fromFolder = Path.Combine(folder, "a.py"), fromAssembly = Path.Combine(folder, "b.py");

        InstalledTool.Run("stitch", Package, "-o", fromFolder, "--package-version", "1.2.3").Succeeds();
        InstalledTool.Run("stitch", InstalledTool.Sample("HelloPackage"), "-o", fromAssembly, "--package-version", "1.2.3").Succeeds();

        string[] left = File.ReadAllLines(fromFolder), right = File.ReadAllLines(fromAssembly);
        CollectionAssert.Contains(right, "# Origin: assembly:/HelloPackage.dll/HelloPackage.zip");
        CollectionAssert.Contains(right, "# Version: 1.2.3");
        CollectionAssert.AreEqual(Without(left), Without(right));
        Python(folder, fromAssembly).Succeeds().Prints("Hello from utils processed");

        static string[] Without(string[] lines) => [.. lines.Where(line => !line.StartsWith("# Origin: ", StringComparison.Ordinal))];
    }

    [TestMethod]
    public void Extract_gives_the_tree_back_byte_for_byte()
    {
        string folder = InstalledTool.NewFolder(), source = Path.Combine(folder, "pkg"), file = Path.Combine(folder, "one.py"), back = Path.Combine(folder, "back");
        Dictionary<string, byte[]> files = new()
        {
            ["pkg/__init__.py"] = [],
            ["pkg/crlf.py"] = "x = 1\r\ny = '''\r\n'''\r\n"u8.ToArray(),
            ["pkg/latin.py"] = [.. "# coding: latin-1\nx = '"u8, 0xe9, .. "'\n"u8],
            ["pkg/marked.py"] = "\ufeffx = r'\\\\' \"'''\" '\\\\'\n"u8.ToArray(),
            ["pkg/no_end.py"] = "x = \"\"\"a\\\n\"\"\""u8.ToArray(),
            ["pkg/data/table.bin"] = [.. Enumerable.Range(0, 256).Select(value => (byte)value)],
            ["pkg/data/text.txt"] = "Grüße \U0001F40D\n"u8.ToArray(),
        };
        foreach ((string path, byte[] content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllBytes(Path.Combine(folder, path), content);
        }

        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(source, "__pycache__")).FullName, "crlf.cpython-311.pyc"), "stale");

        InstalledTool.Run("stitch", source, "-o", file).Succeeds();
        InstalledTool.Run("extract", file, "-o", back).Succeeds();

        string[] found = [.. Directory.GetFiles(back, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(back, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(files.Keys.Order(StringComparer.Ordinal).ToArray(), found);
        foreach ((string path, byte[] content) in files)
        {
            CollectionAssert.AreEqual(content, File.ReadAllBytes(Path.Combine(back, path)), path);
        }
    }

    [TestMethod]
    public void A_changed_file_comes_back_as_changed_and_is_named()
    {
        string folder = InstalledTool.NewFolder(), file = Path.Combine(folder, "one.py"), back = Path.Combine(folder, "back");
        InstalledTool.Run("stitch", Package, "-o", file).Succeeds();
        File.WriteAllText(file, File.ReadAllText(file).Replace("Hello from utils", "Hello from here", StringComparison.Ordinal));

        ProcessResult result = InstalledTool.Run("extract", file, "-o", back, "mypkg/utils.py").Succeeds();

        Assert.Contains("mypkg/utils.py", result.Error);
        Assert.AreEqual("def helper():\n    return \"Hello from here\"\n", File.ReadAllText(Path.Combine(back, "mypkg", "utils.py")));
        Assert.IsFalse(File.Exists(Path.Combine(back, "mypkg", "core.py")));
    }

    [TestMethod]
    public void A_stitched_file_that_is_damaged_gives_nothing()
    {
        string folder = InstalledTool.NewFolder(), file = Path.Combine(folder, "one.py"), back = Path.Combine(folder, "back");
        InstalledTool.Run("stitch", Package, "-o", file).Succeeds();
        string text = File.ReadAllText(file);
        foreach (string damaged in new[]
        {
            text[..(text.Length / 2)] + "(", text.Replace("'mypkg/utils.py'", "'../utils.py'", StringComparison.Ordinal).Replace("\"mypkg/utils.py\"", "\"../utils.py\"", StringComparison.Ordinal),
            text.Replace("_stitch_format = 1", "_stitch_format = 99", StringComparison.Ordinal),
        })
        {
            Assert.AreNotEqual(text, damaged);
            File.WriteAllText(file, damaged);

            ProcessResult result = InstalledTool.Run("extract", file, "-o", back).Exits(3);

            Assert.Contains("one.py", result.Error);
            Assert.HasCount(1, result.Error.TrimEnd().Split('\n'), result.Error);
            Assert.IsFalse(Directory.Exists(back));
        }
    }

    [TestMethod]
    [DataRow("empty", "no Python", DisplayName = "no Python in the folder")]
    [DataRow("none", "There is no file", DisplayName = "no such folder")]
    [DataRow("syntax", "bad.py, line 2", DisplayName = "a syntax error")]
    [DataRow("two", "one, two", DisplayName = "two roots")]
    [DataRow("native", "--leave-out-extensions", DisplayName = "extension modules")]
    [DataRow("no-name", "no-name", DisplayName = "a name that is no identifier")]
    [DataRow("Plain.dll", "embeds no Python tree", DisplayName = "an assembly without trees")]
    [DataRow("Stripped.dll", "PyEmbedSource", DisplayName = "sources stripped")]
    public void Bad_input_is_one_clear_error_and_nothing_is_written(string input, string named)
    {
        string folder = InstalledTool.NewFolder(), source = Path.Combine(folder, input), file = Path.Combine(folder, "out", "one.py");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        (string, string)[] files = input switch
        {
            "empty" => [("empty/readme.txt", "")],
            "syntax" => [("syntax/__init__.py", ""), ("syntax/sub/bad.py", "x = 1\nimport if\n")],
            "two" => [("two/one/__init__.py", ""), ("two/two/__init__.py", "")],
            "native" => [("native/__init__.py", ""), ("native/fast.cpython-311-x86_64-linux-gnu.so", "ELF")],
            "no-name" => [("no-name/__init__.py", "")],
            _ => [],
        };
        foreach ((string path, string content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), content);
        }

        if (input == "Plain.dll")
        {
            new SampleAssembly("Plain").Save(folder);
        }
        else if (input == "Stripped.dll")
        {
            TreeInfo info = new("my-pkg", TreePlacement.App, MaterializeMode.Auto, null) { Stripped = ["cpython-311"] };
            new SampleAssembly("Stripped").With("my-pkg", SampleAssembly.Archive("my-pkg", [("p/__pycache__/__init__.cpython-311.pyc", "code"), ("p/data.txt", "")], info: info)).Save(folder);
        }

        ProcessResult result = InstalledTool.Run("stitch", source, "-o", file).Exits(3);

        Assert.AreEqual("", result.Output);
        Assert.StartsWith("pyembed: ", result.Error);
        Assert.Contains(input, result.Error);
        Assert.Contains(named, result.Error);
        Assert.HasCount(1, result.Error.TrimEnd().Split('\n'), result.Error);
        Assert.IsEmpty(Directory.GetFileSystemEntries(Path.GetDirectoryName(file)!));
    }

    [TestMethod]
    public void The_choices_that_errors_name_help()
    {
        string folder = InstalledTool.NewFolder();
        foreach (string path in new[] { "two/one/__init__.py", "two/two/__init__.py", "native/__init__.py", "native/fast.abi3.so" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), "");
        }

        InstalledTool.Run("stitch", Path.Combine(folder, "two"), "-o", Path.Combine(folder, "a.py"), "--package", "two").Succeeds();
        InstalledTool.Run("stitch", Path.Combine(folder, "native"), "-o", Path.Combine(folder, "b.py"), "--leave-out-extensions").Succeeds();

        Python(folder, "-c", "import a, two, sys; print(two.__name__, 'one' in sys.modules)").Succeeds().Prints("two False");
        Assert.DoesNotContain("fast.abi3", File.ReadAllText(Path.Combine(folder, "b.py")));
    }

    [TestMethod]
    public void An_output_that_cannot_be_written_is_named_before_the_work()
    {
        string folder = InstalledTool.NewFolder(), package = Path.Combine(folder, "pkg"), there = Path.Combine(folder, "there.py");
        Directory.CreateDirectory(package);
        File.WriteAllText(Path.Combine(package, "__init__.py"), "x = 1\n");
        File.WriteAllText(there, "mine\n");
        string link = Path.Combine(folder, "link");
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(link, package);
        }

        foreach ((string output, string named) in new[]
        {
            (there, "--force"), (folder, "is a folder"), (Path.Combine(folder, "none", "one.py"), "there is no folder"), (Path.Combine(package, "one.py"), "Name a file elsewhere"),
        }.Concat(OperatingSystem.IsWindows() ? [] : [(Path.Combine(link, "one.py"), "Name a file elsewhere")]).Concat(Directory.Exists("/proc/self") ? [("/proc/one.py", "cannot be written")] : []))
        {
            ProcessResult result = InstalledTool.Run("stitch", package, "-o", output).Exits(4);

            Assert.Contains(output, result.Error);
            Assert.Contains(named, result.Error);
            Assert.HasCount(1, result.Error.TrimEnd().Split('\n'), result.Error);
        }

        Assert.AreEqual("mine\n", File.ReadAllText(there));
        Assert.HasCount(1, Directory.GetFileSystemEntries(package));
        InstalledTool.Run("stitch", package, "-o", there, "--force").Succeeds();
        Python(folder, "-c", "import there, pkg; print(pkg.x)").Succeeds().Prints("1");
        Assert.HasCount(OperatingSystem.IsWindows() ? 2 : 3, Directory.GetFileSystemEntries(folder));
    }

    [TestMethod]
    public void Only_a_regular_file_is_replaced()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Windows has no named pipes and devices among its files.");
        }

        string folder = InstalledTool.NewFolder(), pipe = Path.Combine(folder, "pipe"), file = Path.Combine(folder, "file"), link = Path.Combine(folder, "link"), broken = Path.Combine(folder, "broken");
        Shell.Run(folder, ["mkfifo", pipe]).Succeeds();
        File.WriteAllText(file, "mine\n");
        File.CreateSymbolicLink(link, file);
        File.CreateSymbolicLink(broken, Path.Combine(folder, "nothing"));
        string[] before = Directory.GetFileSystemEntries(folder);
        foreach ((string output, string named) in new[] { (pipe, "no regular file"), (link, "is a link"), (broken, "is a link") })
        {
            foreach (string[] force in new string[][] { [], ["--force"] })
            {
                ProcessResult result = InstalledTool.Run(["stitch", Package, "-o", output, .. force]).Exits(4);

                Assert.Contains(output, result.Error);
                Assert.Contains(named, result.Error);
                Assert.HasCount(1, result.Error.TrimEnd().Split('\n'), result.Error);
            }
        }

        CollectionAssert.AreEquivalent(before, Directory.GetFileSystemEntries(folder));
        Assert.AreEqual(file, new FileInfo(link).LinkTarget);
        Assert.IsNotNull(new FileInfo(broken).LinkTarget);
        Assert.AreEqual("mine\n", File.ReadAllText(file));
        Shell.Run(folder, ["test", "-p", pipe]).Succeeds();
    }

    [TestMethod]
    public void Standard_output_takes_the_file()
    {
        string folder = InstalledTool.NewFolder(), file = Path.Combine(folder, "one.py");
        InstalledTool.Run("stitch", Package, "-o", file).Succeeds();

        Assert.AreEqual(File.ReadAllText(file), InstalledTool.Run("stitch", Package, "-o", "-").Succeeds().Output);

        ProcessResult both = InstalledTool.Run("stitch", Package, "-o", "-", "--json").Exits(2);
        Assert.AreEqual("", both.Output);
        Assert.Contains("--json", both.Error);
    }

    [TestMethod]
    public void A_zip_of_another_program_is_a_source()
    {
        string folder = InstalledTool.NewFolder(), zip = Path.Combine(folder, "p-1.0-py3-none-any.whl"), file = Path.Combine(folder, "one.py");
        using (ZipArchive archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            foreach ((string path, string content) in new[] { ("p/__init__.py", "x = 5\n"), ("p-1.0.dist-info/METADATA", "Name: p\n") })
            {
                using StreamWriter writer = new(archive.CreateEntry(path).Open());
                writer.Write(content);
            }
        }

        InstalledTool.Run("stitch", zip, "-o", file).Succeeds();

        CollectionAssert.Contains(File.ReadAllLines(file), "# Version: 1.0");
        Python(folder, "-c", "import one, p; print(p.x)").Succeeds().Prints("5");
        File.WriteAllBytes(zip, [.. File.ReadAllBytes(zip).Take(100)]);
        Assert.HasCount(1, InstalledTool.Run("stitch", zip, "-o", file, "--force").Exits(3).Error.TrimEnd().Split('\n'));
    }

    [TestMethod]
    public void Of_many_warnings_the_first_are_shown()
    {
        string folder = InstalledTool.NewFolder(), package = Path.Combine(folder, "pkg");
        Directory.CreateDirectory(package);
        foreach (int number in Enumerable.Range(0, 5))
        {
            File.WriteAllText(Path.Combine(package, $"m{number}.py"), "here = __file__\n");
        }

        string[] lines = InstalledTool.Run("stitch", package, "-o", Path.Combine(folder, "a.py")).Succeeds().Error.TrimEnd().Split('\n');

        Assert.HasCount(4, lines);
        Assert.Contains("and 2 more", lines[3]);
        using JsonDocument document = JsonDocument.Parse(InstalledTool.Run("stitch", package, "-o", Path.Combine(folder, "b.py"), "--json").Succeeds().Output);
        Assert.AreEqual(5, document.RootElement.GetProperty("warnings").GetArrayLength());
    }

    [TestMethod]
    public void What_will_not_work_from_one_file_is_told()
    {
        string folder = InstalledTool.NewFolder(), package = Path.Combine(folder, "pkg");
        Directory.CreateDirectory(package);
        File.WriteAllText(Path.Combine(package, "__init__.py"), "import os\nHERE = os.path.dirname(__file__)\n");

        Assert.Contains("pkg/__init__.py, line 2", InstalledTool.Run("stitch", package, "-o", Path.Combine(folder, "a.py")).Succeeds().Error);
        ProcessResult result = InstalledTool.Run("stitch", package, "-o", Path.Combine(folder, "b.py"), "--json").Succeeds();

        Assert.AreEqual("", result.Error);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.AreEqual("pkg", document.RootElement.GetProperty("package").GetString());
        Assert.AreEqual(Path.Combine(folder, "b.py"), document.RootElement.GetProperty("file").GetString());
        Assert.AreEqual(new FileInfo(Path.Combine(folder, "b.py")).Length, document.RootElement.GetProperty("bytes").GetInt64());
        Assert.Contains("pkg/__init__.py, line 2", document.RootElement.GetProperty("warnings").EnumerateArray().Single().GetString()!);
    }

    private static ProcessResult Python(string folder, params string[] arguments) => Shell.Run(
        folder,
        [OperatingSystem.IsWindows() ? "python" : "python3", .. arguments],
        new Dictionary<string, string?> { ["PYTHONPATH"] = null, ["PYTHONDONTWRITEBYTECODE"] = "1" });
}
