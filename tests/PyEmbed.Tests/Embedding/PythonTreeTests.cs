using System.Diagnostics;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using static PyEmbed.Tests.PythonFixture;

namespace PyEmbed.Tests;

[TestClass]
public sealed class PythonTreeTests
{
    [TestMethod]
    public void A_folder_becomes_a_tree()
    {
        using TemporaryFolder folder = new();
        folder.Write("dir_pkg/__init__.py", "from .mod import value");
        folder.Write("dir_pkg/mod.py", "value = __doc__");
        folder.Write("dir_pkg/data/text.txt", "some text");
        folder.Write("dir_pkg/__pycache__/mod.cpython-311.pyc", "stale");
        folder.Write(".git/config", "no part of it");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "loop"), folder.Path);
        using PythonMount mount = Python.Mount(PythonTree.FromDirectory(folder.Path));
        folder.Write("dir_pkg/mod.py", "changed afterwards");
        using PythonObject module = Python.Import("dir_pkg");
        Assert.IsTrue(module.GetAttribute("value").IsNone);
        Assert.AreEqual("some text", Python.Evaluate<string>("__import__('pkgutil').get_data('dir_pkg', 'data/text.txt').decode()"));
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => PythonTree.FromDirectory(folder.Path + "/missing"));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Of_a_folder_only_regular_files_count()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("special_pkg/__init__.py", "value = 6");
        string inside = Path.GetDirectoryName(file)!;
        using (Process fifo = Process.Start("mkfifo", Path.Combine(inside, "pipe.py")))
        {
            fifo.WaitForExit();
            Assert.AreEqual(0, fifo.ExitCode);
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(inside, "socket.py")));
        File.CreateSymbolicLink(Path.Combine(inside, ".#lock.py"), "me@machine.123:456");
        File.CreateSymbolicLink(Path.Combine(inside, "device.py"), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(inside, "link.py"), "__init__.py");
        folder.Write("special_pkg/empty.py", "");

        // Not on this thread, which a pipe would hold for ever.
        Task<PythonTree> making = Task.Run(() => PythonTree.FromDirectory(folder.Path));
        Assert.IsTrue(making.Wait(TimeSpan.FromMinutes(1)), "still waiting");
        using PythonMount mount = Python.Mount(making.Result);
        Assert.AreEqual(
            "__init__.py empty.py link.py 6",
            Python.Evaluate<string>("' '.join(sorted(entry.name for entry in __import__('importlib.resources', None, None, ['files']).files('special_pkg').iterdir())) + f\" {__import__('special_pkg.link').link.value}\""));
    }

    [TestMethod]
    [DataRow(CompressionLevel.NoCompression)]
    [DataRow(CompressionLevel.Optimal)]
    public void An_archive_may_have_a_program_before_it(CompressionLevel level)
    {
        using TemporaryFolder folder = new();
        string name = "zipapp_mod_" + level;
        byte[] plain = Zip(level, (name + ".py", "value = '" + new string('v', 1000) + "'"));
        byte[] zipapp = [.. "#!/usr/bin/env python3\n"u8, .. plain];
        using (PythonMount byPath = Python.Mount(PythonTree.FromArchive(folder.Write("a.pyz", zipapp))))
        {
            Assert.AreEqual(1000, Python.Evaluate<string>($"__import__('{name}').value").Length);
        }

        zipapp[^(plain.Length - 1)] ^= 1;
        Refused(zipapp, $"the local header of '{name}.py' does not match");
        InvalidDataException e = Assert.ThrowsExactly<InvalidDataException>(() => PythonTree.FromArchive((byte[])[1, 2, 3, .. Written(folder, ("indexed_mod.py", ""))], "indexed"));
        StringAssert.Contains(e.Message, "3 bytes lie before it");
    }

    [TestMethod]
    public void An_archive_of_very_many_files_may_have_a_program_before_it()
    {
        byte[] plain = Zip(CompressionLevel.NoCompression, [.. Enumerable.Range(0, 65_600).Select(i => ($"many_files/f{i}.py", ""))]);
        Assert.AreEqual("memory:/many", PythonTree.FromArchive(plain, "many").Origin);
        using PythonMount mount = Python.Mount(PythonTree.FromArchive((byte[])[.. "#!x\n"u8, .. plain], "many"));
        Assert.IsTrue(Python.Evaluate<bool>("__import__('many_files.f65599').f65599 is not None"));
    }

    [TestMethod]
    [DataRow(CompressionLevel.NoCompression)]
    [DataRow(CompressionLevel.Optimal)]
    public void Any_zip_is_a_tree_by_path_and_by_bytes(CompressionLevel level)
    {
        using TemporaryFolder folder = new();
        string name = "zip_mod_" + level;
        string file = folder.Write("a.zip", Zip(level, (name + ".py", "value = '" + new string('v', 1000) + "'")));
        using (PythonMount byPath = Python.Mount(PythonTree.FromArchive(file)))
        {
            Assert.AreEqual(1000, Python.Evaluate<string>($"__import__('{name}').value").Length);
        }

        byte[] second = Zip(level, (name + "2.py", "value = 2"));
        using PythonMount byBytes = Python.Mount(PythonTree.FromArchive(second, "second.zip"));
        Assert.AreEqual(2, Python.Evaluate<int>($"__import__('{name}2').value"));
    }

    [TestMethod]
    public void A_corrupt_archive_is_refused_whole()
    {
        byte[] good = Zip(CompressionLevel.NoCompression, ("corrupt_a.py", "value = 1"), ("corrupt_b.py", "value = 2"));
        byte[] content = (byte[])good.Clone();
        content[IndexOf(content, "value = 2") + 8] = (byte)'3';
        Refused(content, "'corrupt_b.py' is corrupt (CRC-32 differs)");
        Refused(good[..(good.Length / 2)], "no zip file, or its end is missing");
        Refused([], "no zip file");
        Refused(Encoding.ASCII.GetBytes("hello"), "no zip file");
        byte[] header = (byte[])good.Clone();
        header[0] = 0;
        Refused(header, "the local header of 'corrupt_a.py' does not match");
        byte[] directory = (byte[])good.Clone();
        directory[^6] ^= 0x40;
        Refused(directory, "");
        byte[] deflated = Zip(CompressionLevel.Optimal, ("corrupt_c.py", new string('x', 1000)));
        deflated[30 + "corrupt_c.py".Length] ^= 0xFF;
        Refused(deflated, "'corrupt_c.py'");
        Assert.IsFalse(Python.Evaluate<bool>("any(m.startswith('corrupt_') for m in __import__('sys').modules)"));
    }

    [TestMethod]
    public void Every_flipped_byte_of_an_archive_is_found_or_harmless()
    {
        using TemporaryFolder folder = new();
        byte[] good = Written(folder, ("flip/__init__.py", "value = 1"), ("flip/mod.py", "value = 2"));
        int refused = 0;
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = (byte[])good.Clone();
            bad[i] ^= 0x55;
            try
            {
                PythonTree.FromArchive(bad, "flipped");
            }
            catch (InvalidDataException e)
            {
                StringAssert.Contains(e.Message, "flipped");
                refused++;
            }
        }

        // What may pass are times, attributes and flags that no reader of ours looks at.
        Assert.IsTrue(refused > good.Length * 2 / 3, $"{refused} of {good.Length}");
    }

    [TestMethod]
    public void An_archive_of_a_newer_format_names_both_versions()
    {
        using TemporaryFolder folder = new();
        byte[] archive = Written(folder, ("newer_mod.py", "value = 1"));
        int version = LastIndexOf(archive, "PYEMBED\0") - 4;
        archive[version] = 9;

        // The entry's CRC covers the version, as it would in an archive that a newer PyEmbed wrote.
        PythonTree Fixed() => PythonTree.FromArchive(WithRightCrcs(archive), "newer.zip");
        InvalidDataException e = Assert.ThrowsExactly<InvalidDataException>(Fixed);
        StringAssert.Contains(e.Message, "'newer.zip'");
        StringAssert.Contains(e.Message, "format version 9");
        StringAssert.Contains(e.Message, "up to 1");
    }

    [TestMethod]
    public void An_empty_or_missing_archive_file_is_refused()
    {
        using TemporaryFolder folder = new();
        Assert.ThrowsExactly<InvalidDataException>(() => PythonTree.FromArchive(folder.Write("empty.zip", "")));
        Assert.ThrowsExactly<FileNotFoundException>(() => PythonTree.FromArchive(folder.Path + "/missing.zip"));
    }

    [TestMethod]
    [DataRow("/absolute.py")]
    [DataRow("../up.py")]
    [DataRow("a//b.py")]
    [DataRow("a/./b.py")]
    [DataRow("")]
    [DataRow("a\\b.py")]
    [DataRow(".pyembed/index")]
    public void Paths_that_lead_elsewhere_are_refused(string path) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Tree("bad_paths", (path, ""))).Message, path);

    [TestMethod]
    public void A_file_that_is_a_folder_too_is_refused() =>
        Assert.ThrowsExactly<ArgumentException>(() => Tree("both", ("a", ""), ("a/b.py", "")));

    [TestMethod]
    [DataRow("..")]
    [DataRow("a/b")]
    [DataRow("a\\b")]
    [DataRow("a:b")]
    [DataRow("a. ")]
    public void Names_that_are_paths_are_refused(string name) =>
        Assert.ThrowsExactly<ArgumentException>(() => Tree(name, ("a.py", "")));

    [TestMethod]
    public void A_folder_of_any_name_is_a_tree()
    {
        using TemporaryFolder folder = new();
        folder.Write("odd: name./odd_named_folder.py", "value = 5");
        using PythonMount mount = Python.Mount(PythonTree.FromDirectory(Path.Combine(folder.Path, "odd: name.")));
        StringAssert.StartsWith(Path.GetFileName(mount.Root), "odd__name-");
        Assert.AreEqual(5, Python.Evaluate<int>("__import__('odd_named_folder').value"));
    }

    [TestMethod]
    public void An_assembly_without_the_tree_says_what_it_has()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => PythonTree.FromAssembly(typeof(string).Assembly)).Message, "embeds no Python tree");
        ArgumentException e = Assert.ThrowsExactly<ArgumentException>(() => PythonTree.FromAssembly(typeof(PythonTree).Assembly, "other"));
        StringAssert.Contains(e.Message, "no Python tree 'other': pyembed");
        Assert.AreEqual("assembly:/PyEmbed.dll/pyembed.zip", PythonTree.FromAssembly(typeof(PythonTree).Assembly).Origin);
    }

    [TestMethod]
    public void Views_outlive_the_tree()
    {
        using PythonScope scope = new();
        MountAndKeepSlice(scope);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (int i = 0; i < 100; i++)
        {
            using PythonObject other = Python.Evaluate("bytes(1000)");
        }

        Assert.AreEqual("kept", Python.Evaluate<string>("bytes(kept).decode()", scope));
    }

    private static void MountAndKeepSlice(PythonScope scope)
    {
        using PythonMount mount = Mount("outlived", ("outlived.txt", "kept"));
        Python.Execute($"""
            import sys
            tree = sys.path_importer_cache[{Python.Evaluate<string>($"repr({Quote(mount.Root)})")}].tree
            data = bytes(tree.view)
            start = data.index(b'kept')
            kept = tree.view[start:start + 4]
            del tree, data
            """, scope);
    }

    private static string Quote(string text) => "'" + text + "'";

    private static void Refused(byte[] archive, string problem)
    {
        InvalidDataException e = Assert.ThrowsExactly<InvalidDataException>(() => PythonTree.FromArchive(archive, "bad.zip"));
        StringAssert.Contains(e.Message, "'bad.zip'");
        StringAssert.Contains(e.Message, problem);
    }

    private static byte[] Zip(CompressionLevel level, params (string Name, string Text)[] files)
    {
        MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string text) in files)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }

    // An archive with an index.
    private static byte[] Written(TemporaryFolder folder, params (string Name, string Text)[] files)
    {
        MemoryStream stream = new();
        PyEmbed.Manifest.ArchiveWriter.Write(
            stream,
            new PyEmbed.Manifest.TreeInfo("written", PyEmbed.Manifest.TreePlacement.App, PyEmbed.Manifest.MaterializeMode.Auto, null),
            [.. files.Select(f => new PyEmbed.Manifest.ArchiveEntry(f.Name, () => Encoding.UTF8.GetBytes(f.Text)))]);
        return File.ReadAllBytes(folder.Write("written.zip", stream.ToArray()));
    }

    // Rewrites the CRC of the last entry, the index, in its local and its central header.
    private static byte[] WithRightCrcs(byte[] archive)
    {
        byte[] copy = (byte[])archive.Clone();
        int directoryStart = BitConverter.ToInt32(copy, copy.Length - 6);
        int local = LastIndexOf(copy[..directoryStart], "PK\u0003\u0004");
        int data = local + 30 + BitConverter.ToUInt16(copy, local + 26);
        uint crc = PyEmbed.Manifest.Crc32.Compute(copy, data, directoryStart - data);
        BitConverter.TryWriteBytes(copy.AsSpan(local + 14), crc);
        BitConverter.TryWriteBytes(copy.AsSpan(LastIndexOf(copy, "PK\u0001\u0002") + 16), crc);
        return copy;
    }

    private static int IndexOf(byte[] data, string text) => data.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text));

    private static int LastIndexOf(byte[] data, string text) => data.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(text));
}
