using PyEmbed.Capabilities;
using PyEmbed.Embedding;
using PyEmbed.Interop;
using PyEmbed.Native;

namespace PyEmbed;

/// <summary>What the options give to one interpreter: the importer, mounted trees, native modules, finders, guards. The caller of each member holds its GIL.</summary>
internal sealed class InterpreterSetup : IDisposable
{
    private readonly PythonOptions options;
    private PythonObject? importers;
    private PythonObject? searchPaths;

    private InterpreterSetup(PythonOptions options, Importer importer)
    {
        this.options = options;
        Importer = importer;
        Host = PythonCode.Import("pyembed._host");
    }

    public Importer Importer { get; }

    /// <summary>The module <c>pyembed._host</c>.</summary>
    public PythonObject Host { get; }

    /// <summary>What is mounted, in this order.</summary>
    public List<(PythonTree Tree, string Root)> Mounted { get; } = [];

    /// <summary>Sets the calling thread's interpreter up; where that fails, the interpreter is as it was.</summary>
    /// <param name="options">What it gets.</param>
    /// <param name="store">The extraction directory, or null for the user's own.</param>
    /// <param name="codes">The folder of the code cache, or null for the extraction directory, or empty where there is to be none.</param>
    /// <param name="prepare">What comes before everything that the options give, once there is the importer.</param>
    /// <param name="complete">What comes last.</param>
    public static InterpreterSetup Create(PythonOptions options, string? store, string? codes, Action<InterpreterSetup> prepare, Action<InterpreterSetup>? complete = null)
    {
        InterpreterSetup setup = new(options, Importer.Boot(store, codes));
        prepare(setup);
        setup.Call("enter", Text.New(Environment.ProcessPath ?? ""), CPython.Gate.CreateForkedView());
        if (InterpreterState.Current == InterpreterState.Main)
        {
            // An isolate does not fork.
            CPython.Gate.KeepForkedEnd(setup.Host);
        }

        setup.Call("install_hooks");
        try
        {
            ResolutionOrder.Install(options);
            if (options.NativeModules.Count > 0)
            {
                NativeRegistry.Install(options.NativeModules.Freeze());
            }

            ImportGuards.Install(options);
            setup.MountAll();
            setup.importers = HostImporters.Install(options.Importers);
            complete?.Invoke(setup);
        }
        catch
        {
            setup.Undo();
            throw;
        }

        return setup;
    }

    /// <summary>Calls a function of <see cref="Host"/> for its effect; consumes the references to the arguments.</summary>
    public void Call(string function, params ReadOnlySpan<nint> arguments)
    {
        using PyRef none = PyRef.Take(HostCall.Invoke(Host.Handle, function, arguments));
    }

    /// <summary>Mounts and remembers a tree.</summary>
    public string MountTree(PythonTree tree)
    {
        CapabilityWall.Trust(tree.Memory);
        string root = Importer.Mount(tree);
        Mounted.Add((tree, root));
        return root;
    }

    /// <summary>Mounts and remembers a tree in the stead of another.</summary>
    public string ReplaceTree(PythonTree old, string oldRoot, PythonTree tree)
    {
        CapabilityWall.Trust(tree.Memory);
        string root = Importer.Replace(old, oldRoot, tree);
        Mounted[Mounted.IndexOf((old, oldRoot))] = (tree, root);
        return root;
    }

    /// <summary>Unmounts and forgets a tree.</summary>
    public void UnmountTree(PythonTree tree, string root)
    {
        Importer.Unmount(tree, root);
        Mounted.Remove((tree, root));
    }

    /// <summary>Takes back what others in the interpreter would go on without: finders, native modules, trees.</summary>
    public void Leave()
    {
        HostImporters.Uninstall(importers);
        NativeRegistry.Uninstall();
        foreach ((PythonTree tree, string root) in Mounted)
        {
            Importer.Unmount(tree, root);
        }

        Mounted.Clear();
    }

    /// <summary>Gives back the references. For an interpreter that ends.</summary>
    public void Dispose()
    {
        importers?.Dispose();
        searchPaths?.Dispose();
        Importer.Module.Dispose();
        Host.Dispose();
    }

    private void Undo()
    {
        ImportGuards.Uninstall(options);
        Leave();
        if (searchPaths is not null)
        {
            Call("remove_search_paths", searchPaths.NewReference());
            searchPaths.Dispose();
        }

        ResolutionOrder.Uninstall(options);
    }

    private void MountAll()
    {
        if (options.AutoMount)
        {
            foreach (PythonTree tree in PythonTree.AllListed())
            {
                MountTree(tree);
            }
        }

        foreach (PythonTree tree in options.Mounts)
        {
            MountTree(tree);
        }

        if (options.SearchPaths.Count > 0)
        {
            List<string> paths = new(options.SearchPaths);
            searchPaths = new PythonObject(HostCall.Invoke(Host.Handle, "add_search_paths", HostCall.List(paths.ConvertAll(Path.GetFullPath))));
        }
    }
}
