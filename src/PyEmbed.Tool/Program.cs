using System.CommandLine;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool;

/// <summary>The <c>pyembed</c> command.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        using ToolOutput output = new();
        try
        {
            int code = Run(arguments, output);
            output.Flush();
            return code;
        }
        catch (ToolException e)
        {
            return Fail(output, e.ExitCode, e.Message);
        }
        catch (BrokenPipeException)
        {
            output.Abandon();
            return ExitCodes.BrokenPipe;
        }
        catch (OperationCanceledException)
        {
            return Fail(output, Interruption.ExitCode, "interrupted");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Fail(output, ExitCodes.Defect, $"this is a defect of pyembed, please report it: {e.GetType().Name}: {e.Message}\n{e.StackTrace}");
        }
    }

    private static int Run(string[] arguments, ToolOutput output)
    {
        ToolCommandLine commandLine = new(output);
        ParseResult parsed = commandLine.Parse(arguments);
        return parsed.Invoke(new InvocationConfiguration
        {
            // Errors are one line here; signals are for those commands that have something to undo.
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = output.Text,
            Error = output.Error,
        });
    }

    // What was printed before an error stays: it was right.
    private static int Fail(ToolOutput output, int code, string message)
    {
        try
        {
            output.Flush();
        }
        catch (BrokenPipeException)
        {
            output.Abandon();
        }
        catch (ToolException)
        {
            output.Abandon();
        }

        output.Complain(message);
        return code;
    }
}
