using PyEmbed.EndToEnd;

namespace PyEmbed.Tool.Tests;

[TestClass]
public sealed class CompletionTests
{
    [TestMethod]
    [DataRow("pyembed li", "list", DisplayName = "a command")]
    [DataRow("pyembed completion f", "fish", DisplayName = "a value")]
    [DataRow("pyembed show {0} mypkg.s", "mypkg.sub", DisplayName = "a module")]
    [DataRow("pyembed show {0} mypkg.core --in", "--info", DisplayName = "an option")]
    [DataRow("pyembed show {0} ", "mypkg mypkg._fast mypkg.core mypkg.ns mypkg.ns.deep mypkg.sub single", DisplayName = "all modules")]
    [DataRow("pyembed extract {0} single mypkg.c", "mypkg.core", DisplayName = "another module")]
    [DataRow("pyembed bundle {0} mypkg.co", "mypkg.core", DisplayName = "a module to bundle")]
    [DataRow("pyembed show /none.dll a", "", DisplayName = "no such file")]
    [DataRow("pyembed list /", "", DisplayName = "a file is bash's own to complete")]
    public void Bash_completes(string line, string expected)
    {
        RequireShell("bash");
        // What bash itself sets before it calls the function; the sorted replies are printed.
        ProcessResult result = Bash("""
            eval "$(pyembed completion bash)"
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<< "$1"
            [[ $1 == *" " ]] && COMP_WORDS+=("")
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            _pyembed
            printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd' '
            """, line.Replace("{0}", SampleFile.Assembly(), StringComparison.Ordinal));

        Assert.AreEqual(expected + "\n", result.Succeeds().Output, result.Error);
    }

    [TestMethod]
    public void Bash_registers_the_function_with_its_own_file_names() =>
        Assert.AreEqual("complete -o default -F _pyembed pyembed\n", Bash("eval \"$(pyembed completion bash)\"; complete -p pyembed").Succeeds().Output);

    [TestMethod]
    [DataRow("zsh", "-n")]
    [DataRow("fish", "--no-execute")]
    public void Other_shells_can_read_their_script(string shell, string check)
    {
        RequireShell(shell);
        string script = Path.Combine(InstalledTool.NewFolder(), "script");
        File.WriteAllText(script, InstalledTool.Run("completion", shell).Succeeds().Output);

        Shell.Run(InstalledTool.Workspace, [shell, check, script]).Succeeds();
    }

    [TestMethod]
    public void PowerShell_completes()
    {
        RequireShell("pwsh");
        string line = $"pyembed show {SampleFile.Assembly()} mypkg.s";
        string script = "pyembed completion pwsh | Out-String | Invoke-Expression; "
            + $"(TabExpansion2 '{line}' {line.Length}).CompletionMatches.CompletionText";

        Shell.Run(InstalledTool.Workspace, ["pwsh", "-NoProfile", "-Command", script], WithTool()).Succeeds().Prints("mypkg.sub");
    }

    [TestMethod]
    public void An_unknown_shell_is_named() => InstalledTool.Run("completion", "tcsh").Exits(2).Says("tcsh");

    private static ProcessResult Bash(string script, params string[] arguments)
    {
        RequireShell("bash");
        return Shell.Run(InstalledTool.Workspace, ["bash", "-c", script, "bash", .. arguments], WithTool());
    }

    private static Dictionary<string, string?> WithTool() =>
        new() { ["PATH"] = Path.GetDirectoryName(InstalledTool.Command) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH") };

    private static void RequireShell(string name)
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))))
        {
            Assert.Inconclusive($"There is no {name} on PATH.");
        }
    }
}
