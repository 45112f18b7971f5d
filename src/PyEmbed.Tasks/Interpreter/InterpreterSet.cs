using PyEmbed.Tasks.Output;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>The interpreters of one run: which checks, which compile for which version.</summary>
/// <param name="candidates">What may be started.</param>
/// <param name="settings">For which versions bytecode is wanted.</param>
/// <param name="known">What earlier builds know of them.</param>
/// <param name="spoolFolder">Where they put bytecode.</param>
/// <param name="workingDirectory">Where they are started.</param>
internal sealed class InterpreterSet(InterpreterCandidates candidates, CompileSettings settings, KnownInterpreters known, string spoolFolder, string workingDirectory) : IDisposable
{
    private readonly List<Analyzer> _analyzers = [];
    private readonly List<Analyzer> _named = [];
    private bool _cancelled;

    /// <summary>The first that the project names, which checks; null where there is no interpreter.</summary>
    public Analyzer? Checker { get; private set; }

    /// <summary>One for each version that bytecode is made for, in ascending order of version. The first may be the checker.</summary>
    public IReadOnlyList<Analyzer> Compilers { get; private set; } = [];

    /// <summary>Why there is no checker, where the project names none.</summary>
    public string Missing { get; private set; } = "";

    /// <summary>Starts the interpreters and asks each what it is.</summary>
    /// <exception cref="InterpreterException">One that the project names cannot be used, or one for a version is missing.</exception>
    public void Start()
    {
        StartNamed();
        var found = new SortedDictionary<PythonMinor, Analyzer>();
        if (settings.WantsBytecode)
        {
            bool wantsAll = settings.Minors.Count == 0 || settings.TakesFound;
            foreach (Analyzer analyzer in _named.Where(analyzer => wantsAll || settings.Minors.Contains(analyzer.Info.Minor)))
            {
                if (!found.ContainsKey(analyzer.Info.Minor))
                {
                    found.Add(analyzer.Info.Minor, analyzer);
                }
            }

            var open = candidates.ForMinors.Where(minor => !found.ContainsKey(minor.Minor)).ToList();
            Analyzer?[] started = Together(open.Select(minor => (Func<Analyzer?>)(() => StartMinor(minor.Minor, minor.Executables))));
            for (int i = 0; i < open.Count; i++)
            {
                if (started[i] is Analyzer analyzer)
                {
                    found.Add(open[i].Minor, analyzer);
                }
            }

            if (!settings.TakesFound && settings.Minors.Where(minor => !found.ContainsKey(minor)).ToList() is { Count: > 0 } missing)
            {
                throw Lacking(missing, found.Values.Concat(_named).Distinct().ToList());
            }
        }

        Compilers = found.Values.ToList();
        Checker = _named.Concat(Compilers).FirstOrDefault();
    }

    /// <summary>Ends all work from another thread; what is under way then throws.</summary>
    public void Cancel()
    {
        lock (_analyzers)
        {
            _cancelled = true;
            _analyzers.ForEach(analyzer => analyzer.Cancel());
        }
    }

    public void Dispose()
    {
        lock (_analyzers)
        {
            _analyzers.ForEach(analyzer => analyzer.Dispose());
            _analyzers.Clear();
        }
    }

    private void StartNamed()
    {
        foreach (InterpreterCandidate candidate in candidates.Named.Where(candidate => candidate.Executable is null))
        {
            if (candidate.Required)
            {
                throw Unusable(candidate, $"'{candidate.Wanted}' was not found");
            }

            Missing = $"no '{candidate.Wanted}' was found on PATH";
        }

        var present = candidates.Named.Where(candidate => candidate.Executable is not null).ToList();
        _named.AddRange(Together(present.Select(candidate => (Func<Analyzer?>)(() =>
        {
            try
            {
                return StartFirst(candidate.Executables);
            }
            catch (InterpreterException e) when (!candidate.Required && !_cancelled)
            {
                Missing = e.Message.TrimEnd('.');
                return null;
            }
            catch (InterpreterException e) when (!_cancelled)
            {
                throw Unusable(candidate, e.Message.TrimEnd('.'));
            }
        }))).OfType<Analyzer>());
    }

    private InterpreterException Unusable(InterpreterCandidate candidate, string reason) => new(
        $"PyEmbedPython '{candidate.Wanted}' cannot be used: {reason}; {Found([])}. Install it, or name another interpreter by path or version (such as 3.11).");

    private Analyzer StartFirst(IEnumerable<string> executables)
    {
        InterpreterException? first = null;
        foreach (string executable in executables)
        {
            Analyzer analyzer = Create(executable);
            try
            {
                analyzer.Start();
                return analyzer;
            }
            catch (InterpreterException e) when (!_cancelled)
            {
                first ??= e;
            }
        }

        throw first!;
    }

    /// <summary>The first that is of that version; null where none is.</summary>
    private Analyzer? StartMinor(PythonMinor minor, IReadOnlyList<string> executables)
    {
        // One that earlier builds found among them saves trying those that cannot be started.
        return TryStart(executables.OrderBy(executable => known.Find(executable)?.Minor == minor ? 0 : 1), started => started == minor);
    }

    private Analyzer? TryStart(IEnumerable<string> executables, Func<PythonMinor, bool> isWanted)
    {
        foreach (string executable in executables)
        {
            Analyzer analyzer = Create(executable);
            try
            {
                if (isWanted(analyzer.Start().Minor))
                {
                    return analyzer;
                }
            }
            catch (InterpreterException) when (!_cancelled)
            {
                // A version manager's python3.11 is there also where it starts no 3.11.
            }
        }

        return null;
    }

    private Analyzer Create(string executable)
    {
        var analyzer = new Analyzer(executable, spoolFolder, workingDirectory, known.Find(executable));
        lock (_analyzers)
        {
            _analyzers.Add(analyzer);
            return _cancelled ? throw new InterpreterException("The build was cancelled.") : analyzer;
        }
    }

    private InterpreterException Lacking(List<PythonMinor> missing, List<Analyzer> found)
    {
        string commands = string.Join(", ", missing.Select(minor => "python" + minor));
        return new InterpreterException(
            $"PyEmbedBytecode wants CPython {string.Join(", ", missing)}, for which there is no interpreter: {Found(found)}. Looked in PyEmbedPython ({string.Join(", ", candidates.Named.Select(candidate => $"'{candidate.Wanted}'"))}) and for {commands} on PATH and in pyenv. Install it, or add its path to PyEmbedPython.");
    }

    /// <summary>What there is, for a build that lacks something: those given, the default one, and one of each version.</summary>
    private string Found(IReadOnlyList<Analyzer> started)
    {
        List<Analyzer> found = [.. started];
        Add([() => TryStart(candidates.Locator.Find("").Executables, _ => true)]);
        Add(PythonMinor.LookedFor
            .Where(minor => !found.Any(analyzer => analyzer.Info.Minor == minor))
            .Select(minor => (Func<Analyzer?>)(() => StartMinor(minor, candidates.Locator.FindMinor(minor)))));
        return found.Count == 0 ? "none was found" : "found were " + string.Join(", ", found
            .OrderBy(analyzer => analyzer.Info.Minor).Select(analyzer => $"{analyzer.Info.Minor} ('{analyzer.Info.Executable}')"));

        void Add(IEnumerable<Func<Analyzer?>> starts) => found.AddRange(Together(starts)
            .OfType<Analyzer>().Where(analyzer => !found.Any(other => other.Info.Minor == analyzer.Info.Minor)));
    }

    private static Analyzer?[] Together(IEnumerable<Func<Analyzer?>> starts)
    {
        Task<Analyzer?>[] tasks = starts.Select(start => BlockingWork.Start(start)).ToArray();
        BlockingWork.WaitAll(tasks);
        return tasks.Select(task => task.Result).ToArray();
    }
}
