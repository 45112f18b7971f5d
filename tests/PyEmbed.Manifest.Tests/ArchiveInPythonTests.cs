using System.Diagnostics;

namespace PyEmbed.Manifest.Tests;

/// <summary>What the writer writes, as CPython's own zipfile and marshal read it.</summary>
[TestClass]
public sealed class ArchiveInPythonTests
{
    private const string Program = """
        import marshal, struct, sys, zipfile, zlib
        data = open(sys.argv[1], "rb").read()
        with zipfile.ZipFile(sys.argv[1]) as z:
            assert z.testzip() is None
            contents = {i.filename: z.read(i) for i in z.infolist() if i.filename != ".pyembed/index"}
        directory = struct.unpack_from("<I", data, len(data) - 6)[0]
        length, crc, version, spare, magic = struct.unpack_from("<IIHH8s", data, directory - 20)
        body = data[directory - 20 - length:directory - 20]
        assert (magic, version, spare, crc) == (b"PYEMBED\0", 1, 0, zlib.crc32(body))
        info, folders = marshal.loads(body)
        assert list(info)[:5] == ["distribution", "hash", "placement", "materialize", "file_users"]
        assert info["file_users"] == {"pkg/__init__.py": 1, "\xe4pkg/\ue000.py": 6}, info
        assert list(folders) == sorted(folders, key=lambda p: p.encode()), list(folders)
        found = {}
        flags = {}
        for folder, table in folders.items():
            table = marshal.loads(table)
            assert list(table) == sorted(table, key=lambda p: p.encode())
            flags[folder] = table.pop("")
            for name, record in table.items():
                path = folder + "/" + name if folder else name
                if record is None:
                    assert path in folders
                else:
                    method, offset, stored, *size = record
                    found[path] = data[offset:offset + stored]
                    if method == 1:
                        found[path] = zlib.decompress(found[path], -15)
                        assert [len(found[path])] == size
        assert found == contents, (found, contents)
        print(len(found), sorted(flags.items()), {key: info[key] for key in list(info)[5:]})
        """;

    [TestMethod]
    public void Cpython_reads_the_same_files_through_zip_directory_and_index() => AssertRead(
        ArchiveSamples.Write(),
        "8 [('', 3), ('pkg', 0), ('pkg/__pycache__', 0), ('pkg/sub', 0), ('pkg/sub/deep', 0), ('\\xe4pkg', 0)] {}");

    [TestMethod]
    public void Cpython_reads_deflated_files_and_finds_the_folders_without_sources()
    {
        Dictionary<string, string> files = new()
        {
            ["pkg/__pycache__/__init__.cpython-39.opt-2.pyc"] = "bytecode",
            ["pkg/__pycache__/__init__.cpython-311.opt-2.pyc"] = new string('b', 1000),
            ["mixed/__pycache__/gone.cpython-311.opt-2.pyc"] = "bytecode",
            ["mixed/__pycache__/here.cpython-311.opt-2.pyc"] = "bytecode",
            ["mixed/here.py"] = "x = 1\n",
            ["whole/__pycache__/a.b.cpython-311.opt-2.pyc"] = "bytecode",
            ["whole/__pycache__/other.pypy-39.pyc"] = "bytecode",
            ["whole/a.b.py"] = "x = 1\n",
        };
        TreeInfo info = ArchiveSamples.Info with { Optimize = 2, Stripped = ["cpython-39", "cpython-311"] };

        AssertRead(
            ArchiveSamples.Write(files, info, deflate: true),
            "8 [('', 0), ('mixed', 8), ('mixed/__pycache__', 0), ('pkg', 8), ('pkg/__pycache__', 0), ('whole', 0), ('whole/__pycache__', 0)] {'optimize': 2, 'stripped': ('cpython-39', 'cpython-311')}");
    }

    private static void AssertRead(byte[] content, string expected)
    {
        string folder = Directory.CreateTempSubdirectory("pyembed-").FullName;
        try
        {
            string archive = Path.Combine(folder, "a.zip");
            File.WriteAllBytes(archive, content);

            string output = RunPython(Program, archive);

            Assert.AreEqual(expected, output.Trim());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string RunPython(string program, string argument)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "python" : "python3")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PYTHONIOENCODING"] = "ascii:backslashreplace" },
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(program);
        start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, error.Result);
        return output;
    }
}
