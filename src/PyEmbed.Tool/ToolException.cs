namespace PyEmbed.Tool;

/// <summary>What a user can mend. The command shows the message in one line and ends with the code.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">The thing, the place and the remedy, without a name of the program before it.</param>
/// <param name="cause">What was caught, if anything was.</param>
internal sealed class ToolException(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;
}
