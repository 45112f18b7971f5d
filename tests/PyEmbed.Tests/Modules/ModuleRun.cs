namespace PyEmbed.Tests.Modules;

/// <summary>Code that runs in an interpreter of its own, see ModuleScenarios of the test host.</summary>
internal static class ModuleRun
{
    /// <summary>The profile of a restricted host, without a file system, that allows what these tests look at modules with.</summary>
    public const string Restricted = "policy=Restricted-with-tools";

    /// <summary>The profile of a desktop program, with the file system.</summary>
    public const string Desktop = "policy=Desktop";

    /// <summary>Runs code, and compares what it prints.</summary>
    public static void Prints(string output, params string[] arguments) => Prints("modules", output, arguments);

    /// <summary>Runs a scenario, and compares what it prints.</summary>
    public static void Prints(string scenario, string output, string[] arguments)
    {
        TestHostProcess result = TestHostProcess.Run(scenario, arguments);
        Assert.AreEqual(output.ReplaceLineEndings("\n").TrimEnd() + "\n", result.Output, result.ToString());
    }
}
