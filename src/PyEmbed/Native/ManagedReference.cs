using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>
/// Python objects that keep a .NET object alive: what <c>__self__</c> of a function written in C# is, and what ties a Python exception to the .NET one.
/// </summary>
/// <remarks>
/// Each is a module object: builtin functions have a module for <c>__self__</c>, and only a module has state of its own behind an exported function and calls back
/// by one pointer for all, which Python code clears in a forked child, so that nothing managed runs there. The caller of each member holds the GIL.
/// </remarks>
internal static unsafe class ManagedReference
{
    private static readonly HashSet<nint> Handles = []; // Guarded by the GIL.
    private static CPython.PyModuleDefBody* definition;
    private static nint head;

    /// <summary>Makes an object that keeps <paramref name="target"/> alive.</summary>
    /// <param name="name">Its <c>__name__</c>.</param>
    /// <param name="target">What it stands for. A <see cref="NativeFunction"/> is disposed when the Python object goes, with the GIL held.</param>
    /// <returns>A new reference.</returns>
    public static nint New(string name, object target)
    {
        _ = NativeHostModule.Handle; // Made by now: the definition and the class.
        using PyRef module = PyRef.Take(CPython.PyModule_Create2(head, CPython.PYTHON_API_VERSION));
        nint handle = GCHandle.ToIntPtr(GCHandle.Alloc(target));
        Handles.Add(handle);
        *(nint*)CPython.PyModule_GetState(module.Value) = handle;
        using PyRef text = PyRef.Take(Text.New(name));
        Set(module.Value, "__name__", text.Value);
        Set(module.Value, "__class__", NativeHostModule.ReferenceType);
        return module.NewReference();
    }

    /// <summary>What a reference stands for. The type is not checked: the caller knows what it asks for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Target<T>(nint reference)
        where T : class =>
        Unsafe.As<T>(GCHandle.FromIntPtr(*(nint*)CPython.PyModule_GetState(reference)).Target!);

    /// <summary>What any object stands for; null for an object that was not made here, and after <see cref="ReleaseAll"/>.</summary>
    public static object? TryGetTarget(nint value)
    {
        if (CPython.TypeOf(value) != NativeHostModule.ReferenceType)
        {
            return null;
        }

        nint handle = *(nint*)CPython.PyModule_GetState(value);
        return Handles.Contains(handle) ? GCHandle.FromIntPtr(handle).Target : null;
    }

    /// <summary>Lets go of all .NET objects; nothing is called back any more. Functions must have been made to refuse before.</summary>
    public static void ReleaseAll()
    {
        if (definition != null)
        {
            definition->Free = 0;
        }

        foreach (nint handle in Handles)
        {
            GCHandle.FromIntPtr(handle).Free();
        }

        Handles.Clear();
    }

    /// <summary>A new reference to a writable <c>memoryview</c> of the pointer that leads back to managed code when a reference goes.</summary>
    public static nint CreateReleaseView()
    {
        EnsureDefinition();
        return PyRef.Checked(CPython.PyMemoryView_FromMemory((byte*)&definition->Free, sizeof(nint), CPython.PyBUF_WRITE));
    }

    private static void EnsureDefinition()
    {
        if (definition != null)
        {
            return;
        }

        // Never freed: objects that outlive all of this may point to it.
        byte* memory = (byte*)NativeMemory.AllocZeroed((nuint)(CPython.HeadSize + sizeof(CPython.PyModuleDefBody)));
        *(nint*)memory = 1; // The reference count of a static object.
        head = (nint)memory;
        definition = (CPython.PyModuleDefBody*)(memory + CPython.HeadSize);
        definition->Name = Text.Ascii("pyembed.NativeReference"u8);
        definition->Size = sizeof(nint);
        definition->Free = (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Free;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint module)
    {
        nint handle = *(nint*)CPython.PyModule_GetState(module);
        if (handle != 0 && Handles.Remove(handle))
        {
            GCHandle reference = GCHandle.FromIntPtr(handle);
            (reference.Target as NativeFunction)?.Dispose(); // Exceptions may be disposable, too: those belong to others.
            reference.Free();
        }
    }

    private static void Set(nint module, string name, nint value)
    {
        using PyRef attribute = PyRef.Take(Text.NewName(name));
        if (CPython.PyObject_SetAttr(module, attribute.Value, value) != 0)
        {
            PythonErrors.ThrowPending();
        }
    }
}
