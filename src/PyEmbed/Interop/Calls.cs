using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>Calls of Python callables with .NET arguments. The caller holds the GIL; each result is a new reference.</summary>
/// <remarks>
/// The JIT calls unmanaged code inline only outside of try blocks, and sets up one frame for all such calls of a method:
/// so conversions, which may throw, and the calls of CPython stand in different methods.
/// </remarks>
internal static unsafe class Calls
{
    // As many slots are on the stack; more of them on the heap.
    private const int StackSlots = 16;

    /// <summary>Calls an object.</summary>
    public static nint Invoke(nint callable, object?[]? arguments) => Invoke(callable, 0, Unfold(arguments));

    /// <summary>Calls a method, without making a bound method.</summary>
    public static nint InvokeMethod(nint self, string name, object?[]? arguments) => Invoke(self, Text.NewName(name), Unfold(arguments));

    /// <summary>The value of an attribute.</summary>
    public static nint GetAttribute(nint self, string name) => PyRef.Checked(GetAttribute(PyRef.New(self), Text.NewName(name)));

    // Gives back both references.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint GetAttribute(nint self, nint name)
    {
        nint result = CPython.PyObject_GetAttr(self, name);
        CPython.Py_DecRef(name);
        CPython.Py_DecRef(self);
        return result;
    }

    // C# takes a lone null or string[] for the parameter array itself, but an int[] for one argument. Here they all are one argument.
    private static object?[] Unfold(object?[]? arguments) =>
        arguments == null ? [null] : arguments.GetType() == typeof(object[]) ? arguments : [arguments];

    // Owns the reference to the name of the method, which is 0 where the target itself is called.
    [SkipLocalsInit]
    private static nint Invoke(nint target, nint method, object?[] arguments)
    {
        Unsafe.SkipInit(out Slots few);
        Span<nint> slots = few;
        if (arguments.Length >= StackSlots)
        {
            slots = new nint[arguments.Length + 1];
        }

        // The call must own what it calls: another thread may dispose the last reference meanwhile.
        slots[0] = PyRef.New(target);
        int count = 1;
        nint names = 0;
        try
        {
            foreach (object? argument in arguments)
            {
                object? value = argument;
                if (argument is PythonKeyword keyword)
                {
                    value = keyword.Value;
                    AddName(ref names, keyword, arguments, count - 1);
                }
                else if (names != 0)
                {
                    throw new ArgumentException("A positional argument follows a keyword argument.", nameof(arguments));
                }

                slots[count] = ToPython.Convert(value);
                count++;
            }
        }
        catch
        {
            Release(slots[..count], method, names);
            throw;
        }

        fixed (nint* first = slots)
        {
            return PyRef.Checked(Call(first, count, method, names));
        }
    }

    // Gives back all the references that it gets: the target in the first slot, the arguments, the names.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Call(nint* slots, int count, nint method, nint names)
    {
        // The slot before the arguments is left to the callee; in a method call, it holds self.
        nint target = slots[0];
        nint positional = names == 0 ? count - 1 : count - 1 - CPython.PyTuple_Size(names);
        nint result;
        if (method != 0)
        {
            result = CPython.PyObject_VectorcallMethod(method, slots, (nuint)(positional + 1) | CPython.PY_VECTORCALL_ARGUMENTS_OFFSET, names);
            CPython.Py_DecRef(method);
        }
        else if (names != 0)
        {
            result = CPython.PyObject_Vectorcall(target, slots + 1, (nuint)positional | CPython.PY_VECTORCALL_ARGUMENTS_OFFSET, names);
        }
        else
        {
            result = CPython.PyObject_VectorcallDict(target, slots + 1, (nuint)positional | CPython.PY_VECTORCALL_ARGUMENTS_OFFSET, 0);
        }

        for (int i = 1; i < count; i++)
        {
            if (CPython.IsPlainNumber(slots[i]))
            {
                CPython.Py_DecRefPlain(slots[i]);
            }
            else
            {
                CPython.Py_DecRef(slots[i]);
            }
        }

        if (names != 0)
        {
            CPython.Py_DecRef(names);
        }

        CPython.Py_DecRef(target);
        return result;
    }

    private static void Release(ReadOnlySpan<nint> slots, nint method, nint names)
    {
        foreach (nint reference in slots)
        {
            CPython.Py_DecRef(reference);
        }

        if (method != 0)
        {
            CPython.Py_DecRef(method);
        }

        if (names != 0)
        {
            CPython.Py_DecRef(names);
        }
    }

    // All arguments from the first keyword on must be keywords, so their number is known.
    private static void AddName(ref nint names, PythonKeyword keyword, object?[] arguments, int index)
    {
        nint count = names == 0 ? arguments.Length - index : CPython.PyTuple_Size(names);
        int first = arguments.Length - (int)count;
        for (int i = first; i < index; i++)
        {
            if (((PythonKeyword)arguments[i]!).Name == keyword.Name)
            {
                throw new ArgumentException($"The keyword argument '{keyword.Name}' is given twice.", nameof(keyword));
            }
        }

        if (names == 0)
        {
            names = PyRef.Checked(CPython.PyTuple_New(count));
        }

        // Steals the reference.
        _ = CPython.PyTuple_SetItem(names, index - first, Text.NewName(keyword.Name));
    }

    [InlineArray(StackSlots)]
    private struct Slots
    {
        private nint first;
    }
}
