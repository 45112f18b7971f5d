using System.Diagnostics;
using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Tests;

/// <summary>Embedded files that must be files, inside .NET processes: where they go, what is said where they cannot.</summary>
[TestClass]
public sealed class ExtractionTests
{
    private const string NativeName = "native_of_app";

    /// <summary>The path of an extension module of the standard library that is a file; empty where all are built in.</summary>
    private static readonly string Extension = PythonFixture.Python.Evaluate<string>(
        "next((s.origin for s in map(__import__('importlib.machinery').machinery.PathFinder.find_spec, ('_queue', '_heapq', '_bisect', '_statistics', 'audioop', '_lsprof')) if s and s.origin.endswith('.so')), '')");

    [TestMethod]
    public void Extension_modules_and_data_work_with_an_unwritable_home()
    {
        using TemporaryFolder folder = new();
        string home = folder.Write("home/.cache", "a file, so that no folder can be made below it");
        string temporary = Directory.CreateDirectory(Path.Combine(folder.Path, "tmp")).FullName;
        string archive = Archive(folder);

        TestHostProcess result = TestHostProcess.Run(Home(Path.GetDirectoryName(home)!, temporary), "import", archive, "app");

        Assert.AreEqual(0, result.ExitCode, result.ToString());
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.AreEqual(Extension.Length == 0 ? "datum" : "datum " + Path.GetFileNameWithoutExtension(Extension).Split('.')[0], lines[0]);
        Assert.IsGreaterThan(1, lines.Length, result.ToString());
        foreach (string extracted in lines[1..])
        {
            StringAssert.StartsWith(extracted, Path.Combine(Path.GetFullPath(temporary), "pyembed-"));
            Assert.IsTrue(File.Exists(extracted), extracted);
        }
    }

    [TestMethod]
    public void Without_any_place_one_exception_names_all_and_the_remedy()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("file", "");

        TestHostProcess result = TestHostProcess.Run(Home(file + "/home", file + "/tmp"), "import", Archive(folder), "app");

        Assert.AreEqual(2, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, "PythonException pyembed.ExtractionError - ");
        foreach (string text in new[] { $"'{file}/home/.cache/pyembed", $"'{file}/tmp/pyembed-", "ExtractionDirectory" })
        {
            StringAssert.Contains(result.Output, text);
        }
    }

    [TestMethod]
    public void An_extension_module_without_a_place_is_an_import_exception()
    {
        using TemporaryFolder folder = new();
        string store = Path.Combine(folder.Write("file", ""), "store");

        TestHostProcess result = TestHostProcess.Run("import", Archive(folder), "app.native_of_app", store);

        Assert.AreEqual(2, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, "PythonException pyembed.ExtractionError - ", "the package's data comes first");

        result = TestHostProcess.Run("import", Archive(folder, readsData: false), "app.native_of_app", store);
        StringAssert.StartsWith(result.Output, "PythonImportException ImportError app.native_of_app pyembed.ExtractionError\n");
        StringAssert.Contains(result.Output, store);
        StringAssert.Contains(result.Output, "ExtractionDirectory");
    }

    [TestMethod]
    public void Processes_that_start_at_once_share_one_directory()
    {
        using TemporaryFolder folder = new();
        string archive = Archive(folder);
        string store = Path.Combine(folder.Path, "store");
        List<Process> processes = Enumerable.Range(0, 4)
            .Select(_ => TestHostProcess.Start(new Dictionary<string, string?>(), TestHostProcess.Executable, "import", archive, "app", store)).ToList();
        foreach (Process process in processes)
        {
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.AreEqual(0, process.ExitCode, output + error.Result);
            StringAssert.StartsWith(output, "datum");
            process.Dispose();
        }

        string root = Assert.ContainsSingle(Directory.GetDirectories(store));
        Assert.IsEmpty(Directory.GetFiles(root, "new-*", SearchOption.AllDirectories));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(" ")]
    public void An_extraction_directory_that_is_no_path_is_refused_by_name(string store) => IsRefused(store, "is no path");

    [TestMethod]
    public void An_extraction_directory_that_is_a_file_is_refused_by_name()
    {
        using TemporaryFolder folder = new();
        IsRefused(folder.Write("file", ""), "is a file");
    }

    private static void IsRefused(string store, string why)
    {
        foreach ((string name, string option) in new[] { ("store", nameof(PythonOptions.ExtractionDirectory)), ("codes", nameof(PythonOptions.BytecodeCacheDirectory)) })
        {
            if (store.Length > 0 || name == "store")
            {
                TestHostProcess result = TestHostProcess.Run("options", $"{name}={store}", "1");
                Assert.AreEqual(2, result.ExitCode, result.ToString());
                StringAssert.StartsWith(result.Output, $"ArgumentException: PythonOptions.{option} '{store}' {why}");
            }
        }
    }

    [TestMethod]
    [DataRow(nameof(PythonOptions.ExtractionDirectory), "extracts to")]
    [DataRow(nameof(PythonOptions.BytecodeCacheDirectory), "keeps bytecode in")]
    public void Another_copy_cannot_ask_for_another_folder(string option, string says)
    {
        using TemporaryFolder folder = new();
        string one = Path.Combine(folder.Path, "one"), two = Path.Combine(folder.Path, "two");
        TestHostProcess result = TestHostProcess.Run("two-stores", option, one, two);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        string[] lines = result.Output.Split('\n');
        Assert.AreEqual("joined", lines[0]);
        StringAssert.StartsWith(lines[1], $"PythonOptions.{option} cannot be '{two}'");
        StringAssert.Contains(lines[1], $"{says} '{one}'");
    }

    [TestMethod]
    public void Text_that_runs_as_a_scope_needs_Materialize()
    {
        const string Code = "import os, scoped_app\nfound = os.path.isdir(os.path.join(os.path.dirname(scoped_app.__file__), 'data'))";
        foreach ((MaterializeMode mode, bool expected) in new[] { (MaterializeMode.Auto, false), (MaterializeMode.Data, true) })
        {
            using TemporaryFolder folder = new();
            string archive = folder.Write("a.zip", Archive(mode, new Dictionary<string, FileUse>(), ("scoped_app/__init__.py", ""u8.ToArray()), ("scoped_app/data/n.txt", [1])));
            TestHostProcess result = TestHostProcess.Run(
                Home(folder.Path, folder.Path), "execute", $"import pyembed\npyembed.mount({Literal(archive)})\n{Code}\nprint(found)");
            Assert.AreEqual($"{expected}\n", result.Output, result.ToString());
        }
    }

    private static Dictionary<string, string?> Home(string home, string temporary) =>
        new() { ["HOME"] = home, ["XDG_CACHE_HOME"] = home + "/.cache", ["TMPDIR"] = temporary };

    /// <summary>An archive with a package that reads its data and, where there is one to be had, holds an extension module.</summary>
    private static string Archive(TemporaryFolder folder, bool readsData = true)
    {
        string name = Extension.Length == 0 ? "" : Path.GetFileName(Extension);
        string module = name.Split('.')[0];
        string source = readsData
            ? $"""
                from pathlib import Path
                FOUND = (Path(__file__).parent / "data" / "n.txt").read_text()
                {(module.Length == 0 ? "" : $"from . import {module}; FOUND += ' {module}'")}
                """
            : "";
        List<(string, byte[])> files = [("app/__init__.py", Encoding.UTF8.GetBytes(source)), ("app/data/n.txt", "datum"u8.ToArray())];
        files.Add(("app/" + NativeName + PythonFixture.Python.Evaluate<string>("__import__('_imp').extension_suffixes()[0]"), [0x7F, (byte)'E', (byte)'L', (byte)'F']));
        if (name.Length > 0)
        {
            files.Add(("app/" + name, File.ReadAllBytes(Extension)));
        }

        Dictionary<string, FileUse> users = readsData ? new() { ["app/__init__.py"] = FileUse.OwnPlace } : [];
        return folder.Write($"app-{readsData}.zip", Archive(MaterializeMode.Auto, users, [.. files]));
    }

    private static byte[] Archive(MaterializeMode mode, Dictionary<string, FileUse> users, params (string Path, byte[] Content)[] files)
    {
        MemoryStream stream = new();
        ArchiveWriter.Write(stream, new TreeInfo("app", TreePlacement.App, mode, users), files.Select(file => new ArchiveEntry(file.Path, () => file.Content)).ToList());
        return stream.ToArray();
    }

    private static string Literal(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
