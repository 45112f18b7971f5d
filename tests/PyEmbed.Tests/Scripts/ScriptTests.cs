using System.Numerics;
using PyEmbed.Tests;

namespace PyEmbed.Scripts.Tests;

/// <summary>Scripts that are compiled once and run in many interpreters: what goes in, what comes out, what stays.</summary>
[TestClass]
public sealed class ScriptTests
{
    private static readonly PythonIsolateOptions Bare = new() { AutoMount = false };

    private static PythonInterpreter Python => PythonFixture.Python;

    [TestMethod]
    public void A_script_gets_variables_and_gives_what_result_is()
    {
        PythonScript script = Python.CompileScript("import math\nresult = math.comb(n, k) if __name__ == '__main__' else None\n", "combinations");
        using PythonIsolate isolate = Python.CreateIsolated(Bare);
        Dictionary<string, object?> variables = new() { ["n"] = 5, ["k"] = 2 };
        Assert.AreEqual("combinations", script.Name);
        Assert.AreEqual(10L, Python.RunScript(script, variables));
        Assert.AreEqual(10L, isolate.RunScript(script, variables));
        Assert.AreEqual((byte)10, Python.RunScript<byte>(script, variables));
        Assert.AreEqual(10m, isolate.RunScript<decimal>(script, variables));
        Assert.IsNull(isolate.RunScript(Python.CompileScript("pass", "nothing")));
    }

    [TestMethod]
    public void Whole_values_are_copied_out()
    {
        using PythonIsolate isolate = Python.CreateIsolated(Bare);
        var value = (Dictionary<string, object?>)isolate.RunScript(Python.CompileScript(
            "import enum\nclass N(enum.IntEnum): a = 3\nclass S(str): pass\nclass F(float): pass\n" +
            "result = dict(a=[None, True, 1, 2**80, 1.5, 'é\\0', b'\\0\\xff'], b=(N.a, S('s'), F(2.5), bytearray(b'x'), memoryview(b'y')), c={'$': {}}, d=given)\n",
            "values"), new Dictionary<string, object?> { ["given"] = new object?[] { new Dictionary<string, object?> { ["k"] = ulong.MaxValue } } })!;
        var first = (List<object?>)value["a"]!;
        CollectionAssert.AreEqual(new object?[] { null, true, 1L, BigInteger.Pow(2, 80), 1.5, "é\0" }, first[..6]);
        CollectionAssert.AreEqual(new byte[] { 0, 255 }, (byte[])first[6]!);
        var second = (List<object?>)value["b"]!;
        CollectionAssert.AreEqual(new object?[] { 3L, "s", 2.5 }, second[..3]);
        CollectionAssert.AreEqual("x"u8.ToArray(), (byte[])second[3]!);
        CollectionAssert.AreEqual("y"u8.ToArray(), (byte[])second[4]!);
        Assert.IsEmpty((Dictionary<string, object?>)((Dictionary<string, object?>)value["c"]!)["$"]!);
        Assert.AreEqual((BigInteger)ulong.MaxValue, ((Dictionary<string, object?>)((List<object?>)value["d"]!)[0]!)["k"]);
    }

    [TestMethod]
    [DataRow("result = {'a': [1, {2}]}", "an object of type 'set', at result['a'][1]")]
    [DataRow("result = {'a': {1: 2}}", "a dict with a key of type 'int' (keys are text), at result['a']")]
    [DataRow("result = [float('nan')]", "the float NaN, which JSON does not know, at result[0]")]
    [DataRow("result = []\nresult.append(result)", "containers nested deeper than 60, or one that holds itself")]
    [DataRow("class D(dict):\n    def items(self): return [1]\nresult = D()", "whose items() are no pairs")]
    public void What_cannot_be_copied_is_named_with_its_place(string source, string expected)
    {
        InvalidCastException error = Assert.ThrowsExactly<InvalidCastException>(() => Python.RunScript(Python.CompileScript(source, "refused")));
        StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "The script's result has", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Variables_have_names_of_their_own_and_types_that_cross()
    {
        PythonScript script = Python.CompileScript("result = 1", "names");
        foreach (string name in (ReadOnlySpan<string>)["__builtins__", "__name__"])
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Python.RunScript(script, new Dictionary<string, object?> { [name] = 1 }));
            StringAssert.Contains(error.Message, $"'{name}' is no name for a variable of a script", StringComparison.Ordinal);
        }

        Assert.ThrowsExactly<InvalidCastException>(() => Python.RunScript(script, new Dictionary<string, object?> { ["a"] = new object() }));
        using PythonIsolate isolate = Python.CreateIsolated(Bare);
        using PythonObject main = Python.Evaluate("[1]");
        Assert.ThrowsExactly<InvalidOperationException>(() => isolate.RunScript(script, new Dictionary<string, object?> { ["a"] = main }));
        Assert.AreEqual(1, isolate.RunScript<int>(script));
    }

    [TestMethod]
    public void What_is_no_Python_is_an_error_with_its_line_when_it_is_compiled()
    {
        PythonException error = Assert.ThrowsExactly<PythonException>(() => Python.CompileScript("a = 1\nb = = 2\n", "broken"));
        Assert.AreEqual("SyntaxError", error.PythonType);
        StringAssert.Contains(error.PythonTraceback, "File \"<broken>\", line 2\n    b = = 2\n", StringComparison.Ordinal);
        Assert.ThrowsExactly<PythonException>(() => Python.CompileScript("a = '\0'", "nul"));
        Assert.ThrowsExactly<ArgumentException>(() => Python.CompileScript("", ""));
    }

    [TestMethod]
    public void Errors_have_the_lines_of_the_source_and_nothing_of_ours()
    {
        PythonScript script = Python.CompileScript("def half(n):\r\n    return n / 0\r\n\x0c\r\nresult = half(4)  # here\r\n", "faulty");
        using PythonIsolate isolate = Python.CreateIsolated(Bare);
        foreach (Action run in (ReadOnlySpan<Action>)[() => Python.RunScript(script), () => isolate.RunScript(script), () => isolate.RunScript<int>(script)])
        {
            PythonException error = Assert.ThrowsExactly<PythonException>(run);
            Assert.AreEqual("ZeroDivisionError: division by zero", error.Message);
            CollectionAssert.AreEqual(new[] { "<faulty> 4 <module> result = half(4)  # here", "<faulty> 2 half return n / 0" }, error.Frames.Select(frame => $"{frame.File} {frame.Line} {frame.Function} {frame.Source}").ToArray());
        }

        // Also where the script itself asks, and was the first to.
        using PythonIsolate fresh = Python.CreateIsolated(Bare);
        string text = fresh.RunScript<string>(Python.CompileScript("import traceback\ntry:\n    1 / 0  # there\nexcept ZeroDivisionError:\n    result = traceback.format_exc()\n", "asking"));
        StringAssert.Contains(text, "1 / 0  # there", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_script_ends_by_exit()
    {
        using PythonIsolate isolate = Python.CreateIsolated(Bare);
        Assert.AreEqual(1, isolate.RunScript<int>(Python.CompileScript("import sys\nresult = 1\nsys.exit()\nresult = 2\n", "exit")));
        Assert.AreEqual(1, isolate.RunScript<int>(Python.CompileScript("result = 1\nexit(0)\n", "exit 0")));
        Assert.AreEqual("SystemExit: 3", Assert.ThrowsExactly<PythonException>(() => isolate.RunScript(Python.CompileScript("raise SystemExit(3)", "exit 3"))).Message);
    }

    [TestMethod]
    public void Runs_do_not_see_each_others_variables()
    {
        PythonScript set = Python.CompileScript("import sys\nleft = given\ndef later(): return left\nsys.later = later\nresult = sys.modules['__main__'].__dict__ is globals()", "set");
        PythonScript look = Python.CompileScript("import sys\nresult = sorted(name for name in globals() if not name.startswith('__')) + [sys.later()]", "look");
        using PythonIsolate isolate = Python.CreateIsolated(Bare);
        foreach (Func<PythonScript, Dictionary<string, object?>?, object?> run in (ReadOnlySpan<Func<PythonScript, Dictionary<string, object?>?, object?>>)[Python.RunScript, isolate.RunScript])
        {
            // A script is the __main__ of an isolate, while it runs, but never that of the program.
            Assert.AreEqual(run.Target == isolate, run(set, new() { ["given"] = "seen" }));
            CollectionAssert.AreEqual(new object?[] { "sys", "seen" }, (List<object?>)run(look, null)!);
        }

        Assert.IsFalse(isolate.Evaluate<bool>("hasattr(__import__('sys').modules['__main__'], 'left')"));
        Python.Execute("import sys; del sys.later");
    }

    [TestMethod]
    public async Task It_is_compiled_once_and_runs_in_many_isolates_at_once()
    {
        PythonScript script = Python.CompileScript("import host\nhost.meet()\nresult = host.compiles", "meeting");
        using Barrier together = new(3);
        var options = new PythonIsolateOptions
        {
            AutoMount = false,
            OwnGil = true,
            NativeModules =
            {
                {
                    "host", module => module.AddFunction("meet", () =>
                    {
                        using IDisposable threads = Python.AllowThreads();
                        return together.SignalAndWait(TimeSpan.FromMinutes(1));
                    })
                },
            },
        };
        using PythonIsolatePool pool = Python.CreateIsolatePool(3, options);
        for (int round = 0; round < 3; round++)
        {
            // All three are in it at the same time, or none leaves it.
            int[] compiles = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => pool.RunAsync(isolate =>
            {
                isolate.Execute("""
                    import host, sys
                    if not hasattr(host, 'compiles'):
                        host.compiles = 0
                        def count(event, arguments):
                            if event == 'compile' and arguments[1] == '<meeting>':
                                host.compiles += 1
                        sys.addaudithook(count)
                    """);
                return isolate.RunScript<int>(script);
            })));
            CollectionAssert.AreEqual(new int[3], compiles);
        }
    }

    [TestMethod]
    public async Task A_token_interrupts_it_and_the_isolate_goes_on()
    {
        PythonScript endless = Python.CompileScript("import host\nhost.begun()\nwhile True: pass", "endless");
        PythonScript good = Python.CompileScript("result = n + 1", "good");
        using SemaphoreSlim begun = new(0);
        using PythonIsolatePool pool = Python.CreateIsolatePool(2, new PythonIsolateOptions { AutoMount = false, NativeModules = { { "host", module => module.AddFunction("begun", () => { begun.Release(); }) } } });
        for (int round = 0; round < 3; round++)
        {
            using CancellationTokenSource source = new();
            Task<object?> cancelled = pool.RunAsync(isolate => isolate.RunScript(endless), source.Token);
            await begun.WaitAsync();
            Dictionary<string, object?> variables = new() { ["n"] = round };
            Assert.AreEqual(round + 1, await pool.RunAsync(isolate => isolate.RunScript<int>(good, variables)));
            await source.CancelAsync();
            await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled);
        }
    }

    [TestMethod]
    public void A_module_of_a_tree_is_a_script_too()
    {
        PythonTree tree = PythonFixture.Tree(
            "script-tree",
            ("script_tree/__init__.py", ""),
            ("script_tree/helper.py", "factor = 3\n"),
            ("script_tree/report.py", "from .helper import factor\nif __name__ == '__main__':\n    result = n * factor\n"),
            ("script_tree/faulty.py", "n = 0\nresult = 1 / n\n"),
            ("script_tree/__main__.py", "result = __package__\n"));
        using PythonMount mount = Python.Mount(tree);
        PythonScript report = Python.LoadScript("script_tree.report");
        using PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, Mounts = [tree] });
        Assert.AreEqual(21, isolate.RunScript<int>(report, new Dictionary<string, object?> { ["n"] = 7 }));
        Assert.AreEqual(21, Python.RunScript<int>(report, new Dictionary<string, object?> { ["n"] = 7 }));
        Assert.AreEqual("script_tree", isolate.RunScript<string>(Python.LoadScript("script_tree")));
        Assert.IsFalse(Python.Evaluate<bool>("'script_tree.report' in __import__('sys').modules"));

        PythonScript faulty = Python.LoadScript("script_tree.faulty");
        PythonFrame frame = Assert.ThrowsExactly<PythonException>(() => isolate.RunScript(faulty)).Frames[^1];
        StringAssert.EndsWith(frame.File, "faulty.py", StringComparison.Ordinal);
        Assert.AreEqual("result = 1 / n", frame.Source);

        PythonException missing = Assert.Throws<PythonException>(() => Python.LoadScript("script_tree.nowhere"));
        StringAssert.Contains(missing.Message, "script_tree.nowhere", StringComparison.Ordinal);
    }

    [TestMethod]
    public void What_the_build_has_compiled_is_not_compiled_again()
    {
        // The bytecode, which no hash is asked of, says which of the two has run.
        byte[] bytecode = Python.Evaluate<byte[]>("__import__('importlib.util').util.MAGIC_NUMBER + (1).to_bytes(4, 'little') + bytes(8) + __import__('marshal').dumps(compile('result = \"compiled by the build\"', 'built.py', 'exec'))");
        string file = Python.Evaluate<string>("__import__('importlib.util').util.cache_from_source('script_built/built.py')");
        PythonTree tree = PythonTree.FromFiles(
            new Dictionary<string, ReadOnlyMemory<byte>>
            {
                ["script_built/__init__.py"] = ReadOnlyMemory<byte>.Empty,
                ["script_built/built.py"] = "result = 'compiled here'"u8.ToArray(),
                [file.Replace('\\', '/')] = bytecode,
            },
            "script-built");
        using PythonMount mount = Python.Mount(tree);
        Assert.AreEqual("compiled by the build", Python.RunScript<string>(Python.LoadScript("script_built.built")));
    }

    [TestMethod]
    public void Interpreters_keep_the_scripts_that_they_ran_last()
    {
        using PythonIsolate isolate = Python.CreateIsolated(Bare);
        isolate.Execute("import linecache, marshal, sys\nsys.loads = 0\ndef count(event, arguments): sys.loads += event == 'marshal.loads'\nsys.addaudithook(count)");
        PythonScript first = Python.CompileScript("result = 0", "kept 0");
        int Loads(PythonScript script)
        {
            int before = isolate.Evaluate<int>("__import__('sys').loads");
            isolate.RunScript(script);
            return isolate.Evaluate<int>("__import__('sys').loads") - before;
        }

        _ = Loads(Python.CompileScript("0", "kept 1")); // Imports of our own are behind us.
        Assert.AreEqual(1, Loads(first));
        Assert.AreEqual(0, Loads(first));
        for (int i = 0; i < 300; i++)
        {
            Assert.AreEqual(1, Loads(Python.CompileScript($"result = {i}", $"other {i}")));
            Assert.AreEqual(0, i % 100 == 0 ? Loads(first) : 0);
        }

        Assert.AreEqual(0, Loads(first));
        Assert.AreEqual("256 256", isolate.Evaluate<string>("(lambda scripts, lines: f'{len(scripts._known)} {len([name for name in lines.cache if name[0] == \"<\"])}')(__import__('sys').modules['pyembed._scripts'], __import__('linecache'))"));
    }

    [TestMethod]
    public void Ten_thousand_runs_leave_nothing_behind()
    {
        using PythonIsolate isolate = Python.CreateIsolated(Bare);
        PythonScript script = Python.CompileScript("def f(): return f\nheld = [f] * n\nresult = len(held)", "often");
        Dictionary<string, object?> variables = new() { ["n"] = 10 };
        int Blocks(int runs) => isolate.Run(own =>
        {
            for (int i = 0; i < runs; i++)
            {
                Assert.AreEqual(10, own.RunScript<int>(script, variables));
            }

            return own.Evaluate<int>("__import__('gc').collect() * 0 + __import__('sys').getallocatedblocks()");
        });
        int before = Blocks(1000);
        Assert.IsLessThan(100, Blocks(10_000) - before);
    }
}
