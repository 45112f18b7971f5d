using System.CommandLine;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed completion</c>: a script that teaches a shell to complete the command line, by asking the command itself.</summary>
internal static class CompletionCommand
{
    // The shell's own completion of file names comes in where the command has nothing to say.
    private const string Bash = """
        # For bash: eval "$(pyembed completion bash)"
        _pyembed() {
            local word=${COMP_WORDS[COMP_CWORD]} line
            COMPREPLY=()
            while IFS= read -r line; do
                [[ $line == "$word"* && ( $word == -* || $line != -* ) ]] && COMPREPLY+=("$line")
            done < <(pyembed "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
        }
        complete -o default -F _pyembed pyembed
        """;

    private const string Zsh = """
        #compdef pyembed
        # For zsh: eval "$(pyembed completion zsh)", after compinit
        _pyembed() {
            local word=$PREFIX
            local -a found=(${(f)"$(pyembed "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)"})
            found=(${(M)found:#${word}*})
            [[ $word == -* ]] || found=(${found:#-*})
            if (( $#found )); then
                compadd -- $found
            else
                _files
            fi
        }
        compdef _pyembed pyembed
        """;

    private const string Fish = """
        # For fish: pyembed completion fish | source
        function __pyembed_complete
            set -l line (commandline -cp)
            set -l word (commandline -ct)
            for found in (pyembed "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
                if string match -q -- '-*' "$word"; or not string match -q -- '-*' "$found"
                    echo $found
                end
            end
        end
        complete -c pyembed -a '(__pyembed_complete)'
        """;

    private const string Pwsh = """
        # For PowerShell: pyembed completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName pyembed -ScriptBlock {
            param($word, $line, $position)
            pyembed "[suggest:$position]" "$line" 2>$null |
                Where-Object { $_ -like "$word*" -and ($word -like '-*' -or $_ -notlike '-*') } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["pwsh"] = Pwsh,
    };

    public static Command Create(ToolOutput output)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Command command = new("completion", "Prints a script that lets a shell complete this command's line.") { shell };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(shell), output));
        return command;
    }

    private static int Run(string shell, ToolOutput output)
    {
        string script = Scripts[shell];
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                json.WriteString("shell", shell);
                json.WriteString("script", script);
            });
        }
        else
        {
            output.Text.WriteLine(script);
        }

        return ExitCodes.Done;
    }
}
