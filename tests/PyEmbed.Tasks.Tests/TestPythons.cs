using PyEmbed.Tasks.Interpreter;

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

    public static string SearchPath => Environment.GetEnvironmentVariable("PATH") ?? "";
}
