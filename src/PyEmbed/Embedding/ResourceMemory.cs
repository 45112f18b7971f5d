using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using PyEmbed.Interop;

namespace PyEmbed.Embedding;

/// <summary>
/// A resource in the mapped image of an assembly, used in place. The image goes with its load context, and there is no telling
/// when Python has dropped the last slice of a view that has no owner: an assembly whose tree was mounted is kept for good.
/// </summary>
internal sealed unsafe class ResourceMemory : TreeMemory
{
    private static readonly HashSet<Assembly> Viewed = []; // Guarded by the GIL.

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

        if (stream is UnmanagedMemoryStream inPlace)
        {
            return new ResourceMemory(assembly, inPlace.PositionPointer, inPlace.Length);
        }

        // An assembly that overrides the method (a dynamic one): no memory to point to.
        MemoryStream copy = new();
        stream.CopyTo(copy);
        return new PythonOwnedMemory(copy.ToArray());
    }

    /// <remarks>An assembly without a file of its own lies in the program of a single-file application, unless compressed there.</remarks>
    public override string? Source
    {
        [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "That the location is empty is what is asked.")]
        get => assembly.Location is { Length: > 0 } file ? file : Environment.ProcessPath;
    }

    public override nint CreateView()
    {
        Viewed.Add(assembly);
        return PyRef.Checked(CPython.PyMemoryView_FromMemory(start, (nint)length, CPython.PyBUF_READ));
    }
}
