namespace PyEmbed;

/// <summary>A mounted tree. Any thread may use it; each member takes the GIL itself.</summary>
public sealed class PythonMount : IDisposable
{
    private readonly PythonInterpreter interpreter;
    private bool disposed;

    internal PythonMount(PythonInterpreter interpreter, PythonTree tree, string root)
    {
        this.interpreter = interpreter;
        Tree = tree;
        Root = root;
    }

    /// <summary>
    /// The tree's entry on <c>sys.path</c>: an absolute path below the extraction directory, that need not exist on disk.
    /// It follows from the contents, so <see cref="Replace"/> changes it.
    /// </summary>
    public string Root { get; private set; }

    /// <summary>What is mounted.</summary>
    public PythonTree Tree { get; private set; }

    /// <summary>
    /// Mounts another tree in this one's stead, at its place on <c>sys.path</c>; there is no moment without either. Imports from then on see the new tree, also
    /// those of submodules of packages imported before. Modules that were imported stay as they are until they are reloaded (<c>importlib.reload</c>, which finds
    /// them in the new tree) or removed from <c>sys.modules</c>; what they read of their own files is still the old tree's.
    /// </summary>
    /// <param name="tree">The new tree.</param>
    /// <exception cref="InvalidDataException">The new tree is corrupt or of a newer format; then the old one stays mounted.</exception>
    /// <exception cref="ObjectDisposedException">The mount, or the interpreter, was disposed.</exception>
    public void Replace(PythonTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        using IDisposable hold = interpreter.Hold();
        ObjectDisposedException.ThrowIf(disposed, this);
        Root = interpreter.ReplaceTree(Tree, Root, tree);
        Tree = tree;
    }

    /// <summary>
    /// Takes the tree off <c>sys.path</c>. Modules imported from it keep working, and so does what they later read from it.
    /// Does nothing when repeated, and after the interpreter was disposed.
    /// </summary>
    public void Dispose()
    {
        if (disposed || !interpreter.IsRunning)
        {
            return;
        }

        using IDisposable hold = interpreter.Hold();
        if (!disposed)
        {
            disposed = true;
            interpreter.UnmountTree(Tree, Root);
        }
    }
}
