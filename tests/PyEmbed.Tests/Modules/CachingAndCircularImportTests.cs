using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"sys.modules caching and circular import scenarios."</summary>
[TestClass]
public sealed class CachingAndCircularImportTests
{
    [TestMethod]
    [DataRow(Restricted)]
    [DataRow(Desktop)]
    public void Modules_are_cached_and_run_once(string profile) => Prints(
        "host built\nTrue True\nTrue True", profile, """
        import sys, host, mygame.core.player as player
        first = host, player
        import host, mygame.core.player as player
        print(host is first[0], player is first[1] is sys.modules['mygame.core.player'])
        sys.modules['mygame.names'] = stand_in = type(sys)('mygame.names')
        from mygame import names
        import mygame.names
        print(sys.modules['mygame.names'] is stand_in, names is not None)
        """);

    [TestMethod]
    [DataRow(Restricted)]
    [DataRow(Desktop)]
    public void Circular_imports_see_the_module_that_is_being_initialised(string profile) => Prints(
        "Ada starts\nTrue", profile, """
        import mygame.core.rules as rules, mygame.core.player as player
        print(rules.players()().start())
        print(rules.player is player)
        """);

    [TestMethod]
    public void A_module_that_fails_is_not_cached() => Prints(
        "KeyError KeyError False True", Restricted, """
        import sys
        def attempt():
            try: import mygame.broken
            except Exception as e: return type(e).__name__
        print(attempt(), attempt(), 'mygame.broken' in sys.modules, 'mygame.names' in sys.modules)
        """);

    [TestMethod]
    public void The_cache_goes_before_every_finder() => Prints(
        "stand-in", Restricted, """
        import sys
        sys.modules['json'] = 'stand-in'
        import json
        print(json)
        """);
}
