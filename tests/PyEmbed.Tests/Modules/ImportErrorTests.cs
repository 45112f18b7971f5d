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
    public void Folders_that_were_not_looked_in_are_not_named()
    {
        string folder = Path.Combine(Path.GetTempPath(), "pyembed-never-there");
        TestHostProcess result = TestHostProcess.Run("modules", Restricted, $"import sys, mygame; sys.path.append('{folder}'); mygame.__path__.append('{folder}')\n"
            + "for name in 'nowhere', 'mygame.nowhere':\n    try: __import__(name)\n    except ImportError as e: print(e.origins)\nimport nowhere");
        Assert.IsFalse(result.Output.Contains("pyembed-never-there", StringComparison.Ordinal), result.ToString());
        StringAssert.Contains(result.Output, "('memory:/mygame',)");
    }

    [TestMethod]
    [DataRow("from mygame.names import nothing", "mygame.names|memory:/mygame/names.py||__scope__ 1")]
    [DataRow("from mygame import nothing", "mygame|memory:/mygame/__init__.py||__scope__ 1")]
    [DataRow("from sys import nothing", "sys|builtin||__scope__ 1")]
    [DataRow("from . import nothing", "||")]
    [DataRow("raise ImportError('mine', name='not_there')", "not_there|||__scope__ 1")]
    public void A_name_that_is_lacking_is_told_with_the_place_of_its_module(string code, string expected)
    {
        string[] lines = TestHostProcess.Run("modules", Restricted, code).Output.Split('\n');
        StringAssert.StartsWith(lines[1], expected, string.Join('\n', lines));
    }

    [TestMethod]
    [DataRow("import host.nowhere", "host.nowhere|builtin|")]
    [DataRow("import host.inner.nowhere", "host.inner.nowhere|builtin|")]
    [DataRow("import sys.nowhere", "sys.nowhere|builtin|")]
    [DataRow("import mygame.nowhere", "mygame.nowhere|memory:/mygame|")]
    [DataRow("import mygame.names.nowhere", "mygame.names.nowhere|memory:/mygame/names.py|")]
    [DataRow("import importlib\nimportlib.import_module('host.nowhere')", "host.nowhere|builtin|")]
    [DataRow("import sys\nsys.modules['halted'] = None\nimport halted", "halted||")]
    public void Every_profile_names_the_same_places(string code, string expected)
    {
        foreach (string profile in (string[])["policy=Trusted", Desktop, Restricted])
        {
            TestHostProcess result = TestHostProcess.Run("modules", profile == "policy=Trusted" ? ["files=on", code] : [profile, code]);
            string[] lines = result.Output.Split('\n')[^3..];
            StringAssert.StartsWith(lines[1], expected, profile + result);
            if (!expected.EndsWith("||", StringComparison.Ordinal))
            {
                StringAssert.Contains(lines[0], "looked in: " + expected.Split('|')[1], profile + result);
            }
        }
    }

    [TestMethod]
    [DataRow("raise ModuleNotFoundError('please install foo', name='foo')", "ModuleNotFoundError: please install foo", "foo|||")]
    [DataRow("import mygame.names\nraise ImportError('too old', name='mygame.names')", "ImportError: too old", "mygame.names|||")]
    public void An_ImportError_that_code_raises_itself_stays_what_it_was(string code, string message, string expected)
    {
        foreach (string profile in (string[])["native=none", Desktop, Restricted])
        {
            string[] lines = TestHostProcess.Run("modules", profile, code).Output.Split('\n');
            Assert.AreEqual($"PythonImportException: {message}", lines[0], profile);
            StringAssert.StartsWith(lines[1], expected, profile);
        }
    }

    [TestMethod]
    [DataRow("import pkgutil\npkgutil.resolve_name('threading')", "__scope__ 2")]
    [DataRow("import importlib\nimportlib.import_module('threading')", "__scope__ 2")]
    [DataRow("import unittest.mock\nunittest.mock.patch('threading.Thread').start()", "__scope__ 2")]
    public void Who_asked_is_the_same_in_the_message_and_in_the_exception(string code, string expected)
    {
        string[] lines = TestHostProcess.Run("modules", "policy=Restricted", code).Output.Split('\n');
        StringAssert.Contains(lines[0], "; asked for by __scope__ (<scope>, line 2", string.Join('\n', lines));
        StringAssert.EndsWith(lines[1], "|" + expected);
    }

    [TestMethod]
    public void Everything_may_be_denied()
    {
        TestHostProcess result = TestHostProcess.Run("modules", "policy=Desktop", "deny=*", "print('runs')\nimport mygame");
        StringAssert.StartsWith(result.Output, "runs\nPythonImportException: ImportError: import of 'mygame' is denied by the import policy: Deny names '*'", result.ToString());
    }

    [TestMethod]
    public void Errors_in_modules_show_their_source_under_an_allow_list()
    {
        TestHostProcess result = TestHostProcess.Run("policy", "Restricted", "mygame", "-", "import mygame.wrong");
        StringAssert.EndsWith(result.Output, "\nraise KeyError('wrong')\n", result.ToString());
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
