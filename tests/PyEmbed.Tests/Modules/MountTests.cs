using PyEmbed.Manifest;

namespace PyEmbed.Tests.Modules;

/// <summary>Dictionaries, archives, folders, assemblies: mounted at any time, removable, replaceable, with the file system and without.</summary>
[TestClass]
public sealed class MountTests
{
    [TestMethod]
    [DataRow("files=on")]
    [DataRow("files=off")]
    [DataRow(ModuleRun.Desktop)]
    [DataRow(ModuleRun.Restricted)]
    public void Every_kind_of_mount_comes_goes_and_is_replaced(string profile)
    {
        using TemporaryFolder folder = new();
        folder.Write("tree/of_folder.py", "def value(): return 1\n");
        string archive = Path.Combine(folder.Path, "some.zip");
        using (FileStream stream = File.Create(archive))
        {
            ArchiveWriter.Write(stream, new TreeInfo("some", TreePlacement.App, MaterializeMode.Auto, new Dictionary<string, FileUse>()), [new ArchiveEntry("of_archive.py", () => "def value(): return 1\n"u8.ToArray())]);
        }

        TestHostProcess result = TestHostProcess.Run("mounts", profile, $"store={folder.Path}/store", Path.Combine(folder.Path, "tree"), archive);
        Assert.AreEqual(
            "of_folder fs:FOLDER/of_folder.py\nof_archive fs:ARCHIVE/of_archive.py\nof_bytes memory:/of_archive.py\nof_files memory:/of_files.py\n" +
            "pyembed assembly:/PyEmbed.dll/pyembed.zip/pyembed/__init__.py\nreplaced 2\nnamespace 2\n", result.Output, result.ToString());
    }
}
