using PyEmbed.Manifest;

namespace PyEmbed.Tests;

/// <summary>Trees without sources, in .NET processes.</summary>
[TestClass]
public sealed class StrippedTests
{
    [TestMethod]
    public void Another_CPython_than_those_of_the_build_is_told_both_versions_and_the_remedy()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "stripped.zip");
        using (FileStream stream = File.Create(path))
        {
            ArchiveWriter.Write(
                stream,
                new TreeInfo("stripped", TreePlacement.App, MaterializeMode.Auto, new Dictionary<string, FileUse>()) { Stripped = ["cpython-37", "cpython-38"] },
                [new ArchiveEntry("__pycache__/secret.cpython-37.pyc", () => [1]), new ArchiveEntry("__pycache__/secret.cpython-38.pyc", () => [1])]);
        }

        TestHostProcess result = TestHostProcess.Run("import", path, "secret", Path.Combine(folder.Path, "store"));

        Assert.AreEqual(2, result.ExitCode, result.ToString());
        StringAssert.StartsWith(result.Output, "PythonImportException ImportError secret none\n");
        string version = PythonFixture.Python.Evaluate<string>("'{}.{}'.format(*__import__('sys').version_info)");
        foreach (string text in new[] { path, "CPython 3.7, CPython 3.8 only", $"this is CPython {version}", "PyEmbedBytecode", "PyEmbedSource=Include" })
        {
            StringAssert.Contains(result.Output, text);
        }
    }
}
