using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"ModuleSpec construction (module vs package), attributes set correctly."</summary>
[TestClass]
public sealed class ModuleSpecTests
{
    private const string Show = """
        import sys
        def show(name):
            __import__(name)
            module = sys.modules[name]
            spec = module.__spec__
            assert module.__name__ == spec.name == name and module.__loader__ is spec.loader and module.__package__ == spec.parent, name
            is_package = spec.submodule_search_locations is not None
            assert hasattr(module, '__path__') == is_package and (not is_package or list(module.__path__) == list(spec.submodule_search_locations)), name
            print(name, spec.origin, spec.parent or '-', is_package, spec.has_location, hasattr(module, '__file__'))

        """;

    [TestMethod]
    public void Native() => Prints(
        "host built\nhost builtin host True False False\nhost.inner builtin host False False False", Restricted, Show + "show('host'); show('host.inner')");

    [TestMethod]
    public void Memory() => Prints(
        """
        mygame memory:/mygame/__init__.py mygame True False False
        mygame.core memory:/mygame/core/__init__.py mygame.core True False False
        mygame.core.player memory:/mygame/core/player.py mygame.core False False False
        """, Restricted, Show + "show('mygame'); show('mygame.core'); show('mygame.core.player')");

    [TestMethod]
    [DataRow(Restricted)]
    [DataRow(Desktop)]
    public void Namespace_packages(string profile) => Prints(
        """
        space None space True False True
        space.one memory:/space/one.py space False False False
        space.two memory:/space/two.py space False False False
        2
        """, profile, "files=off", Show + """
        import pyembed
        pyembed.mount({'space/one.py': ''})
        pyembed.mount({'space/two.py': ''})
        show('space'); show('space.one'); show('space.two')
        print(len(sys.modules['space'].__path__))
        """);

    [TestMethod]
    public void Filesystem()
    {
        using TemporaryFolder folder = new();
        folder.Write("disk_pkg/__init__.py", "");
        folder.Write("disk_pkg/mod.py", "");
        Prints(
            $"""
            disk_pkg {folder.Path}/disk_pkg/__init__.py disk_pkg True True True
            disk_pkg.mod {folder.Path}/disk_pkg/mod.py disk_pkg False True True
            fs:{folder.Path}/disk_pkg/mod.py
            """, Desktop, $"path={folder.Path}", Show + "show('disk_pkg'); show('disk_pkg.mod')\nimport pyembed\nprint(dict(pyembed.report()['modules'])['disk_pkg.mod'])");
    }
}
