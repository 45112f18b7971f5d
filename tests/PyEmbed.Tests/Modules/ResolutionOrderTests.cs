using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"Import resolution order: sys.modules, builtin/native registry, sys.meta_path finders, sys.path finders. The first found spec wins."</summary>
[TestClass]
public sealed class ResolutionOrderTests
{
    // Each of the names is in its own source and in all that come after it.
    private const string Order = """
        import importlib.util, os, sys, pyembed
        names = 'host', 'colorsys', 'mygame', 'mounted', 'on_disk'
        def where():
            found = []
            for name in names:
                sys.modules.pop(name, None)
                __import__(name)
                module = sys.modules[name]
                source = getattr(module, 'who', None) or dict(pyembed.report()['modules'])[name].replace(os.path.dirname(os.__file__), 'LIBRARY').replace(FOLDER, 'FOLDER')
                found.append(f'{name}: {source}')
            return '\n'.join(found)
        print(where())
        stand_in = type(sys)('stand_in')
        sys.modules.update(dict.fromkeys(names, stand_in))
        import host, colorsys, mygame, mounted, on_disk
        print(host is colorsys is mygame is mounted is on_disk is stand_in)

        """;

    [TestMethod]
    [DataRow(Desktop, "files=on")]
    [DataRow(Restricted, "files=on")]
    public void The_registry_then_finders_then_mounts_then_folders(string policy, string files) => Runs(
        """
        host: builtin
        colorsys: fs:LIBRARY/colorsys.py
        mygame: importer
        mounted: memory:/mounted.py
        on_disk: fs:FOLDER/on_disk.py
        """, policy, files);

    [TestMethod]
    public void Trusted_has_finders_of_the_host_before_the_standard_library() => Runs(
        """
        host: builtin
        colorsys: importer
        mygame: importer
        mounted: memory:/mounted.py
        on_disk: fs:FOLDER/on_disk.py
        """);

    private static void Runs(string found, params string[] options)
    {
        using TemporaryFolder folder = new();
        foreach (string name in (string[])["host", "colorsys", "mygame", "mounted", "on_disk"])
        {
            folder.Write($"{name}.py", name == "on_disk" ? "" : "who = 'folder'");
        }

        Prints("importers", $"host built\n{found}\nTrue", [.. options, $"path={folder.Path}", $"FOLDER = '{folder.Path}'\n{Order}"]);
    }
}
