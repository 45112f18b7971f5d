using System.Text;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Tests.Interpreter;

[TestClass]
public sealed class AnalyzerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Answers_of_another_script_do_not_count()
    {
        foreach (string script in Directory.GetFiles(Path.GetDirectoryName(Analyzer.Script)!))
        {
            _folder.Write("scripts/" + Path.GetFileName(script), File.ReadAllText(script));
        }

        Assert.AreEqual(Analyzer.Version, Analyzer.VersionWith(_folder["scripts"]));
        File.AppendAllText(_folder["scripts/places.py"], "# more\n");
        Assert.AreNotEqual(Analyzer.Version, Analyzer.VersionWith(_folder["scripts"]));
    }

    [TestMethod]
    [DynamicData(nameof(TestPythons.All), typeof(TestPythons))]
    public void Every_python_gives_bytecode_that_it_imports_as_unchecked(string python)
    {
        FileAnalysis analysis = Analyze("VALUE = 1\n", "pkg/m.py", python: python);

        Assert.IsEmpty(analysis.Problems);
        byte[] pyc = ReadBytecode(analysis);
        Assert.AreEqual(1, BitConverter.ToInt32(pyc, 4));
        string hash = RunPython(python, "import importlib.util,sys;print(importlib.util.MAGIC_NUMBER.hex(), importlib.util.source_hash(b'VALUE = 1\\n').hex())");
        Assert.AreEqual(hash.Trim(), Convert.ToHexStringLower(pyc.AsSpan(0, 4)) + " " + Convert.ToHexStringLower(pyc.AsSpan(8, 8)));
        string program = $"import marshal;c=marshal.loads(open({Quote(_folder["out.pyc"])},'rb').read()[16:]);print(c.co_filename, c.co_names)";
        File.WriteAllBytes(_folder["out.pyc"], pyc);
        Assert.AreEqual("pkg/m.py ('VALUE',)", RunPython(python, program).Trim());
    }

    [TestMethod]
    [DynamicData(nameof(TestPythons.EachMinor), typeof(TestPythons))]
    public void Bytecode_does_not_depend_on_what_was_compiled_before(string python)
    {
        string shared = "import os\n\n\nclass Shared:\n    \"\"\"Doc.\"\"\"\n    def method(self, argument, *rest):\n        local = os.path.join('a b c', argument, 'shared text')\n        return [local, 3.5, b'bytes', ('tuple', 1), rest, frozenset, argument in {None, 'a', '{', 1.5, ('deep', 2), 'other'}, 2**70, -1j]\n";
        string first = _folder.Write("a.py", shared);
        string second = _folder.Write("b.py", shared + "other = Shared().method('shared text') or {'{': other}\n");
        AnalysisRequest Request(string path) => new(path, Path.GetFileName(path), true, 0);

        using var together = new Run(this, python, [Request(first), Request(second)]);
        using var reversed = new Run(this, python, [Request(second), Request(first)]);
        using var alone = new Run(this, python, [Request(second)]);

        CollectionAssert.AreEqual(ReadBytecode(together.Answers[1]), ReadBytecode(reversed.Answers[0]));
        CollectionAssert.AreEqual(ReadBytecode(together.Answers[1]), ReadBytecode(alone.Answers[0]));
        CollectionAssert.AreEqual(ReadBytecode(together.Answers[0]), ReadBytecode(reversed.Answers[1]));
    }

    [TestMethod]
    [DynamicData(nameof(TestPythons.All), typeof(TestPythons))]
    public void A_syntax_error_has_its_place(string python)
    {
        FileAnalysis analysis = Analyze("x = 1\ny = '\U0001F40D' + )\n", python: python);

        AnalysisProblem problem = Assert.ContainsSingle(analysis.Problems);
        Assert.AreEqual("PYE1001", problem.Id);
        Assert.AreEqual(2, problem.Line);
        Assert.AreEqual(12, problem.Column, "the character before it counts as two UTF-16 units");
        Assert.AreNotEqual("", problem.Message);
        Assert.IsNull(analysis.Bytecode);
    }

    [TestMethod]
    [DataRow("# coding: no-such\nx = 1\n", 1, "unknown encoding: no-such")]
    [DataRow("# first\n# coding: ascii\ny = '\u00e4'\n", 3, "'ascii' codec can't decode")]
    public void A_bad_encoding_has_its_line(string source, int line, string message) => AssertEncoding(Encoding.UTF8.GetBytes(source), line, message);

    [TestMethod]
    public void Bytes_that_are_not_utf8_have_their_line() =>
        AssertEncoding([.. "x = 1\ny = '"u8, 0xFF, .. "'\n"u8], 2, "'utf-8' codec can't decode byte 0xff");

    [TestMethod]
    public void A_mark_and_a_cookie_that_disagree_are_named() =>
        AssertEncoding([0xEF, 0xBB, 0xBF, .. "# coding: latin-1\nx = 1\n"u8], 1, "says latin-1");

    [TestMethod]
    public void Cookies_and_marks_that_python_takes_are_taken()
    {
        Assert.IsEmpty(Analyze("# -*- coding: latin-1 -*-\nx = 1\n").Problems);
        Assert.IsEmpty(Analyze("\ufeff# coding: utf-8\nx = '\u00e4'\n").Problems);
        Assert.IsEmpty(Analyze("\f\n# vim: set fileencoding=cp1252 :\nx = 1\n").Problems);
        Assert.IsEmpty(Analyze("").Problems);
    }

    [TestMethod]
    [DynamicData(nameof(TestPythons.All), typeof(TestPythons))]
    public void Nul_bytes_are_named(string python)
    {
        AnalysisProblem problem = Assert.ContainsSingle(Analyze("x = 1\ny = 2\0\n", python: python).Problems);

        Assert.AreEqual(("PYE1003", 2), (problem.Id, problem.Line));
    }

    [TestMethod]
    [DataRow("m.py", "from . import x\n", 1, 1)]
    [DataRow("m.py", "if True:\n    from .a import x, y\n", 2, 5)]
    [DataRow("pkg/m.py", "def f():\n    from ... import x\n", 2, 5)]
    [DataRow("pkg/__init__.py", "from .. import x\n", 1, 1)]
    [DataRow("m.py", "s = '\U0001F40D'; from . import x\n", 1, 11)]
    [DataRow("m.py", "try:\n    pass\nexcept KeyError:\n    from . import x\n", 4, 5)]
    public void A_relative_import_beyond_the_top_has_its_place(string path, string source, int line, int column)
    {
        AnalysisProblem problem = Assert.ContainsSingle(Analyze(source, path).Problems);

        Assert.AreEqual(("PYE1007", line, column), (problem.Id, problem.Line, problem.Column));
        StringAssert.Contains(problem.Message, "import x");
    }

    [TestMethod]
    [DataRow("pkg/m.py", "from . import x\n")]
    [DataRow("pkg/__init__.py", "from . import x\n")]
    [DataRow("pkg/sub/m.py", "from .. import x\n")]
    [DataRow("m.py", "text = 'from . import x'\n# from .. import x\n")]
    [DataRow("m.py", "try:\n    from . import x\nexcept ImportError:\n    import x\n")]
    [DataRow("m.py", "try:\n    from . import x\nexcept (KeyError, ImportError):\n    import x\n")]
    [DataRow("m.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import x\n")]
    public void A_relative_import_that_stays_inside_or_is_guarded_is_none(string path, string source) =>
        Assert.IsEmpty(Analyze(source, path).Problems);

    [TestMethod]
    [DataRow("import os\nHERE = os.path.dirname(__file__)\n", 1)]
    [DataRow("def f():\n    return [__file__ for _ in 'x']\n", 1)]
    [DataRow("x = __cached__\n", 1)]
    [DataRow("x = globals()['__file__']\n", 1)]
    [DataRow("x = __spec__.origin\n", 1)]
    [DataRow("x = __path__[0]\n", 1)]
    [DataRow("import glob\nx = glob.glob(f'{__file__}/*')\n", 3)]
    [DataRow("import os\nclass C:\n    def f(self): return os.path.join(os.path.dirname(__file__), 'more.py')\n", 3)]
    [DataRow("from pathlib import Path\nx = list(Path(__file__).parent.iterdir())\n", 3)]
    [DataRow("import sys\nx = getattr(sys, '__file__')\n", 6)]
    [DataRow("import a\nx = a.b.__file__\n", 6)]
    [DataRow("import a\nfrom os.path import dirname\nx = dirname(a.b.__file__)\n", 4)]
    [DataRow("import a, os\nx = os.path.dirname(a.__file__), os.stat(a.__file__)\n", 6)]
    [DataRow("import a\nx, y = a.__path__[0], __file__\n", 5)]
    [DataRow("import os, a\nx = os.listdir(a.__path__[0])\n", 6)]
    [DataRow("import a\nx = a.__spec__.submodule_search_locations\n", 4)]
    [DataRow("from importlib.util import find_spec\nx = find_spec('a').origin\n", 6)]
    [DataRow("import inspect\nx = inspect.getfile(inspect)\n", 6)]
    [DataRow("from inspect import getsourcefile as where\n", 0)]
    [DataRow("import inspect\ndef show(f): return 'File: ' + inspect.getsourcefile(f)\n", 0)]
    [DataRow("import inspect, os\ndef where(f): return os.path.dirname(inspect.getsourcefile(f))\n", 4)]
    [DataRow("from m import __file__ as here\n", 3)]
    [DataRow("import sys, os\nx = os.path.dirname(sys._getframe().f_code.co_filename)\n", 1)]
    [DataRow("import inspect, os\nx = os.path.dirname(inspect.stack()[1].filename)\n", 4)]
    [DataRow("x = __loader__.path\n", 1)]
    [DataRow("from importlib import resources\nx = str(resources.files('m') / 'd.txt')\n", 1)]
    [DataRow("import inspect\nfrom . import data\nx = inspect.getfile(data)\n", 3)]
    [DataRow("import inspect\nfrom . import tests\ndef test(): return inspect.getfile(tests)\n", 0)]
    [DataRow("import os, m.sub\nx = os.listdir(m.__path__[0])\n", 3)]
    [DataRow("from .sub import data as d\nx = d.__file__\n", 3)]
    [DataRow("import pkgutil\nfor m in pkgutil.iter_modules(__path__): pass\n", 0)]
    [DataRow("import pkgutil, a\nfor m in pkgutil.walk_packages(path=a.__path__, prefix='a.'): pass\n", 0)]
    [DataRow("__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n", 0)]
    [DataRow("import a\nx = hasattr(a, '__path__')\n", 0)]
    [DataRow("x = __spec__.name\n", 0)]
    [DataRow("# __file__\n", 0)]
    [DataRow("'''About __file__.'''\nimport os\nx = os.listdir('.')\n", 0)]
    [DataRow("class C:\n    origin = 1\nx = C.origin\n", 0)]
    public void Code_that_asks_for_places_is_noticed(string source, int expected) =>
        Assert.AreEqual((FileUse)expected, Analyze(source).UsesFile);

    [TestMethod]
    [DataRow("m/testing/a.py")]
    [DataRow("m/testing.py")]
    [DataRow("m/_testing/__init__.py")]
    public void Helpers_for_tests_ask_for_their_own_data_only(string path)
    {
        Assert.AreEqual((FileUse)1, Analyze("import os, a\nx = __file__, os.listdir(a.__path__[0])\n", path).UsesFile);
        Assert.AreEqual((FileUse)0, Analyze("import a\nx = a.__file__\n", path).UsesFile);
    }

    [TestMethod]
    [DynamicData(nameof(TestPythons.All), typeof(TestPythons))]
    public void The_first_paragraph_of_the_docstring_is_one_line(string python)
    {
        Assert.AreEqual("One two.", Analyze("# comment\n\n\"\"\"\n  One\n    two.\n\n  More.\n\"\"\"\nx = 1\n", python: python).Docstring);
        Assert.AreEqual("Raw.", Analyze("r'Raw.'\n", python: python).Docstring);
        Assert.AreEqual("", Analyze("x = 'no docstring'\n", python: python).Docstring);
        Assert.AreEqual("", Analyze("f'no docstring'\n", python: python).Docstring);
        Assert.AreEqual("", Analyze("'a'.join(x for x in ())\n", python: python).Docstring);
    }

    [TestMethod]
    [DataRow("def main():\n    '''Runs.'''\n", "Yes", "Runs.")]
    [DataRow("async def main(): pass\n", "Yes", "")]
    [DataRow("class main: pass\n", "Yes", "")]
    [DataRow("main = 1\n", "Yes", "")]
    [DataRow("main: int = 1\n", "Yes", "")]
    [DataRow("from x import y as main\n", "Yes", "")]
    [DataRow("import main.sub\n", "Yes", "")]
    [DataRow("try:\n    def main(): pass\nexcept E:\n    pass\n", "Yes", "")]
    [DataRow("try:\n    pass\nexcept E:\n    def main(): pass\n", "Yes", "")]
    [DataRow("if x:\n    pass\nelse:\n    def main(): pass\n", "Yes", "")]
    [DataRow("with a as (b, main): pass\n", "Yes", "")]
    [DataRow("def f():\n    def main(): pass\n", "No", "")]
    [DataRow("x = 1\n", "No", "")]
    [DataRow("from x import *\n", "Unknown", "")]
    [DataRow("def __getattr__(name): pass\n", "Unknown", "")]
    [DataRow("globals()['main'] = 1\n", "Unknown", "")]
    public void An_attribute_is_looked_up(string source, string expected, string docstring)
    {
        string path = _folder.Write("m.py", source);
        using var run = new Run(this, TestPythons.Default, [new AnalysisRequest(path, "m.py", true, null, new(["main"]))]);

        Assert.AreEqual(new AnalyzedAttribute("main", Enum.Parse<AttributeState>(expected), docstring), Assert.ContainsSingle(run.Answers[0].Attributes));
        Assert.IsNull(run.Answers[0].Bytecode);
    }

    [TestMethod]
    [DataRow("class Cli:\n    def run(self):\n        '''Runs.'''\n", "Runs.")]
    [DataRow("class Cli:\n    '''Class.'''\n    run = print\n", "")]
    [DataRow("if x:\n    class Cli:\n        @staticmethod\n        async def run():\n            '''Runs.\n\n            More.'''\n", "Runs.")]
    public void A_method_has_its_own_docstring(string source, string docstring)
    {
        string path = _folder.Write("m.py", source);
        using var run = new Run(this, TestPythons.Default, [new AnalysisRequest(path, "m.py", true, null, new(["Cli.run"]))]);

        Assert.AreEqual(new AnalyzedAttribute("Cli.run", AttributeState.Yes, docstring), Assert.ContainsSingle(run.Answers[0].Attributes));
    }

    [TestMethod]
    [DynamicData(nameof(TestPythons.EachMinor), typeof(TestPythons))]
    public void Lone_surrogates_of_docstrings_are_replaced(string python)
    {
        const string Source = "'''Half \\ud800\\udfff a pair.'''\ndef main():\n    '''Says \\udc00\\U0001F40D.'''\nclass Cli:\n    def run(self):\n        '''Runs \\\\ \\udbff'''\n";
        string path = _folder.Write("m.py", Source);
        using var run = new Run(this, python, [new AnalysisRequest(path, "m.py", true, 0, new(["main", "Cli.run"]))]);

        if (run.Answers[0].Problems.Count > 0)
        {
            // CPython 3.13.0 compiles no such docstring.
            AnalysisProblem problem = Assert.ContainsSingle(run.Answers[0].Problems);
            Assert.AreEqual("PYE1001", problem.Id);
            StringAssert.Contains(problem.Message, "surrogates not allowed");
            StringAssert.Contains(RunPython(python, "import sys; print(sys.version)"), "3.13.");
            return;
        }

        Assert.AreEqual("Half \ufffd\ufffd a pair.", run.Answers[0].Docstring);
        CollectionAssert.AreEqual(new[] { "Says \ufffd\U0001F40D.", "Runs \\ \ufffd" }, run.Answers[0].Attributes.Select(attribute => attribute.Docstring).ToArray());
        Assert.IsNotNull(run.Answers[0].Bytecode);
    }

    [TestMethod]
    public void Odd_paths_cross_the_pipe()
    {
        string name = OperatingSystem.IsWindows() ? "gr\u00f6\u00dfe \U0001F40D.py" : "gr\u00f6\u00dfe \U0001F40D\t\n\r.py";
        string path = _folder.Write(name, "x = 1\n");
        using var run = new Run(this, TestPythons.Default, [new AnalysisRequest(path, name, true, 0)]);

        Assert.AreEqual("", run.Answers[0].Unreadable);
        Assert.IsNotNull(run.Answers[0].Bytecode);
    }

    [TestMethod]
    public void A_file_that_is_gone_is_said_to_be()
    {
        using var run = new Run(this, TestPythons.Default, [new AnalysisRequest(_folder["gone.py"], "gone.py", true, 0)]);

        Assert.AreNotEqual("", run.Answers[0].Unreadable);
    }

    [TestMethod]
    public void Many_files_are_dealt_to_several_interpreters_and_come_back_in_order()
    {
        AnalysisRequest[] requests = Enumerable.Range(0, 350)
            .Select(i => new AnalysisRequest(_folder.Write($"m{i}.py", $"'''Number {i}.'''\n"), $"m{i}.py", true, 0)).ToArray();
        using var run = new Run(this, TestPythons.Default, requests);

        CollectionAssert.AreEqual(Enumerable.Range(0, 350).Select(i => $"Number {i}.").ToArray(), run.Answers.Select(answer => answer.Docstring).ToArray());
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [DataRow("#!/bin/sh\necho 'not today' >&2\nexit 3\n", "exit code 3", "not today")]
    [DataRow("#!/bin/sh\nprintf 'python\\tpypy\\t7.3.1\\t\\t\\tx\\nstdlib\\n'\n", "pypy 7.3.1", "CPython 3.9")]
    [DataRow("#!/bin/sh\nprintf 'python\\tcpython\\t3.8.10\\tcpython-38\\t\\tx\\nstdlib\\n'\n", "cpython 3.8.10", "CPython 3.9")]
    [DataRow("no program", "", "cannot be started")]
    public void An_interpreter_that_cannot_be_used_says_why(string script, string one, string other)
    {
        string path = Executable(script);
        using var analyzer = new Analyzer(path, _folder.Root, _folder.Root);

        InterpreterException e = Assert.ThrowsExactly<InterpreterException>(() => analyzer.Start());

        StringAssert.Contains(e.Message, path);
        StringAssert.Contains(e.Message, one);
        StringAssert.Contains(e.Message, other);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void An_interpreter_that_dies_names_the_file_it_was_at()
    {
        string path = Executable("#!/bin/sh\nprintf 'python\\tcpython\\t3.11.1\\tcpython-311\\t\\tx\\nstdlib\\n'\nread line\nprintf 'sha256\\tx\\nend\\n'\nread line\nkill -9 $$\n");
        using var analyzer = new Analyzer(path, _folder.Root, _folder.Root);
        analyzer.Start();

        InterpreterException e = Assert.ThrowsExactly<InterpreterException>(() => analyzer.Analyze(
            [new AnalysisRequest("/one.py", "one.py", true, 0), new AnalysisRequest("/two.py", "two.py", true, 0)], 1));

        StringAssert.Contains(e.Message, "while it looked at '/two.py'");
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Cancelling_ends_an_interpreter_that_hangs()
    {
        string path = Executable("#!/bin/sh\nprintf 'python\\tcpython\\t3.11.1\\tcpython-311\\t\\tx\\nstdlib\\n'\nexec sleep 600\n");
        using var analyzer = new Analyzer(path, _folder.Root, _folder.Root);
        analyzer.Start();
        Task<FileAnalysis[]> work = Task.Run(() => analyzer.Analyze([new AnalysisRequest("/one.py", "one.py", true, 0)], 1));

        analyzer.Cancel();

        Assert.ThrowsExactly<InterpreterException>(() => work.GetAwaiter().GetResult());
    }

    private static string Quote(string text) => "r'" + text + "'";

    private static string RunPython(string python, string program)
    {
        var start = new System.Diagnostics.ProcessStartInfo(python, ["-I", "-c", program]) { RedirectStandardOutput = true };
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode);
        return output;
    }

    private static byte[] ReadBytecode(FileAnalysis analysis)
    {
        BytecodeLocation location = analysis.Bytecode!;
        return File.ReadAllBytes(location.File).AsSpan((int)location.Offset, location.Length).ToArray();
    }

    private string Executable(string script)
    {
        string path = _folder.Write("bin/python3", script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }

    private void AssertEncoding(byte[] source, int line, string message)
    {
        AnalysisProblem problem = Assert.ContainsSingle(Analyze(source).Problems);

        Assert.AreEqual(("PYE1002", line), (problem.Id, problem.Line));
        StringAssert.Contains(problem.Message, message);
    }

    private FileAnalysis Analyze(string source, string archivePath = "m.py", string? python = null) => Analyze(Encoding.UTF8.GetBytes(source), archivePath, python);

    private FileAnalysis Analyze(byte[] source, string archivePath = "m.py", string? python = null)
    {
        string path = _folder.Write("source.py", source);
        var run = new Run(this, python ?? TestPythons.Default, [new AnalysisRequest(path, archivePath, true, 0)]);
        run.Dispose();
        return run.Answers[0];
    }

    /// <summary>One run of the analyzer with a spool of its own.</summary>
    private sealed class Run : IDisposable
    {
        private readonly Analyzer _analyzer;

        public Run(AnalyzerTests test, string python, AnalysisRequest[] requests)
        {
            string spool = test._folder[Guid.NewGuid().ToString("N")];
            Directory.CreateDirectory(spool);
            _analyzer = new Analyzer(python, spool, spool);
            _analyzer.Start();
            Answers = _analyzer.Analyze(requests, 2);
        }

        public FileAnalysis[] Answers { get; }

        public void Dispose() => _analyzer.Dispose();
    }
}
