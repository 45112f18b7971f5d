namespace PyEmbed.Manifest.Tests;

[TestClass]
public sealed class ManifestTextTests
{
    private static readonly string s_hash = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    private static readonly BuildManifest s_full = new(
        Trees: new(
        [
            new("mypkg", "PyEmbed/mypkg.zip", s_hash, 1, TreePlacement.App, "3.9", new(["requests>=2; python_version < '3.12'", "numpy"])),
            new("näme", "PyEmbed/näme.zip", s_hash, 3, TreePlacement.Library, "3.13", default),
        ]),
        Modules: new(
        [
            new("mypkg", ManifestModuleKind.Namespace, ""),
            new("mypkg.core", ManifestModuleKind.Module, "Back\\slash \\t,\ttab,\r\nlines \u2028 and \u0085 and \0."),
            new("mypkg.sub", ManifestModuleKind.Package, "Σ"),
        ]),
        EntryPoints: new([new("Main", "mypkg.__main__:main", "Runs it.", "my-run")]),
        Main: "mypkg.__main__:main",
        Diagnostics: new(
        [
            new("PYE1001", ManifestSeverity.Error, "/a b/c\td.py", 3, 14, 3, 20, "invalid syntax"),
            new("PYE1012", ManifestSeverity.Warning, "", 0, 0, 0, 0, "No Python."),
            new("PYE1012", ManifestSeverity.Info, "", 0, 0, 0, 0, "No Python."),
        ]));

    [TestMethod]
    public void The_text_form_is_the_documented_one()
    {
        var manifest = s_full with { Trees = new([s_full.Trees[0]]), Modules = new([s_full.Modules[1]]), Diagnostics = new([s_full.Diagnostics[0]]) };
        string expected = "pyembed-manifest 1\n"
            + $"tree\tmypkg\tPyEmbed/mypkg.zip\t{s_hash}\t1\tapp\t3.9\trequests>=2; python_version < '3.12'\tnumpy\n"
            + "module\tmypkg.core\tmodule\tBack\\\\slash \\\\t,\\ttab,\\r\\nlines \u2028 and \u0085 and \0.\n"
            + "entry\tMain\tmypkg.__main__:main\tRuns it.\tmy-run\n"
            + "main\tmypkg.__main__:main\n"
            + "diagnostic\tPYE1001\terror\t/a b/c\\td.py\t3\t14\t3\t20\tinvalid syntax\n";
        Assert.AreEqual(expected, ManifestTextWriter.Write(manifest));
    }

    [TestMethod]
    public void What_is_written_reads_back_equal()
    {
        BuildManifest read = ManifestTextReader.Read(ManifestTextWriter.Write(s_full));
        Assert.AreEqual(s_full, read);
        Assert.AreEqual(s_full.GetHashCode(), read.GetHashCode());
    }

    [TestMethod]
    public void An_empty_manifest_reads_back_empty()
    {
        var empty = new BuildManifest(default, default, default, null, default);
        Assert.AreEqual("pyembed-manifest 1\n", ManifestTextWriter.Write(empty));
        Assert.AreEqual(empty, ManifestTextReader.Read("pyembed-manifest 1\n"));
    }

    [TestMethod]
    public void Modules_are_written_in_ordinal_order_whatever_order_they_came_in()
    {
        var manifest = new BuildManifest(default, new(s_full.Modules.Reverse()), default, null, default);
        Assert.AreEqual(s_full.Modules, ManifestTextReader.Read(ManifestTextWriter.Write(manifest)).Modules);
    }

    [TestMethod]
    public void Records_that_differ_in_one_item_are_not_equal()
    {
        Assert.AreNotEqual(s_full, s_full with { Modules = new(s_full.Modules.Take(2)) });
        Assert.AreNotEqual(s_full, s_full with { Trees = new([s_full.Trees[0] with { Requirements = new(["requests"]) }, s_full.Trees[1]]) });
    }

    [TestMethod]
    [DataRow("", 1, "", "begin with 'pyembed-manifest'")]
    [DataRow("PK\u0003\u0004", 1, "", "begin with 'pyembed-manifest'")]
    [DataRow("pyembed-manifest 1", 1, "", "cut off")]
    [DataRow("pyembed-manifest one\n", 1, "version", "'one'")]
    [DataRow("pyembed-manifest 0\n", 1, "version", "'0'")]
    [DataRow("pyembed-manifest 1\r\n", 1, "version", "no format version")]
    [DataRow("pyembed-manifest 1\n\n", 2, "", "'' is no kind of record")]
    [DataRow("pyembed-manifest 1\nmain\ta:b\ntrees\tx\n", 3, "", "'trees' is no kind of record")]
    [DataRow("pyembed-manifest 1\nmain\ta:b", 2, "", "cut off")]
    [DataRow("pyembed-manifest 1\nmain\t\n", 2, "reference", "empty")]
    [DataRow("pyembed-manifest 1\nmain\n", 2, "reference", "missing")]
    [DataRow("pyembed-manifest 1\nmain\ta\tb\n", 2, "", "one more")]
    [DataRow("pyembed-manifest 1\nmain\ta\nmain\tb\n", 3, "", "second 'main'")]
    [DataRow("pyembed-manifest 1\nmain\ta\\x\n", 2, "reference", "backslash")]
    [DataRow("pyembed-manifest 1\nmain\ta\\\n", 2, "reference", "backslash")]
    [DataRow("pyembed-manifest 1\nmain\ta\r\n", 2, "reference", "carriage return")]
    [DataRow("pyembed-manifest 1\nmodule\ta\tpackage\n", 2, "docstring", "missing")]
    [DataRow("pyembed-manifest 1\nmodule\ta\tfolder\t\n", 2, "kind", "none of module, package, namespace")]
    [DataRow("pyembed-manifest 1\nmodule\ta..b\tmodule\t\n", 2, "dotted.name", "empty part")]
    [DataRow("pyembed-manifest 1\nmodule\t.b\tmodule\t\n", 2, "dotted.name", "empty part")]
    [DataRow("pyembed-manifest 1\nmodule\tb\tmodule\t\nmodule\ta\tmodule\t\n", 3, "dotted.name", "'a' comes after 'b'")]
    [DataRow("pyembed-manifest 1\nmodule\ta\tmodule\t\nmodule\ta\tmodule\t\n", 3, "dotted.name", "each once")]
    [DataRow("pyembed-manifest 1\nentry\tRun\tmypkg\t\n", 2, "module:attr", "'mypkg' is not of the form")]
    [DataRow("pyembed-manifest 1\nentry\tRun\ta:b:c\t\n", 2, "module:attr", "not of the form")]
    [DataRow("pyembed-manifest 1\nentry\tRun\ta:\t\n", 2, "module:attr", "not of the form")]
    [DataRow("pyembed-manifest 1\nentry\t\ta:b\t\n", 2, "MethodName", "empty")]
    [DataRow("pyembed-manifest 1\ndiagnostic\tPYE2001\terror\tf\t1\t1\t1\t1\tm\n", 2, "id", "'PYE2001'")]
    [DataRow("pyembed-manifest 1\ndiagnostic\tPYE1001\tfatal\tf\t1\t1\t1\t1\tm\n", 2, "severity", "'fatal'")]
    [DataRow("pyembed-manifest 1\ndiagnostic\tPYE1001\terror\tf\t-1\t1\t1\t1\tm\n", 2, "line", "'-1'")]
    [DataRow("pyembed-manifest 1\ndiagnostic\tPYE1001\terror\tf\t1\t99999999999\t1\t1\tm\n", 2, "column", "'99999999999'")]
    [DataRow("pyembed-manifest 1\ndiagnostic\tPYE1001\terror\tf\t1\t1\t1\t\tm\n", 2, "end-column", "no whole number")]
    [DataRow("pyembed-manifest 1\ndiagnostic\tPYE1001\terror\tf\t1\t1\t1\t1\t\n", 2, "message", "empty")]
    public void A_malformed_line_is_refused_by_line_and_field(string text, int line, string field, string reason)
    {
        var error = Assert.ThrowsExactly<ManifestTextException>(() => ManifestTextReader.Read(text));
        Assert.AreEqual(line, error.Line);
        Assert.AreEqual(field, error.Field);
        Assert.Contains(reason, error.Message);
        Assert.Contains(field.Length == 0 ? $"line {line}: " : $"line {line}, field '{field}': ", error.Message);
    }

    [TestMethod]
    [DataRow("hash", "0123")]
    [DataRow("hash", "Z123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [DataRow("format", "0")]
    [DataRow("format", "")]
    [DataRow("placement", "sys")]
    [DataRow("minimum-python", "3")]
    [DataRow("minimum-python", "3.x")]
    [DataRow("minimum-python", "3.")]
    [DataRow("requirement", "")]
    public void A_malformed_tree_is_refused_by_field(string field, string value)
    {
        string[] names = ["name", "resource", "hash", "format", "placement", "minimum-python", "requirement"];
        string[] values = ["mypkg", "PyEmbed/mypkg.zip", s_hash, "1", "app", "3.9", "numpy"];
        values[Array.IndexOf(names, field)] = value;
        var error = Assert.ThrowsExactly<ManifestTextException>(
            () => ManifestTextReader.Read("pyembed-manifest 1\ntree\t" + string.Join('\t', values) + "\n"));
        Assert.AreEqual(2, error.Line);
        Assert.AreEqual(field, error.Field);
    }

    [TestMethod]
    public void A_newer_format_is_refused_by_both_versions()
    {
        var error = Assert.ThrowsExactly<ManifestTextException>(() => ManifestTextReader.Read("pyembed-manifest 7\nwhatever\n"));
        Assert.Contains("format version 7", error.Message);
        Assert.Contains("up to version 1", error.Message);
    }
}
