namespace PyEmbed;

/// <summary>How this process was started.</summary>
internal static class ProgramArguments
{
    /// <summary>The command line that starts this process again: <c>[app, …]</c>, or <c>[dotnet, app.dll, …]</c>.</summary>
    public static string[] CommandLine()
    {
        string[] arguments = Environment.GetCommandLineArgs();
        string process = Environment.ProcessPath ?? arguments[0];
        if (IsMuxer(process))
        {
            return [process, .. arguments];
        }

        arguments[0] = process;
        return arguments;
    }

    /// <summary>The program's path, as <c>sys.argv[0]</c> shows it: the executable, or the assembly that <c>dotnet</c> runs.</summary>
    public static string Program()
    {
        string process = Environment.ProcessPath ?? "";
        return process.Length > 0 && !IsMuxer(process) ? process : Environment.GetCommandLineArgs()[0];
    }

    private static bool IsMuxer(string process) =>
        Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
}
