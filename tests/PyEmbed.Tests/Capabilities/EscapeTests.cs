using System.Text.RegularExpressions;

namespace PyEmbed.Tests.Capabilities;

/// <summary>
/// The techniques that escapes.py runs, each in two processes: without capabilities it reaches what it is after; with none granted but a folder of its own the very same code ends with the denial that it expects.
/// </summary>
[TestClass]
public sealed class EscapeTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Capabilities");
    private static readonly string Program = Path.Combine(Folder, "escapes.py");

    private static readonly Lazy<IReadOnlyDictionary<string, (string Word, string What)>> Control = new(() => Run(isRestricted: false));
    private static readonly Lazy<IReadOnlyDictionary<string, (string Word, string What)>> Restricted = new(() => Run(isRestricted: true));

    public static IEnumerable<object[]> Techniques() =>
        Directory.GetFiles(Path.Combine(Folder, "techniques"), "*.py").Order(StringComparer.Ordinal)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"^@technique\(.*\)\r?\ndef (\w+)\(", RegexOptions.Multiline)).Select(match => new object[] { match.Groups[1].Value });

    [TestMethod]
    [DynamicData(nameof(Techniques))]
    public void IsDenied(string technique)
    {
        (string word, string what) = Control.Value[technique];
        if (word is "missing" or "refused" or "lost")
        {
            Assert.Inconclusive($"The control run says {word}: {what}.");
        }

        Assert.AreEqual("reached", word, $"the technique does not work without capabilities: {what}");
        (word, what) = Restricted.Value[technique];
        Assert.AreEqual("denied", word == "lost" ? "denied" : word, what);
    }

    [TestMethod]
    public void AreManyEnough() => Assert.IsGreaterThanOrEqualTo(40, Techniques().Count());

    private static Dictionary<string, (string Word, string What)> Run(bool isRestricted)
    {
        using CapabilityFolder folder = new();
        string grants = isRestricted ? $"read={folder.Granted},{folder.Readable};write={folder.Granted}" : "-";
        TestHostProcess run = TestHostProcess.RunProgram(
            new Dictionary<string, string?> { ["PYEMBED_TEST_SECRET"] = "x", ["INPUT"] = folder.Input, ["ERRORS"] = folder.Errors },
            "/bin/sh", "-c", "exec \"$0\" \"$@\" 0<>\"$INPUT\" 2<>\"$ERRORS\"", TestHostProcess.Executable, "capabilities", grants, Program, folder.Root);
        Assert.AreEqual(0, run.ExitCode, $"{run}{File.ReadAllText(folder.Errors)}");
        if (isRestricted)
        {
            folder.AssertUntouched();
        }

        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t', 3))
            .Where(parts => parts.Length == 3)
            .ToDictionary(parts => parts[0], parts => (parts[1], parts[2]), StringComparer.Ordinal);
    }
}
