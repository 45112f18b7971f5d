using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Output;
using PyEmbed.Tasks.Trees;
using Task = System.Threading.Tasks.Task;

namespace PyEmbed.Tasks;

/// <summary>Has the Python files of all trees looked at and compiled, as far as no earlier answer holds, and records what is wrong with them.</summary>
internal sealed class TreeAnalysis(CollectOptions options, CompileSettings settings, InterpreterCandidates candidates, SpoolFolder spool, ProblemList problems)
{
    private readonly List<TreeFile> _files = [];
    private readonly Dictionary<TreeFile, string> _hashes = [];
    private readonly List<CompiledVersion> _compiled = [];
    private Dictionary<TreeFile, FileAnalysis> _answers = [];

    /// <summary>What the interpreter that checks said of each file; empty where there is none.</summary>
    public IReadOnlyDictionary<TreeFile, FileAnalysis> Answers => _answers;

    /// <summary>The bytecode, in ascending order of version.</summary>
    public IReadOnlyList<CompiledVersion> Compiled => _compiled;

    /// <summary>The interpreter that checks; null where none can be used.</summary>
    public InterpreterInfo? Interpreter { get; private set; }

    /// <summary>How often an interpreter looked at a file, in place of the cache.</summary>
    public int Asked { get; private set; }

    /// <exception cref="SourceChangedException">A file vanished or cannot be read.</exception>
    /// <exception cref="CompileCacheException">What the cache promised is not there.</exception>
    public void Run(IEnumerable<PythonTree> trees, Dictionary<TreeFile, SortedSet<string>> attributes, CancellationToken cancellation)
    {
        // A file without a size may be a pipe or a device, and only an interpreter can tell.
        _files.AddRange(trees.SelectMany(tree => tree.Files).Where(file => file.IsPython || file.Length == 0));
        cancellation.ThrowIfCancellationRequested();
        KnownInterpreters known = KnownInterpreters.Load(options.CacheDirectory, options.ProjectDirectory);
        using var interpreters = new InterpreterSet(candidates, settings, known, spool.FullPath, options.ProjectDirectory);
        using CancellationTokenRegistration registration = cancellation.Register(interpreters.Cancel);
        try
        {
            interpreters.Start();
            if (interpreters.Checker is null)
            {
                ReportNoPython(interpreters.Missing);
                return;
            }

            Interpreter = interpreters.Checker.Info;
            using (CompileCache.Lock(options.CacheDirectory, cancellation))
            {
                Ask(Jobs(interpreters, attributes), interpreters, cancellation);
                known.Save(interpreters.Compilers.Prepend(interpreters.Checker).Distinct());
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the cache of bytecode in '{options.CacheDirectory}' cannot be used: {e.Message}", e);
        }
        catch (InterpreterException e)
        {
            cancellation.ThrowIfCancellationRequested();
            problems.BlockValue(options.ProjectFile, e.Message);
            return;
        }

        foreach (TreeFile file in _files)
        {
            Record(file);
        }
    }

    /// <summary>What each interpreter is to look at, the one that checks first.</summary>
    private List<Job> Jobs(InterpreterSet interpreters, Dictionary<TreeFile, SortedSet<string>> attributes)
    {
        Analyzer checker = interpreters.Checker!;
        var jobs = new List<Job> { new(checker) };
        jobs.AddRange(interpreters.Compilers.Where(compiler => compiler != checker).Select(compiler => new Job(compiler)));
        foreach (Job job in jobs)
        {
            int? level = interpreters.Compilers.Contains(job.Analyzer) ? settings.Optimize : null;
            foreach (TreeFile file in _files.Where(file => file.IsPython || job.Analyzer == checker))
            {
                EquatableArray<string> wanted = job.Analyzer == checker && attributes.TryGetValue(file, out SortedSet<string>? names) ? new(names) : default;
                job.Requests.Add((file, new AnalysisRequest(file.FullPath, file.Path, job.Analyzer == checker, file.IsPython ? level : null, wanted)));
            }
        }

        return jobs;
    }

    private void Ask(List<Job> jobs, InterpreterSet interpreters, CancellationToken cancellation)
    {
        CompileCache cache = CompileCache.Load(options.CacheDirectory);
        foreach (Job job in jobs)
        {
            LookUp(job, cache);
            Asked += job.Open.Count;
        }

        List<Job> open = jobs.Where(job => job.Open.Count > 0).ToList();
        int processors = Math.Max(1, Environment.ProcessorCount / Math.Max(1, open.Count));
        Task[] work = open.Select(job => BlockingWork.Start(() => job.Ask(processors))).ToArray();
        try
        {
            BlockingWork.WaitAll(work);
        }
        catch (InterpreterException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new InterpreterException($"The Python files cannot be checked: {e.Message}");
        }

        Keep(jobs, cache);
        _answers = jobs[0].Answers;
        _compiled.AddRange(interpreters.Compilers.Select(compiler => new CompiledVersion(compiler.Info, jobs.Find(job => job.Analyzer == compiler)!.Answers)));
    }

    private void LookUp(Job job, CompileCache cache)
    {
        foreach ((TreeFile file, AnalysisRequest request) in job.Requests)
        {
            if (!cache.IsEmpty && CompileCache.Key(job.Analyzer.Info, request, HashOf(file)) is string key && cache.Find(key) is FileAnalysis answer
                && answer.Sha256 == HashOf(file))
            {
                job.Answers[file] = answer;
                job.Keys.Add((file, key));
            }
            else
            {
                job.Open.Add((file, request));
            }
        }
    }

    private string HashOf(TreeFile file)
    {
        if (!_hashes.TryGetValue(file, out string? hash))
        {
            hash = SourceReader.Sha256(SourceReader.Read(file));
            _hashes.Add(file, hash);
        }

        return hash;
    }

    private static void Keep(List<Job> jobs, CompileCache cache)
    {
        foreach (Job job in jobs)
        {
            foreach ((TreeFile file, AnalysisRequest request) in job.Open.Where(request => job.Answers[request.File].Unreadable.Length == 0))
            {
                string key = CompileCache.Key(job.Analyzer.Info, request, job.Answers[file].Sha256);
                cache.Add(key, job.Answers[file]);
                job.Keys.Add((file, key));
            }
        }

        IReadOnlyDictionary<string, FileAnalysis> kept = cache.Save();
        jobs.ForEach(job => job.Relocate(kept));
    }

    private void ReportNoPython(string reason)
    {
        if (settings.Strips)
        {
            problems.BlockValue(
                options.ProjectFile, $"PyEmbedSource '{options.Source}' leaves only bytecode, and there is no Python to make it: {reason}. Install Python {PythonMinor.Oldest} or newer, or set PyEmbedPython.");
        }
        else if (_files.Any(file => file.IsPython))
        {
            problems.Record(
                ProblemIds.NoPython,
                ManifestSeverity.Warning,
                options.ProjectFile,
                $"The Python files are embedded unchecked and without bytecode: {reason}. Syntax, encodings, relative imports, uses of __file__ and clashes with the standard library were not looked at. Install Python {PythonMinor.Oldest} or newer, or set PyEmbedPython.");
        }
    }

    private void Record(TreeFile file)
    {
        FileAnalysis answer = _answers[file];
        if (answer.Unreadable.Length > 0)
        {
            throw new SourceChangedException(file.FullPath, $"'{file.FullPath}' cannot be read: {answer.Unreadable}.");
        }

        // Third-party trees hold files that are broken on purpose; nobody who embeds them can repair them.
        ManifestSeverity severity = file.IsOwn ? ManifestSeverity.Error : ManifestSeverity.Warning;
        foreach (AnalysisProblem problem in answer.Problems)
        {
            Record(file, problem, problem.Id, severity, problem.Message);
        }

        if (!file.IsPython)
        {
            return;
        }

        foreach (CompiledVersion version in _compiled.Where(version => version.Answers != _answers))
        {
            FileAnalysis compiled = version.Answers[file];
            if (compiled.Sha256 != answer.Sha256)
            {
                throw new SourceChangedException(file.FullPath, $"'{file.FullPath}' changed during the build; build again.");
            }

            // A file that does not compile at all was named above.
            if (compiled.Problems.Count > 0 && !answer.Problems.Any(problem => problem.Id is ProblemIds.SyntaxError or ProblemIds.Encoding or ProblemIds.NulBytes))
            {
                AnalysisProblem problem = compiled.Problems[0];
                Record(
                    file, problem, ProblemIds.NotForVersion, ManifestSeverity.Warning, $"CPython {version.Interpreter.Minor} cannot compile it ({problem.Message}): it is embedded as a source, without bytecode for that version.");
            }
        }
    }

    private void Record(TreeFile file, AnalysisProblem problem, string id, ManifestSeverity severity, string message) => problems.Record(
        new ManifestDiagnostic(id, severity, file.FullPath, problem.Line, problem.Column, problem.EndLine, problem.EndColumn, message));

    /// <summary>What one interpreter does.</summary>
    private sealed class Job(Analyzer analyzer)
    {
        public Analyzer Analyzer { get; } = analyzer;

        public List<(TreeFile File, AnalysisRequest Request)> Requests { get; } = [];

        /// <summary>The requests that no earlier answer holds for.</summary>
        public List<(TreeFile File, AnalysisRequest Request)> Open { get; } = [];

        public Dictionary<TreeFile, FileAnalysis> Answers { get; } = [];

        /// <summary>What the cache knows answers by.</summary>
        public List<(TreeFile File, string Key)> Keys { get; } = [];

        public void Ask(int processors)
        {
            FileAnalysis[] answers = Analyzer.Analyze(Open.Select(request => request.Request).ToList(), processors);
            for (int i = 0; i < answers.Length; i++)
            {
                Answers[Open[i].File] = answers[i];
            }
        }

        /// <summary>Takes over where bytecode lies now.</summary>
        public void Relocate(IReadOnlyDictionary<string, FileAnalysis> kept)
        {
            foreach ((TreeFile file, string key) in Keys)
            {
                if (kept.TryGetValue(key, out FileAnalysis? answer))
                {
                    Answers[file] = answer;
                }
            }
        }
    }
}
