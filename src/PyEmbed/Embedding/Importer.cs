using System.Reflection;
using PyEmbed.Interop;

namespace PyEmbed.Embedding;

/// <summary>
/// The importer, <c>pyembed._importer</c>, in the running interpreter (docs/formats.md, section 4). It is pure Python and kept in
/// <c>sys.modules</c>: where another copy of this assembly has started it, that one is used, so that both agree on what is mounted.
/// </summary>
internal sealed class Importer
{
    private const string OwnTree = "PyEmbed/pyembed.zip";

    // The only Python that runs before the importer: finds it in the archive by the index and runs it. Another copy of this
    // assembly may come at the same time: the lock is that of an import of the module.
    internal static ReadOnlySpan<byte> Bootstrap => """
        def boot(view, store, source, codes):
            import sys, marshal
            from _frozen_importlib import _ModuleLockManager
            from _frozen_importlib_external import MAGIC_NUMBER
            name = 'pyembed._importer'
            def read(folder, file):
                record = marshal.loads(folders[folder]).get(file) if folder in folders else None
                return record and view[record[1]:record[1] + record[2]]
            with _ModuleLockManager(name):
                module = sys.modules.get(name)
                if module is None:
                    end = int.from_bytes(view[-6:-2], 'little') - 20
                    _, folders = marshal.loads(view[end - int.from_bytes(view[end:end + 4], 'little'):end])
                    code = read('pyembed/__pycache__', f'_importer.{sys.implementation.cache_tag}.pyc')
                    if code and code[:4] == MAGIC_NUMBER:
                        code = marshal.loads(code[16:])
                    else:
                        code = compile(bytes(read('pyembed', '_importer.py')), 'pyembed/_importer.py', 'exec', dont_inherit=True)
                    module = sys.modules[name] = type(sys)(name)
                    module.__package__ = 'pyembed'
                    try:
                        exec(code, module.__dict__)
                    except BaseException:
                        del sys.modules[name]
                        raise
            module.boot(view, store, source, codes)
            return module

        """u8;

    private readonly PythonObject module;

    private Importer(PythonObject module) => this.module = module;

    /// <summary>Starts the importer, or finds it started. The caller holds the GIL.</summary>
    /// <param name="store">The extraction directory, or null for the user's own.</param>
    /// <param name="codes">The folder of the code cache, or null for the extraction directory, or empty where there is to be none.</param>
    /// <exception cref="InvalidOperationException">The importer runs already, with other folders.</exception>
    public static unsafe Importer Boot(string? store, string? codes)
    {
        TreeMemory memory = OwnMemory;
        using PyRef globals = PyRef.Take(CPython.PyDict_New());
        if (CPython.PyDict_SetItemString(globals.Value, Text.Ascii("__builtins__"u8), CPython.PyEval_GetBuiltins()) != 0)
        {
            PythonErrors.ThrowPending(); // Only from 3.10 on does a function find the builtins without it.
        }

        using PyRef code = PyRef.Take(Compile(Bootstrap));
        using PyRef none = PyRef.Take(CPython.PyEval_EvalCode(code.Value, globals.Value, globals.Value));
        using PyRef name = PyRef.Take(Text.New("boot"));
        nint boot = CPython.PyDict_GetItemWithError(globals.Value, name.Value);
        using PyRef view = PyRef.Take(memory.CreateView());
        using PyRef place = PyRef.Take(TextOrNone(store));
        using PyRef source = PyRef.Take(TextOrNone(memory.Source));
        using PyRef cache = PyRef.Take(TextOrNone(codes));
        nint* arguments = stackalloc nint[] { view.Value, place.Value, source.Value, cache.Value };
        try
        {
            return new Importer(new PythonObject(Call(boot, arguments, 4)));
        }
        catch (PythonException e) when (e.PythonType == "ValueError")
        {
            throw new InvalidOperationException($"{e.Message[(e.PythonType.Length + ": ".Length)..]}. Leave it out, or start PyEmbed with it first.", e);
        }
    }

    /// <summary>Mounts a tree and returns its root. The caller holds the GIL.</summary>
    /// <exception cref="InvalidDataException">The archive is corrupt or of a newer format.</exception>
    public string Mount(PythonTree tree) =>
        Root(tree, "mount_view", tree.Memory.CreateView(), Text.New(tree.Origin), TextOrNone(tree.Memory.Source), Bool(tree.Materialize));

    /// <summary>Mounts a tree in the stead of one <see cref="Mount"/> of another, and returns the new root. The caller holds the GIL.</summary>
    /// <exception cref="InvalidDataException">The archive is corrupt or of a newer format; then the other stays.</exception>
    public string Replace(PythonTree old, string root, PythonTree tree) =>
        Root(tree, "replace_view", Text.New(root), tree.Memory.CreateView(), Text.New(tree.Origin), TextOrNone(tree.Memory.Source), Bool(tree.Materialize), TextOrNone(old.BundleHash));

    /// <summary>Undoes one <see cref="Mount"/> of a tree. The caller holds the GIL.</summary>
    public void Unmount(PythonTree tree, string root)
    {
        if (tree.BundleHash is { } hash)
        {
            using PythonObject bundles = new(PyRef.Checked(PythonCode.Own("pyembed._bundles"u8)));
            bundles.InvokeMethod("unmount", root, hash).Dispose();
        }
        else
        {
            module.InvokeMethod("unmount", root).Dispose();
        }
    }

    /// <summary>The module <c>pyembed._importer</c>.</summary>
    public PythonObject Module => module;

    /// <summary>The memory of the importer's own tree.</summary>
    public static TreeMemory OwnMemory => ResourceMemory.Of(Assembly.GetExecutingAssembly(), OwnTree)
        ?? throw new InvalidOperationException($"PyEmbed.dll lacks its resource {OwnTree}: it was not built by its own project.");

    /// <summary>What is mounted, loaded, extracted and shadowed: the dict of docs/formats.md.</summary>
    public PythonObject Report() => module.InvokeMethod("report");

    private string Root(PythonTree tree, string function, params ReadOnlySpan<nint> arguments)
    {
        try
        {
            using PyRef root = PyRef.Take(HostCall.Invoke(module.Handle, function, arguments));
            return Text.Read(root.Value);
        }
        catch (PythonException e) when (e.PythonType is "pyembed.ArchiveError" or "pyembed.bundle.BundleError")
        {
            string why = e.Message[(e.PythonType.Length + ": ".Length)..], named = $"{tree.Origin}: ";
            throw new InvalidDataException($"The Python tree '{tree.Origin}' cannot be mounted: {(why.StartsWith(named, StringComparison.Ordinal) ? why[named.Length..] : why)}", e);
        }
    }

    // ReadyToRun compiles no method that calls native code within try.
    private static unsafe nint Call(nint function, nint* arguments, nuint count) => PyRef.Checked(CPython.PyObject_VectorcallDict(function, arguments, count, 0));

    private static nint Bool(bool value) => PyRef.New(value ? CPython.Py_True : CPython.Py_False);

    private static nint TextOrNone(string? text) => text is null ? PyRef.New(CPython.Py_None) : Text.New(text);

    private static unsafe nint Compile(ReadOnlySpan<byte> source)
    {
        fixed (byte* text = source, name = "<pyembed bootstrap>"u8)
        {
            return CPython.Py_CompileStringExFlags(text, name, CPython.Py_file_input, null, -1);
        }
    }
}
