using System.Text.RegularExpressions;
using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"importers/meta_path: optional list to add/override finders".</summary>
[TestClass]
public sealed class ImporterTests
{
    [TestMethod]
    public void Sources_of_the_host_are_modules() => Runs(
        """
        memory:/scripts/__init__.py memory:/scripts/one.py db:/scripts/2 False
        1 True ['scripts']
        memory:/scripts/one.py
        File "memory:/scripts/one.py", line 4, in fail
        class One:
        2
        ('scripts.one', 'memory:/scripts/one.py') ('scripts.two', 'db:/scripts/2')
        """, Restricted, """
        import importlib, inspect, traceback, pyembed, scripts.two as two
        from scripts import one
        import scripts
        print(scripts.__spec__.origin, one.__spec__.origin, two.__spec__.origin, hasattr(one, '__file__'))
        print(two.VERSION, two.one is one, [scripts.__name__] if scripts.__path__ == [] else 'path')
        print(one.One.fail.__code__.co_filename)
        try: one.One().fail()
        except KeyError: print(traceback.format_exc().splitlines()[-3].strip())
        print(inspect.getsource(one.One).splitlines()[0])
        print(importlib.reload(one).VERSION)
        modules = dict(pyembed.report()['modules'])
        print(*((name, modules[name]) for name in ('scripts.one', 'scripts.two')))
        """);

    [TestMethod]
    public void They_come_after_the_registry_and_before_mounts() => Runs(
        "host built\nFalse importer\nTrue False", Restricted, """
        import colorsys, mygame, host, finding, json
        print(hasattr(colorsys, 'who'), mygame.who)
        print('mygame' not in finding.asked, 'json' in finding.asked or 'colorsys' in finding.asked or 'host' in finding.asked)
        """);

    [TestMethod]
    public void A_finder_in_Python_is_asked_in_its_turn() => Runs(
        "True finder:/scripts", Restricted, """
        import finding
        try: import nowhere
        except ImportError as e: print('nowhere' in finding.asked, [origin for origin in e.origins if origin.startswith('finder:')][0])
        """);

    [TestMethod]
    [DataRow("native=none")]
    [DataRow(Desktop)]
    [DataRow(Restricted)]
    public void They_are_among_the_origins_under_every_profile(string profile)
    {
        foreach ((string module, string expected) in new[] { ("nowhere", @"builtin, (fs:.*, )?finder:/scripts, finder:/Finder, .*memory:/game"), ("scripts.nowhere", "finder:/scripts, finder:/Finder") })
        {
            TestHostProcess result = TestHostProcess.Run("importers", profile, $"import {module}");
            StringAssert.Matches(result.Output, new Regex($"(?m)^origins: {expected}(, |$)"), result.ToString());
        }
    }

    [TestMethod]
    public void Built_in_and_frozen_modules_are_the_interpreters_under_every_profile()
    {
        foreach (string profile in (string[])["native=none", "files=off", Desktop, Restricted])
        {
            Runs("True True []", profile, """
                import sys
                for name in 'errno', 'itertools', 'zipimport': sys.modules.pop(name, None)
                import errno, itertools, finding
                try: import zipimport
                except ImportError as e: assert e.rule
                print(hasattr(errno, 'ENOENT'), hasattr(itertools, 'chain'), [name for name in finding.asked if name in sys.builtin_module_names or name == 'zipimport'])
                """);
        }
    }

    [TestMethod]
    public void A_source_must_be_there() => Assert.AreEqual("Source", Assert.ThrowsExactly<ArgumentNullException>(() => new PythonModuleSource(null!)).ParamName);

    [TestMethod]
    public void Finders_may_import_what_scripts_may_not() => Runs(
        "1 True\n'threading' is a powerful module (threads: starts threads, traces those to come), and Allow does not name it",
        "policy=Restricted",
        "native=none",
        """
        import scripts.one as one, finding
        print(one.VERSION, 'nothing' not in finding.asked)
        try: import threading
        except ImportError as e: print(e.rule)
        """);

    [TestMethod]
    public void What_the_host_throws_the_import_raises()
    {
        TestHostProcess result = TestHostProcess.Run("importers", Restricted, "import scripts.bad");
        StringAssert.Contains(result.Output, "InvalidDataException: the store is damaged");
        Runs("SyntaxError memory:/scripts/wrong.py 1", Restricted, "try: import scripts.wrong\nexcept SyntaxError as e: print(type(e).__name__, e.filename, e.lineno)");
    }

    [TestMethod]
    public void A_forked_child_finds_nothing_by_them() => Runs(
        "None True\n0", Desktop, """
        import os, importlib.util, sys
        child = os.fork()
        if child == 0:
            print(importlib.util.find_spec('scripts'), importlib.util.find_spec('bisect') is not None, flush=True)
            os._exit(0)
        print(os.waitpid(child, 0)[1])
        """);

    [TestMethod]
    [DataRow("finding", "ArgumentException: 'finding' names no finder: it must have the form 'module:attribute'")]
    [DataRow("mygame.names:NAME", "ArgumentException: PythonOptions.Importers: 'mygame.names:NAME' is no finder: 'str' has no method find_spec (PEP 451)")]
    [DataRow("no_such_module:Finder", "PythonImportException: ModuleNotFoundError: No module named 'no_such_module'")]
    [DataRow("mygame.names:Missing", "PythonException: AttributeError: ")]
    public void What_is_no_finder_is_refused_and_another_start_works(string reference, string message)
    {
        TestHostProcess result = TestHostProcess.Run("bad-importer", reference);
        StringAssert.StartsWith(result.Output, message, result.ToString());
        StringAssert.EndsWith(result.Output, "mygame.core.player\n", result.ToString());
    }

    private static void Runs(string output, params string[] arguments) => Prints("importers", output, arguments);
}
