using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PyEmbed.Manifest;

namespace PyEmbed.Tests;

/// <summary>
/// The importer's own tests, which are Python, under plain CPythons: <c>python3</c>, and with <c>PYEMBED_TEST_ALL=1</c> also every
/// <c>python3.X</c> on PATH and every interpreter that <c>PYEMBED_TEST_PYTHONS</c> lists.
/// </summary>
[TestClass]
public sealed partial class ImporterPythonTests
{
    private const int OldestMinor = 9;
    private const int NewestMinor = 14;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);
    internal static readonly string Root = FindRoot();

    public static IEnumerable<object[]> Interpreters()
    {
        yield return [OperatingSystem.IsWindows() ? "python" : "python3"];
        if (Environment.GetEnvironmentVariable("PYEMBED_TEST_ALL") != "1")
        {
            yield break;
        }

        string listed = Environment.GetEnvironmentVariable("PYEMBED_TEST_PYTHONS") ?? "";
        IEnumerable<string> named = Enumerable.Range(OldestMinor, NewestMinor - OldestMinor + 1).Select(minor => $"python3.{minor}");
        var seen = new HashSet<string> { Identity("python3") ?? "" };
        foreach (string candidate in named.Concat(listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Identity(candidate) is string identity && seen.Add(identity))
            {
                yield return [candidate];
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Interpreters))]
    public void The_importers_own_tests_pass(string interpreter)
    {
        Run run = Python(interpreter, "-W", "error", "-m", "unittest", "discover", "-s", Path.Combine(Root, "tests", "PyEmbed.Tests", "Python"));

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Match ran = TestsRan().Match(run.Error);
        Assert.IsTrue(ran.Success, run.Error);
        Assert.IsGreaterThan(0, int.Parse(ran.Groups[1].Value, CultureInfo.InvariantCulture), run.Error);
    }

    [TestMethod]
    public void Python_and_Csharp_write_the_same_archive()
    {
        var files = new Dictionary<string, string>
        {
            ["pkg/__init__.py"] = "",
            ["pkg/sub/deep/data.txt"] = "d\u00e4tum",
            ["pkg/__pycache__/core.cpython-311.pyc"] = "bytecode",
            ["native.so"] = "elf",
            ["loose.pyc"] = "bytecode",
            ["paths.pth"] = "pkg",
            ["\u00e4pkg/\ue000.py"] = "a = 1\n",
            ["\u00e4pkg/\U0001F40D.py"] = "b = 1\n",
        };
        var stream = new MemoryStream();
        ArchiveWriter.Write(
            stream,
            new TreeInfo("sample", TreePlacement.Library, MaterializeMode.Data, new Dictionary<string, FileUse> { ["\u00e4pkg/\ue000.py"] = FileUse.OtherPlaces | FileUse.Code, ["pkg/__init__.py"] = FileUse.OwnPlace }),
            files.Select(file => new ArchiveEntry(file.Key, () => Encoding.UTF8.GetBytes(file.Value))).ToList());

        string literal = string.Join(", ", files.Select(file => $"{Quote(file.Key)}: {Quote(file.Value)}.encode()"));
        Run run = Python(
            OperatingSystem.IsWindows() ? "python" : "python3",
            "-c",
            "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); from pyembed._archive import write_archive; "
            + $"print(write_archive({{{literal}}}, 'sample', 'library', 'data', {{{Quote("pkg/__init__.py")}: 1, {Quote("\u00e4pkg/\ue000.py")}: 6}}).hex())",
            Path.Combine(Root, "src", "PyEmbed", "Python"));

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(Convert.ToHexStringLower(stream.ToArray()), run.Output.Trim());
    }

    /// <summary>A Python literal, in ASCII.</summary>
    private static string Quote(string text) =>
        "'" + string.Concat(text.EnumerateRunes().Select(rune => rune.Value is > 31 and < 127 and not '\'' and not '\\' ? rune.ToString() : $"\\U{rune.Value:x8}")) + "'";

    /// <summary>What tells one CPython from another, or null where the name starts none that is supported.</summary>
    private static string? Identity(string interpreter)
    {
        try
        {
            Run run = Python(interpreter, "-c", "import sys; print(sys.version, sys.base_prefix) if sys.version_info >= (3, 9) else sys.exit(1)");
            return run.ExitCode == 0 ? run.Output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // No such program.
        }
    }

    private static Run Python(string interpreter, params string[] arguments)
    {
        var start = new ProcessStartInfo(interpreter, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYEMBED_TEST_ASSEMBLIES"] = typeof(PythonInterpreter).Assembly.Location;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{interpreter} did not end within {Limit}.");
        }

        return new Run(process.ExitCode, output.Result, error.Result);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PyEmbed.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds PyEmbed.sln.");
    }

    [GeneratedRegex(@"^Ran (\d+) tests? in ", RegexOptions.Multiline)]
    private static partial Regex TestsRan();

    private sealed record Run(int ExitCode, string Output, string Error);
}
