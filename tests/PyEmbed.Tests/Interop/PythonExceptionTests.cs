using PyEmbed.Tests;
using static PyEmbed.Interop.Tests.InteropFixture;

namespace PyEmbed.Interop.Tests;

[TestClass]
public sealed class PythonExceptionTests
{
    private static readonly bool HasColumns = Evaluate("__import__('sys').version_info >= (3, 11)").As<bool>();

    [TestMethod]
    public void Type_message_and_frames_are_those_of_Python()
    {
        using PythonMount mount = PythonFixture.Mount(
            "interop-frames", ("inmemory.py", "def outer():\n    inner()\n\ndef inner():\n    raise ValueError(\"from memory\")\n"));
        using PythonObject module = Import("inmemory");
        string file = module.GetAttribute("__file__").As<string>();
        Assert.IsFalse(File.Exists(file));
        PythonException error = Assert.ThrowsExactly<PythonException>(() => module.InvokeMethod("outer"));
        Assert.AreEqual("ValueError", error.PythonType);
        Assert.AreEqual("ValueError: from memory", error.Message);
        Assert.HasCount(2, error.Frames);
        int? column = HasColumns ? 5 : null;
        Assert.AreEqual(new PythonFrame(file, 2, "outer", "inner()", column), error.Frames[0]);
        Assert.AreEqual(new PythonFrame(file, 5, "inner", "raise ValueError(\"from memory\")", column), error.Frames[1]);
        StringAssert.StartsWith(error.PythonTraceback, $"Traceback (most recent call last):\n  File \"{file}\", line 2, in outer\n    inner()\n");
        StringAssert.EndsWith(error.PythonTraceback, "\nValueError: from memory\n");
        StringAssert.Contains(error.ToString(), error.PythonTraceback);
        StringAssert.Contains(error.ToString(), nameof(Type_message_and_frames_are_those_of_Python));
        Assert.IsNull(error.InnerException);
        Assert.AreEqual("from memory", error.Value.GetAttribute("args")[0].As<string>());
    }

    [TestMethod]
    public void Type_names_are_qualified()
    {
        using PythonObject module = Execute("__name__ = 'pack.mod'\nclass Outer:\n    class Error(Exception): pass\ndef f(): raise Outer.Error()");
        PythonException error = Assert.ThrowsExactly<PythonException>(() => module["f"].Invoke());
        Assert.AreEqual("pack.mod.Outer.Error", error.PythonType);
        Assert.AreEqual("pack.mod.Outer.Error", error.Message);
    }

    [TestMethod]
    public void Cause_and_context_are_inner_exceptions()
    {
        using PythonObject module = Execute("""
            def cause():
                try: 1 // 0
                except Exception as e: raise ValueError('second') from e
            def context():
                try: 1 // 0
                except Exception: raise ValueError('second')
            def suppressed():
                try: 1 // 0
                except Exception: raise ValueError('second') from None
            """);
        foreach (string name in (string[])["cause", "context"])
        {
            PythonException error = Assert.ThrowsExactly<PythonException>(() => module[name].Invoke());
            Assert.AreEqual("ValueError", error.PythonType);
            Assert.AreEqual("ZeroDivisionError", ((PythonException)error.InnerException!).PythonType);
            StringAssert.Contains(error.PythonTraceback, "ZeroDivisionError");
            StringAssert.Contains(error.PythonTraceback, name == "cause" ? "direct cause" : "During handling");
        }

        PythonException alone = Assert.ThrowsExactly<PythonException>(() => module["suppressed"].Invoke());
        Assert.IsNull(alone.InnerException);
        Assert.IsFalse(alone.PythonTraceback.Contains("ZeroDivision", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Rings_and_long_chains_of_exceptions_end()
    {
        using PythonObject module = Execute("""
            def ring():
                a, b = ValueError('a'), ValueError('b')
                a.__cause__, b.__cause__ = b, a
                raise a
            def chain():
                error = None
                for i in range(2000):
                    following = ValueError(i)
                    following.__cause__ = error
                    error = following
                raise error
            """);
        PythonException ring = Assert.ThrowsExactly<PythonException>(() => module["ring"].Invoke());
        Assert.AreEqual("ValueError: b", ring.InnerException!.Message);
        Assert.IsNull(ring.InnerException.InnerException);
        PythonException chain = Assert.ThrowsExactly<PythonException>(() => module["chain"].Invoke());
        Assert.AreEqual("ValueError: 1999", chain.Message);
        Assert.AreEqual("ValueError: 1998", chain.InnerException!.Message);
        StringAssert.Contains(chain.PythonTraceback, "ValueError: 1999");
    }

    [TestMethod]
    public void SystemExit_and_KeyboardInterrupt_are_exceptions_like_others()
    {
        PythonException exit = Assert.ThrowsExactly<PythonException>(() => Evaluate("__import__('sys').exit(3)"));
        Assert.AreEqual("SystemExit", exit.PythonType);
        Assert.AreEqual(3, exit.Value.GetAttribute("code").As<int>());
        using PythonObject module = Execute("def f(): raise KeyboardInterrupt");
        Assert.AreEqual("KeyboardInterrupt", Assert.ThrowsExactly<PythonException>(() => module["f"].Invoke()).Message);
    }

    [TestMethod]
    public void Errors_in_describing_an_error_do_not_hide_it()
    {
        using PythonObject module = Execute("class Bad(Exception):\n    def __str__(self): raise OSError('str')\n    __repr__ = __str__\ndef f(): raise Bad()");
        PythonException error = Assert.ThrowsExactly<PythonException>(() => module["f"].Invoke());
        Assert.AreEqual("__scope__.Bad: <exception str() failed>", error.Message);
        Assert.AreEqual("f", error.Frames[0].Function);

        using PythonObject broken = Execute("def f(): raise ValueError('still told')");
        using PythonObject modules = Import("sys").GetAttribute("modules"), traceback = Import("traceback");
        modules["traceback"] = PythonObject.From(null); // import traceback fails
        try
        {
            error = Assert.ThrowsExactly<PythonException>(() => broken["f"].Invoke());
        }
        finally
        {
            modules["traceback"] = traceback;
        }

        Assert.AreEqual("ValueError: still told", error.Message);
        Assert.AreEqual("Traceback (most recent call last):\n  File \"<scope>\", line 1, in f\nValueError: still told\n", error.PythonTraceback);
        Assert.AreEqual(new PythonFrame("<scope>", 1, "f", null), error.Frames[0]);
    }

    [TestMethod]
    public void Endless_recursion_is_described()
    {
        PythonException error = Assert.ThrowsExactly<PythonException>(() => Execute("def f(): f()\nf()"));
        Assert.AreEqual("RecursionError", error.PythonType);
        StringAssert.Contains(error.PythonTraceback, "RecursionError");
    }

    [TestMethod]
    public void Syntax_errors_show_the_line()
    {
        PythonException error = Assert.ThrowsExactly<PythonException>(() => Execute("x = (1,\ny = = 2\n"));
        Assert.AreEqual("SyntaxError", error.PythonType);
        StringAssert.Contains(error.PythonTraceback, "<scope>");
    }

    [TestMethod]
    public void A_missing_module_names_every_place_searched()
    {
        PythonImportException error = Assert.ThrowsExactly<PythonImportException>(() => Import("no_such_module"));
        Assert.AreEqual("ModuleNotFoundError", error.PythonType);
        Assert.AreEqual("no_such_module", error.Module);
        CollectionAssert.IsSubsetOf(Import("sys").GetAttribute("path").As<string[]>().Where(Directory.Exists).ToArray(), error.Origins.Select(origin => origin["fs:".Length..]).ToArray());
        Assert.AreEqual("builtin", error.Origins[0]);
        StringAssert.Contains(error.Message, error.Origins[1]);
        Assert.IsNull(error.ImportedBy);
        Assert.IsNull(error.Rule);
    }

    [TestMethod]
    public void A_missing_submodule_names_its_parents_path()
    {
        PythonImportException error = Assert.ThrowsExactly<PythonImportException>(() => Import("email.no_such_module"));
        Assert.AreEqual("email.no_such_module", error.Module);
        CollectionAssert.AreEqual(Import("email").GetAttribute("__path__").As<string[]>().Select(path => $"fs:{path}").ToArray(), error.Origins.ToArray());
        error = Assert.ThrowsExactly<PythonImportException>(() => Import("textwrap.no_such_module"));
        CollectionAssert.AreEqual(new[] { $"fs:{Import("textwrap").GetAttribute("__file__").As<string>()}" }, error.Origins.ToArray());
    }

    [TestMethod]
    public void Places_in_embedded_trees_are_named_by_their_archive()
    {
        using PythonMount mount = PythonFixture.Mount("interop-origins", ("interopkg/__init__.py", ""), ("interopkg/a.py", "x = 1\n"));
        PythonImportException error = Assert.ThrowsExactly<PythonImportException>(() => Import("interopkg.b"));
        Assert.HasCount(1, error.Origins);
        Assert.AreEqual("memory:/interopkg", error.Origins[0]);
        error = Assert.ThrowsExactly<PythonImportException>(() => Execute("from interopkg.a import y"));
        Assert.AreEqual("memory:/interopkg/a.py", error.Origins.Single());
        error = Assert.ThrowsExactly<PythonImportException>(() => Import("no_such_module"));
        Assert.HasCount(1, error.Origins.Where(origin => origin == "memory:/interop-origins"));
        error = Assert.ThrowsExactly<PythonImportException>(() => Import("pyembed.no_such_module"));
        CollectionAssert.AreEqual(new[] { "assembly:/PyEmbed.dll/pyembed.zip/pyembed" }, error.Origins.ToArray());
    }

    [TestMethod]
    public void An_import_error_tells_who_asked()
    {
        using PythonMount mount = PythonFixture.Mount(
            "interop-askers", ("asker/__init__.py", ""), ("asker/statement.py", "x = 1\nif x: import no_such_module\n"), ("asker/call.py", "import importlib\ndef f(): importlib.import_module('no_such_module')\n"),
            ("asker/name.py", "from textwrap import no_such_name"), ("asker/outer.py", "import asker.statement"));
        PythonImportException Failed(Action action) => Assert.ThrowsExactly<PythonImportException>(action);
        PythonImportSite site = Failed(() => Import("asker.statement")).ImportedBy!;
        string root = mount.Root;
        Assert.AreEqual(new PythonImportSite("asker.statement", new PythonFrame($"{root}/asker/statement.py", 2, "<module>", "if x: import no_such_module", HasColumns ? 7 : null)), site);
        site = Failed(() => Import("asker.outer")).ImportedBy!;
        Assert.AreEqual("asker.statement", site.Module);
        using PythonObject call = Import("asker.call");
        site = Failed(() => call.InvokeMethod("f")).ImportedBy!;
        Assert.AreEqual(("asker.call", 2, "f"), (site.Module, site.Frame.Line, site.Frame.Function));
        Assert.AreEqual("asker.name", Failed(() => Import("asker.name")).ImportedBy!.Module);
        Assert.AreEqual("__scope__", Failed(() => Execute("import no_such_module")).ImportedBy!.Module);
    }

    [TestMethod]
    public void An_error_raised_while_a_module_runs_stays_what_it_was_with_the_imports_position()
    {
        using PythonMount mount = PythonFixture.Mount("interop-running", ("running_outer.py", "x = 1\nif x: import running_inner\n"), ("running_inner.py", "1 // 0\n"));
        PythonException error = Assert.ThrowsExactly<PythonException>(() => Import("running_outer"));
        Assert.AreEqual("ZeroDivisionError", error.PythonType);
        Assert.HasCount(2, error.Frames);
        Assert.AreEqual(new PythonFrame($"{mount.Root}/running_outer.py", 2, "<module>", "if x: import running_inner", HasColumns ? 7 : null), error.Frames[0]);
    }

    [TestMethod]
    public void A_missing_name_names_the_file()
    {
        PythonImportException error = Assert.ThrowsExactly<PythonImportException>(() => Execute("from textwrap import no_such_name"));
        Assert.AreEqual("ImportError", error.PythonType);
        Assert.AreEqual("textwrap", error.Module);
        CollectionAssert.AreEqual(new[] { $"fs:{Import("textwrap").GetAttribute("__file__").As<string>()}" }, error.Origins.ToArray());
    }

    [TestMethod]
    public void Nothing_stays_pending_and_exceptions_pass_through_nested_calls()
    {
        Assert.ThrowsExactly<PythonException>(() => Evaluate("1 // 0"));
        using Gil gil = Gil.Acquire();
        unsafe
        {
            Assert.AreEqual(0, CPython.PyErr_Occurred());
            Assert.ThrowsExactly<InvalidOperationException>(PythonErrors.ThrowPending);
        }
    }
}
