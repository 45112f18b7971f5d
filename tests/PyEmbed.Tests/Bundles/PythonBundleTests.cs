using System.Text;
using static PyEmbed.Tests.PythonFixture;

namespace PyEmbed.Tests;

/// <summary>Bundles as C# makes, reads and mounts them. What they hold is tested in Python (test_bundle*.py).</summary>
[TestClass]
public sealed class PythonBundleTests
{
    [TestMethod]
    public void Names_make_a_bundle_that_tells_what_is_in_it()
    {
        using PythonMount mount = Mount("bundle_a", ("bundle_a/__init__.py", ""), ("bundle_a/core.py", "try:\n    import bundle_a_gone\nexcept ImportError:\n    pass\nfrom bundle_a import other\n"), ("bundle_a/other.py", "x = 1\n"), ("bundle_a/unused.py", ""));

        PythonBundle bundle = Python.Bundle(["bundle_a.core"], new PythonBundleOptions { Rules = ["exclude bundle_a.other"] });

        CollectionAssert.AreEquivalent(new[] { "bundle_a", "bundle_a.core" }, bundle.Modules.Keys.ToArray());
        Assert.AreEqual("exclude bundle_a.other", bundle.LeftOut["bundle_a.other"]);
        CollectionAssert.AreEqual(new[] { "bundle_a.core" }, bundle.Objects.ToArray());
        Assert.AreEqual(new PythonMissingModule("bundle_a_gone", "bundle_a.core", 2), bundle.Missing.Single());
        Assert.AreEqual(Python.Describe().PythonVersion.ToString(), bundle.PythonVersion);
        Assert.AreEqual(Python.Evaluate<string>("__import__('sys').platform"), bundle.Platform);
    }

    [TestMethod]
    public void An_object_makes_a_bundle_too()
    {
        using PythonMount mount = Mount("bundle_b", ("bundle_b.py", "import bundle_b_used\n\nclass Thing:\n    value = bundle_b_used.x\n"), ("bundle_b_used.py", "x = 1\n"), ("bundle_b_other.py", ""));
        using PythonObject module = Python.Import("bundle_b");
        using PythonObject thing = module.InvokeMethod("Thing");

        PythonBundle bundle = Python.Bundle(thing);

        CollectionAssert.AreEquivalent(new[] { "bundle_b", "bundle_b_used" }, bundle.Modules.Keys.ToArray());
    }

    [TestMethod]
    public void What_cannot_travel_is_an_error_of_Python()
    {
        using PythonObject function = Python.Evaluate("lambda: 1");

        PythonException error = Assert.ThrowsExactly<PythonException>(() => Python.Bundle(function));

        Assert.AreEqual("pyembed.bundle.BundleError", error.PythonType);
        StringAssert.Contains(error.Message, "lambda");
    }

    [TestMethod]
    public void A_bundle_goes_through_a_file_and_is_mounted_with_its_data()
    {
        using TemporaryFolder folder = new();
        PythonBundle made = Written("bundle_c", "import os\nplace = __file__\n", """{"bundle_c data": b"\x00\xff"}""");
        string path = Path.Combine(folder.Path, "c.zip");
        File.WriteAllText(path, "what was there");
        made.Save(path);
        CollectionAssert.AreEqual(new[] { "c.zip" }, Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).ToArray());

        PythonBundle bundle = PythonBundle.FromFile(path);

        CollectionAssert.AreEqual(made.Content.ToArray(), bundle.Content.ToArray());
        Assert.IsFalse(Python.IsData("bundle_c data"));
        using (PythonMount mount = Python.Mount(bundle.ToTree()))
        {
            Assert.AreEqual(Path.Combine(Environment.CurrentDirectory, ".pyembed"), mount.Root);
            CollectionAssert.AreEqual(new byte[] { 0, 255 }, Python.GetData("bundle_c data"));
            using PythonObject module = Python.Import("bundle_c");
            Assert.AreEqual(Path.Combine(mount.Root, "src", "bundle_c.py"), module.GetAttribute("place").As<string>());
            PythonReceivedReport received = Python.Describe().Received;
            Assert.AreEqual(bundle.Modules["bundle_c"], received.Modules["bundle_c"]);
            Assert.AreEqual(bundle.Data["bundle_c data"], received.Data["bundle_c data"]);
        }

        Assert.IsFalse(Python.IsData("bundle_c data"));
        Assert.IsFalse(Directory.Exists(Path.Combine(Environment.CurrentDirectory, ".pyembed")));
    }

    [TestMethod]
    public void Of_two_bundles_at_one_root_the_one_that_is_disposed_goes()
    {
        using PythonMount first = Python.Mount(Written("bundle_first", "").ToTree());
        using PythonMount second = Python.Mount(Written("bundle_second", "").ToTree());
        Assert.AreEqual(first.Root, second.Root);

        first.Dispose();

        Python.Import("bundle_second").Dispose();
        Assert.ThrowsExactly<PythonImportException>(() => Python.Import("bundle_first"));
    }

    [TestMethod]
    public void Of_two_bundles_at_one_root_the_one_is_replaced_that_the_mount_is_of()
    {
        using PythonMount first = Python.Mount(Written("bundle_old", "x = 1\n").ToTree());
        using PythonMount second = Python.Mount(Written("bundle_beside", "").ToTree());

        first.Replace(Written("bundle_old", "x = 2\n").ToTree());

        using (PythonObject module = Python.Import("bundle_old"))
        {
            Assert.AreEqual(2, module.GetAttribute("x").As<int>());
        }

        first.Dispose();
        Python.Import("bundle_beside").Dispose();
    }

    [TestMethod]
    public void A_report_of_the_other_side_leaves_out_what_is_there()
    {
        using PythonMount mount = Mount("bundle_e", ("bundle_e.py", "import bundle_e_two\n"), ("bundle_e_two.py", "x = 1\n"));
        PythonBundle whole = Python.Bundle(["bundle_e"]);
        Assert.AreEqual(2, whole.Modules.Count);
        string report;
        using (Python.Mount(Python.Bundle(["bundle_e_two"]).ToTree()))
        {
            report = Python.Describe().Received.Json;
        }

        PythonBundle rest = Python.Bundle(["bundle_e"], new PythonBundleOptions { Report = report });

        CollectionAssert.AreEqual(new[] { "bundle_e" }, rest.Modules.Keys.ToArray());
        Assert.AreEqual("on B", rest.LeftOut["bundle_e_two"]);
        Assert.ThrowsExactly<ArgumentException>(() => Python.Bundle(["bundle_e"], new PythonBundleOptions { Report = "no JSON" }));
    }

    [TestMethod]
    public void A_source_travels_that_cannot_be_imported_here()
    {
        using TemporaryFolder folder = new();
        folder.Write("elsewhere.py", "raise ImportError('only there')\n");

        PythonBundle bundle = Python.Bundle(["bundle_f"], new PythonBundleOptions { Sources = new Dictionary<string, string> { ["bundle_f"] = Path.Combine(folder.Path, "elsewhere.py") } });

        CollectionAssert.AreEqual(new[] { "bundle_f" }, bundle.Modules.Keys.ToArray());
    }

    [TestMethod]
    public void Registered_data_are_there_and_travel()
    {
        byte[] content = [0, 1, 255];
        Python.RegisterData("bundle_g", content);
        content[0] = 9;

        Assert.IsTrue(Python.IsData("bundle_g"));
        CollectionAssert.AreEqual(new byte[] { 0, 1, 255 }, Python.GetData("bundle_g"));
        using PythonMount mount = Mount("bundle_g", ("bundle_g.py", ""));
        Assert.IsTrue(Python.Bundle(["bundle_g"]).Data.ContainsKey("bundle_g"));
        Assert.IsFalse(Python.IsData("bundle_g_none"));
        StringAssert.Contains(Assert.ThrowsExactly<KeyNotFoundException>(() => Python.GetData("bundle_g_none")).Message, "'bundle_g_none'");
    }

    [TestMethod]
    public void A_requirement_is_named_where_it_is_not_met_and_travels()
    {
        using PythonMount mount = Mount("bundle_h", ("bundle_h.py", "x = 1\n"), ("bundle_h_checks.py", "met = False\n\ndef is_mars():\n    return met\n"));
        try
        {
            Python.Require("bundle_h", system: "bundle_h_checks:is_mars");

            PythonImportException error = Assert.ThrowsExactly<PythonImportException>(() => Python.Import("bundle_h"));
            Assert.AreEqual("pyembed.RequirementError", error.PythonType);
            StringAssert.Contains(error.Message, "bundle_h_checks:is_mars");
            PythonModuleRequirementReport report = Python.Describe().Received.Requirements.Single(item => item.Module == "bundle_h");
            Assert.AreEqual(new PythonModuleRequirementReport("bundle_h", "system", "bundle_h_checks:is_mars", false, null), report);
            PythonBundle bundle = Python.Bundle(["bundle_h"]);
            Assert.AreEqual(new PythonModuleRequirement("bundle_h", "bundle_h_checks:is_mars", null), bundle.Requirements.Single());
            CollectionAssert.AreEquivalent(new[] { "bundle_h", "bundle_h_checks" }, bundle.Modules.Keys.ToArray());

            using PythonObject checks = Python.Import("bundle_h_checks");
            checks.SetAttribute("met", true);
            Python.Import("bundle_h").Dispose();
        }
        finally
        {
            Python.Execute("from pyembed import _require\n_require._own.pop('bundle_h')\n_require._put_in_force()");
        }
    }

    [TestMethod]
    public void A_requirement_needs_names()
    {
        Assert.ThrowsExactly<ArgumentException>(() => Python.Require("bundle_i"));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Python.Require("bundle_i", system: "no reference")).Message, "'no reference'");
        Assert.ThrowsExactly<ArgumentException>(() => Python.Require("a b", system: "a:b"));
    }

    [TestMethod]
    public void What_is_no_bundle_is_refused_with_the_reason()
    {
        byte[] tree = ArchiveOf("from pyembed._archive import write_archive\ncontent = write_archive({'a.py': b''}, 'a')");
        StringAssert.Contains(Refused(tree), "no bundle");
        StringAssert.Contains(Refused(Encoding.UTF8.GetBytes("not a zip")), "no zip");
        byte[] bundle = Written("bundle_j", "").Content.ToArray();
        StringAssert.Contains(Refused(bundle[..^100]), "'b.zip'");
        string message = Refused(ArchiveOf("from pyembed._archive import write_archive\ncontent = write_archive({'a.py': b''}, 'a', own={'bundle.json': b'{\"format\": 2}'})"));
        StringAssert.Contains(message, "format version 2");
        StringAssert.Contains(message, "update PyEmbed");
        StringAssert.Contains(Refused(ArchiveOf("from pyembed._archive import write_archive\ncontent = write_archive({'a.py': b''}, 'a', own={'bundle.json': b'[]'})")), "damaged");
    }

    [TestMethod]
    public void A_bundle_that_contradicts_a_mounted_one_is_refused()
    {
        using PythonMount first = Python.Mount(Written("bundle_k", "x = 1\n").ToTree());

        string message = Assert.ThrowsExactly<InvalidDataException>(() => Python.Mount(Written("bundle_k", "x = 2\n").ToTree())).Message;

        StringAssert.Contains(message, "bundle_k");
        StringAssert.Contains(message, "unmount that bundle first");
    }

    private static string Refused(byte[] content) => Assert.ThrowsExactly<InvalidDataException>(() => PythonBundle.FromBytes(content, "b.zip")).Message;

    /// <summary>A bundle of one module, as the format's writer writes it.</summary>
    private static PythonBundle Written(string name, string source, string data = "{}") => PythonBundle.FromBytes(ArchiveOf($$"""
        import hashlib
        from pyembed import _bundle_format as format
        source, data = {{Literal(source)}}, {{data}}
        manifest = format.Manifest(
            '3.11.2', 'linux', ['os'], [format.Entry('src', 'app', ['{{name}}.py'])], {'{{name}}': hashlib.sha256(source).hexdigest()},
            {key: hashlib.sha256(value).hexdigest() for key, value in data.items()}, {}, ['{{name}}'], [], {})
        content = format.write(manifest, {'{{name}}.py': source}, data)
        """), name);

    private static byte[] ArchiveOf(string code)
    {
        using PythonScope scope = new();
        Python.Execute(code, scope);
        return scope.Get<byte[]>("content");
    }

    private static string Literal(string text) => "b'" + text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
