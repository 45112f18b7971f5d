using PyEmbed.Tests;

namespace PyEmbed.Isolates.Tests;

/// <summary>What one runtime changes, no other sees: the main interpreter and isolates, each against each, those that were there before and those that are made later.</summary>
[TestClass]
public sealed class BleedTests
{
    private delegate void Runner(string code);

    [TestMethod]
    [DataRow("sys.modules", "import sys, types; sys.modules['bled'] = types.ModuleType('bled')", "import sys; assert 'bled' not in sys.modules", "import sys; del sys.modules['bled']")]
    [DataRow("sys.path", "import sys; sys.path.append('/bled')", "import sys; assert '/bled' not in sys.path", "import sys; sys.path.remove('/bled')")]
    [DataRow("sys.meta_path", "import sys; sys.meta_path.append('bled')", "import sys; assert 'bled' not in sys.meta_path", "import sys; sys.meta_path.remove('bled')")]
    [DataRow("environment", "import os; os.environ['BLED'] = 'yes'", "import os; assert 'BLED' not in os.environ and os.getenv('BLED') is None", "import os; del os.environ['BLED']")]
    [DataRow("removed variable", "import os; os.kept = os.environ.pop('PATH')", "import os; assert 'PATH' in os.environ", "import os; os.environ['PATH'] = os.kept")]
    [DataRow("codecs", "import codecs; codecs.bled = lambda name: codecs.lookup('ascii') if name == 'bled' else None; codecs.register(codecs.bled)", """
        import codecs
        try:
            codecs.lookup('bled')
        except LookupError:
            pass
        else:
            raise AssertionError
        """, "import codecs; getattr(codecs, 'unregister', print)(codecs.bled)")]
    [DataRow("error handlers", "import codecs; codecs.register_error('bled', lambda error: ('', error.end))", """
        import codecs
        try:
            codecs.lookup_error('bled')
        except LookupError:
            pass
        else:
            raise AssertionError
        """, "")]
    [DataRow("logging", "import logging; logging.getLogger().setLevel(7); logging.getLogger('bled').addHandler(logging.NullHandler())",
        "import logging; assert logging.getLogger().level != 7 and not logging.getLogger('bled').handlers", "import logging; logging.getLogger().setLevel(30); logging.getLogger('bled').handlers.clear()")]
    [DataRow("stdout", "import io, sys; sys.kept = sys.stdout; sys.stdout = io.StringIO(); sys.stdout.bled = 1", "import sys; assert not hasattr(sys.stdout, 'bled')", "import sys; sys.stdout = sys.kept")]
    [DataRow("warnings", "import warnings; warnings.filterwarnings('error', 'bled')", "import warnings; assert not any('bled' in str(f[1]) for f in warnings.filters)", "import warnings; warnings.filters[:] = [f for f in warnings.filters if 'bled' not in str(f[1])]")]
    [DataRow("builtins", "import builtins; builtins.bled = 1", "import builtins; assert not hasattr(builtins, 'bled')", "import builtins; del builtins.bled")]
    [DataRow("recursion limit", "import sys; sys.kept = sys.getrecursionlimit(); sys.setrecursionlimit(777)", "import sys; assert sys.getrecursionlimit() != 777", "import sys; sys.setrecursionlimit(sys.kept)")]
    [DataRow("excepthook", "import sys; sys.kept = sys.excepthook; sys.excepthook = print", "import sys; assert sys.excepthook is not print", "import sys; sys.excepthook = sys.kept")]
    [DataRow("audit hook", "import sys; sys.bled = []; sys.addaudithook(lambda event, args: sys.bled.append(event) if event == 'bled' else None); sys.audit('bled'); assert sys.bled",
        "import sys; sys.audit('bled'); assert not hasattr(sys, 'bled')", "")]
    [DataRow("decimal context", "import decimal; decimal.DefaultContext.prec = 5", "import decimal; assert decimal.DefaultContext.prec == decimal.Context().prec == decimal.getcontext().prec == 28", "import decimal; decimal.DefaultContext.prec = 28")]
    [DataRow("csv dialects", "import csv; csv.register_dialect('bled')", "import csv; assert 'bled' not in csv.list_dialects()", "import csv; csv.unregister_dialect('bled')")]
    [DataRow("pickle", "import copyreg; copyreg.pickle(slice, str)", "import copyreg; assert slice not in copyreg.dispatch_table", "import copyreg; del copyreg.dispatch_table[slice]")]
    [DataRow("collector", "import gc; gc.kept = gc.get_threshold(); gc.set_threshold(777)", "import gc; assert gc.get_threshold()[0] != 777", "import gc; gc.set_threshold(*gc.kept)")]
    [DataRow("unraisablehook", "import sys; sys.kept = sys.unraisablehook; sys.unraisablehook = print", "import sys; assert sys.unraisablehook is not print", "import sys; sys.unraisablehook = sys.kept")]
    [DataRow("abstract classes", "import collections.abc; collections.abc.Callable.register(int)", "import collections.abc; assert not issubclass(int, collections.abc.Callable)", "")]
    [DataRow("atexit", "import atexit; [atexit.register(int) for _ in range(1000)]", "import atexit; assert atexit._ncallbacks() < 1000", "import atexit; atexit.unregister(int)")]
    public void Changes_stay_where_they_are_made(string what, string change, string check, string undo)
    {
        // What cannot be undone, is not done to the main interpreter, which other tests use. It comes last.
        foreach (int changed in (ReadOnlySpan<int>)[2, 1, 0])
        {
            if (changed == 0 && undo == "")
            {
                continue;
            }

            using PythonIsolate first = PythonFixture.Python.CreateIsolated(), second = PythonFixture.Python.CreateIsolated(new PythonIsolateOptions { OwnGil = true });
            Runner[] runtimes = [code => PythonFixture.Python.Execute(code), code => first.Execute(code), code => second.Execute(code)];
            runtimes[changed](change);
            try
            {
                using PythonIsolate later = PythonFixture.Python.CreateIsolated();
                later.Execute(check);
                for (int i = 0; i < runtimes.Length; i++)
                {
                    if (i != changed)
                    {
                        runtimes[i](check);
                    }
                }

                // The check can fail.
                Assert.ThrowsExactly<PythonException>(() => runtimes[changed](check), what);
            }
            finally
            {
                runtimes[changed](undo);
            }
        }
    }

    [TestMethod]
    public void A_policy_is_that_of_one_isolate()
    {
        using PythonIsolate denied = PythonFixture.Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, Policy = PythonPolicy.Trusted with { Deny = ["json"] } });
        using PythonIsolate restricted = PythonFixture.Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, Policy = PythonPolicy.Restricted });
        using PythonIsolate free = PythonFixture.Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false });
        Assert.AreEqual("json", Assert.ThrowsExactly<PythonImportException>(() => denied.Execute("import json")).Module);
        Assert.AreEqual("subprocess", Assert.ThrowsExactly<PythonImportException>(() => restricted.Execute("import subprocess")).Module);
        denied.Execute("import subprocess");
        restricted.Execute("import json");
        free.Execute("import json, subprocess");
        PythonFixture.Python.Execute("import json, subprocess");
    }

    [TestMethod]
    public void Search_paths_are_those_of_one_isolate()
    {
        using TemporaryFolder folder = new(), other = new();
        File.WriteAllText(Path.Combine(folder.Path, "bled_path.py"), "where = 1");
        File.WriteAllText(Path.Combine(other.Path, "bled_path.py"), "where = 2");
        using PythonIsolate first = PythonFixture.Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, SearchPaths = [folder.Path] });
        using PythonIsolate second = PythonFixture.Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, SearchPaths = [other.Path], OwnGil = true });
        using PythonIsolate none = PythonFixture.Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false });
        Assert.AreEqual(1, first.Evaluate<int>("__import__('bled_path').where"));
        Assert.AreEqual(2, second.Evaluate<int>("__import__('bled_path').where"));
        Assert.ThrowsExactly<PythonImportException>(() => none.Import("bled_path"));
        Assert.ThrowsExactly<PythonImportException>(() => PythonFixture.Python.Import("bled_path"));
    }

    [TestMethod]
    public void Child_processes_have_the_environment_of_their_isolate()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("The test asks /bin/sh.");
        }

        using PythonIsolate isolate = PythonFixture.Python.CreateIsolated(), other = PythonFixture.Python.CreateIsolated();
        isolate.Execute("import os; os.environ['BLED'] = 'é'");
        const string ask = "__import__('subprocess').check_output(['/bin/sh', '-c', 'printf \"$BLED\"']).decode()";
        Assert.AreEqual("é", isolate.Evaluate<string>(ask));
        Assert.AreEqual("", other.Evaluate<string>(ask));
        Assert.AreEqual("", PythonFixture.Python.Evaluate<string>(ask));
        Assert.AreEqual("x", isolate.Evaluate<string>("__import__('subprocess').check_output(['/bin/sh', '-c', 'printf \"$BLED\"'], env={'BLED': 'x'}).decode()"));
    }
}
