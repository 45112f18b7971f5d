using PyEmbed.Tasks.Output;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>Has many files looked at by as many interpreters as pay off.</summary>
/// <param name="executable">The interpreter.</param>
/// <param name="spoolFolder">Where bytecode is kept until it is packed; the caller removes it.</param>
internal sealed class Analyzer(string executable, string spoolFolder) : IDisposable
{
    private const int FilesPerProcess = 100;
    private const int MostProcesses = 16;

    private readonly List<AnalysisProcess> _processes = [];
    private bool _cancelled;

    /// <summary>The script, which lies beside this assembly, with the modules that it imports.</summary>
    public static string Script { get; } = Path.Combine(Path.GetDirectoryName(typeof(Analyzer).Assembly.Location)!, "Python", "analyze.py");

    /// <summary>What an answer depends on beside the file and the interpreter: this assembly and the scripts.</summary>
    public static string Version { get; } = VersionWith(Path.GetDirectoryName(Script)!);

    /// <summary>The same for scripts in another folder.</summary>
    internal static string VersionWith(string folder)
    {
        IEnumerable<string> hashes = Directory.GetFiles(folder, "*.py").OrderBy(Path.GetFileName, StringComparer.Ordinal)
            .Select(script => SourceReader.Sha256(File.ReadAllBytes(script)));
        return $"{typeof(Analyzer).Module.ModuleVersionId:N} {string.Join(" ", hashes)}";
    }

    /// <summary>Starts the first interpreter and asks it about itself.</summary>
    /// <exception cref="InterpreterException">It cannot be used.</exception>
    public InterpreterInfo Start() => StartProcess().ReadInfo();

    /// <summary>The answers, in the order of the requests.</summary>
    /// <exception cref="InterpreterException">An interpreter ended early.</exception>
    public FileAnalysis[] Analyze(IReadOnlyList<AnalysisRequest> requests)
    {
        int count = Math.Min(Math.Min(Environment.ProcessorCount, MostProcesses), (requests.Count / FilesPerProcess) + 1);
        for (int i = 1; i < count; i++)
        {
            StartProcess();
        }

        var answers = new FileAnalysis[requests.Count];
        var work = _processes.Select((process, first) => System.Threading.Tasks.Task.Run(() =>
        {
            if (first > 0)
            {
                process.ReadInfo();
            }

            // Dealt out in turn: neighbours in a tree are of like size.
            int[] mine = Enumerable.Range(0, requests.Count).Where(index => index % count == first).ToArray();
            process.Analyze(mine.Select(index => requests[index]).ToList(), (i, answer) => answers[mine[i]] = answer);
        })).ToArray();
        try
        {
            System.Threading.Tasks.Task.WaitAll(work);
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<InterpreterException>().FirstOrDefault() is InterpreterException first)
        {
            throw first;
        }

        return answers;
    }

    /// <summary>Ends the work from another thread; <see cref="Analyze"/> then throws.</summary>
    public void Cancel()
    {
        lock (_processes)
        {
            _cancelled = true;
            _processes.ForEach(process => process.Kill());
        }
    }

    public void Dispose()
    {
        lock (_processes)
        {
            _processes.ForEach(process => process.Dispose());
            _processes.Clear();
        }
    }

    private AnalysisProcess StartProcess()
    {
        lock (_processes)
        {
            if (_cancelled)
            {
                throw new InterpreterException("The build was cancelled.");
            }

            AnalysisProcess process = AnalysisProcess.Start(executable, Script, Path.Combine(spoolFolder, $"bytecode{_processes.Count}"));
            _processes.Add(process);
            return process;
        }
    }
}
