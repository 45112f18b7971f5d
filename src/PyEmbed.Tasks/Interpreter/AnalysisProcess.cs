using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>
/// One interpreter that runs <c>analyze.py</c>. Isolated: no environment variable of Python's, no site nor the current directory has a
/// say in it. The option for this would also shut out the seed of hashes, which the same bytecode every time needs.
/// </summary>
internal sealed class AnalysisProcess : IDisposable
{
    private const int MillisecondsToEnd = 3000;
    private const int MostErrorText = 2000;

    private readonly Process _process;
    private readonly StreamReader _output;
    private readonly StringBuilder _errors = new();
    private readonly System.Threading.Tasks.Task _errorReading;
    private readonly string _executable;
    private readonly string _spool;

    private AnalysisProcess(Process process, string executable, string spool)
    {
        _process = process;
        _executable = executable;
        _spool = spool;
        _output = new StreamReader(process.StandardOutput.BaseStream, ArchiveFormat.Utf8);
        _errorReading = BlockingWork.Start(() => ReadErrors(process.StandardError));
    }

    /// <summary>Starts the interpreter.</summary>
    /// <param name="executable">Its path.</param>
    /// <param name="script">The path of analyze.py.</param>
    /// <param name="spool">The file that it writes bytecode to.</param>
    /// <param name="workingDirectory">Where scripts that choose an interpreter look for the version that is wanted.</param>
    /// <exception cref="InterpreterException">It cannot be started.</exception>
    public static AnalysisProcess Start(string executable, string script, string spool, string workingDirectory)
    {
        var start = new ProcessStartInfo(executable, $"-s -S -B -X utf8 {Quote(script)} {Quote(spool)}")
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        foreach (string variable in start.Environment.Keys.Where(IsPythons).ToList())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["PYTHONHASHSEED"] = "0";
        try
        {
            Process process = Process.Start(start) ?? throw new InterpreterException($"'{executable}' cannot be started.");
            return new AnalysisProcess(process, executable, spool);
        }
        catch (Win32Exception e)
        {
            throw new InterpreterException($"'{executable}' cannot be started: {e.Message}");
        }
    }

    /// <summary>Reads what the interpreter says about itself; first of all calls.</summary>
    /// <exception cref="InterpreterException">It is not a CPython that can be used.</exception>
    public InterpreterInfo ReadInfo()
    {
        string[]? python = ReadFields("python", 6);
        string[]? library = python is null ? null : ReadFields("stdlib", 1);
        if (python is null || library is null)
        {
            throw Ended("did not start as a Python interpreter");
        }

        string minor = python[2].Substring(0, Math.Max(0, python[2].LastIndexOf('.')));
        if (python[1] != "cpython" || !PythonMinor.TryParse(minor, out PythonMinor version) || version.CompareTo(PythonMinor.Oldest) < 0)
        {
            throw new InterpreterException($"'{_executable}' is {python[1]} {python[2]}; CPython {PythonMinor.Oldest} or newer is needed.");
        }

        return new InterpreterInfo(python[2], python[3], python[4].Length == 0 ? _executable : python[4], python[5], library.Skip(1).ToArray());
    }

    /// <summary>Has files looked at.</summary>
    /// <param name="requests">The files.</param>
    /// <param name="accept">Gets each request's index and answer, in the order of the requests.</param>
    /// <exception cref="InterpreterException">The interpreter ended early; the message names the file it was at.</exception>
    public void Analyze(IReadOnlyList<AnalysisRequest> requests, Action<int, FileAnalysis> accept)
    {
        // Written by another thread, because the interpreter answers while requests still come.
        var writing = BlockingWork.Start(() => Send(requests));
        for (int i = 0; i < requests.Count; i++)
        {
            FileAnalysis? analysis;
            try
            {
                analysis = AnalysisRecords.Read(_output.ReadLine, _spool);
            }
            catch (FormatException e)
            {
                throw new InterpreterException($"'{_executable}' gave an answer that is none: {e.Message}.");
            }

            accept(i, analysis ?? throw Ended($"ended while it looked at '{requests[i].FullPath}'"));
        }

        writing.GetAwaiter().GetResult();
        if (!_process.WaitForExit(MillisecondsToEnd) || _process.ExitCode != 0)
        {
            throw Ended("failed");
        }
    }

    /// <summary>Ends the interpreter, whatever it does.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended by itself.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.WaitForExit(MillisecondsToEnd);
        _output.Dispose();
        _process.Dispose();
    }

    private void ReadErrors(StreamReader errors)
    {
        while (errors.ReadLine() is string line)
        {
            lock (_errors)
            {
                // The last lines of a long complaint say what it is about.
                _errors.Append(_errors.Length == 0 ? "" : " ").Append(line.Trim());
                _errors.Remove(0, Math.Max(0, _errors.Length - MostErrorText));
            }
        }
    }

    private static bool IsPythons(string variable) => variable.StartsWith("PYTHON", StringComparison.OrdinalIgnoreCase);

    private static string Quote(string argument) => "\"" + argument.Replace("\"", "\\\"") + "\"";

    private void Send(IReadOnlyList<AnalysisRequest> requests)
    {
        try
        {
            using var input = new StreamWriter(_process.StandardInput.BaseStream, ArchiveFormat.Utf8) { NewLine = "\n" };
            foreach (AnalysisRequest request in requests)
            {
                input.WriteLine(RecordLine.Format(["file", request.FullPath, .. request.Fields]));
            }
        }
        catch (IOException)
        {
            // The interpreter is gone; the reading side notices and knows at which file.
        }
    }

    private string[]? ReadFields(string record, int count)
    {
        try
        {
            return _output.ReadLine() is string line && RecordLine.Parse(line) is var fields && fields.Length >= count && fields[0] == record ? fields : null;
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }

    private InterpreterException Ended(string what)
    {
        // Its streams may outlive it where it left a child, so nothing waits for their end without a limit.
        string code = "still running";
        if (_process.WaitForExit(MillisecondsToEnd))
        {
            code = $"exit code {_process.ExitCode}";
            _errorReading.Wait(MillisecondsToEnd);
        }

        Kill();
        lock (_errors)
        {
            string said = _errors.Length == 0 ? "" : $": {_errors}";
            return new InterpreterException($"'{_executable}' {what} ({code}){said}");
        }
    }
}
