using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using PyEmbed.EndToEnd;
using PyEmbed.Manifest;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class VerifyCommandTests
{
    [TestMethod]
    public void What_is_sound_says_nothing()
    {
        foreach (string path in new[] { SampleFile.Assembly(), SampleFile.Assembly(deflate: true), SampleFile.Archive(_ => { }), InstalledTool.Sample("HelloPackage"), InstalledTool.Built("PyEmbed", "PyEmbed.dll") })
        {
            Assert.AreEqual("", InstalledTool.Run("verify", path).Succeeds().Text, path);
        }
    }

    [TestMethod]
    public void A_changed_byte_is_found_with_its_file()
    {
        string path = SampleFile.Archive(archive => archive[Find(archive, "VALUE = ")] ^= 1);

        InstalledTool.Run("verify", path).Exits(1).Prints($"damage\tfs:{path}\tmypkg/core.py\t'mypkg/core.py' is corrupt (CRC-32 differs)");
        string folder = Path.Combine(InstalledTool.NewFolder(), "out");
        InstalledTool.Run("extract", path, "-o", folder).Exits(3).Says("'mypkg/core.py' is corrupt (CRC-32 differs)");
        Assert.IsFalse(File.Exists(Path.Combine(folder, "mypkg", "core.py")));
    }

    [TestMethod]
    public void A_forged_file_with_a_right_crc_is_found_by_the_hash()
    {
        string path = SampleFile.Archive(archive =>
        {
            int at = Find(archive, "VALUE = ");
            archive[at] = (byte)'v';
            uint crc = Crc32.Compute(archive, at, 14);
            for (int header = 0; (header = Find(archive, "PK\u0001\u0002", header + 1)) >= 0;)
            {
                if (Encoding.UTF8.GetString(archive, header + 46, BinaryPrimitives.ReadUInt16LittleEndian(archive.AsSpan(header + 28))) == "mypkg/core.py")
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(header + 16), crc);
                }
            }
        });

        ProcessResult result = InstalledTool.Run("verify", path).Exits(1);

        Assert.HasCount(1, result.Output.TrimEnd().Split('\n'));
        Assert.Contains("the hash of its files is ", result.Output);
    }

    [TestMethod]
    public void An_index_that_points_elsewhere_is_found()
    {
        // The record of "single.py" in the index: marshalled offset and size behind its name.
        string path = SampleFile.Archive(archive =>
        {
            int name = Find(archive, "single.py", Find(archive, "placement"));
            Forge(archive, name + "single.py".Length + 5 + 6);
        });

        ProcessResult result = InstalledTool.Run("verify", path).Exits(1);

        Assert.Contains("\tsingle.py\tthe index says otherwise", result.Output);
    }

    [TestMethod]
    public void A_bundle_is_checked_against_its_manifest_and_extracted_whole_or_not_at_all()
    {
        string folder = InstalledTool.NewFolder(), sound = Path.Combine(folder, "sound.zip");
        File.WriteAllText(Path.Combine(folder, "bmod.py"), "VALUE = 42\n");
        InstalledTool.Run("bundle", folder, "bmod", "-o", sound).Succeeds();
        InstalledTool.Run("verify", sound).Succeeds().Prints("");
        foreach ((string name, string what, byte with, bool isForged, int verifies, string says) in new[]
        {
            ("newer", "\"format\": 1", (byte)'9', false, 3, "has format version 9; this PyEmbed reads versions up to 1"),
            ("odd", "\"python", (byte)'m', false, 1, "bad manifest"),
            ("changed", "VALUE = 42", (byte)'3', false, 1, "'bmod.py' is corrupt (CRC-32 differs)"),
            ("forged", "VALUE = 42", (byte)'3', true, 1, "its hash is not the one in the bundle's manifest"),
        })
        {
            byte[] archive = File.ReadAllBytes(sound);
            int at = Find(archive, what);
            archive[at + what.Length - 1] = with;
            if (isForged)
            {
                int entry = Find(archive, "bmod.py", Find(archive, "PK\u0001\u0002")) - 46;
                BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(entry + 16), Crc32.Compute(archive, at, 11));
            }

            string path = Path.Combine(folder, name + ".zip"), extracted = Path.Combine(folder, name);
            File.WriteAllBytes(path, archive);

            ProcessResult verified = InstalledTool.Run("verify", path).Exits(verifies), result = InstalledTool.Run("extract", path, "-o", extracted).Exits(3);

            Assert.Contains(says, verified.Output + verified.Error);
            Assert.Contains(says, result.Error);
            Assert.IsFalse(Directory.Exists(extracted), name);
        }

        InstalledTool.Run("list", Path.Combine(folder, "newer.zip")).Exits(3);
        InstalledTool.Run("extract", sound, "-o", Path.Combine(folder, "whole")).Succeeds();
        Assert.AreEqual("VALUE = 42\n", File.ReadAllText(Path.Combine(folder, "whole", "bmod.py")));
    }

    [TestMethod]
    public void An_attribute_that_gives_another_hash_is_found()
    {
        byte[] archive = SampleAssembly.Archive("mypkg", SampleFile.Files);
        string path = new SampleAssembly("App").With("mypkg", archive, hash: new string('0', 64)).Save(InstalledTool.NewFolder());

        InstalledTool.Run("verify", path).Exits(1).Says("the assembly's attribute gives the hash 0000");
    }

    [TestMethod]
    public void Bytecode_of_another_version_than_its_name_is_found()
    {
        byte[] archive = SampleAssembly.Archive("app",
        [
            ("app/__pycache__/a.cpython-312.pyc", SampleFile.Bytecode), ("app/__pycache__/b.cpython-311.pyc", "short"u8.ToArray()),
            ("app/__pycache__/c.cpython-311.pyc", [.. SampleFile.Bytecode[..16], (byte)'i', 0]),
        ]);
        string path = new SampleAssembly("App").With("app", archive).Save(InstalledTool.NewFolder());

        InstalledTool.Run("verify", path).Exits(1).Prints(
            "damage\tassembly:/App.dll/app.zip\tapp/__pycache__/a.cpython-312.pyc\tits magic number is 3495; that of CPython 3.12 is 3531",
            "damage\tassembly:/App.dll/app.zip\tapp/__pycache__/b.cpython-311.pyc\tit is too short to be bytecode",
            "damage\tassembly:/App.dll/app.zip\tapp/__pycache__/c.cpython-311.pyc\tit holds no code object");
    }

    [TestMethod]
    public void Names_that_not_every_system_has_are_warnings()
    {
        byte[] archive = SampleAssembly.Archive("app", [("app/Data.txt", "1"), ("app/aux.py", ""), ("app/data.txt", "2")]);
        string path = new SampleAssembly("App").With("app", archive).Save(InstalledTool.NewFolder());

        ProcessResult result = InstalledTool.Run("verify", path).Succeeds();

        Assert.Contains("warning\tassembly:/App.dll/app.zip\tapp/aux.py\t", result.Output);
        Assert.Contains("app/data.txt\tnot every system can have it beside 'app/Data.txt'", result.Output);
    }

    [TestMethod]
    public void A_tree_of_a_newer_format_leaves_the_others()
    {
        byte[] archive = SampleAssembly.Archive("mypkg", SampleFile.Files), newer = SampleAssembly.Archive("other", SampleFile.Files);
        newer[Find(newer, "PYEMBED\0") - 4] = 7;
        string path = new SampleAssembly("App").WithoutAttribute("other", newer).With("mypkg", archive).Save(InstalledTool.NewFolder());

        foreach (string command in new[] { "list", "tree", "verify" })
        {
            ProcessResult result = InstalledTool.Run(command, path).Exits(3);
            Assert.Contains("'assembly:/App.dll/other.zip' is of format 7; this pyembed reads formats up to 1", result.Error);
            Assert.AreEqual(command != "verify", result.Output.Contains("mypkg", StringComparison.Ordinal));
        }

        Assert.AreEqual("print('single')\n", InstalledTool.Run("show", path, "single").Succeeds().Output);
    }

    [TestMethod]
    public void A_damaged_index_is_a_finding()
    {
        byte[] archive = SampleAssembly.Archive("mypkg", SampleFile.Files);
        archive[Find(archive, "placement")] ^= 1;
        string path = new SampleAssembly("App").WithoutAttribute("mypkg", archive).Save(InstalledTool.NewFolder());

        using JsonDocument document = JsonDocument.Parse(InstalledTool.Run("verify", path, "--json").Exits(1).Output);

        Assert.IsFalse(document.RootElement.GetProperty("sound").GetBoolean());
        Assert.Contains("its index is corrupt", document.RootElement.GetProperty("findings")[0].GetProperty("problem").GetString()!);
    }

    private static int Find(byte[] bytes, string text, int start = 0)
    {
        int at = bytes.AsSpan(start).IndexOf(Encoding.Latin1.GetBytes(text));
        return at < 0 ? -1 : start + at;
    }

    private static void Forge(byte[] archive, int at)
    {
        archive[at] ^= 1;
        SampleAssembly.MendIndex(archive);
    }
}
