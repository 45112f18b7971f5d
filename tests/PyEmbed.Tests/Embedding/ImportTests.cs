using static PyEmbed.Tests.PythonFixture;

namespace PyEmbed.Tests;

/// <summary>What a module from a tree looks like to Python, through the .NET API. The importer's own tests say the same in Python.</summary>
[TestClass]
public sealed class ImportTests
{
    [TestMethod]
    public void Modules_have_their_own_names_and_places()
    {
        using PythonMount mount = Mount("attributes", ("at_pkg/__init__.py", ""), ("at_pkg/sub/__init__.py", "x = 1"), ("at_pkg/sub/mod.py", "y = 2"), ("at_ns/inner/leaf.py", ""));
        Check("__import__('at_pkg').__name__", "at_pkg");
        using PythonObject module = Python.Import("at_pkg.sub.mod");
        Assert.AreEqual("at_pkg.sub.mod", module.GetAttribute("__name__").As<string>());
        Assert.AreEqual("at_pkg.sub", module.GetAttribute("__package__").As<string>());
        Assert.AreEqual($"{mount.Root}/at_pkg/sub/mod.py", module.GetAttribute("__file__").As<string>());
        Assert.AreEqual("at_pkg.sub.mod", module.GetAttribute("__spec__").GetAttribute("name").As<string>());
        Assert.IsTrue(module.GetAttribute("__loader__").Is(module.GetAttribute("__spec__").GetAttribute("loader")));
        Assert.IsFalse(module.HasAttribute("__path__"));
        using PythonObject package = Python.Import("at_pkg.sub");
        CollectionAssert.AreEqual(new[] { $"{mount.Root}/at_pkg/sub" }, package.GetAttribute("__path__").As<string[]>());
        using PythonObject space = Python.Import("at_ns.inner");
        Assert.AreEqual("_NamespacePath", space.GetAttribute("__path__").GetAttribute("__class__").GetAttribute("__name__").As<string>());
    }

    [TestMethod]
    public void Relative_absolute_and_circular_imports_work()
    {
        using PythonMount mount = Mount(
            "relations",
            ("rel_pkg/__init__.py", "from . import a"), ("rel_pkg/a.py", "from . import b\nfrom .deep.er import value\nname = 'a'"),
            ("rel_pkg/b.py", "from rel_pkg import a\ndef ask(): return a.name"), ("rel_pkg/deep/__init__.py", ""), ("rel_pkg/deep/er.py", "from ...rel_pkg.deep import other\nfrom ..deep.other import v as value"),
            ("rel_pkg/deep/other.py", "v = 5"));
        StringAssert.Contains(Assert.ThrowsExactly<PythonImportException>(() => Python.Import("rel_pkg")).Message, "beyond top-level package");
        using PythonMount repaired = Mount(
            "relations2",
            ("rel2/__init__.py", "from . import a"), ("rel2/a.py", "from . import b\nfrom .deep.er import value\nname = 'a'"),
            ("rel2/b.py", "from rel2 import a\ndef ask(): return a.name"), ("rel2/deep/__init__.py", ""), ("rel2/deep/er.py", "from ..deep.other import v as value"), ("rel2/deep/other.py", "v = 5"));
        Check("__import__('rel2.b').b.ask()", "a");
        Check("__import__('rel2.a').a.value", "5");
    }

    [TestMethod]
    public void Odd_names_are_names()
    {
        using PythonMount mount = Mount(
            "odd",
            ("odd_pkg/__init__.py", ""), ("odd_pkg/__init__/__init__.py", "me = __name__"), ("odd_pkg/sys.py", "mine = True"), ("odd_pkg/json.py", "import json as j\nreal = j.dumps([1])"),
            ("odd_pkg/\u00E9t\u00E9.py", "sun = 1"));
        Check("__import__('importlib').import_module('odd_pkg.sys').mine", "True");
        Check("__import__('importlib').import_module('odd_pkg.json').real", "[1]");
        Check("__import__('importlib').import_module('odd_pkg.\u00E9t\u00E9').sun", "1");
        Check("__import__('importlib').import_module('odd_pkg.__init__').__name__", "odd_pkg.__init__");
    }

    [TestMethod]
    public void Namespaces_merge_with_each_other_and_with_the_disk()
    {
        using TemporaryFolder disk = new();
        disk.Write("shared_space/three.py", "n = 3");
        using PythonScope scope = new();
        scope.Set("folder", disk.Path);
        Python.Execute("import sys; sys.path.append(folder)", scope);
        using PythonMount one = Mount("space_one", ("shared_space/one.py", "n = 1")), two = Mount("space_two", ("shared_space/two.py", "n = 2"));
        Check("sum(__import__('importlib').import_module('shared_space.' + m).n for m in ('one', 'two', 'three'))", "6");
        Check("len(__import__('shared_space').__path__)", "3");
        Python.Execute("sys.path.remove(folder)", scope);
    }

    [TestMethod]
    public void A_traceback_shows_embedded_source()
    {
        using PythonMount mount = Mount("failing", ("failing_mod.py", "def outer():\n    inner()  # the outer line\n\ndef inner():\n    raise ValueError('deep')  # the inner line\n"));
        using PythonObject module = Python.Import("failing_mod");
        PythonException e = Assert.ThrowsExactly<PythonException>(() => module.InvokeMethod("outer"));
        Assert.AreEqual("ValueError", e.PythonType);
        StringAssert.Contains(e.PythonTraceback, $"File \"{mount.Root}/failing_mod.py\", line 5, in inner");
        StringAssert.Contains(e.PythonTraceback, "inner()  # the outer line");
        StringAssert.Contains(e.PythonTraceback, "raise ValueError('deep')  # the inner line");
    }

    [TestMethod]
    public void A_syntax_error_names_file_and_line()
    {
        using PythonMount mount = Mount("broken", ("broken_mod.py", "x = 1\ny = (\n"));
        PythonException e = Assert.ThrowsExactly<PythonException>(() => Python.Import("broken_mod"));
        Assert.AreEqual("SyntaxError", e.PythonType);
        StringAssert.Contains(e.PythonTraceback, $"{mount.Root}/broken_mod.py\", line 2");
        Check("'broken_mod' in __import__('sys').modules", "False");
    }

    [TestMethod]
    public void A_module_that_is_nowhere_names_the_places()
    {
        using PythonMount mount = Mount("somewhere", ("somewhere_mod.py", ""));
        PythonImportException e = Assert.ThrowsExactly<PythonImportException>(() => Python.Import("no_such_module_anywhere"));
        Assert.AreEqual("no_such_module_anywhere", e.Module);
        Assert.IsTrue(e.Origins.Count > 1, string.Join('\n', e.Origins));
    }

    [TestMethod]
    public void Many_threads_import_one_module_once()
    {
        using PythonMount mount = Mount("slow", ("slow_mod.py", "import time\ntime.sleep(0.1)\nimport builtins\nbuiltins.slow_runs = getattr(builtins, 'slow_runs', 0) + 1\ndone = True"));
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using PythonObject module = Python.Import("slow_mod");
            Assert.IsTrue(module.GetAttribute("done").As<bool>());
        });
        Check("__import__('builtins').slow_runs", "1");
    }

    [TestMethod]
    public void Uncaught_exceptions_in_Python_threads_show_embedded_source()
    {
        TestHostProcess result = TestHostProcess.Run("run", "import threading\ndef work():\n    raise ValueError('in a thread')  # this line\nt = threading.Thread(target=work, name='worker')\nt.start()\nt.join()");
        Assert.AreEqual(0, result.ExitCode);
        StringAssert.StartsWith(result.Error, "Exception in thread worker:\nTraceback (most recent call last):\n");
        StringAssert.Contains(result.Error, "    raise ValueError('in a thread')  # this line\n");
    }

    private static void Check(string expression, string expected) => Assert.AreEqual(expected, Python.Evaluate<string>($"str({expression})"));
}
