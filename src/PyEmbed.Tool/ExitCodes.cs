namespace PyEmbed.Tool;

/// <summary>What the command's exit codes say (docs/tool.md).</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The answer is no: something is damaged, missing or not there.</summary>
    public const int No = 1;

    public const int CommandLine = 2;

    public const int Input = 3;

    public const int Output = 4;

    public const int NoPython = 5;

    /// <summary>What nobody expected: a defect of the command itself. The number is EX_SOFTWARE of sysexits.h.</summary>
    public const int Defect = 70;

    /// <summary>128 and the number of SIGPIPE.</summary>
    public const int BrokenPipe = 141;

    /// <summary>The codes for people, as help prints them.</summary>
    public const string Help = """
        Exit codes:
          0    done
          1    the answer is no: damage found, something missing, no such module
          2    the command line is wrong
          3    the input cannot be read
          4    the output cannot be written
          5    there is no CPython, and one is needed
          130  interrupted by Ctrl-C; 129, 131, 143 by another signal
          run exits as the program does
        """;
}
