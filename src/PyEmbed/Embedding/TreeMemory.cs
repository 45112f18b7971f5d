namespace PyEmbed.Embedding;

/// <summary>Where the bytes of a tree's archive are, and who keeps them alive.</summary>
internal abstract class TreeMemory
{
    /// <summary>A new reference to a read-only <c>memoryview</c> of the archive. The caller holds the GIL.</summary>
    /// <remarks>The bytes stay valid as long as this view or a slice of it lives, whatever happens to the tree.</remarks>
    public abstract nint CreateView();

    /// <summary>The archive's bytes, for code that needs no Python: no GIL is needed. The caller keeps this object alive as long as it reads.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>
    /// A file that may hold the archive's bytes somewhere, so that worker processes can map them too: an archive, an assembly, the program
    /// of a single-file application. Null where they are in this process's memory alone.
    /// </summary>
    public virtual string? Source => null;

    /// <summary>Where the archive lies, if that is the image of an assembly, which stays and which nobody writes to.</summary>
    public virtual (nint Start, long Length) Image => default;
}
