using System.Buffers.Binary;
using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

/// <summary>Applications as the SDK publishes them, of an assembly and a library that both embed a tree.</summary>
[TestClass]
public sealed class SingleFileTests
{
    // Before the application's in the alphabet, after it in the order of mounting.
    private const string Library = "ALibrary";
    private const string Application = "ZApplication";

    private static string s_folder = "";

    [ClassInitialize]
    public static void Publish(TestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        InstalledTool.Pack("PyEmbed");
        string version = Path.GetFileNameWithoutExtension(Directory.GetFiles(InstalledTool.Feed, "PyEmbed.?.*.nupkg").Single())["PyEmbed.".Length..];
        s_folder = InstalledTool.NewFolder();
        Write(Library, "", "", "lib_package", version);
        Write(Application, "<OutputType>Exe</OutputType><PyEmbedEntryPoint>app_package.__main__:main</PyEmbedEntryPoint>",
            $"<ProjectReference Include=\"../{Library}/{Library}.csproj\" />", "app_package", version);
        Dotnet("plain", "--self-contained", "false", "-p:PublishSingleFile=true");
        Dotnet("folder", "--self-contained", "false", "--no-build");
        Dotnet("compressed", "--self-contained", "true", "-p:PublishSingleFile=true", "-p:EnableCompressionInSingleFile=true");
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("compressed")]
    public void All_trees_of_a_single_file_are_there_in_mount_order(string kind)
    {
        string path = Executable(kind);

        string[] lines = InstalledTool.Run("list", path).Succeeds().Output.TrimEnd('\n').Split('\n');

        CollectionAssert.AreEqual(
            new[] { $"{Application}.dll\t{Application}", $"{Library}.dll\t{Library}" }, lines.Select(line => string.Join('\t', line.Split('\t')[..2])).ToArray());
        Assert.AreEqual("NAME = 'lib_package'\n", InstalledTool.Run("show", path, "lib_package").Succeeds().Output);
        InstalledTool.Run("verify", path).Succeeds();
        string target = Path.Combine(InstalledTool.NewFolder(), "out");
        InstalledTool.Run("extract", path, "-o", target).Succeeds();
        Assert.IsTrue(File.Exists(Path.Combine(target, "app_package", "__main__.py")) && File.Exists(Path.Combine(target, "lib_package", "__init__.py")));
    }

    [TestMethod]
    public void A_launcher_stands_for_the_assembly_beside_it()
    {
        string launcher = Executable("folder"), assembly = Path.Combine(s_folder, "folder", $"{Application}.dll");

        Assert.AreEqual(InstalledTool.Run("list", assembly).Succeeds().Output, InstalledTool.Run("list", launcher).Succeeds().Output);

        string alone = Path.Combine(InstalledTool.NewFolder(), Application);
        File.Copy(launcher, alone);
        InstalledTool.Run("list", alone).Exits(3).Says($"only starts '{Application}.dll', which does not lie beside it");
    }

    [TestMethod]
    public void References_are_those_that_the_application_mounts()
    {
        string assembly = Path.Combine(s_folder, "folder", $"{Application}.dll");

        string own = InstalledTool.Run("list", assembly).Succeeds().Output;
        string all = InstalledTool.Run("list", assembly, "--references").Succeeds().Output;

        Assert.HasCount(1, own.TrimEnd('\n').Split('\n'));
        Assert.StartsWith(own + $"{Library}.dll\t{Library}\t", all);
        Assert.HasCount(2, all.TrimEnd('\n').Split('\n'));
    }

    [TestMethod]
    public void A_reference_that_is_missing_is_named_and_the_rest_shown()
    {
        string folder = InstalledTool.NewFolder();
        foreach (string file in new[] { $"{Application}.dll", $"{Application}.runtimeconfig.json" })
        {
            File.Copy(Path.Combine(s_folder, "folder", file), Path.Combine(folder, file));
        }

        ProcessResult result = InstalledTool.Run("list", Path.Combine(folder, $"{Application}.dll"), "--references").Exits(3);

        Assert.StartsWith($"{Application}.dll\t", result.Output);
        Assert.Contains($"names the assembly '{Library}'", result.Error);
    }

    [TestMethod]
    public void A_damaged_single_file_is_an_error_and_no_defect()
    {
        byte[] whole = File.ReadAllBytes(Executable("plain"));
        int place = whole.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38]) - sizeof(long);
        long header = BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(place));

        Refused("is damaged: its list of files lies outside it", bytes => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(place), bytes.Length));
        Refused("is damaged: its list of files lies outside it", bytes => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(place), long.MinValue));
        Refused("is damaged", bytes => bytes.AsSpan((int)header, 12).Fill(0xff));
        Refused("is damaged: its list of files breaks off", bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((int)header + 8), 60_000));
        Refused("is damaged", bytes => bytes.AsSpan((int)header + 60).Fill(0x7f));
        string cut = Path.Combine(InstalledTool.NewFolder(), "cut");
        File.WriteAllBytes(cut, whole[..(int)(header + 40)]);
        InstalledTool.Run("list", cut).Exits(3).Says("is damaged");

        void Refused(string problem, Action<byte[]> damage)
        {
            byte[] bytes = [.. whole];
            damage(bytes);
            string path = Path.Combine(InstalledTool.NewFolder(), "damaged");
            File.WriteAllBytes(path, bytes);
            Assert.HasCount(1, InstalledTool.Run("list", path).Exits(3).Says(problem).Error.TrimEnd('\n').Split('\n'));
        }
    }

    private static string Executable(string kind) => Path.Combine(s_folder, kind, Application + (OperatingSystem.IsWindows() ? ".exe" : ""));

    private static void Dotnet(string kind, params string[] arguments) => Shell.Run(Path.Combine(s_folder, Application),
        ["dotnet", "publish", "--nologo", "-v", "quiet", "--use-current-runtime", "-o", Path.Combine(s_folder, kind), .. arguments]).Succeeds();

    private static void Write(string name, string properties, string items, string package, string version)
    {
        string folder = Path.Combine(s_folder, name);
        Directory.CreateDirectory(Path.Combine(folder, "py", package));
        File.WriteAllText(Path.Combine(folder, "py", package, "__init__.py"), $"NAME = '{package}'\n");
        File.WriteAllText(Path.Combine(folder, "py", package, "__main__.py"), "def main():\n    print('started')\n");
        File.WriteAllText(Path.Combine(folder, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <NuGetAudit>false</NuGetAudit>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="PyEmbed" Version="{version}" />
                <PythonPackage Include="py/**" />
                {items}
              </ItemGroup>
            </Project>
            """);
    }
}
