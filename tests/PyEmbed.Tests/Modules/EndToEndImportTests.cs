using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"End-to-end imports from memory and filesystem, including packages and relative imports."</summary>
[TestClass]
public sealed class EndToEndImportTests
{
    private const string Use = """
        import importlib
        from game_on_disk.core import player
        from game_on_disk.core.player import Player as Same
        print(player.Player().start(), Same is player.Player)
        print(importlib.import_module('..names', 'game_on_disk.core').NAME)
        try: importlib.import_module('....names', 'game_on_disk.core')
        except ImportError as e: print(e)
        """;

    [TestMethod]
    [DataRow(Restricted)]
    [DataRow(Desktop)]
    public void From_memory(string profile) => Prints("Ada starts True\nAda\nattempted relative import beyond top-level package", profile, Use.Replace("game_on_disk", "mygame", StringComparison.Ordinal));

    [TestMethod]
    public void From_the_filesystem()
    {
        using TemporaryFolder folder = new();
        folder.Write("game_on_disk/__init__.py", "");
        folder.Write("game_on_disk/names.py", "NAME = 'Bob'");
        folder.Write("game_on_disk/core/__init__.py", "");
        folder.Write("game_on_disk/core/player.py", "from ..names import NAME\nclass Player:\n    def start(self): return NAME + ' starts'");
        Prints("Bob starts True\nBob\nattempted relative import beyond top-level package", Desktop, $"path={folder.Path}", Use);
    }

    [TestMethod]
    [DataRow(Restricted)]
    [DataRow(Desktop)]
    public void Tracebacks_inspect_resources_pickle_and_reload_work_from_memory(string profile) => Prints(
        """
        mygame/core/player.py
        raise KeyError('broken')
        class Player:
        one
        True
        True
        """, profile, """
        import importlib, inspect, traceback, mygame.core.player as player, importlib.resources, pickle, sys
        print(player.Player.start.__code__.co_filename[-21:])
        try: import mygame.broken
        except KeyError as e: print(traceback.extract_tb(e.__traceback__)[-1].line)
        print(inspect.getsource(player.Player).splitlines()[0])
        print((importlib.resources.files('mygame') / 'level.txt').read_text())
        print(pickle.loads(pickle.dumps(player.Player)) is player.Player)
        old = player.Player
        print(importlib.reload(player).Player is not old)
        """);

    [TestMethod]
    public void Modules_compiled_before_are_read_from_the_code_cache_in_restricted_hosts_too()
    {
        using TemporaryFolder folder = new();
        string[] options = [$"store={folder.Path}/store", $"codes={folder.Path}/codes"];
        const string Code = "import mygame.names; print(type(mygame.names.__loader__).__name__)";
        Prints("SourceLoader", [Desktop, .. options, Code]);
        Prints("CompiledLoader", [Restricted, .. options, Code]);
    }
}
