namespace PyEmbed.Tests.Modules;

/// <summary>Code that runs in an interpreter of its own, see ModuleScenarios of the test host.</summary>
internal static class ModuleRun
{
    /// <summary>The import system of a restricted host: no file system.</summary>
    public const string Restricted = "files=off";

    /// <summary>That of a desktop program.</summary>
    public const string Desktop = "files=on";

    /// <summary>Runs code, and compares what it prints.</summary>
    public static void Prints(string output, params string[] arguments) => Prints("modules", output, arguments);

    /// <summary>Runs a scenario, and compares what it prints.</summary>
    public static void Prints(string scenario, string output, string[] arguments)
    {
        TestHostProcess result = TestHostProcess.Run(scenario, arguments);
        Assert.AreEqual(output.ReplaceLineEndings("\n").TrimEnd() + "\n", result.Output, result.ToString());
    }
}
