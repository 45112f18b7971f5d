using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

/// <summary>What the README shows of the command works as it is shown there.</summary>
[TestClass]
public sealed class ReadmeTests
{
    [TestMethod]
    public void Each_line_of_the_readme_works()
    {
        string folder = InstalledTool.NewFolder();
        CopyPackage(Path.Combine(folder, "py", "mypkg"));
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        File.Copy(InstalledTool.Sample("HelloPackage"), Path.Combine(folder, "bin", "MyApp.dll"));
        string path = $"{Path.GetDirectoryName(InstalledTool.Command)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        var printed = new Dictionary<string, string>();
        foreach (string line in new MarkdownPage(InstalledTool.RepositoryRoot, "README.md").Snippet("## The command", "sh").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] != "dotnet")       // which installs it from the public feed
            {
                printed[string.Join(' ', words)] = Shell.Run(folder, ["sh", "-c", string.Join(' ', words)], new Dictionary<string, string?> { ["PATH"] = path }).Succeeds().Output;
            }
        }

        StringAssert.StartsWith(printed["pyembed list bin/MyApp.dll"], "MyApp.dll\t");
        Assert.AreEqual("Hello from utils processed\n", printed["pyembed run bin/MyApp.dll"]);
        StringAssert.Contains(printed["pyembed doctor"], "libpython");
        StringAssert.Contains(printed["pyembed graph bin/MyApp.dll --dot"], "\"mypkg.core\" -> \"mypkg.utils\"");
        Assert.AreEqual("Hello from utils processed\n", printed["python3 mypkg_single.py"]);
        Assert.AreEqual("Hello from utils processed\n", printed["PYTHONPATH=core.zip python3 -c \"from mypkg import core; print(core.process())\""]);
        Assert.AreEqual(
            File.ReadAllText(Path.Combine(folder, "py", "mypkg", "core.py")), File.ReadAllText(Path.Combine(folder, "again", "mypkg", "core.py")));
    }

    private static void CopyPackage(string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(Path.Combine(InstalledTool.RepositoryRoot, "samples", "HelloPackage", "py", "mypkg"), "*.py"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
