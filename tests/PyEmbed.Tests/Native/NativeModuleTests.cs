using System.Text.RegularExpressions;
using PyEmbed.Tests;
using static PyEmbed.Interop.Tests.InteropFixture;

namespace PyEmbed.Native.Tests;

[TestClass]
public sealed class NativeModuleTests
{
    [TestMethod]
    public void Functions_and_constants_are_imported()
    {
        string name = NativeFixture.Add(module =>
        {
            module.Doc = "What the host offers.";
            module.AddFunction("add_one", (int number) => number + 1);
            module.AddConstant("VERSION", "1.2");
            module.AddConstant("LIMITS", (int[])[1, 2]);
        });
        using PythonObject result = Execute($"""
            import {name}
            from {name} import add_one, VERSION
            values = add_one(41), add_one(number=1), VERSION, {name}.LIMITS, {name}.__doc__, {name}.add_one is add_one
            kind = type(add_one).__name__, repr(add_one), repr({name})
            """);
        Assert.AreEqual("(42, 2, '1.2', [1, 2], 'What the host offers.', True)", result["values"].ToString());
        Assert.AreEqual("builtin_function_or_method", result["kind"][0].As<string>());
        Assert.AreEqual("<built-in function add_one>", result["kind"][1].As<string>());
        StringAssert.StartsWith(result["kind"][2].As<string>(), $"<module '{name}' (built");
    }

    [TestMethod]
    public void Spec_and_attributes_are_those_of_a_builtin_module()
    {
        string name = NativeFixture.Add(module => module.AddFunction("f", () => 1));
        using PythonObject result = Execute($"""
            import {name} as module, sys, importlib.abc, importlib.util, inspect
            spec = module.__spec__
            values = (spec.name, spec.origin, spec.has_location, spec.cached, spec.parent, spec.submodule_search_locations,
                      module.__name__, module.__package__, hasattr(module, '__path__'), hasattr(module, '__file__'),
                      module.__loader__ is spec.loader, sys.modules['{name}'] is module, importlib.util.find_spec('{name}') is spec)
            loader = spec.loader
            contracts = (issubclass(loader, importlib.abc.InspectLoader), loader.get_code('{name}'), loader.get_source('{name}'), loader.is_package('{name}'),
                         loader.create_module(spec), loader.find_spec('no_such_module'), sys.meta_path[0] is loader)
            try:
                loader.get_code('no_such_module')
                refused = None
            except ImportError as error:
                refused = error.name
            try:
                inspect.getsource(module)
                source = None
            except TypeError as error:
                source = 'built-in' in str(error)
            """);
        Assert.AreEqual($"('{name}', 'builtin', False, None, '', None, '{name}', '', False, False, True, True, True)", result["values"].ToString());
        Assert.AreEqual("(True, None, None, False, None, None, True)", result["contracts"].ToString());
        Assert.AreEqual("no_such_module", result["refused"].As<string>());
        Assert.IsTrue(result["source"].As<bool>());
    }

    [TestMethod]
    public void Modules_are_built_when_first_imported_and_not_when_looked_for()
    {
        int builds = 0;
        string name = NativeFixture.Add(module =>
        {
            builds++;
            module.AddConstant("COUNT", builds);
        });
        using PythonObject result = Execute($"""
            import importlib, importlib.util, sys, threading
            spec = importlib.util.find_spec('{name}')
            found = spec.origin, '{name}' in sys.modules
            """);
        Assert.AreEqual("('builtin', False)", result["found"].ToString());
        Assert.AreEqual(0, builds);
        using PythonObject again = Execute($"""
            import importlib, sys, threading
            modules = []
            def load():
                modules.append(importlib.import_module('{name}'))
            threads = [threading.Thread(target=load) for _ in range(16)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            assert len(modules) == 16 and len(set(map(id, modules))) == 1
            first = modules[0]
            counts = [first.COUNT]
            first.added = 1
            counts.append(importlib.reload(first).COUNT)
            counts.append(first.added)
            del sys.modules['{name}']
            second = importlib.import_module('{name}')
            counts.append(second.COUNT)
            counts.append(second is first)
            """);
        Assert.AreEqual("[1, 2, 1, 3, False]", again["counts"].ToString());
        Assert.AreEqual(3, builds);
    }

    [TestMethod]
    public void A_module_that_cannot_be_built_is_tried_again()
    {
        int tries = 0;
        string name = NativeFixture.Add(module =>
        {
            module.AddConstant("BEFORE", 1);
            if (++tries == 1)
            {
                throw new KeyNotFoundException("not yet");
            }
        });
        PythonException error = Assert.ThrowsExactly<PythonException>(() => Import(name));
        Assert.AreEqual("KeyError", error.PythonType);
        Assert.AreEqual("not yet", Assert.IsInstanceOfType<KeyNotFoundException>(error.InnerException).Message);
        Assert.IsFalse(Evaluate($"'{name}' in __import__('sys').modules").As<bool>());
        Assert.AreEqual(1, Import(name).GetAttribute("BEFORE").As<int>());
        Assert.AreEqual(2, tries);
    }

    [TestMethod]
    public void Submodules_make_a_package()
    {
        int built = 0;
        string name = NativeFixture.Add(module =>
        {
            module.AddConstant("NAME", module.Name);
            module.AddModule("files", files =>
            {
                built++;
                files.AddFunction("read", (string path) => $"<{path}>");
                files.AddModule("zip", zip => zip.AddConstant("NAME", zip.Name));
            });
        });
        using PythonObject result = Execute($"""
            import {name}
            """);
        Assert.AreEqual(0, built);
        using PythonObject after = Execute($"""
            import sys, importlib, importlib.util
            import {name}.files
            from {name} import files
            from {name}.files.zip import NAME
            values = [{name}.files is files, files.read('a'), NAME, files.read.__module__]
            attributes = [(module.__spec__.name, module.__spec__.origin, module.__package__, module.__spec__.parent, list(getattr(module, '__path__', ['-'])),
                           sys.modules[module.__name__] is module, module.__spec__.loader.is_package(module.__name__))
                          for module in ({name}, files, files.zip)]
            locations = importlib.util.find_spec('{name}').submodule_search_locations
            importlib.reload({name})
            reloaded = {name}.__path__, {name}.__spec__.submodule_search_locations, {name}.files is files
            try:
                importlib.import_module('{name}.nothing')
                missing = None
            except ModuleNotFoundError as error:
                missing = error.name
            """);
        Assert.AreEqual($"[True, '<a>', '{name}.files.zip', '{name}.files']", after["values"].ToString());
        Assert.AreEqual(
            $"[('{name}', 'builtin', '{name}', '{name}', [], True, True), ('{name}.files', 'builtin', '{name}.files', '{name}.files', [], True, True), "
            + $"('{name}.files.zip', 'builtin', '{name}.files', '{name}.files', ['-'], True, False)]",
            after["attributes"].ToString());
        Assert.AreEqual("[]", after["locations"].ToString());
        Assert.AreEqual("([], [], True)", after["reloaded"].ToString());
        Assert.AreEqual($"{name}.nothing", after["missing"].As<string>());
        Assert.AreEqual(1, built);
    }

    [TestMethod]
    public void Native_modules_come_before_those_of_trees_and_the_report_says_so()
    {
        string name = NativeFixture.Add(module => module.AddConstant("ORIGIN", "C#"));
        using PythonMount mount = PythonFixture.Mount($"{name}-tree", ($"{name}.py", "ORIGIN = 'tree'"));
        PythonReport before = PythonFixture.Python.Describe();
        Assert.IsFalse(before.NativeModules.Single(module => module.Name == name).IsImported);
        Assert.AreEqual("C#", Import(name).GetAttribute("ORIGIN").As<string>());
        PythonReport report = PythonFixture.Python.Describe();
        Assert.AreEqual(new PythonNativeModuleReport(name, "builtin", true), report.NativeModules.Single(module => module.Name == name));
        Assert.AreEqual("builtin", report.ShadowedNames.Single(shadowed => shadowed.Name == name).UsedOrigin);
    }

    [TestMethod]
    public void Names_that_are_not_free_are_refused()
    {
        foreach (string name in (string[])["json", "sys", "zlib", "_thread", "antigravity", "pyembed", "__main__", "os"])
        {
            ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => NativeFixture.Install(name, _ => { }));
            StringAssert.Contains(error.Message, $"'{name}'");
            StringAssert.Contains(error.Message, "NativeModules");
        }

        string taken = NativeFixture.Add(_ => { });
        Assert.ThrowsExactly<ArgumentException>(() => NativeFixture.Install(taken, _ => { }));
        Execute("import sys, types\nsys.modules['imported_before'] = types.ModuleType('imported_before')");
        Assert.ThrowsExactly<ArgumentException>(() => NativeFixture.Install("imported_before", _ => { }));
    }

    [TestMethod]
    public void Options_check_names_and_are_frozen_by_a_start()
    {
        var modules = new PythonNativeModules { { "host", _ => { } } };
        foreach (string name in (string[])["", "a.b", "1a", "a b", "class", "None", "a-b"])
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => modules.Add(name, _ => { })).Message, $"'{name}'");
        }

        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => modules.Add("host", _ => { })).Message, "host");
        modules.Add("_größe2", _ => { });
        CollectionAssert.AreEqual((string[])["host", "_größe2"], modules.ToArray());
        _ = modules.Freeze();
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => modules.Add("late", _ => { })).Message, "late");
    }

    [TestMethod]
    public void Names_are_as_the_parser_reads_them()
    {
        // The micro sign, which the parser reads as the letter mu; the ligature fi; full-width letters.
        NativeFixture.Install("\u00B5m", module =>
        {
            Assert.AreEqual("\u03BCm", module.Name);
            module.AddConstant("\u00B5", 1);
            module.AddFunction("\uFB01le", () => 2);
            module.AddModule("\uFF41\uFF42", sub => sub.AddConstant("NAME", sub.Name));
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => module.AddConstant("\u03BC", 3)).Message, "already");
        });
        using PythonObject result = Execute(Regex.Unescape("""
            import \u00B5m
            import \u03BCm as same
            from \u00B5m.ab import NAME
            values = \u00B5m is same, \u00B5m.\u00B5, \u00B5m.\uFB01le(), \u00B5m.\uFB01le.__name__, NAME, same.__name__
            """));
        Assert.AreEqual("(True, 1, 2, 'file', '\u03BCm.ab', '\u03BCm')", result["values"].ToString());
    }

    [TestMethod]
    [DataRow("__name__")]
    [DataRow("__spec__")]
    [DataRow("__loader__")]
    [DataRow("__package__")]
    [DataRow("__path__")]
    [DataRow("__file__")]
    [DataRow("__cached__")]
    public void Names_of_the_import_system_are_refused(string reserved)
    {
        using PythonObject module = NativeFixture.Import(module =>
        {
            Action[] adds = [() => module.AddConstant(reserved, 5), () => module.AddFunction(reserved, () => 5), () => module.AddModule(reserved, _ => { })];
            foreach (Action add in adds)
            {
                StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(add).Message, $"'{reserved}'");
            }

            module.AddConstant("__all__", (string[])["x"]);
            module.AddModule("x", _ => { });
        });
        Assert.AreEqual("x", module.GetAttribute("__all__")[0].As<string>());
    }

    [TestMethod]
    public void Members_are_checked_when_they_are_added()
    {
        PythonNativeModule? kept = null;
        using PythonObject module = NativeFixture.Import(module =>
        {
            kept = module;
            module.AddConstant("taken", 1);
            Assert.ThrowsExactly<ArgumentException>(() => module.AddConstant("taken", 2));
            Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("taken", () => { }));
            Assert.ThrowsExactly<ArgumentException>(() => module.AddModule("taken", _ => { }));
            Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("not a name", () => { }));
            Assert.ThrowsExactly<InvalidCastException>(() => module.AddConstant("stream", new MemoryStream()));
            ArgumentException type = Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", (int a, MemoryStream stream) => { }));
            StringAssert.Contains(type.Message, "'stream'");
            StringAssert.Contains(type.Message, "'f'");
            ArgumentException names = Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", (int _, int _) => { }));
            StringAssert.Contains(names.Message, "give the parameters their names");
            ArgumentException keyword = Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", (int @lambda) => { }));
            StringAssert.Contains(keyword.Message, "'lambda'");
            Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", (int a) => { }, parameters: [new("a"), new("b")]));
            Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", (int a, int b) => { }, parameters: [new("a", 1), new("b")]));
        });
        CollectionAssert.DoesNotContain(Evaluate("dir").Invoke(module).As<string[]>(), "f");
        Assert.ThrowsExactly<InvalidOperationException>(() => kept!.AddConstant("late", 1));
    }
}
