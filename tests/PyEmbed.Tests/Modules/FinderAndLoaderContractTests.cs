using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"Finder/Loader contracts for Native, Memory, Filesystem (when enabled)": find_spec gives a spec or None, create_module a module or None, exec_module fills it.</summary>
[TestClass]
public sealed class FinderAndLoaderContractTests
{
    private const string Contract = """
        import sys, importlib.util
        def contract(name, missing):
            parent = sys.modules.get(name.rpartition('.')[0])
            path = getattr(parent, '__path__', None)
            finder = next(f for f in sys.meta_path if f.find_spec(name, path) is not None)
            spec = finder.find_spec(name, path)
            assert name not in sys.modules, 'finding imports nothing'
            assert all(f.find_spec(missing, path) is None for f in sys.meta_path), missing
            loader = spec.loader
            module = loader.create_module(spec)
            assert module is None or type(module) is type(sys), module
            module = importlib.util.module_from_spec(spec)
            before = set(vars(module))
            assert loader.exec_module(module) is None
            assert name not in sys.modules, 'loading alone does not cache'
            print(spec.name, spec.origin.rpartition('/')[2], module.__name__, sorted(set(vars(module)) - before - {'__builtins__'}), module.__loader__ is loader)

        """;

    [TestMethod]
    [DataRow(Restricted)]
    [DataRow(Desktop)]
    public void Native(string profile) =>
        Prints("host built\nhost builtin host ['__path__', 'answer', 'double'] True", profile, Contract + "contract('host', 'host_missing')");

    [TestMethod]
    [DataRow(Restricted)]
    [DataRow(Desktop)]
    public void Memory(string profile) =>
        Prints(
            "mygame.names names.py mygame.names ['NAME'] True\nmygame.core __init__.py mygame.core [] True", profile,
            Contract + "import mygame\ncontract('mygame.names', 'mygame.missing')\ndel sys.modules['mygame.core']\ncontract('mygame.core', 'mygame.missing')");

    [TestMethod]
    public void Filesystem()
    {
        using TemporaryFolder folder = new();
        folder.Write("disk_pkg/__init__.py", "");
        folder.Write("disk_pkg/mod.py", "x = 1");
        Prints("disk_pkg __init__.py disk_pkg [] True\ndisk_pkg.mod mod.py disk_pkg.mod ['x'] True", Desktop, $"path={folder.Path}",
            Contract + "contract('disk_pkg', 'disk_missing')\nimport disk_pkg\ncontract('disk_pkg.mod', 'disk_pkg.missing')");
    }
}
