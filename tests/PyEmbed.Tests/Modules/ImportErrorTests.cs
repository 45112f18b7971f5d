using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"Resolve to a single ImportError message including module name and attempted origins." "Include source position …"</summary>
[TestClass]
public sealed class ImportErrorTests
{
    [TestMethod]
    public void A_module_not_found_is_one_error_with_name_origins_and_who_asked()
    {
        TestHostProcess result = TestHostProcess.Run("modules", Restricted, "import mygame.asks");
        string library = PythonFixture.Python.Evaluate<string>("__import__('os').path.dirname(__import__('os').__file__)");
        string column = PythonFixture.Python.Describe().PythonVersion.Minor >= 11 ? ", column 1" : "";
        string[] lines = result.Output.TrimEnd().Split('\n');
        StringAssert.StartsWith(lines[0], "PythonImportException: ModuleNotFoundError: No module named 'no_such_module'; looked in: builtin, ");
        StringAssert.Contains(lines[0], $"fs:{library}");
        StringAssert.EndsWith(lines[0], $"memory:/game; asked for by mygame.asks (memory:/mygame/asks.py, line 2{column})");
        StringAssert.StartsWith(lines[1], "no_such_module|builtin, ");
        StringAssert.EndsWith(lines[1], "memory:/game||mygame.asks 2");
        Assert.AreEqual(0, result.Error.Length, result.Error);
    }

    [TestMethod]
    public void A_missing_submodule_names_the_package()
    {
        TestHostProcess result = TestHostProcess.Run("modules", Restricted, "import mygame.nowhere");
        StringAssert.Contains(result.Output, "No module named 'mygame.nowhere'; looked in: memory:/mygame; asked for by __scope__ ");
        StringAssert.Contains(TestHostProcess.Run("modules", Restricted, "import mygame.names.nowhere").Output, "'mygame.names' is not a package; looked in: memory:/mygame/names.py; asked for by");
    }

    [TestMethod]
    public void Pythons_own_messages_stay_under_Trusted()
    {
        TestHostProcess result = TestHostProcess.Run("modules", "try: import mygame.asks\nexcept ImportError as e: print(e, hasattr(e, 'origins'))\nimport mygame.asks");
        string[] lines = result.Output.TrimEnd().Split('\n');
        Assert.AreEqual("No module named 'no_such_module' False", lines[0]);
        StringAssert.StartsWith(lines[2], "no_such_module|builtin, ");
        StringAssert.EndsWith(lines[2], "||mygame.asks 2");
    }

    [TestMethod]
    [DataRow(Restricted)]
    [DataRow(Desktop)]
    public void An_error_raised_while_a_module_runs_stays_what_it_was(string profile)
    {
        TestHostProcess result = TestHostProcess.Run("modules", profile, "import mygame.broken");
        Assert.AreEqual("PythonException: KeyError: 'broken'\n", result.Output, result.ToString());
    }
}
