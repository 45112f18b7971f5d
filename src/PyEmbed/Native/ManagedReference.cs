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
    /// <summary>Makes an object that keeps <paramref name="target"/> alive.</summary>
    /// <param name="name">Its <c>__name__</c>.</param>
    /// <param name="target">What it stands for. A <see cref="NativeFunction"/> is disposed when the Python object goes, with the GIL held.</param>
    /// <returns>A new reference.</returns>
    public static nint New(string name, object target)
    {
        NativeState native = NativeState.Current;
        _ = NativeHostModule.Handle; // Made by now: the definition and the class.
        using PyRef module = PyRef.Take(CPython.PyModule_Create2((nint)native.Definition, CPython.PYTHON_API_VERSION));
        nint handle = GCHandle.ToIntPtr(GCHandle.Alloc(target));
        native.Handles.Add(handle);
        nint* words = (nint*)CPython.PyModule_GetState(module.Value);
        words[1] = GCHandle.ToIntPtr(native.Self);
        words[0] = handle;
        using PyRef text = PyRef.Take(Text.New(name));
        Set(module.Value, "__name__", text.Value);
        Set(module.Value, "__class__", native.Host.ReferenceType);
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
        NativeState native = NativeState.Current;
        if (CPython.TypeOf(value) != native.Host.ReferenceType)
        {
            return null;
        }

        nint handle = *(nint*)CPython.PyModule_GetState(value);
        return native.Handles.Contains(handle) ? GCHandle.FromIntPtr(handle).Target : null;
    }

    /// <summary>Lets go of all .NET objects; nothing is called back any more. Functions must have been made to refuse before.</summary>
    public static void ReleaseAll()
    {
        NativeState native = NativeState.Current;
        if (native.Definition != null)
        {
            Body(native)->Free = 0;
        }

        foreach (nint handle in native.Handles)
        {
            GCHandle.FromIntPtr(handle).Free();
        }

        native.Handles.Clear();
    }

    /// <summary>A new reference to a writable <c>memoryview</c> of the pointer that leads back to managed code when a reference goes.</summary>
    public static nint CreateReleaseView()
    {
        NativeState native = NativeState.Current;
        EnsureDefinition(native);
        return PyRef.Checked(CPython.PyMemoryView_FromMemory((byte*)&Body(native)->Free, sizeof(nint), CPython.PyBUF_WRITE));
    }

    private static CPython.PyModuleDefBody* Body(NativeState native) => (CPython.PyModuleDefBody*)(native.Definition + CPython.HeadSize);

    private static void EnsureDefinition(NativeState native)
    {
        if (native.Definition != null)
        {
            return;
        }

        // Freed only with the interpreter: objects that outlive all of this may point to it.
        native.Self = GCHandle.Alloc(native);
        native.Definition = (byte*)NativeMemory.AllocZeroed((nuint)(CPython.HeadSize + sizeof(CPython.PyModuleDefBody)));
        *(nint*)native.Definition = 1; // The reference count of a static object.
        CPython.PyModuleDefBody* definition = Body(native);
        definition->Name = Text.Ascii("pyembed.NativeReference"u8);
        definition->Size = 2 * sizeof(nint);
        definition->Free = (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Free;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint module)
    {
        // The calling thread may be one that Python code has started, which nothing has told yet that it serves an isolate.
        nint* words = (nint*)CPython.PyModule_GetState(module);
        nint handle = words[0];
        if (handle != 0 && ((NativeState)GCHandle.FromIntPtr(words[1]).Target!).Handles.Remove(handle))
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
