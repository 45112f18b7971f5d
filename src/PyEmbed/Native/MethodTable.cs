using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>
/// The <c>PyMethodDef</c>s of the functions written in C#, in tables that Python code can reach: CPython looks up the address in them at every call, so that
/// writing another address there turns the functions off without a managed instruction. The caller of each member holds the GIL.
/// </summary>
internal sealed unsafe class MethodTable(NativeState native)
{
    private const int TableLength = 64;

    private readonly List<nint> tables = [];
    private readonly Stack<nint> unused = new();

    /// <summary>A new entry.</summary>
    public CPython.PyMethodDef* Add(string name, string doc, nint function)
    {
        if (unused.Count == 0)
        {
            AddTable();
        }

        var entry = (CPython.PyMethodDef*)unused.Pop();
        entry->Name = Copy(name);
        entry->Doc = Copy(doc);
        entry->Flags = CPython.METH_FASTCALL | CPython.METH_KEYWORDS;
        entry->Function = function;
        return entry;
    }

    /// <summary>Frees an entry, which no function uses any more.</summary>
    public void Remove(CPython.PyMethodDef* entry)
    {
        NativeMemory.Free(entry->Name);
        NativeMemory.Free(entry->Doc);
        *entry = default;
        unused.Push((nint)entry);
    }

    /// <summary>Makes every function refuse to be called: from now on its <c>__self__</c> is called, a <c>NativeReference</c> of pyembed._native.</summary>
    public void RefuseCalls()
    {
        foreach (nint table in tables)
        {
            for (int i = 0; i < TableLength; i++)
            {
                ((CPython.PyMethodDef*)table)[i].Function = CPython.PyObject_CallNoArgs;
            }
        }
    }

    /// <summary>Frees the entries. No function uses them any more.</summary>
    public void Free()
    {
        foreach (nint table in tables)
        {
            for (int i = 0; i < TableLength; i++)
            {
                NativeMemory.Free(((CPython.PyMethodDef*)table)[i].Name);
                NativeMemory.Free(((CPython.PyMethodDef*)table)[i].Doc);
            }

            NativeMemory.Free((void*)table);
        }

        tables.Clear();
        unused.Clear();
    }

    private void AddTable()
    {
        // Freed only with the interpreter: see ManagedReference.
        nuint size = (nuint)(TableLength * sizeof(CPython.PyMethodDef));
        nint table = (nint)NativeMemory.AllocZeroed(size);
        using PyRef none = PyRef.Take(HostCall.Invoke(
            native.Host.Module, "add_table", PyRef.Checked(CPython.PyMemoryView_FromMemory((byte*)table, (nint)size, CPython.PyBUF_WRITE))));
        tables.Add(table);
        for (int i = TableLength - 1; i >= 0; i--)
        {
            unused.Push(table + i * sizeof(CPython.PyMethodDef));
        }
    }

    private static byte* Copy(string text)
    {
        byte[] bytes = NativeHost.NullTerminated(text);
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }
}
