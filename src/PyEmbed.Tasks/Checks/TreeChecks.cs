using PyEmbed.Manifest;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Checks;

/// <summary>Finds what is wrong with the names in trees, whatever the files contain.</summary>
internal static class TreeChecks
{
    /// <summary>Records what it finds in <paramref name="problems"/>; <paramref name="read"/> gives a file's content, where names alone do not tell.</summary>
    public static void Run(IReadOnlyList<PythonTree> trees, IReadOnlyCollection<string> standardLibrary, Func<TreeFile, byte[]> read, ProblemList problems)
    {
        var standardNames = new HashSet<string>(standardLibrary, StringComparer.Ordinal);
        foreach (PythonTree tree in trees)
        {
            CheckSizes(tree, problems);
            CheckFolders(tree, problems);
            CheckStandardLibrary(tree, standardNames, problems);
        }

        if (trees.Count > 1)
        {
            CheckDistributions(trees, read, problems);
        }
    }

    private static void CheckSizes(PythonTree tree, ProblemList problems)
    {
        foreach (TreeFile file in tree.Files.Where(file => file.Length > int.MaxValue))
        {
            problems.Block(
                ProblemIds.TooLarge, file.FullPath, $"'{file.Path}' is larger than the 2 GiB that an archive can hold. Leave it out of the distribution '{tree.Distribution}'.");
        }
    }

    private static void CheckFolders(PythonTree tree, ProblemList problems)
    {
        // Folder and, with case ignored, the names in it; a folder is known by the first file below it.
        var names = new Dictionary<string, Dictionary<string, (string Name, TreeFile File)>>(StringComparer.Ordinal);
        foreach (TreeFile file in tree.Files)
        {
            string path = file.Path;
            bool isFile = true;
            while (path.Length > 0)
            {
                int slash = path.LastIndexOf('/');
                string folder = slash < 0 ? "" : path.Substring(0, slash);
                string name = path.Substring(slash + 1);
                if (!names.TryGetValue(folder, out Dictionary<string, (string Name, TreeFile File)>? inFolder))
                {
                    inFolder = new Dictionary<string, (string, TreeFile)>(StringComparer.OrdinalIgnoreCase);
                    names.Add(folder, inFolder);
                }

                if (!inFolder.TryGetValue(name, out (string Name, TreeFile File) other))
                {
                    inFolder.Add(name, (name, file));
                }
                else if (other.Name != name)
                {
                    problems.Record(
                        ProblemIds.NamesDifferInCase,
                        ManifestSeverity.Error,
                        file.FullPath,
                        $"'{path}' and '{(folder.Length == 0 ? "" : folder + "/")}{other.Name}' of the distribution '{tree.Distribution}' differ only in case; on Windows and macOS they are one file. Rename one.");
                }
                else if (isFile != (other.File.Path == path))
                {
                    problems.Block(
                        ProblemIds.TwoFilesForOneName,
                        file.FullPath,
                        $"'{path}' of the distribution '{tree.Distribution}' is a file ('{other.File.FullPath}') and a folder ('{file.FullPath}'); rename one or use Distribution.");
                }
                else
                {
                    break;
                }

                path = folder;
                isFile = false;
            }
        }

        foreach (TreeFile file in tree.Files.Where(file => file.IsPython))
        {
            string stem = file.Name.Substring(0, file.Name.Length - 3);
            if (names.TryGetValue(file.Folder.Length == 0 ? stem : $"{file.Folder}/{stem}", out Dictionary<string, (string Name, TreeFile File)>? sub)
                && sub.TryGetValue("__init__.py", out (string Name, TreeFile File) init) && init.Name == "__init__.py")
            {
                problems.Record(
                    ProblemIds.TwoFilesForOneName,
                    file.IsOwn || init.File.IsOwn ? ManifestSeverity.Error : ManifestSeverity.Warning,
                    file.FullPath,
                    $"'{file.Path}' and '{init.File.Path}' of the distribution '{tree.Distribution}' are two files for one module; CPython takes the package. Remove or rename one.");
            }
        }
    }

    private static void CheckStandardLibrary(PythonTree tree, HashSet<string> standardNames, ProblemList problems)
    {
        // After the standard library nothing hides it; there only the project's own modules are worth a word, for they are never imported.
        bool precedes = tree.Placement == TreePlacement.App;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (TreeFile file in tree.Files.Where(file => precedes || file.InProject))
        {
            if (ModuleName.FromPath(file.Path, out _) is string name
                && name.Split('.')[0] is string top
                && standardNames.Contains(top)
                && seen.Add(top))
            {
                problems.Record(
                    ProblemIds.ShadowsStandardLibrary,
                    ManifestSeverity.Warning,
                    file.FullPath,
                    precedes
                        ? $"'{top}' is also a module of Python's standard library, which this one hides from all code in the process. Rename it."
                        : $"'{top}' is also a module of Python's standard library, which hides this one: the distribution '{tree.Distribution}' has files from outside the project's folder and follows it. Rename it, or use Distribution.");
            }
        }
    }

    private static void CheckDistributions(IReadOnlyList<PythonTree> trees, Func<TreeFile, byte[]> read, ProblemList problems)
    {
        var owners = new Dictionary<string, (PythonTree Tree, TreeFile File, bool IsPackage)>(StringComparer.Ordinal);
        foreach (PythonTree tree in trees)
        {
            string covered = ".";
            foreach ((string name, TreeFile file, bool isPackage) in Modules(tree))
            {
                if (!owners.TryGetValue(name, out (PythonTree Tree, TreeFile File, bool IsPackage) owner))
                {
                    owners.Add(name, (tree, file, isPackage));
                }
                else if (owner.Tree != tree
                    && !name.StartsWith(covered, StringComparison.Ordinal)
                    && !(isPackage && owner.IsPackage && NamespaceDeclaration.IsIn(read(file)) && NamespaceDeclaration.IsIn(read(owner.File))))
                {
                    // What lies below it is in both as well, and said with it.
                    covered = name + ".";
                    bool arePackages = isPackage && owner.IsPackage;
                    string remedy = arePackages ? "Put it into one, or remove __init__.py from both to make it a namespace." : "Leave it out of one, or rename it.";
                    problems.Record(
                        ProblemIds.PackageInTwoDistributions,
                        ManifestSeverity.Error,
                        file.FullPath,
                        $"The {(arePackages ? "package" : "module")} '{name}' is in the distributions '{owner.Tree.Distribution}' and '{tree.Distribution}'; Python imports one of them and never sees the other. {remedy}");
                }
            }
        }
    }

    /// <summary>A tree's modules, each after the packages that it is in. Of several files for one module the package comes first.</summary>
    private static IEnumerable<(string Name, TreeFile File, bool IsPackage)> Modules(PythonTree tree)
    {
        var modules = new List<(string Name, TreeFile File, bool IsPackage)>();
        foreach (TreeFile file in tree.Files)
        {
            if (ModuleName.FromPath(file.Path, out bool isPackage) is string name)
            {
                modules.Add((name, file, isPackage));
            }
        }

        return modules.OrderBy(module => module.Name, StringComparer.Ordinal).ThenBy(module => !module.IsPackage);
    }
}
