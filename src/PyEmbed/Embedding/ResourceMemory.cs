using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using PyEmbed.Interop;

namespace PyEmbed.Embedding;

/// <summary>
/// A resource in the mapped image of an assembly that stays as long as the process, used in place.
/// </summary>
/// <remarks>
/// The image of an assembly in a collectible load context goes with that, and there is no telling when Python has dropped the last slice
/// of a view of memory without an owner. Such a resource is copied, so that it goes when Python is done with it.
/// </remarks>
internal sealed unsafe class ResourceMemory : TreeMemory
{
    private readonly Assembly assembly;
    private readonly byte* start;
    private readonly long length;

    private ResourceMemory(Assembly assembly, byte* start, long length)
    {
        this.assembly = assembly;
        this.start = start;
        this.length = length;
    }

    /// <summary>The memory of a resource; null if the assembly has none of this name.</summary>
    public static TreeMemory? Of(Assembly assembly, string resource)
    {
        using Stream? stream = assembly.GetManifestResourceStream(resource);
        if (stream is null)
        {
            return null;
        }

        if (stream is UnmanagedMemoryStream inPlace && !assembly.IsCollectible)
        {
            return new ResourceMemory(assembly, inPlace.PositionPointer, inPlace.Length);
        }

        // Or an assembly that overrides the method (a dynamic one): no memory to point to.
        byte[] copy = new byte[stream.Length];
        stream.ReadExactly(copy);
        return new PythonOwnedMemory(copy, SourceOf(assembly));
    }

    public override ReadOnlySpan<byte> Bytes => new(start, checked((int)length));

    public override string? Source => SourceOf(assembly);

    public override (nint Start, long Length) Image => ((nint)start, length);

    public override nint CreateView() => PyRef.Checked(CPython.PyMemoryView_FromMemory(start, (nint)length, CPython.PyBUF_READ));

    /// <summary>An assembly without a file of its own lies in the program of a single-file application, unless compressed there.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "That the location is empty is what is asked.")]
    private static string? SourceOf(Assembly assembly) => assembly.Location is { Length: > 0 } file ? file : Environment.ProcessPath;
}
