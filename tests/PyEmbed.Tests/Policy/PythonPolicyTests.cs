using System.Text.Json;

namespace PyEmbed.Tests;

/// <summary>Import policy in .NET processes. The techniques and the rules themselves are tested under plain Pythons, too (Python/test_policy*.py).</summary>
[TestClass]
public sealed class PythonPolicyTests
{
    private static readonly string Sources = Path.Combine(ImporterPythonTests.Root, "tests", "PyEmbed.Tests", "Python");

    [TestMethod]
    [DataRow("")]
    [DataRow(" ")]
    [DataRow("a.")]
    [DataRow(".a")]
    [DataRow("a..b")]
    [DataRow("a b")]
    [DataRow("a.*")]
    [DataRow("a/b")]
    [DataRow("a,b")]
    public void Names_that_no_module_has_are_refused(string name)
    {
        ArgumentException allow = Assert.ThrowsExactly<ArgumentException>(() => PythonPolicy.Restricted with { Allow = ["json", name] });
        StringAssert.Contains(allow.Message, $"PythonPolicy.Allow cannot hold '{name}'");
        Assert.ThrowsExactly<ArgumentException>(() => PythonPolicy.Desktop with { Deny = [name] });
    }

    [TestMethod]
    public void A_policy_is_immutable()
    {
        List<string> names = ["json"];
        PythonPolicy policy = PythonPolicy.Restricted with { Allow = names };
        names.Add("os");
        CollectionAssert.AreEqual(new[] { "json" }, policy.Allow!.ToArray());
        Assert.IsNull(PythonPolicy.Restricted.Allow);
        Assert.AreEqual("Restricted", policy.Profile);
        Assert.ThrowsExactly<ArgumentNullException>(() => PythonPolicy.Desktop with { Deny = null! });
    }

    [TestMethod]
    [DataRow("Restricted", "-", "-", "import socket", "socket: ImportError: import of 'socket' is denied by the import policy: 'socket' is a powerful module (sockets: connects and listens), and Allow does not name it; asked for by __scope__ (<scope>, line 1")]
    [DataRow("Restricted", "-", "-", "import json\nfrom os import system", "os: ImportError: import of 'os' is denied by the import policy: 'os' is a powerful module")]
    [DataRow("Restricted", "-", "-", "import mygame.bad", "subprocess: ImportError: import of 'subprocess' is denied by the import policy")]
    [DataRow("Restricted", "mygame,json", "-", "import mygame.core.player, json, re", "re: ImportError: import of 're' is denied by the import policy: Allow does not name it; asked for by __scope__ (<scope>, line 1")]
    [DataRow("Restricted", "mygame", "mygame.core", "import mygame.core.player", "mygame.core.player: ImportError: import of 'mygame.core.player' is denied by the import policy: Deny names 'mygame.core'")]
    [DataRow("Desktop", "-", "subprocess", "import os, socket, subprocess", "subprocess: ImportError: import of 'subprocess' is denied by the import policy: Deny names 'subprocess'")]
    [DataRow("Trusted", "-", "subprocess", "import os, socket, subprocess", "subprocess: ImportError: import of 'subprocess' is denied by the import policy: Deny names 'subprocess'")]
    public void What_is_denied_is_one_error_with_the_rule_and_who_asked(string profile, string allow, string deny, string code, string message)
    {
        TestHostProcess result = TestHostProcess.Run("policy", profile, allow, deny, code);
        Assert.AreEqual(3, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, message);
    }

    [TestMethod]
    public void The_exception_has_the_rule_and_who_asked()
    {
        TestHostProcess result = TestHostProcess.Run("policy", "Restricted", "-", "-", "import mygame.bad");
        StringAssert.EndsWith(result.Output, "rule: 'subprocess' is a powerful module (processes: starts programs), and Allow does not name it; by: mygame.bad 2\n", result.ToString());
    }

    [TestMethod]
    [DataRow("mygame", "import host")]
    [DataRow("mygame,importlib,importlib.util", "import importlib.util as u\nspec = u.find_spec('host')\nu.module_from_spec(spec)\nspec.loader.exec_module(u.module_from_spec(spec))")]
    public void Modules_of_the_host_are_governed(string allow, string code)
    {
        TestHostProcess denied = TestHostProcess.Run("policy", "Restricted", allow, "-", code);
        Assert.AreEqual(3, denied.ExitCode, denied.ToString());
        StringAssert.StartsWith(denied.Output, "host: ImportError: import of 'host' is denied by the import policy: Allow does not name it");
        TestHostProcess allowed = TestHostProcess.Run("policy", "Restricted", allow + ",host", "-", code + "\nimport host\nassert host.answer() == 42");
        Assert.AreEqual(0, allowed.ExitCode, allowed.ToString());
    }

    [TestMethod]
    [DataRow("Restricted", "-", "-", "import json, re, decimal, mygame.core.player as p; assert p.name == 'player with a sword'")]
    [DataRow("Restricted", "mygame", "-", "import mygame.core.player")]
    [DataRow("Restricted", "mygame.core", "-", "import mygame.core.player")]
    [DataRow("Restricted", "*,threading", "-", "import threading, json")]
    [DataRow("Desktop", "*", "-", "import os, subprocess, socket, ctypes")]
    [DataRow("Desktop", "-", "-", "import os, subprocess, socket, ctypes")]
    [DataRow("Trusted", "-", "-", "import os, subprocess, socket, ctypes")]
    public void What_is_allowed_works(string profile, string allow, string deny, string code)
    {
        TestHostProcess result = TestHostProcess.Run("policy", profile, allow, deny, code);
        Assert.AreEqual(0, result.ExitCode, result.ToString());
    }

    [TestMethod]
    [DataRow("import", "mygame.core.player", 0, "mygame.core.player")]
    [DataRow("import", "socket", 3, "socket: ImportError: import of 'socket' is denied by the import policy: Allow does not name it; asked for by the host program")]
    [DataRow("run-entry-point", "mygame:main", 0, "played")]
    [DataRow("decimal", "", 0, "1.25")]
    [DataRow("describe", "", 0, "3.")]
    public void Calls_of_the_host_are_governed_and_its_own_needs_are_not(string member, string argument, int exitCode, string output)
    {
        TestHostProcess result = TestHostProcess.Run("policy-call", "Desktop", "mygame", "-", member, argument);
        Assert.AreEqual(exitCode, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, output);
    }

    [TestMethod]
    public void Programs_of_the_host_are_governed()
    {
        TestHostProcess module = TestHostProcess.Run("policy-call", "Restricted", "-", "-", "run-module", "timeit");
        Assert.AreEqual(0, module.ExitCode, module.ToString());
        TestHostProcess denied = TestHostProcess.Run("policy-call", "Restricted", "-", "-", "run-module", "http.server");
        StringAssert.Contains(denied.Error, "import of 'http.server' is denied by the import policy: 'http.server' is a powerful module");
        Assert.AreEqual("1\n", denied.Output, denied.ToString());
        TestHostProcess entry = TestHostProcess.Run("policy-call", "Restricted", "-", "-", "run-entry-point", "subprocess:run");
        StringAssert.Contains(entry.Error, "import of 'subprocess' is denied by the import policy");
        Assert.AreEqual("1\n", entry.Output, entry.ToString());
    }

    [TestMethod]
    [DataRow("policy=Desktop", "deny=mygame.broken,socket", "(\"Deny names 'mygame.broken'\", \"Deny names 'socket'\", None, False)")]
    [DataRow("policy=Desktop", "deny=other", "('failed', None, None, False)")]
    [DataRow("policy=Desktop", "files=off", "('failed', None, None, False)")]
    public void Workers_have_it_and_the_order_of_resolution(string policy, string other, string expected)
    {
        using TemporaryFolder folder = new();
        const string Rule = """
            def rule(name):
                try: __import__(name)
                except ImportError as error: return error.rule
                except KeyError: return 'failed'
            import colorsys
            result = rule('mygame.broken'), rule('socket'), rule('mygame.names'), hasattr(colorsys, 'shadow')
            """;
        TestHostProcess result = TestHostProcess.Run("modules", policy, other, $"store={folder.Path}", $$"""
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context
            RULE = {{JsonSerializer.Serialize(Rule)}}
            for method in 'spawn', 'forkserver':
                with ProcessPoolExecutor(1, get_context(method)) as pool:
                    print(pool.submit(eval, f'[exec({RULE!r}, globals()), result][1]').result())
            """);
        Assert.AreEqual($"{expected}\n{expected}\n", result.Output, result.ToString());
        Assert.AreEqual("", result.Error);
    }

    [TestMethod]
    public void A_policy_and_its_order_of_resolution_go_with_the_start_that_failed()
    {
        using TemporaryFolder folder = new();
        folder.Write("mine.py", "VALUE = 'on disk'");
        TestHostProcess result = TestHostProcess.Run("policy-fail-then-start", folder.Path);
        Assert.AreEqual("ArgumentException: PythonOptions\nArgumentException: PythonOptions\nInvalidOperationException: The module '_ctypes' is loaded already, and what it can do cannot be taken back\non disk | No module named 'nowhere'\n[] [] True\n", result.Output, result.ToString());
    }

    [TestMethod]
    [DataRow("Restricted", "Restricted", "native")]
    [DataRow("Restricted", "Restricted", "importer")]
    [DataRow("Restricted", "Trusted", "importer")]
    [DataRow("Desktop", "Restricted", "native")]
    [DataRow("Desktop", "Trusted", "importer")]
    [DataRow("Trusted", "Trusted", "importer")]
    [DataRow("Trusted", "Desktop", "native")]
    public void A_start_that_fails_leaves_nothing_to_the_next(string first, string second, string cause)
    {
        using TemporaryFolder folder = new();
        folder.Write("mine.py", "");
        TestHostProcess result = TestHostProcess.Run("policy-fail-then", folder.Path, first, second, cause);
        string subprocess = second == "Restricted" ? "ImportError subprocess" : "subprocess";
        Assert.AreEqual(
            $"PythonOptions.{(cause == "native" ? "NativeModules" : "Importers")}\ncolorsys 42\nModuleNotFoundError mine\n{subprocess}\n{(second == "Trusted" ? 0 : 1)}\n",
            result.Output, result.ToString());
    }

    [TestMethod]
    public void A_policy_needs_a_fresh_start()
    {
        TestHostProcess result = TestHostProcess.Run("policy-attached", PythonFixture.Python.Describe().Library!);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        StringAssert.Contains(result.Output, "PythonOptions.Policy has no effect any more");
    }

    [TestMethod]
    [DataRow("deny")]
    [DataRow("allow")]
    public void Every_technique_is_stopped_and_works_for_what_is_allowed(string list)
    {
        using TemporaryFolder folder = new();
        TestHostProcess prepared = TestHostProcess.Run("execute", $"""
            import os, sys
            sys.path.insert(0, {JsonSerializer.Serialize(Sources)})
            import import_techniques
            from pyembed._powerful import POWERFUL
            import_techniques.prepare({JsonSerializer.Serialize(folder.Path)}, POWERFUL)
            """);
        Assert.AreEqual(0, prepared.ExitCode, prepared.ToString());

        TestHostProcess result = TestHostProcess.Run("policy-techniques", folder.Path, Sources, list);

        Assert.AreEqual(0, result.ExitCode, result.ToString());
        using JsonDocument results = JsonDocument.Parse(result.Output);
        List<string> failures = [];
        foreach (JsonElement row in results.RootElement.EnumerateArray())
        {
            if (list == "allow" && (row.GetProperty("only_by_deny").GetBoolean() || row.GetProperty("title").GetString() == "cached module, by another name"))
            {
                continue; // An allow list that names the other name allows the module by that.
            }

            bool gained = row.GetProperty("gained").GetBoolean();
            bool hasRule = row.GetProperty("rule").ValueKind == JsonValueKind.String;
            bool asExpected = row.GetProperty("kind").GetString() == "v"
                ? !gained && (hasRule || row.GetProperty("late").GetBoolean())
                : gained && !hasRule && row.GetProperty("error").ValueKind != JsonValueKind.String;
            if (!asExpected)
            {
                failures.Add(row.GetRawText());
            }
        }

        Assert.IsGreaterThanOrEqualTo(80, results.RootElement.GetArrayLength());
        Assert.IsEmpty(failures, string.Join('\n', failures));
    }
}
