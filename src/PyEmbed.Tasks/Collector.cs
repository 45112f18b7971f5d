using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;
using PyEmbed.Tasks.Checks;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Output;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks;

/// <summary>The whole of a build's collecting: from items to archives and manifest, and nothing where nothing changed.</summary>
/// <param name="options">What to collect.</param>
/// <param name="searchPath">The value of PATH.</param>
/// <param name="pyenvRoot">The folder of pyenv, if there is one.</param>
internal sealed class Collector(CollectOptions options, string searchPath, string? pyenvRoot = null)
{
    private readonly ProblemList _problems = new();
    private int _asked;
    private IReadOnlyDictionary<string, ModuleRule> _excluded = new Dictionary<string, ModuleRule>();
    private WalkRecord _found = new();

    private string ImportsPath => Path.Combine(options.OutputDirectory, OpenImportFile.Name);

    private string ManifestPath => Path.Combine(options.OutputDirectory, ManifestText.FileName);

    /// <summary>Makes archives and manifest current.</summary>
    /// <exception cref="OperationCanceledException">The build was cancelled; what was there before is still there.</exception>
    public CollectResult Run(CancellationToken cancellation)
    {
        try
        {
            return RunOnce(cancellation);
        }
        catch (CompileCacheException)
        {
            CompileCache.Clear(options.CacheDirectory);
            return new Collector(options, searchPath, pyenvRoot).RunOnce(cancellation);
        }
    }

    private CollectResult RunOnce(CancellationToken cancellation)
    {
        CompileSettings settings = CompileSettings.Read(options, _problems);
        var locator = new InterpreterLocator(searchPath, options.ProjectDirectory) { PyenvRoot = pyenvRoot };
        InterpreterCandidates candidates = InterpreterCandidates.Find(locator, options.Python, settings);
        var state = new CollectState(options.OutputDirectory);
        var snapshot = new CollectSnapshot(options.OutputDirectory);
        string given = CollectState.Given(options, candidates);
        if (_problems.Blocking.Count == 0 && snapshot.Find(given) is { } current)
        {
            return Current(current);
        }

        List<PythonTree> trees = BuildTrees();
        if (_problems.Blocking.Count > 0)
        {
            return Blocked(state, snapshot);
        }

        var archives = trees.Select(tree => new ArchiveOutput(tree.Distribution, ArchivePathOf(tree))).ToList();

        // Whether a rule matches depends on files that are in no tree.
        string digest = CollectState.Digest(given + string.Concat(_problems.Recorded.Select(problem => problem.Message + "\n")), trees);
        List<string> outputs = [.. archives.Select(archive => archive.Path), ManifestPath, ImportsPath];
        if (state.IsCurrent(digest, outputs))
        {
            snapshot.Write(given, archives, _found, outputs);
            return Current(archives);
        }

        MissingGlobs.Check(options.ProjectFile, options.ProjectDirectory, _problems);
        RuleChecks.CheckWildcards(options.ProjectFile, _problems);
        if (_problems.Blocking.Count > 0)
        {
            return Blocked(state, snapshot);
        }

        // The order of the files matters from here on; the check for changes does without.
        trees = trees.Select(tree => tree.Sorted()).ToList();
        snapshot.Delete();
        state.Delete();
        Directory.CreateDirectory(options.OutputDirectory);
        RemoveLeftovers(outputs);
        using var spool = new SpoolFolder(options.OutputDirectory);
        BuildManifest? manifest = null;
        try
        {
            manifest = Produce(trees, settings, candidates, spool, cancellation);
        }
        catch (SourceChangedException e)
        {
            _problems.Block(ProblemIds.ChangedDuringBuild, e.Path, e.Message);
        }
        catch (ArchiveTooLargeException e)
        {
            _problems.Block(ProblemIds.TooLarge, options.ProjectFile, e.Message + " Split it with Distribution.");
        }

        if (manifest is null || _problems.Blocking.Count > 0)
        {
            return Blocked(state, snapshot);
        }

        OutputFile.WriteIfChanged(ManifestPath, ManifestTextWriter.Write(manifest));
        state.Write(digest, outputs);
        snapshot.Write(given, archives, _found, outputs);
        return new CollectResult(archives, ManifestPath, [], [.. manifest.Diagnostics], Asked: _asked);
    }

    /// <summary>
    /// For a design-time build: a manifest with the names of the project's modules and entry points, and without docstrings, where
    /// there is none yet. Starts no interpreter.
    /// </summary>
    public CollectResult RunForNames()
    {
        if (!File.Exists(ManifestPath))
        {
            List<PythonTree> trees = BuildTrees().Select(tree => tree.Sorted()).ToList();
            var unanswered = new Dictionary<TreeFile, FileAnalysis>();
            EntryPointChecks entryPoints;
            try
            {
                entryPoints = EntryPoints(trees);
            }
            catch (SourceChangedException)
            {
                // A build proper says what is wrong.
                return new CollectResult([], null, [], []);
            }

            Directory.CreateDirectory(options.OutputDirectory);
            var names = new BuildManifest(
                default,
                new(OwnModules.List(trees, unanswered)),
                new(entryPoints.Resolve(options, unanswered)),
                entryPoints.ResolveMain(options.Main, unanswered),
                default);
            OutputFile.WriteIfChanged(ManifestPath, ManifestTextWriter.Write(names));
        }

        return new CollectResult([], ManifestPath, [], []);
    }

    private List<PythonTree> BuildTrees()
    {
        IReadOnlyList<ModuleRule> rules = RuleChecks.Read(options.Rules, _problems);
        var builder = new TreeBuilder(options, rules, _problems);
        List<PythonTree> trees = builder.Build(options.Packages).Where(tree => tree.Files.Count > 0).ToList();
        if (_problems.Blocking.Count == 0)
        {
            RuleChecks.CheckMatches(options.Rules, rules, builder.Selection, _problems);
        }

        _excluded = builder.Selection.Excluded;
        _found = builder.Record;
        return trees;
    }

    private EntryPointChecks EntryPoints(IReadOnlyList<PythonTree> trees) => new(
        new ProjectModules(trees, _excluded), ConsoleScripts.Read(trees, SourceReader.ReadLines).ToList(), options.ProjectFile, _problems);

    private string ArchivePathOf(PythonTree tree) => Path.Combine(options.OutputDirectory, tree.Distribution + ".zip");

    private CollectResult Current(IReadOnlyList<ArchiveOutput> archives)
    {
        ManifestDiagnostic[] recorded = options.ReportsProblems
            ? [.. ManifestTextReader.Read(File.ReadAllText(ManifestPath, ArchiveFormat.Utf8)).Diagnostics]
            : [];
        return new CollectResult(archives, ManifestPath, [], recorded, WasCurrent: true);
    }

    private CollectResult Blocked(CollectState state, CollectSnapshot snapshot)
    {
        snapshot.Delete();
        state.Delete();
        return new CollectResult([], null, _problems.Blocking, []);
    }

    private BuildManifest? Produce(List<PythonTree> trees, CompileSettings settings, InterpreterCandidates candidates, SpoolFolder spool, CancellationToken cancellation)
    {
        EntryPointChecks entryPoints = EntryPoints(trees);
        var analysis = new TreeAnalysis(options, settings, candidates, spool, _problems);
        analysis.Run(trees, entryPoints.WantedAttributes(options), cancellation);
        TreeChecks.Run(trees, analysis.Interpreter?.StandardLibrary ?? [], SourceReader.Read, _problems);
        if (_problems.Blocking.Count > 0)
        {
            return null;
        }

        var packer = new ArchivePacker(analysis.Answers, analysis.Compiled, settings);
        var described = new List<ManifestTree>();
        foreach (PythonTree tree in trees)
        {
            cancellation.ThrowIfCancellationRequested();
            string hash = packer.Pack(tree, ArchivePathOf(tree));
            DistributionMetadata metadata = DistributionMetadata.Read(tree, SourceReader.ReadLines);
            described.Add(new ManifestTree(
                tree.Distribution, tree.ResourceName, hash, ArchiveFormat.Version, tree.Placement, metadata.MinimumPython, new(metadata.Requirements)));
        }

        IEnumerable<InterpreterInfo> interpreters = analysis.Compiled.Select(version => version.Interpreter);
        if (analysis.Interpreter is not null)
        {
            interpreters = interpreters.Prepend(analysis.Interpreter).Distinct();
        }

        OutputFile.WriteIfChanged(ImportsPath, OpenImportFile.Format(new ImportChecks(trees, _excluded, analysis.Answers, interpreters.ToArray()).Find()));
        _asked = analysis.Asked;
        IReadOnlyList<ManifestEntryPoint> resolved = entryPoints.Resolve(options, analysis.Answers);
        string? main = entryPoints.ResolveMain(options.Main, analysis.Answers);
        return new BuildManifest(
            new(described), new(OwnModules.List(trees, analysis.Answers)), new(resolved), main, new(_problems.Recorded));
    }

    /// <summary>Removes archives of distributions that are no more, and what an interrupted build left long ago.</summary>
    private void RemoveLeftovers(List<string> outputs)
    {
        foreach (string file in Directory.EnumerateFiles(options.OutputDirectory, "*.zip").Except(outputs, FilePaths.Comparer).ToList())
        {
            File.Delete(file);
        }

        // A build at the same time may still write younger ones.
        DateTime old = DateTime.UtcNow.AddDays(-1);
        foreach (string file in Directory.EnumerateFiles(options.OutputDirectory, "*.tmp").Where(file => File.GetLastWriteTimeUtc(file) < old).ToList())
        {
            File.Delete(file);
        }

        SpoolFolder.RemoveOlderThan(options.OutputDirectory, old);
    }
}
