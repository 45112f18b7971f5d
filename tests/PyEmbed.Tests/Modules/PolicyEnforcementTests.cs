using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"Policy enforcement: allowed vs denied imports."</summary>
[TestClass]
public sealed class PolicyEnforcementTests
{
    [TestMethod]
    public void What_the_allow_list_names_is_imported() =>
        Prints("host built\nAda starts 42", "policy=Restricted", "allow=host,mygame", "import host, mygame.core.player as player\nprint(player.Player().start(), host.answer)");

    [TestMethod]
    [DataRow("import json")]
    [DataRow("import os")]
    [DataRow("from json import dumps")]
    [DataRow("__import__('json')")]
    public void What_it_does_not_name_is_denied(string code) => Denied(code, code.Contains("os", StringComparison.Ordinal) && !code.Contains("json", StringComparison.Ordinal) ? "os" : "json", "policy=Restricted", "allow=host,mygame");

    [TestMethod]
    public void Deny_is_evaluated_after_allow()
    {
        Denied("import mygame.core.player", "mygame.core.player", "policy=Desktop", "allow=mygame", "deny=mygame.core.player");
        Prints("Ada", "policy=Desktop", "allow=mygame", "deny=mygame.core.player", "import mygame.names\nprint(mygame.names.NAME)");
    }

    [TestMethod]
    public void A_powerful_module_is_denied_when_nothing_is_said()
    {
        Denied("import subprocess", "subprocess", "policy=Restricted");
        Prints("[1]", "policy=Restricted", "import json\nprint(json.dumps([1]))");
    }

    [TestMethod]
    public void A_native_module_is_denied_like_any_other() => Denied("import host", "host", "policy=Restricted", "allow=mygame");

    private static void Denied(string code, string module, params string[] options)
    {
        TestHostProcess result = TestHostProcess.Run("modules", [.. options, code]);
        Assert.AreEqual(2, result.ExitCode, result.ToString());
        string[] lines = result.Output.TrimEnd().Split('\n');
        StringAssert.StartsWith(lines[0], $"PythonImportException: ImportError: import of '{module}' is denied by the import policy: ");
        StringAssert.Contains(lines[0], "; asked for by ");
        string[] parts = lines[1].Split('|');
        Assert.AreEqual((module, ""), (parts[0], parts[1]), result.ToString());
        Assert.AreNotEqual("", parts[2], result.ToString());
        Assert.IsTrue(parts[3].StartsWith("__scope__ ", StringComparison.Ordinal) || parts[3].StartsWith("mygame", StringComparison.Ordinal), result.ToString());
    }
}
