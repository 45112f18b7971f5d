using System.Diagnostics;
using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Tests;

/// <summary>The code cache in .NET processes: where it is, that the second process uses it, how it is switched off.</summary>
[TestClass]
public sealed class CodeCacheTests
{
    [TestMethod]
    public void The_second_process_uses_what_the_first_has_compiled()
    {
        using TemporaryFolder folder = new();
        string archive = Archive(folder), store = Path.Combine(folder.Path, "store"), codes = Path.Combine(folder.Path, "codes");

        Assert.AreEqual("SourceLoader", Import(archive, store, "-"));
        Assert.AreEqual("CompiledLoader", Import(archive, store, "-"));
        StringAssert.StartsWith(Path.GetFileName(Directory.GetDirectories(store).Single()), "cached.cpython-3");

        Assert.AreEqual("SourceLoader", Import(archive, store, codes));
        Assert.AreEqual("CompiledLoader", Import(archive, store, codes));
        Assert.AreEqual(1, Directory.GetDirectories(codes).Length);
    }

    /// <summary>Nothing is imported after the first moment, and the end runs no exit handler.</summary>
    [TestMethod]
    public void A_service_that_is_killed_has_kept_what_it_compiled()
    {
        using TemporaryFolder folder = new();
        string archive = Archive(folder), store = Path.Combine(folder.Path, "store");
        using (Process service = TestHostProcess.Start(new Dictionary<string, string?>(), TestHostProcess.Executable, ["code-cache-service", archive, "cached_mod", store, "-"]))
        {
            Assert.AreEqual("SourceLoader", service.StandardOutput.ReadLine());
            // The record is there before the segment that it names, which gets its name when it is whole.
            bool kept = SpinWait.SpinUntil(() => Directory.Exists(store) && Directory.EnumerateFiles(store, "*.zip", SearchOption.AllDirectories).Any(), TimeSpan.FromSeconds(60));
            service.Kill();
            service.WaitForExit();
            Assert.IsTrue(kept);
        }

        Assert.AreEqual("CompiledLoader", Import(archive, store, "-"));
    }

    [TestMethod]
    public void An_empty_path_switches_it_off()
    {
        using TemporaryFolder folder = new();
        string archive = Archive(folder), store = Path.Combine(folder.Path, "store");

        Assert.AreEqual("SourceLoader", Import(archive, store, ""));
        Assert.AreEqual("SourceLoader", Import(archive, store, ""));
        Assert.IsFalse(Directory.Exists(store));
    }

    [TestMethod]
    public void A_place_that_cannot_be_used_fails_no_import()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("file", "");

        Assert.AreEqual("SourceLoader", Import(Archive(folder), Path.Combine(folder.Path, "store"), Path.Combine(file, "codes")));
    }

    private static string Import(string archive, string store, string codes)
    {
        TestHostProcess result = TestHostProcess.Run("code-cache", archive, "cached_mod", store, codes);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        Assert.AreEqual("", result.Error);
        return result.Output.Trim();
    }

    private static string Archive(TemporaryFolder folder)
    {
        string path = Path.Combine(folder.Path, "cached.zip");
        using FileStream stream = File.Create(path);
        ArchiveWriter.Write(
            stream,
            new TreeInfo("cached", TreePlacement.App, MaterializeMode.Auto, new Dictionary<string, FileUse>()),
            [new ArchiveEntry("cached_mod.py", () => Encoding.UTF8.GetBytes("X = 1\n"))]);
        return path;
    }
}
