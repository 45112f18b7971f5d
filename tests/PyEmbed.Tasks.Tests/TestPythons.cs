using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Output;

namespace PyEmbed.Tasks.Tests;

/// <summary>The interpreters of the machine that tests run on.</summary>
internal static class TestPythons
{
    /// <summary>The default one; the tests need it.</summary>
    public static string Default { get; } =
        new InterpreterLocator(SearchPath, "/").Find("").Executable ?? throw new InvalidOperationException("The tests need a python3 on PATH.");

    /// <summary>The default one and those that PYEMBED_TEST_PYTHONS names.</summary>
    public static IEnumerable<object[]> All => (Environment.GetEnvironmentVariable("PYEMBED_TEST_PYTHONS") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append(Default)
        .Distinct()
        .Select(path => new object[] { path });

    /// <summary>One interpreter of each version that is found, by version, such as <c>3.11</c>.</summary>
    public static IReadOnlyDictionary<string, string> ByMinor { get; } = FindMinors();

    /// <summary>The interpreters of <see cref="ByMinor"/>.</summary>
    public static IEnumerable<object[]> EachMinor => ByMinor.Values.Select(path => new object[] { path });

    /// <summary>Two versions, or an inconclusive test where there are none.</summary>
    public static (string One, string Other) TwoMinors()
    {
        if (ByMinor.Count < 2)
        {
            Assert.Inconclusive($"This test needs two versions of CPython; found was {string.Join(", ", ByMinor.Keys)}.");
        }

        return (ByMinor.Keys.First(), ByMinor.Keys.Last());
    }

    public static string? PyenvRoot => Environment.GetEnvironmentVariable("PYENV_ROOT");

    public static string SearchPath => Environment.GetEnvironmentVariable("PATH") ?? "";

    private static Dictionary<string, string> FindMinors()
    {
        using var folder = new TempFolder();
        CompileSettings settings = CompileSettings.Read(new CollectOptions { Bytecode = "found" }, new ProblemList());
        var locator = new InterpreterLocator(SearchPath, folder.Root) { PyenvRoot = PyenvRoot };
        using var found = new InterpreterSet(InterpreterCandidates.Find(locator, "", settings), settings, KnownInterpreters.Load(folder.Root, folder.Root), folder.Root, folder.Root);
        found.Start();
        return found.Compilers.ToDictionary(compiler => compiler.Info.Minor.ToString(), compiler => compiler.Info.Executable);
    }
}
