using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests;

/// <summary>Runs one after the other and at the same time: each leaves what a run from scratch leaves, and does no more than it must.</summary>
[TestClass]
public sealed class RepeatedRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public RepeatedRunTests() => WriteProject("project");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Settings_that_change_and_change_back_give_what_runs_from_scratch_give()
    {
        CollectOptions plain = Options();
        PackageItem package = plain.Packages[0];
        var variants = new (string Name, CollectOptions Options)[]
        {
            ("plain", plain),
            ("distribution", plain with { Packages = [package with { Distribution = "other" }] }),
            ("materialize", plain with { Packages = [package with { Materialize = "All" }] }),
            ("two distributions", plain with { Packages = [package, new(_folder["project/data"], Distribution: "data")] }),
            ("root", plain with { Packages = [package with { Root = "." }] }),
            ("no bytecode", plain with { Bytecode = "none" }),
            ("entry point", plain with { EntryPoints = [new EntryPointItem("mypkg.core:main")], Main = "mypkg.core" }),
            ("no data", plain with { Packages = [new(_folder["project/py/mypkg/core.py"], RecursiveDir: "mypkg/")] }),
        };
        var scratch = variants.ToDictionary(variant => variant.Name, variant => Outputs(variant.Options with { OutputDirectory = _folder["scratch " + variant.Name] }));

        Assert.HasCount(variants.Length, scratch.Values.Select(outputs => string.Join('\n', outputs)).Distinct().ToArray());

        foreach ((string name, CollectOptions options) in variants.Concat(variants.Reverse()))
        {
            CollectionAssert.AreEqual(scratch[name], Outputs(options), name);
            Assert.IsTrue(Run(options).WasCurrent, name);
        }
    }

    [TestMethod]
    public void Neither_the_place_nor_the_order_of_items_changes_a_byte()
    {
        string[] expected = Outputs(Options());
        WriteProject("another place/project");
        CollectOptions elsewhere = Options("another place/project");
        string[] files = Directory.GetFiles(_folder["another place/project/py"], "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal).ToArray();
        CollectionAssert.AreEqual(
            expected,
            Outputs(elsewhere with { Packages = files.Select(file => new PackageItem(file, Root: _folder["another place/project/py"])).ToArray() }));
    }

    [TestMethod]
    public void Runs_at_the_same_time_all_succeed_and_leave_what_one_leaves()
    {
        string[] expected = Outputs(Options());
        for (int round = 0; round < 5; round++)
        {
            CollectOptions shared = Options() with { OutputDirectory = _folder[$"shared {round}"] };

            // Threads of their own: a pool would let them begin one after the other.
            var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
            using var start = new Barrier(3);
            Thread[] threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                try
                {
                    start.SignalAndWait();
                    Assert.IsEmpty(Run(shared).Blocking);
                }
                catch (Exception e)
                {
                    failures.Enqueue(e);
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            Assert.IsEmpty(failures, string.Join('\n', failures));
            CollectionAssert.AreEqual(expected, Outputs(shared));
        }
    }

    [TestMethod]
    public void A_clock_that_went_back_hides_no_change()
    {
        string core = _folder["project/py/mypkg/core.py"];
        File.SetLastWriteTimeUtc(core, DateTime.UtcNow.AddYears(1));
        string[] before = Outputs(Options());

        // Of the same length, and older than everything the run before it left.
        File.WriteAllText(core, File.ReadAllText(core).Replace("one", "two", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(core, DateTime.UtcNow.AddYears(-1));

        CollectionAssert.AreNotEqual(before, Outputs(Options()));
        CollectionAssert.AreEqual(Outputs(Options() with { OutputDirectory = _folder["scratch"] }), Outputs(Options()));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Contents_that_come_back_with_new_times_need_no_interpreter()
    {
        string ran = _folder["ran"];
        string python = _folder.Write("recording-python", $"#!/bin/sh\necho ran >>'{ran}'\nexec '{TestPythons.Default}' \"$@\"\n");
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        CollectOptions options = Options() with { Python = python };
        string[] outputs = Outputs(options);
        Assert.IsTrue(File.Exists(ran));
        File.Delete(ran);

        Assert.IsTrue(Run(options).WasCurrent);
        foreach (string file in Directory.GetFiles(_folder["project"], "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(file.Length % 3));
        }

        Assert.IsFalse(Run(options).WasCurrent);
        CollectionAssert.AreEqual(outputs, Outputs(options));
        Assert.IsTrue(Run(options).WasCurrent);
        Assert.IsFalse(File.Exists(ran), "Python ran.");
    }

    /// <summary>Whatever the trees are made of is seen, also where no file of theirs is written.</summary>
    [TestMethod]
    [DataRow("package root")]
    [DataRow("environment comes")]
    [DataRow("environment goes")]
    [DataRow("empty folder")]
    [DataRow("excluded file")]
    [DataRow("folder for file")]
    [DataRow("output")]
    [DataRow("snapshot")]
    [DataRow("link")]
    public void What_changes_on_disk_gives_what_a_run_from_scratch_gives(string kind)
    {
        CollectOptions options = Options();
        _folder.Write("project/py/mypkg/env/module.py", "x = 1\n");
        if (kind == "environment goes")
        {
            _folder.Write("project/py/mypkg/env/pyvenv.cfg", "");
        }
        else if (kind == "link")
        {
            _folder.Write("elsewhere/module.py", "x = 1\n");
            Directory.CreateSymbolicLink(_folder["project/py/mypkg/linked"], _folder["elsewhere"]);
        }

        string[] before = Outputs(options);
        Assert.IsTrue(Run(options).WasCurrent);
        switch (kind)
        {
            case "package root": _folder.Write("project/py/__init__.py", ""); break;
            case "environment comes": _folder.Write("project/py/mypkg/env/pyvenv.cfg", ""); break;
            case "environment goes": File.Delete(_folder["project/py/mypkg/env/pyvenv.cfg"]); break;
            case "empty folder": Directory.CreateDirectory(_folder["project/py/mypkg/empty"]); break;
            case "excluded file": _folder.Write("project/py/mypkg/core.pyc", "old"); break;
            case "folder for file":
                File.Delete(_folder["project/py/mypkg/core.py"]);
                _folder.Write("project/py/mypkg/core.py/__init__.py", "x = 1\n");
                break;
            case "output": File.WriteAllText(_folder["project obj/PyEmbed.manifest"], "damaged"); break;
            case "snapshot": File.WriteAllBytes(_folder["project obj/PyEmbed.snapshot"], File.ReadAllBytes(_folder["project obj/PyEmbed.snapshot"])[..^9]); break;
            default: _folder.Write("elsewhere/module.py", "x = 1234\n"); break;
        }

        string[] after = Outputs(options);

        CollectionAssert.AreEqual(Outputs(options with { OutputDirectory = _folder["scratch"] }), after);
        Assert.AreEqual(kind is "empty folder" or "excluded file" or "output" or "snapshot", before.SequenceEqual(after));
        Assert.IsTrue(Run(options).WasCurrent);
    }

    [TestMethod]
    [DataRow("missing folder", "PYE1009")]
    [DataRow("outside the root", "PYE1008")]
    [DataRow("two files", "PYE1010")]
    [DataRow("interpreter", "PYE1014")]
    [DataRow("property", "PYE1014")]
    [DataRow("distribution", "PYE1016")]
    public void What_blocks_a_run_blocks_the_next_one_as_well_until_it_is_mended(string kind, string id)
    {
        string[] expected = Outputs(Options() with { OutputDirectory = _folder["scratch"] });
        Outputs(Options());
        CollectOptions plain = Options();
        PackageItem package = plain.Packages[0];
        _folder.Write("twice/mypkg/core.py", "other = 1\n");
        CollectOptions failing = kind switch
        {
            "missing folder" => plain with { Packages = [package, new(_folder["nope"])] },
            "outside the root" => plain with { Packages = [package with { Root = "elsewhere" }] },
            "two files" => plain with { Packages = [package, new(_folder["twice"])] },
            "interpreter" => plain with { Python = "./no-python" },
            "property" => plain with { Bytecode = "perhaps" },
            _ => plain with { Packages = [package with { Distribution = "a b" }] },
        };

        CollectResult first = Run(failing);
        CollectResult second = Run(failing);

        Assert.IsNotEmpty(first.Blocking);
        CollectionAssert.AreEqual(first.Blocking.ToArray(), second.Blocking.ToArray());
        Assert.IsTrue(first.Blocking.All(problem => problem.Id == id) || kind == "two files", string.Join('\n', first.Blocking));
        Assert.IsEmpty(second.Archives);
        CollectionAssert.AreEqual(expected, Outputs(plain));
    }

    private void WriteProject(string project)
    {
        _folder.Write($"{project}/App.csproj", "<Project />");
        _folder.Write($"{project}/py/mypkg/__init__.py", "'''My package.'''\n");
        _folder.Write($"{project}/py/mypkg/core.py", "'''Core.'''\ndef main(x=None):\n    '''Runs.'''\n    return x in {'one', 'I', 'i', 'c'}\n");
        _folder.Write($"{project}/py/mypkg/I\u0131\u0130i.py", "import os\nHERE = os.path.dirname(__file__)\n");
        _folder.Write($"{project}/py/mypkg/data/x.txt", "data");
        _folder.Write($"{project}/data/more/y.txt", "more");
    }

    private static CollectResult Run(CollectOptions options) => new Collector(options, TestPythons.SearchPath).Run(CancellationToken.None);

    private CollectOptions Options(string project = "project") => new()
    {
        ProjectDirectory = _folder[project],
        ProjectFile = _folder[project + "/App.csproj"],
        OutputDirectory = _folder[project + " obj"],
        CacheDirectory = _folder[project + " cache"],
        AssemblyName = "App",
        Packages = [new(_folder[project + "/py"])],
    };

    /// <summary>Runs, and gives name and content of each archive and of the manifest.</summary>
    private static string[] Outputs(CollectOptions options)
    {
        CollectResult result = Run(options);
        Assert.IsEmpty(result.Blocking, string.Join('\n', result.Blocking));
        return Directory.GetFiles(options.OutputDirectory).Where(file => Path.GetExtension(file) is ".zip" or ".manifest").Order(StringComparer.Ordinal)
            .Select(file => Path.GetFileName(file) + " " + Convert.ToBase64String(File.ReadAllBytes(file))).ToArray();
    }
}
