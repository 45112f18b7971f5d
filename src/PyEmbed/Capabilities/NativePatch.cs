using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// Puts a body of ours before C functions of CPython, in the method table that CPython itself calls them by. So it holds for every function object made of that entry: those that modules
/// have bound under other names, those in copies of the module, those that <c>gc</c> finds. There is no original left for Python code to reach.
/// </summary>
/// <remarks>A <c>PyMethodDef</c> (stable ABI: name, function, flags, doc) is static and writable in every CPython. Replaced for the life of the process.</remarks>
internal static unsafe class NativePatch
{
    // The places of a PyCFunction's and a slot wrapper's members, in words; looked at, not assumed.
    private const int FunctionWords = 6, WrapperWords = 7, TypeWords = 52;
    private const int Slot = CapabilityApi.METH_VARARGS | CapabilityApi.METH_KEYWORDS; // How CPython calls __new__ and __init__.

    private static readonly List<Delegate> Kept = []; // What native code points to must not be collected.
    private static readonly HashSet<nint> Done = [];  // Method table entries, and initializers of ours. Guarded by the GIL.

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Entry(nint self, nint second, nint third, nint fourth, nint fifth);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Initializer(nint self, nint arguments, nint keywords);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Constructor(nint self, nint arguments, nint keywords);

    /// <summary>Puts a body before a C function. Where that was done before, nothing happens.</summary>
    /// <param name="function">A borrowed reference to a <c>builtin_function_or_method</c>.</param>
    /// <param name="name">For messages of defects.</param>
    /// <param name="body">What runs.</param>
    /// <param name="shortcut">Gives the function to put in the stead of both, from CPython's own, that which runs the body, and the flags of both; null for none.</param>
    /// <exception cref="NotSupportedException">The object is of another layout than that of any known CPython.</exception>
    public static void Before(nint function, string name, NativeBody body, Func<nint, nint, int, nint>? shortcut = null)
    {
        nint method = MethodOf(function, name);
        if (!Done.Add(method))
        {
            return;
        }

        nint* entry = (nint*)method;
        nint original = entry[1];
        int flags = CapabilityApi.PyCFunction_GetFlags(function);
        // The convention has fewer parameters for most functions; what the others hold is not looked at.
        Entry replacement = (self, second, third, fourth, fifth) => Decide(name, body, new(original, flags, self, second, third, fourth, fifth));
        Kept.Add(replacement);
        nint guard = Marshal.GetFunctionPointerForDelegate(replacement);
        entry[1] = shortcut is null ? guard : shortcut(original, guard, flags);
    }

    /// <summary>Puts a body before a type's <c>__init__</c> in C, in the type and in what <c>type.__init__</c> gives.</summary>
    public static void BeforeInitializer(nint type, string name, InitializerBody body)
    {
        using PyRef wrapper = PyRef.Take(CPython.PyObject_GetAttrString(type, Text.Ascii("__init__"u8)));
        nint* slots = (nint*)type, members = (nint*)wrapper.Value;
        for (int slot = 2; slot < TypeWords; slot++)
        {
            for (int member = 2; member < WrapperWords; member++)
            {
                if (slots[slot] != 0 && slots[slot] == members[member])
                {
                    nint original = slots[slot];
                    if (Done.Contains(original))
                    {
                        return;
                    }

                    NativeBody initialize = (scoped ref NativeCall call) => body(ref call) ? 1 : 0;
                    Initializer replacement = (self, arguments, keywords) => Decide(name, initialize, new(original, Slot, self, arguments, keywords, 0, 0)) == 0 ? -1 : 0;
                    Kept.Add(replacement);
                    slots[slot] = members[member] = Marshal.GetFunctionPointerForDelegate(replacement);
                    _ = Done.Add(slots[slot]);
                    return;
                }
            }
        }

        throw Unknown(name);
    }

    /// <summary>Puts a body before a type's <c>__new__</c> in C: self is the type that is to be made. Holds for subclasses that are made from now on, and for what <c>type.__new__</c> gives, which asks the type.</summary>
    public static void BeforeConstructor(nint type, string name, NativeBody body)
    {
        nint* slot = (nint*)type + ConstructorSlot();
        nint original = *slot;
        if (original == 0)
        {
            throw Unknown(name);
        }

        if (Done.Contains(original))
        {
            return;
        }

        Constructor replacement = (self, arguments, keywords) => Decide(name, body, new(original, Slot, self, arguments, keywords, 0, 0));
        Kept.Add(replacement);
        *slot = Marshal.GetFunctionPointerForDelegate(replacement);
        _ = Done.Add(*slot);
    }

    // Where in a type that member lies: looked for in one of which CPython tells what it holds, which it does not of every type before 3.10.
    private static int ConstructorSlot()
    {
        using PyRef type = PyRef.Take(NewType());
        nint* slots = (nint*)type.Value;
        nint constructor = CapabilityApi.PyType_GetSlot(type.Value, CapabilityApi.Py_tp_new);
        for (int slot = 2; constructor != 0 && slot < TypeWords; slot++)
        {
            if (slots[slot] == constructor)
            {
                return slot;
            }
        }

        throw Unknown("type.__new__");
    }

    // A class as Python code makes them.
    private static nint NewType()
    {
        using PyRef name = PyRef.Take(Text.New("Sample")), bases = PyRef.Take(CPython.PyTuple_New(0)), members = PyRef.Take(CPython.PyDict_New());
        nint* arguments = stackalloc nint[] { name.Value, bases.Value, members.Value };
        return CPython.PyObject_VectorcallDict(CPython.PyType_Type, arguments, 3, 0);
    }

    /// <summary>A new reference to a function of ours, with a Python object that it is given as self.</summary>
    public static nint NewFunction(nint method, nint self) => PyRef.Checked(CapabilityApi.PyCFunction_NewEx((void*)method, self, 0));

    /// <summary>A method table entry of ours, for <see cref="NewFunction"/>; positional arguments only.</summary>
    public static nint NewMethod(string name, NativeBody body)
    {
        Entry function = (self, second, third, fourth, fifth) => Decide(name, body, new(0, CapabilityApi.METH_FASTCALL, self, second, third, fourth, fifth));
        Kept.Add(function);
        nint* entry = (nint*)NativeMemory.AllocZeroed(4, (nuint)sizeof(nint));
        entry[0] = Marshal.StringToCoTaskMemUTF8(name);
        entry[1] = Marshal.GetFunctionPointerForDelegate(function);
        *(int*)(entry + 2) = CapabilityApi.METH_FASTCALL;
        return (nint)entry;
    }

    private static nint Decide(string name, NativeBody body, NativeCall call)
    {
        try
        {
            call.TakeArguments();
            return body(ref call);
        }
        catch (Exception e)
        {
            return Failed(name, e);
        }
        finally
        {
            call.Dispose();
        }
    }

    // A .NET exception must not cross CPython's frames, and what could not be decided is denied.
    private static nint Failed(string name, Exception e) => Denied.Refuse($"{name} is denied: deciding on it failed ({e.GetType().Name}: {e.Message})");

    private static nint MethodOf(nint function, string name)
    {
        nint code = CapabilityApi.PyCFunction_GetFunction(function);
        if (code == 0)
        {
            CPython.PyErr_Clear();
            throw Unknown(name);
        }

        nint* members = (nint*)function;
        for (int i = 2; i < FunctionWords; i++)
        {
            nint* entry = (nint*)members[i];
            if (entry != null && entry[1] == code)
            {
                return (nint)entry;
            }
        }

        throw Unknown(name);
    }

    private static NotSupportedException Unknown(string name) =>
        new($"The function '{name}' of this CPython ({Marshal.PtrToStringUTF8((nint)CPython.Py_GetVersion())}) has a layout that PyEmbed does not know, so capabilities cannot be enforced.");
}
