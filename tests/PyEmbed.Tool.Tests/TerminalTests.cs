using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class TerminalTests
{
    private const string Escape = "\u001b[";

    [TestMethod]
    public void A_terminal_gets_a_head_and_colours()
    {
        string output = OnTerminal("list", SampleFile.Assembly());

        Assert.Contains("DISTRIBUTION", output);
        Assert.Contains($"{Escape}3", output);
    }

    [TestMethod]
    public void The_doctor_gives_its_verdict_there_too()
    {
        string[] lines = OnTerminal(["doctor"], noColor: "1").TrimEnd().Split('\n');

        StringAssert.Matches(lines[0], new(@"\bOK\s+WHAT\s+FINDING\b"));
        Assert.IsTrue(Array.Exists(lines, line => line.TrimStart().StartsWith("ok ", StringComparison.Ordinal) && line.Contains("library", StringComparison.Ordinal)), string.Join('\n', lines));
    }

    [TestMethod]
    public void NO_COLOR_leaves_the_head()
    {
        string output = OnTerminal(["list", SampleFile.Assembly()], noColor: "1");

        Assert.Contains("DISTRIBUTION", output);
        Assert.DoesNotContain($"{Escape}3", output);
    }

    [TestMethod]
    public void A_tree_is_drawn() => Assert.Contains("└── deep", OnTerminal("tree", SampleFile.Assembly(), "mypkg"));

    [TestMethod]
    public void Source_cannot_steer_the_terminal()
    {
        string path = new SampleAssembly("App").With("evil", SampleAssembly.Archive("evil", [("evil.py", "a = 1\n# \u001b[31mred\n")])).Save(InstalledTool.NewFolder());

        string output = OnTerminal("show", path, "evil");

        Assert.Contains("# \\u001b[31mred", output);
        Assert.DoesNotContain($"{Escape}31m", output);
    }

    [TestMethod]
    public void Bytes_that_are_no_text_are_kept_from_the_terminal() =>
        Assert.Contains("redirect the output", OnTerminal("show", SampleFile.Assembly(), "mypkg/_fast.cpython-311-x86_64-linux-gnu.so"));

    private static string OnTerminal(params string[] arguments) => OnTerminal(arguments, noColor: null);

    private static string OnTerminal(string[] arguments, string? noColor)
    {
        // "script" of util-linux gives its command a pseudo-terminal.
        if (!OperatingSystem.IsLinux() || !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "script"))))
        {
            Assert.Inconclusive("There is no script command of util-linux.");
        }

        string command = string.Join(' ', arguments.Prepend(InstalledTool.Command).Select(argument => $"'{argument}'"));
        return Shell.Run(InstalledTool.Workspace, ["script", "-qec", $"stty cols 200; {command} || true", "/dev/null"],
            new Dictionary<string, string?> { ["TERM"] = "xterm-256color", ["NO_COLOR"] = noColor }).Succeeds().Output;
    }
}
