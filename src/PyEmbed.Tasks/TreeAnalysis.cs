using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Output;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks;

/// <summary>Has the Python files of all trees looked at, as far as no earlier answer holds, and records what is wrong with them.</summary>
internal sealed class TreeAnalysis(CollectOptions options, InterpreterCandidate candidate, bool wantsBytecode, SpoolFolder spool, ProblemList problems)
{
    private readonly List<(PythonTree Tree, TreeFile File, AnalysisRequest Request)> _requests = [];
    private readonly Dictionary<TreeFile, FileAnalysis> _answers = [];

    /// <summary>The answers; empty where there is no interpreter.</summary>
    public IReadOnlyDictionary<TreeFile, FileAnalysis> Answers => _answers;

    /// <summary>The interpreter; null where none can be used.</summary>
    public InterpreterInfo? Interpreter { get; private set; }

    /// <exception cref="SourceChangedException">A file vanished or cannot be read.</exception>
    public void Run(IEnumerable<PythonTree> trees, Dictionary<TreeFile, SortedSet<string>> attributes, CancellationToken cancellation)
    {
        foreach (PythonTree tree in trees)
        {
            foreach (TreeFile file in tree.Files.Where(file => file.IsPython))
            {
                EquatableArray<string> wanted = attributes.TryGetValue(file, out SortedSet<string>? names) ? new(names) : default;
                _requests.Add((tree, file, new AnalysisRequest(file.FullPath, file.Path, wantsBytecode, wanted)));
            }
        }

        if (candidate.Executable is null)
        {
            ReportNoPython(candidate.Required ? $"'{candidate.Wanted}' was not found" : $"no '{candidate.Wanted}' was found on PATH");
            return;
        }

        AnalysisCache cache = AnalysisCache.Load(options.OutputDirectory, candidate.Identity);
        Interpreter = cache.Interpreter;
        var open = _requests.Where(request => !UseCached(cache, request)).ToList();
        if (open.Count > 0 || Interpreter is null)
        {
            Ask(open, candidate.Executable, cancellation);
        }

        foreach ((_, TreeFile file, _) in _requests)
        {
            if (_answers.TryGetValue(file, out FileAnalysis? answer))
            {
                Record(file, answer);
            }
        }
    }

    /// <summary>Keeps the answers for the next build.</summary>
    public void Save(IEnumerable<(string Distribution, string Hash)> hashes)
    {
        if (Interpreter is not null)
        {
            var answers = _requests.Select(request => (request.Tree.Distribution, request.Request, _answers[request.File]));
            AnalysisCache.Save(options.OutputDirectory, candidate.Identity, Interpreter, hashes, answers);
        }
    }

    private bool UseCached(AnalysisCache cache, (PythonTree Tree, TreeFile File, AnalysisRequest Request) request)
    {
        if (cache.IsEmpty || cache.Find(request.Tree, request.File, request.Request) is not FileAnalysis answer)
        {
            return false;
        }

        _answers[request.File] = answer;
        return true;
    }

    private void Ask(List<(PythonTree Tree, TreeFile File, AnalysisRequest Request)> open, string executable, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var analyzer = new Analyzer(executable, spool.FullPath);
        using CancellationTokenRegistration registration = cancellation.Register(analyzer.Cancel);
        try
        {
            Interpreter = analyzer.Start();
        }
        catch (InterpreterException e)
        {
            cancellation.ThrowIfCancellationRequested();
            Interpreter = null;
            _answers.Clear();
            ReportNoPython(e.Message.TrimEnd('.'));
            return;
        }

        try
        {
            FileAnalysis[] answers = analyzer.Analyze(open.Select(request => request.Request).ToList());
            for (int i = 0; i < answers.Length; i++)
            {
                _answers[open[i].File] = answers[i];
            }
        }
        catch (InterpreterException e)
        {
            cancellation.ThrowIfCancellationRequested();
            problems.Block(ProblemIds.UnusableValue, options.ProjectFile, $"The Python files cannot be checked: {e.Message}");
        }
    }

    private void ReportNoPython(string reason)
    {
        if (candidate.Required)
        {
            problems.Block(
                ProblemIds.UnusableValue, options.ProjectFile, $"PyEmbedPython '{options.Python}' cannot be used: {reason}. Install it, or name another interpreter by path or version (such as 3.11).");
        }
        else if (_requests.Count > 0)
        {
            problems.Record(
                ProblemIds.NoPython,
                ManifestSeverity.Warning,
                options.ProjectFile,
                $"The Python files are embedded unchecked and without bytecode: {reason}. Syntax, encodings, relative imports, uses of __file__ and clashes with the standard library were not looked at. Install Python 3.9 or newer, or set PyEmbedPython.");
        }
    }

    private void Record(TreeFile file, FileAnalysis answer)
    {
        if (answer.Unreadable.Length > 0)
        {
            throw new SourceChangedException(file.FullPath, $"'{file.FullPath}' cannot be read: {answer.Unreadable}.");
        }

        // Third-party trees hold files that are broken on purpose; nobody who embeds them can repair them.
        ManifestSeverity severity = file.InProject ? ManifestSeverity.Error : ManifestSeverity.Warning;
        foreach (AnalysisProblem problem in answer.Problems)
        {
            problems.Record(new ManifestDiagnostic(
                problem.Id, severity, file.FullPath, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, problem.Message));
        }
    }
}
