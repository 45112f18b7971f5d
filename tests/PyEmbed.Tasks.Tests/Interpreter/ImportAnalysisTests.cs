using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Tests.Interpreter;

/// <summary>Which imports of a file must succeed, what a package binds, and what changes how modules are found.</summary>
[TestClass]
public sealed class ImportAnalysisTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DynamicData(nameof(TestPythons.All), typeof(TestPythons))]
    public void Every_form_of_import_has_its_place_and_its_names(string python)
    {
        FileAnalysis analysis = Analyze(
            """
            import os, a.b, c as d
            def f():
            	x = '🐍'; from e.f import (g,
                    h as i)
            class C:
                from . import j
            for _ in (): from ..k.l import *
            """,
            python: python);

        CollectionAssert.AreEqual(
            new[]
            {
                "1:1-1:23 0 a.b", "1:1-1:23 0 c", "3:12-4:16 0 e.f g h", "6:5-6:20 1  j", "7:14-7:33 2 k.l *",
            },
            analysis.Imports.Select(Text).ToArray());
        Assert.IsEmpty(analysis.Problems);
    }

    [TestMethod]
    [DynamicData(nameof(TestPythons.EachMinor), typeof(TestPythons))]
    public void A_module_that_the_standard_library_lacks_in_a_package_has_its_place(string python)
    {
        FileAnalysis analysis = Analyze(
            """
            import os.path, json.nope as n, xml.etree.ElementTree
            from xml.nope.deeper import x
            from collections.abc import nope
            import xml.parsers.expat.model, importlib.machinery, importlib._bootstrap, concurrent.futures.thread, email.mime.text
            import distutils.nope, sys.nope, xml.parsers.expat.nope
            def f(): from logging . nope import y
            try: import json.other
            except ImportError: pass
            import json.nope  # pyembed: ignore
            """,
            python: python);

        CollectionAssert.AreEqual(
            new[] { "1:1-1:54 json.nope", "2:1-2:30 xml.nope", "6:10-6:38 logging.nope" },
            analysis.Imports.Where(import => import.IsLacking).Select(import => $"{import.Line}:{import.Column}-{import.EndLine}:{import.EndColumn} {import.Module}").ToArray());
    }

    [TestMethod]
    [DataRow("try:\n    import a\nexcept ImportError:\n    import b\nelse:\n    import c\n")]
    [DataRow("try:\n    import a\nexcept (KeyError, builtins.ModuleNotFoundError):\n    pass\n")]
    [DataRow("try:\n    import a\nexcept:\n    pass\n")]
    [DataRow("try:\n    unicode\nexcept NameError:\n    import a\n")]
    [DataRow("try:\n    ast.TryStar\nexcept (AttributeError, KeyError):\n    import a\n")]
    [DataRow("try:\n    import a\nexcept Exception as e:\n    pass\n")]
    [DataRow("try:\n    import a\nexcept IMPORT_ERRORS:\n    pass\n")]
    [DataRow("try:\n    if x:\n        with y:\n            import a\nexcept ImportError:\n    pass\n")]
    [DataRow("with contextlib.suppress(ImportError):\n    import a\n")]
    [DataRow("if TYPE_CHECKING:\n    import a\n")]
    [DataRow("if typing.TYPE_CHECKING and x:\n    import a\nelse:\n    import b\n")]
    [DataRow("if sys.platform == 'win32':\n    import a\nelif y:\n    import b\n")]
    [DataRow("if os.name == 'nt': import a\n")]
    [DataRow("if sys.version_info < (3, 11):\n    import tomli as tomllib2\n")]
    [DataRow("if six.PY2:\n    import a\n")]
    [DataRow("if _IS_WINDOWS:\n    import a\n")]
    [DataRow("if HAS_NUMPY:\n    import a\n")]
    [DataRow("if importlib.util.find_spec('a'):\n    import a\n")]
    [DataRow("if 0:\n    import a\n")]
    [DataRow("def f():\n    if sys.platform != 'win32':\n        return\n    import a\n")]
    [DataRow("assert sys.platform == 'win32'\nimport a\n")]
    [DataRow("import a  # pyembed: ignore\n")]
    [DataRow("from a import (  # pyembed: ignore\n    b,\n)\n")]
    [DataRow("from a import (\n    b,\n)  #pyembed:ignore because it is there at run time\n")]
    [DataRow("from .... import a  # pyembed: ignore\n")]
    [DataRow("text = '''\nimport a\n'''\n# import b\n")]
    public void An_import_that_may_fail_or_is_silenced_does_not_count(string source)
    {
        FileAnalysis analysis = Analyze(source);
        Assert.IsEmpty(analysis.Imports, string.Join("; ", analysis.Imports.Select(Text)));
        Assert.IsEmpty(analysis.Problems);
    }

    [TestMethod]
    [DataRow("try:\n    import a\nexcept KeyError:\n    import b\nfinally:\n    import c\n", "a b c")]
    [DataRow("try:\n    pass\nexcept ImportError:\n    pass\nfinally:\n    import c\n", "c")]
    [DataRow("if sys.platform == 'win32':\n    import a\nimport b\n", "b")]
    [DataRow("if debug:\n    import a\nelse:\n    import b\n", "a b")]
    [DataRow("if 0:\n    import a\nelse:\n    import b\n", "b")]
    [DataRow("with open(x):\n    import a\n", "a")]
    [DataRow("while x:\n    import a\nelse:\n    import b\n", "a b")]
    [DataRow("import a\n# pyembed: ignore\nimport b\n", "a b")]
    [DataRow("from a import (\n    b,  # pyembed: ignore\n    c,\n)\n", "a")]
    [DataRow("x = 1; import a\nif x: import b\n", "a b")]
    [DataRow("import asyncore, tomllib, distutils.core\n", "asyncore tomllib distutils.core")]
    [DataRow("import größe\n", "größe")]
    public void What_nothing_guards_counts(string source, string expected) =>
        Assert.AreEqual(expected, string.Join(' ', Analyze(source).Imports.Select(import => import.Module)));

    [TestMethod]
    [DataRow("pkg/_win32stuff.py")]
    [DataRow("pkg/macOS/m.py")]
    public void A_module_for_one_platform_may_import_what_is_there_only(string path) =>
        Assert.IsEmpty(Analyze("import a\nfrom . import b\n", path).Imports);

    [TestMethod]
    public void A_version_that_has_match_statements_looks_into_them()
    {
        FileAnalysis analysis = Analyze("match x:\n    case 1:\n        import a\n");
        Assert.IsTrue(analysis.Problems.Count == 1 || analysis.Imports.Single().Module == "a");
    }

    [TestMethod]
    public void A_very_long_chain_of_conditions_is_walked()
    {
        string source = "if x: import a\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"elif y == {i}: import b{i}\n"));
        FileAnalysis analysis = Analyze(source);
        Assert.IsTrue(analysis.Problems.Count == 1 || analysis.Imports.Count == 901, "a chain that the interpreter compiles is looked at");
    }

    [TestMethod]
    [DataRow("import os\nfrom .m import a as b\nX: int = 1\ndef f():\n    global LATE\n    LATE = 1\nclass C: pass\n", "C LATE X b f os")]
    [DataRow("", "")]
    [DataRow("from .m import *\n", null)]
    [DataRow("def __getattr__(name): ...\n", null)]
    [DataRow("globals()['x'] = 1\n", null)]
    public void A_package_says_which_names_it_may_bind(string source, string? expected)
    {
        Assert.AreEqual(expected, Analyze(source, "pkg/__init__.py").Binds is { } names ? string.Join(' ', names) : null);
        Assert.IsNull(Analyze(source, "pkg/m.py").Binds, "a module that is no package is asked for nothing");
    }

    [TestMethod]
    [DataRow("import sys\nsys.path.insert(0, 'vendor')\n", 1)]
    [DataRow("import sys\nsys.path[:0] = ['vendor']\n", 1)]
    [DataRow("import sys\nprint(sys.path, sys.path[0])\n", 0)]
    [DataRow("import sys\nsys.modules['a.b'] = sys\n", 2)]
    [DataRow("import sys\nx = sys.modules[__name__] == 1\n", 0)]
    [DataRow("__path__.append('x')\n", 2)]
    [DataRow("import sys\nsys.meta_path.append(x)\n", 2)]
    public void Code_that_changes_how_modules_are_found_is_noticed(string source, int expected) =>
        Assert.AreEqual((ImportChange)expected, Analyze(source).ImportChanges);

    [TestMethod]
    public void Answers_survive_the_cache()
    {
        FileAnalysis analysis = Analyze("from .a import b, c\nimport d\nimport sys\nsys.path.append('x')\n", "pkg/__init__.py") with { Bytecode = null };
        using IEnumerator<string> lines = AnalysisRecords.Format(analysis).GetEnumerator();

        FileAnalysis read = AnalysisRecords.Read(() => lines.MoveNext() ? lines.Current : null, "")!;

        CollectionAssert.AreEqual(analysis.Imports.Select(Text).ToArray(), read.Imports.Select(Text).ToArray());
        CollectionAssert.AreEqual(analysis.Binds!.ToArray(), read.Binds!.ToArray());
        Assert.AreEqual(analysis.ImportChanges, read.ImportChanges);
    }

    private static string Text(AnalyzedImport import) =>
        string.Join(' ', [$"{import.Line}:{import.Column}-{import.EndLine}:{import.EndColumn}", $"{import.Level}", import.Module, .. import.Names]);

    private FileAnalysis Analyze(string source, string archivePath = "pkg/sub/m.py", string? python = null)
    {
        string path = _folder.Write("source.py", source);
        using var analyzer = new Analyzer(python ?? TestPythons.Default, Directory.CreateDirectory(_folder["spool"]).FullName, _folder.Root);
        analyzer.Start();
        return analyzer.Analyze([new AnalysisRequest(path, archivePath, true, null)], 1)[0];
    }
}
