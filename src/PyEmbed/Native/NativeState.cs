using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>What the modules written in C# need in one interpreter. The caller of each member holds its GIL.</summary>
internal sealed unsafe class NativeState
{
    // Made when first needed: collections of numbers, which no native code is ready for, cost each start their compilation.
    private MethodTable? table;
    private HashSet<nint>? handles;

    /// <summary>That of the interpreter which the calling thread serves.</summary>
    public static NativeState Current => InterpreterState.Current.Native;

    /// <summary>The method definitions of the functions.</summary>
    public MethodTable Table => table ??= new MethodTable(this);

    /// <summary>What builds the modules, by their full names.</summary>
    public Dictionary<string, Action<PythonNativeModule>> Builders { get; } = new(StringComparer.Ordinal);

    /// <summary>The module <c>pyembed._native</c>, and its class <c>NativeReference</c>; 0 while nobody has needed them. Kept for the life of the interpreter.</summary>
    public (nint Module, nint ReferenceType) Host { get; set; }

    /// <summary>The <c>GCHandle</c>s behind the references, see <see cref="ManagedReference"/>.</summary>
    public HashSet<nint> Handles => handles ??= [];

    /// <summary>The definition of the references, a <c>PyModuleDef</c>; null while there are none.</summary>
    public byte* Definition { get; set; }

    /// <summary>What the references have to find this instance by.</summary>
    public GCHandle Self { get; set; }

    /// <summary>Lets go of everything: functions cannot be called any more. For an interpreter that ends.</summary>
    public void Release()
    {
        if (handles is not null)
        {
            foreach (nint handle in handles)
            {
                (GCHandle.FromIntPtr(handle).Target as NativeFunction)?.ReleaseSlots();
            }
        }

        NativeRegistry.Uninstall();
        if (Host.Module != 0)
        {
            CPython.Release(Host.ReferenceType);
            CPython.Release(Host.Module);
            Host = default;
        }
    }

    /// <summary>Frees the memory that objects of the interpreter point to. There is no such object any more.</summary>
    public void Free()
    {
        table?.Free();
        if (Definition != null)
        {
            NativeMemory.Free(Definition);
            Definition = null;
            Self.Free();
        }
    }
}
