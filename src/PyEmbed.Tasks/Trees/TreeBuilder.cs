using PyEmbed.Manifest;
using PyEmbed.Manifest.Rules;

namespace PyEmbed.Tasks.Trees;

/// <summary>Turns items into trees: which files, under which root, in which distribution, as far as the rules leave them in.</summary>
internal sealed class TreeBuilder
{
    private const string Element = "PythonPackage";

    private readonly string _projectDirectory;
    private readonly string _defaultDistribution;
    private readonly FolderWalker _walker;
    private readonly HashSet<string> _excludedFolders;
    private readonly TreePlacement? _placement;
    private readonly ProblemList _problems;
    private readonly string _projectFile;
    private readonly ModuleRoot _roots;
    private readonly Dictionary<(string Root, string Folder), string?> _prefixes = [];

    // Module roots in which an installer left a *.dist-info folder. Those of *.egg-info lie beside code under development too.
    private readonly HashSet<string> _installed = new(FilePaths.Comparer);
    private readonly Dictionary<string, Draft> _drafts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Draft> _order = [];

    /// <param name="options">What to collect.</param>
    /// <param name="rules">The rules of <paramref name="options"/>.</param>
    /// <param name="problems">Where problems go.</param>
    public TreeBuilder(CollectOptions options, IEnumerable<ModuleRule> rules, ProblemList problems)
    {
        Selection = new ModuleSelection(new ModuleRules(rules));
        _projectFile = options.ProjectFile;
        _projectDirectory = FilePaths.Normalize(options.ProjectDirectory, "");
        _defaultDistribution = DistributionName.FromAssemblyName(options.AssemblyName);
        string[] excluded = options.ExcludedFolders.Select(folder => FilePaths.Normalize(_projectDirectory, folder)).ToArray();
        _excludedFolders = new HashSet<string>(excluded, FilePaths.Comparer);
        _walker = new FolderWalker(excluded, Record);
        _roots = new ModuleRoot(Record);
        _placement = options.Placement;
        _problems = problems;
    }

    /// <summary>What was found on disk.</summary>
    public WalkRecord Record { get; } = new();

    /// <summary>What the rules decided.</summary>
    public ModuleSelection Selection { get; }

    /// <summary>The trees in the order in which their first item stands in the project. An item that cannot be used is a blocking problem.</summary>
    public IReadOnlyList<PythonTree> Build(IEnumerable<PackageItem> items)
    {
        foreach (PackageItem item in items)
        {
            if (DraftFor(item) is Draft draft)
            {
                Add(draft, item, item.FullPath);
            }
        }

        return _order.Select(ToTree).ToList();
    }

    private Draft? DraftFor(PackageItem item)
    {
        string name = item.Distribution.Length > 0 ? item.Distribution : _defaultDistribution;
        if (!_drafts.TryGetValue(name, out Draft? draft))
        {
            if (!DistributionName.IsValid(name))
            {
                _problems.BlockIn(
                    ProblemIds.DistributionName,
                    _projectFile,
                    Element,
                    item.Distribution,
                    $"'{name}' cannot be a distribution's name; use ASCII letters, digits, '.', '_' and '-', with a letter or digit at both ends.");
                return null;
            }

            draft = new Draft(name);
            _drafts.Add(name, draft);
            _order.Add(draft);
        }
        else if (draft.Distribution != name)
        {
            _problems.BlockIn(
                ProblemIds.DistributionName, _projectFile, Element, name, $"The distributions '{draft.Distribution}' and '{name}' differ only in case; give them the same name or different ones.");
            return null;
        }

        return UseMaterialize(draft, item.Materialize) ? draft : null;
    }

    private bool UseMaterialize(Draft draft, string value)
    {
        if (value.Length == 0)
        {
            return true;
        }

        if (!ArchiveFormat.TryParse(value.ToLowerInvariant(), out MaterializeMode mode))
        {
            _problems.BlockIn(ProblemIds.UnusableValue, _projectFile, Element, value, $"Materialize=\"{value}\" is none of Auto, Never, Data, All.");
            return false;
        }

        if (draft.Materialize is MaterializeMode other && other != mode)
        {
            _problems.BlockIn(
                ProblemIds.UnusableValue, _projectFile, Element, value, $"The distribution '{draft.Distribution}' has items with Materialize=\"{other}\" and with Materialize=\"{mode}\"; it can have one value only.");
            return false;
        }

        draft.Materialize = mode;
        return true;
    }

    private void Add(Draft draft, PackageItem item, string fullPath)
    {
        var file = new FileInfo(fullPath);
        if (file.Exists)
        {
            Record.AddFile(file);
            string place = Place(item, file.FullName);
            string folder = Path.GetDirectoryName(place)!;
            string fixedPart = item.RecursiveDir.Length > 0 ? FixedPart(folder, item.RecursiveDir) : folder;
            Add(draft, file, place, Root(item, fixedPart));
            return;
        }

        fullPath = FilePaths.Normalize(fullPath, "");
        var directory = new DirectoryInfo(fullPath);
        if (!directory.Exists)
        {
            if (IsExcludedMatch(item, fullPath))
            {
                return;
            }

            _problems.BlockIn(
                ProblemIds.Missing, _projectFile, Element, fullPath, $"The file or folder '{fullPath}' of a PythonPackage item does not exist; correct Include or create it.");
            return;
        }

        string placeOfFolder = Place(item, fullPath);
        string root = Root(item, placeOfFolder);
        try
        {
            foreach (FileInfo below in _walker.Files(directory))
            {
                string place = item.Link.Length > 0 ? placeOfFolder + below.FullName.Substring(fullPath.Length) : below.FullName;
                Add(draft, below, place, root);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Block(ProblemIds.ChangedDuringBuild, fullPath, $"The folder '{fullPath}' cannot be listed: {e.Message}");
        }
    }

    // Globs also match links that lead nowhere: editors' locks, interpreters of virtual environments that were moved.
    private bool IsExcludedMatch(PackageItem item, string fullPath) =>
        DefaultExcludes.IsFile(Path.GetFileName(fullPath))
        || (item.RecursiveDir.Length > 0 && Path.GetDirectoryName(fullPath) is string folder && Prefix(Root(item, FixedPart(folder, item.RecursiveDir)), folder) is null);

    private string Place(PackageItem item, string fullPath) =>
        item.Link.Length > 0 ? FilePaths.NormalizeMetadata(_projectDirectory, item.Link) : fullPath;

    private string Root(PackageItem item, string fixedPart) =>
        item.Root.Length > 0 ? FilePaths.NormalizeMetadata(_projectDirectory, item.Root) : _roots.Infer(fixedPart);

    private static string FixedPart(string folder, string recursiveDir)
    {
        string tail = recursiveDir.Replace(Path.AltDirectorySeparatorChar, Path.DirectorySeparatorChar).TrimEnd(Path.DirectorySeparatorChar);
        return folder.EndsWith(Path.DirectorySeparatorChar + tail, FilePaths.Comparison)
            ? folder.Substring(0, folder.Length - tail.Length - 1)
            : folder;
    }

    /// <param name="draft">The tree.</param>
    /// <param name="file">What is read.</param>
    /// <param name="place">Where it counts as lying.</param>
    /// <param name="root">The module root, which is above that place.</param>
    private void Add(Draft draft, FileInfo file, string place, string root)
    {
        string name = Path.GetFileName(place);
        if (DefaultExcludes.IsFile(name) || Prefix(root, Path.GetDirectoryName(place)!) is not string prefix)
        {
            return;
        }

        string path = prefix + name;
        if (ArchivePath.Problem(path) is string problem)
        {
            draft.Block(path, ProblemIds.OutsideRoot, file.FullName, $"'{path}' cannot be a path in an archive: {problem}.");
            return;
        }

        if (path.IndexOf(".dist-info/", StringComparison.Ordinal) is var end and > 0 && path.IndexOf('/') > end)
        {
            _installed.Add(root);
        }

        if (draft.Files.TryGetValue(path, out TreeFile? other))
        {
            if (!string.Equals(other.FullPath, file.FullName, FilePaths.Comparison) && !HaveSameContent(draft, path, other.FullPath, file.FullName))
            {
                draft.Block(
                    path,
                    ProblemIds.TwoFilesForOneName,
                    file.FullName,
                    $"'{file.FullName}' and '{other.FullPath}' both become '{path}' of the distribution '{draft.Distribution}' and differ; leave one out or use Distribution.");
            }

            return;
        }

        try
        {
            bool inProject = FilePaths.Below(_projectDirectory, place) is not null;
            FileInfo content = FileLinks.Content(file);
            var found = new TreeFile(path, file.FullName, content.Length, content.LastWriteTimeUtc.Ticks, inProject);
            draft.Files.Add(path, found);
            draft.Order.Add((found, root));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            draft.Block(path, ProblemIds.ChangedDuringBuild, file.FullName, $"'{file.FullName}' cannot be read: {e.Message}");
        }
    }

    /// <summary>What precedes a file's name in the archive, or null where the folder's files stay out. Found out once a folder.</summary>
    private string? Prefix(string root, string folder)
    {
        if (!_prefixes.TryGetValue((root, folder), out string? prefix))
        {
            prefix = FindPrefix(root, folder);
            _prefixes.Add((root, folder), prefix);
        }

        return prefix;
    }

    private string? FindPrefix(string root, string folder)
    {
        if (string.Equals(root, folder, FilePaths.Comparison))
        {
            return "";
        }

        if (FilePaths.Below(root, folder) is not string below)
        {
            _problems.BlockIn(
                ProblemIds.OutsideRoot, _projectFile, Element, root, $"The files in '{folder}' lie outside their module root '{root}'; correct Root or Include of the PythonPackage item.");
            return null;
        }

        string path = FilePaths.IsWindows ? below.Replace('\\', '/') : below;
        if (path.Split('/').Any(DefaultExcludes.IsFolder) || IsInExcludedFolder(root, folder))
        {
            return null;
        }

        return path + "/";
    }

    private bool IsInExcludedFolder(string root, string folder)
    {
        for (; FilePaths.Below(root, folder) is not null; folder = Path.GetDirectoryName(folder)!)
        {
            if (_excludedFolders.Contains(folder) || DefaultExcludes.IsVirtualEnvironment(folder, Record))
            {
                return true;
            }
        }

        return false;
    }

    private PythonTree ToTree(Draft draft)
    {
        HashSet<string> leftOut = Selection.LeftOut(draft.Paths);
        foreach ((string path, ManifestDiagnostic problem) in draft.Problems)
        {
            if (!leftOut.Contains(path))
            {
                _problems.Block(problem.Id, problem.File, problem.Message);
            }
        }

        List<TreeFile> files = draft.Order
            .Where(found => leftOut.Count == 0 || !leftOut.Contains(found.File.Path))
            .Select(found => _installed.Contains(found.Root) ? found.File with { IsInstalled = true } : found.File)
            .ToList();

        // The project's own code precedes the standard library; what lies elsewhere is third-party code and follows it.
        TreePlacement placement = _placement ?? (files.All(file => file.InProject) ? TreePlacement.App : TreePlacement.Library);
        return new PythonTree(draft.Distribution, placement, draft.Materialize ?? MaterializeMode.Auto, files);
    }

    private static bool HaveSameContent(Draft draft, string path, string one, string other)
    {
        try
        {
            long length = FileLinks.Content(new FileInfo(one)).Length;
            return length == FileLinks.Content(new FileInfo(other)).Length
                && (length == 0 || File.ReadAllBytes(one).AsEnumerable().SequenceEqual(File.ReadAllBytes(other)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            draft.Block(path, ProblemIds.ChangedDuringBuild, other, $"'{other}' or '{one}' cannot be read: {e.Message}");
            return true;
        }
    }

    private sealed class Draft(string distribution)
    {
        public string Distribution { get; } = distribution;

        public MaterializeMode? Materialize { get; set; }

        public Dictionary<string, TreeFile> Files { get; } = new(StringComparer.Ordinal);

        public List<(TreeFile File, string Root)> Order { get; } = [];

        /// <summary>What is wrong with the file at a path, if the rules leave it in.</summary>
        public List<(string Path, ManifestDiagnostic Problem)> Problems { get; } = [];

        /// <summary>The paths of all files, also of those that cannot be used.</summary>
        public IReadOnlyCollection<string> Paths => Problems.Count == 0 ? Files.Keys : Files.Keys.Union(Problems.Select(problem => problem.Path)).ToList();

        public void Block(string path, string id, string file, string message) =>
            Problems.Add((path, new ManifestDiagnostic(id, ManifestSeverity.Error, file, 0, 0, 0, 0, message)));
    }
}
