namespace PyEmbed.Embedding;

/// <summary>Where the bytes of a tree's archive are, and who keeps them alive.</summary>
internal abstract class TreeMemory
{
    /// <summary>A new reference to a read-only <c>memoryview</c> of the archive. The caller holds the GIL.</summary>
    /// <remarks>The bytes stay valid as long as this view or a slice of it lives, whatever happens to the tree.</remarks>
    public abstract nint CreateView();
}
