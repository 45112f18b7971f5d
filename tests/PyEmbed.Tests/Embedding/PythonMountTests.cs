using static PyEmbed.Tests.PythonFixture;

namespace PyEmbed.Tests;

[TestClass]
public sealed class PythonMountTests
{
    [TestMethod]
    public void A_mount_is_on_the_path_until_disposed()
    {
        PythonMount mount = Mount("coming", ("coming_mod.py", "def later():\n    import coming_late\n"), ("coming_late.py", ""));
        Assert.IsTrue(IsOnPath(mount.Root));
        Assert.IsTrue(Path.IsPathFullyQualified(mount.Root));
        using PythonObject module = Python.Import("coming_mod");
        mount.Dispose();
        mount.Dispose();
        Assert.IsFalse(IsOnPath(mount.Root));
        Assert.ThrowsExactly<PythonImportException>(() => module.InvokeMethod("later"));
        Assert.ThrowsExactly<ObjectDisposedException>(() => mount.Replace(Tree("coming", ("coming_mod.py", ""))));
    }

    [TestMethod]
    public void The_same_tree_twice_is_one_root_that_counts()
    {
        using PythonMount first = Mount("counted", ("counted_mod.py", "x = 1"));
        PythonMount second = Mount("counted", ("counted_mod.py", "x = 1"));
        Assert.AreEqual(first.Root, second.Root);
        second.Dispose();
        Assert.IsTrue(IsOnPath(first.Root));
    }

    [TestMethod]
    public void Replace_serves_the_new_tree_to_reload()
    {
        using PythonMount mount = Mount("replaced", ("replaced_mod.py", "x = 1"));
        using PythonObject module = Python.Import("replaced_mod");
        string before = mount.Root;
        mount.Replace(Tree("replaced", ("replaced_mod.py", "x = 2")));
        Assert.AreNotEqual(before, mount.Root);
        Assert.IsFalse(IsOnPath(before));
        Assert.AreEqual(1, module.GetAttribute("x").As<int>());
        using PythonObject reloaded = Python.Import("importlib").InvokeMethod("reload", module);
        Assert.AreEqual(2, reloaded.GetAttribute("x").As<int>());
    }

    [TestMethod]
    public void Replace_keeps_the_place_and_serves_packages_imported_before()
    {
        using PythonMount before = Mount("replace_before", ("replace_before_mod.py", ""));
        using PythonMount mount = Mount("replaced_pkg", ("replaced_pkg/__init__.py", ""), ("replaced_pkg/a.py", "x = 1"), ("replaced_pkg/b.py", "x = 1"));
        using PythonMount after = Mount("replace_after", ("replace_after_mod.py", ""));
        using PythonObject module = Python.Import("replaced_pkg.a");
        string old = mount.Root;
        int place = PlaceOf(old);
        PythonTree tree = Tree("replaced_pkg", ("replaced_pkg/__init__.py", ""), ("replaced_pkg/a.py", "x = 2"), ("replaced_pkg/b.py", "x = 2"));
        mount.Replace(tree);
        Assert.AreSame(tree, mount.Tree);
        Assert.AreEqual(place, PlaceOf(mount.Root));
        Assert.AreEqual(2, Python.Import("replaced_pkg.b").GetAttribute("x").As<int>());
        using PythonObject reloaded = Python.Import("importlib").InvokeMethod("reload", module);
        Assert.AreEqual(2, reloaded.GetAttribute("x").As<int>());
        PythonReport report = Python.Describe();
        PythonMountReport found = report.Mounts.Single(m => m.Distribution == "replaced_pkg");
        Assert.AreEqual(mount.Root, found.Root);
        CollectionAssert.AreEqual(new[] { "replaced_pkg.a", "replaced_pkg.b" }, found.Modules.ToArray());
        CollectionAssert.AreEqual(
            new[] { before.Root, mount.Root, after.Root },
            report.Mounts.Select(m => m.Root).Where(root => root == before.Root || root == mount.Root || root == after.Root).ToArray());
    }

    [TestMethod]
    public void A_tree_that_cannot_be_mounted_is_named_once()
    {
        using MemoryStream stream = new();
        using (System.IO.Compression.ZipArchive zip = new(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("bs\\x.py").Open().Dispose();
        }

        InvalidDataException e = Assert.ThrowsExactly<InvalidDataException>(() => Python.Mount(PythonTree.FromArchive(stream.ToArray(), "backslash.zip")).Dispose());
        StringAssert.StartsWith(e.Message, "The Python tree 'memory:/backslash.zip' cannot be mounted: ");
        Assert.AreEqual(1, e.Message.Split("backslash.zip").Length - 1, e.Message);
        Assert.IsFalse(e.Message.Contains("ArchiveError", StringComparison.Ordinal), e.Message);
    }

    [TestMethod]
    public void A_corrupt_tree_is_refused_before_it_could_replace()
    {
        using PythonMount mount = Mount("kept", ("kept_mod.py", "x = 1"));
        string root = mount.Root;
        PythonTree tree = mount.Tree;
        byte[] newer = NewerFormat();
        InvalidDataException e = Assert.ThrowsExactly<InvalidDataException>(() => mount.Replace(PythonTree.FromArchive(newer, "newer.zip")));
        StringAssert.Contains(e.Message, "newer.zip");
        Assert.AreEqual(root, mount.Root);
        Assert.AreSame(tree, mount.Tree);
        Assert.IsTrue(IsOnPath(root));
        Assert.AreEqual(1, Python.Import("kept_mod").GetAttribute("x").As<int>());
        mount.Replace(tree);
        Assert.AreEqual(root, mount.Root, "the same contents are the same root");
        mount.Dispose();
        mount.Dispose();
        Assert.IsFalse(IsOnPath(root));
    }

    [TestMethod]
    public void Path_files_of_a_library_are_read()
    {
        using MemoryStream stream = new();
        PyEmbed.Manifest.ArchiveWriter.Write(
            stream,
            new PyEmbed.Manifest.TreeInfo("pathed", PyEmbed.Manifest.TreePlacement.Library, PyEmbed.Manifest.MaterializeMode.Auto, new Dictionary<string, PyEmbed.Manifest.FileUse>()),
            [new PyEmbed.Manifest.ArchiveEntry("pathed.pth", () => "vendored\nimport sys; sys.pathed = sitedir\n"u8.ToArray()), new PyEmbed.Manifest.ArchiveEntry("vendored/pathed_mod.py", () => "x = 1"u8.ToArray())]);
        using PythonMount mount = Python.Mount(PythonTree.FromArchive(stream.ToArray()));
        Assert.AreEqual(mount.Root, Python.Evaluate<string>("__import__('sys').pathed"));
        Assert.AreEqual(PlaceOf(mount.Root) + 1, PlaceOf(Path.Combine(mount.Root, "vendored")));
        Assert.AreEqual(1, Python.Import("pathed_mod").GetAttribute("x").As<int>());
        mount.Dispose();
        Assert.IsFalse(IsOnPath(Path.Combine(mount.Root, "vendored")));
    }

    [TestMethod]
    public void Discovery_finds_the_tests_of_a_tree()
    {
        using PythonMount mount = Mount(
            "discovered", ("discovered_suite/__init__.py", ""),
            ("discovered_suite/test_it.py", "import sys, unittest\nclass T(unittest.TestCase):\n    def test_ran(self): sys.discovered = getattr(sys, 'discovered', 0) + 1\n"));
        Assert.AreEqual(0, Python.RunModule("unittest", "discover", "-s", mount.Root, "-q"));
        Assert.AreEqual(1, Python.Evaluate<int>("__import__('sys').discovered"));
    }

    [TestMethod]
    public void Describe_tells_mounts_modules_and_shadowed_names()
    {
        using PythonMount mount = Mount("described", ("described_mod.py", ""), ("described_other.py", ""), ("colorsys.py", ""));
        Python.Import("described_mod").Dispose();
        PythonReport report = Python.Describe();
        PythonMountReport found = report.Mounts.Single(m => m.Root == mount.Root);
        Assert.AreEqual("described", found.Distribution);
        Assert.AreEqual("memory:/described", found.Origin);
        Assert.AreEqual("memory:/described_mod.py", report.Modules.Single(m => m.Name == "described_mod").Origin);
        Assert.AreEqual("builtin", report.Modules.Single(m => m.Name == "sys").Origin);
        Assert.AreEqual(64, found.Hash.Length);
        CollectionAssert.AreEqual(new[] { "described_mod" }, found.Modules.ToArray());
        Assert.IsTrue(found.IsPythonSupported);
        Assert.IsNull(found.MinimumPython);
        PythonShadowedName shadowed = report.ShadowedNames.Single(s => s.Name == "colorsys");
        Assert.AreEqual("memory:/described", shadowed.UsedOrigin);
        StringAssert.EndsWith(shadowed.HiddenOrigin, "colorsys.py");
        Assert.IsTrue(report.Mounts.Any(m => m.Distribution == "pyembed" && m.Modules.Contains("pyembed._host")), "PyEmbed's own tree");
        Assert.IsTrue(File.Exists(report.Library));
        Assert.IsTrue(File.Exists(report.Executable));
        Assert.AreEqual(Python.Evaluate<string>("'%d.%d.%d' % __import__('sys').version_info[:3]"), report.PythonVersion.ToString());
    }

    [TestMethod]
    public void Threads_mount_import_and_unmount_at_once()
    {
        Parallel.For(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using PythonMount mount = Mount($"parallel{i}", ($"parallel_mod{i}.py", $"x = {i}"));
            using PythonObject module = Python.Import($"parallel_mod{i}");
            Assert.AreEqual(i, module.GetAttribute("x").As<int>());
        });
        Assert.IsFalse(Python.Evaluate<bool>("any('/parallel' in p for p in __import__('sys').path)"));
    }

    /// <summary>An archive whose index claims a format version that this reader does not know.</summary>
    private static byte[] NewerFormat()
    {
        using MemoryStream stream = new();
        PyEmbed.Manifest.ArchiveWriter.Write(
            stream,
            new PyEmbed.Manifest.TreeInfo("kept", PyEmbed.Manifest.TreePlacement.App, PyEmbed.Manifest.MaterializeMode.Auto, new Dictionary<string, PyEmbed.Manifest.FileUse>()),
            [new PyEmbed.Manifest.ArchiveEntry("kept_mod.py", () => [])]);
        byte[] archive = stream.ToArray();
        archive[archive.AsSpan().LastIndexOf("PYEMBED\0"u8) - 4] = 99;
        return archive;
    }

    private static int PlaceOf(string root)
    {
        using PythonScope scope = new();
        scope.Set("root", root);
        return Python.Evaluate<int>("__import__('sys').path.index(root)", scope);
    }

    private static bool IsOnPath(string root)
    {
        using PythonScope scope = new();
        scope.Set("root", root);
        return Python.Evaluate<bool>("root in __import__('sys').path", scope);
    }
}
