using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace PyEmbed.Discovery;

/// <summary>Asks an interpreter about itself. It costs 20 to 100 ms (a version manager's shim more), which is why discovery caches the result.</summary>
internal static class InterpreterProbe
{
    private const string Marker = "pyembed-probe";

    // One answer a line, so that text which a wrapper script prints before cannot be taken for one. sysconfig runs without site.
    private const string Script = """
        import sys, sysconfig
        def p(k, v): sys.stdout.write("pyembed-probe\t%s\t%s\n" % (k, "" if v is None else v))
        g = sysconfig.get_config_var
        p("implementation", sys.implementation.name)
        p("version", "%d.%d.%d" % sys.version_info[:3])
        p("executable", sys.executable)
        p("base_prefix", sys.base_prefix)
        p("bits", 64 if sys.maxsize > 2**32 else 32)
        p("debug", 1 if hasattr(sys, "gettotalrefcount") else 0)
        p("free_threaded", 1 if g("Py_GIL_DISABLED") else 0)
        for k in ("LDLIBRARY", "INSTSONAME", "LIBDIR", "LIBPL", "multiarchsubdir", "PYTHONFRAMEWORKPREFIX"): p(k, g(k))
        """;

    /// <summary>How long an interpreter may take to answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Asks one interpreter.</summary>
    /// <param name="executable">Path of the interpreter; a shim or wrapper script will do.</param>
    /// <param name="limit">When to give up and end it.</param>
    /// <param name="problem">Why there is no answer; empty if there is one.</param>
    /// <returns>The answers, or null.</returns>
    public static InterpreterAnswers? Ask(string executable, TimeSpan limit, out string problem)
    {
        ProcessStartInfo start = new(executable)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in (ReadOnlySpan<string>)["-I", "-S", "-X", "utf8=1", "-c", Script])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = new() { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            problem = $"it cannot be run: {e.Message}";
            return null;
        }

        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();

        // A script's grandchild may outlive it with the pipes open, so the pipes are waited for under the same limit.
        long end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        bool answered = process.WaitForExit(limit)
            && Task.WaitAll([output, errors], (int)Math.Max(1, end - Environment.TickCount64));
        if (!answered)
        {
            KillTree(process);
            problem = string.Create(CultureInfo.InvariantCulture, $"it gave no answer within {limit.TotalSeconds} s");
            return null;
        }

        InterpreterAnswers? answers = process.ExitCode == 0 ? InterpreterAnswers.Parse(output.Result, Marker) : null;
        problem = answers is not null ? "" : $"it did not describe itself (exit code {process.ExitCode}){LastLine(errors.Result)}";
        return answers;
    }

    private static void KillTree(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended in the meantime, or a descendant belongs to someone else; discovery goes on without it either way.
        }
    }

    // What is no interpreter may repeat all of the script in it.
    private static string LastLine(string text)
    {
        const int most = 120;
        string line = text.Trim().Split('\n')[^1].Trim();
        return line.Length == 0 ? "" : line.Length <= most ? $": {line}" : $": {line[..most]}…";
    }
}
