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
    public void Describe_tells_mounts_modules_and_shadowed_names()
    {
        using PythonMount mount = Mount("described", ("described_mod.py", ""), ("described_other.py", ""), ("colorsys.py", ""));
        Python.Import("described_mod").Dispose();
        PythonReport report = Python.Describe();
        PythonMountReport found = report.Mounts.Single(m => m.Root == mount.Root);
        Assert.AreEqual("described", found.Distribution);
        Assert.AreEqual("described", found.Origin);
        Assert.AreEqual(64, found.Hash.Length);
        CollectionAssert.AreEqual(new[] { "described_mod" }, found.Modules.ToArray());
        Assert.IsTrue(found.IsPythonSupported);
        Assert.IsNull(found.MinimumPython);
        PythonShadowedName shadowed = report.ShadowedNames.Single(s => s.Name == "colorsys");
        Assert.AreEqual("described", shadowed.UsedOrigin);
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

    private static bool IsOnPath(string root)
    {
        using PythonScope scope = new();
        scope.Set("root", root);
        return Python.Evaluate<bool>("root in __import__('sys').path", scope);
    }
}
