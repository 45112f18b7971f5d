using PyEmbed.Tasks.Output;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>Has many files looked at by one version of Python, in as many processes as pay off.</summary>
/// <param name="executable">The interpreter.</param>
/// <param name="spoolFolder">Where bytecode is kept; the caller removes it.</param>
/// <param name="workingDirectory">Where the interpreter is started.</param>
/// <param name="known">What the interpreter said about itself before; null where it must be asked.</param>
internal sealed class Analyzer(string executable, string spoolFolder, string workingDirectory, InterpreterInfo? known = null) : IDisposable
{
    private const int FilesPerProcess = 100;
    private const int MostProcesses = 16;

    private readonly List<AnalysisProcess> _processes = [];
    private InterpreterInfo? _info = known;
    private bool _cancelled;

    /// <summary>The script, which lies beside this assembly, with the modules that it imports.</summary>
    public static string Script { get; } = Path.Combine(Path.GetDirectoryName(typeof(Analyzer).Assembly.Location)!, "Python", "analyze.py");

    /// <summary>What an answer depends on beside the file and the interpreter: this assembly and the scripts.</summary>
    public static string Version { get; } = VersionWith(Path.GetDirectoryName(Script)!);

    /// <summary>The interpreter, as it was named.</summary>
    public string Executable { get; } = executable;

    /// <summary>What the interpreter says about itself.</summary>
    public InterpreterInfo Info => _info ?? throw new InvalidOperationException("The interpreter was not started.");

    /// <summary>The same for scripts in another folder.</summary>
    internal static string VersionWith(string folder)
    {
        IEnumerable<string> hashes = Directory.GetFiles(folder, "*.py").OrderBy(Path.GetFileName, StringComparer.Ordinal)
            .Select(script => SourceReader.Sha256(File.ReadAllBytes(script)));
        return $"{typeof(Analyzer).Module.ModuleVersionId:N} {string.Join(" ", hashes)}";
    }

    /// <summary>What the interpreter says about itself; starts the first process where that is not known.</summary>
    /// <exception cref="InterpreterException">It cannot be used.</exception>
    public InterpreterInfo Start() => _info ??= StartProcess(Executable).ReadInfo();

    /// <summary>The answers, in the order of the requests. Once for each <see cref="Start"/>.</summary>
    /// <param name="requests">What to look at.</param>
    /// <param name="processors">How many processes may work at a time.</param>
    /// <exception cref="InterpreterException">An interpreter ended early.</exception>
    /// <exception cref="CompileCacheException">The interpreter is not the one that was known.</exception>
    public FileAnalysis[] Analyze(IReadOnlyList<AnalysisRequest> requests, int processors)
    {
        int count = Math.Min(Math.Min(processors, MostProcesses), (requests.Count / FilesPerProcess) + 1);
        if (_processes.Count == 0 && StartProcess(Executable).ReadInfo().Build != Info.Build)
        {
            throw new CompileCacheException($"'{Executable}' is another Python than it was.");
        }

        for (int i = 1; i < count; i++)
        {
            // Not through a script that chooses the interpreter again.
            StartProcess(Info.Executable);
        }

        var answers = new FileAnalysis[requests.Count];
        var work = _processes.Select((process, first) => BlockingWork.Start(() =>
        {
            if (first > 0 && process.ReadInfo().Build != Info.Build)
            {
                throw new InterpreterException($"'{Info.Executable}' is another Python than '{Executable}' was.");
            }

            // Dealt out in turn: neighbours in a tree are of like size.
            int[] mine = Enumerable.Range(0, requests.Count).Where(index => index % count == first).ToArray();
            process.Analyze(mine.Select(index => requests[index]).ToList(), (i, answer) => answers[mine[i]] = answer);
        })).ToArray();
        BlockingWork.WaitAll(work);
        return answers;
    }

    /// <summary>Ends the work from another thread; what is under way then throws.</summary>
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

    private AnalysisProcess StartProcess(string executable)
    {
        lock (_processes)
        {
            if (_cancelled)
            {
                throw new InterpreterException("The build was cancelled.");
            }

            AnalysisProcess process = AnalysisProcess.Start(executable, Script, Path.Combine(spoolFolder, $"bytecode-{Guid.NewGuid():N}"), workingDirectory);
            _processes.Add(process);
            return process;
        }
    }
}
