namespace PyEmbed.Interop;

/// <summary>Calls of Python callables with .NET arguments. The caller holds the GIL; each result is a new reference.</summary>
internal static unsafe class Calls
{
    // As many arguments go on the stack; more of them on the heap.
    private const int StackArguments = 16;

    /// <summary>Calls an object.</summary>
    public static nint Invoke(nint callable, object?[]? arguments) => Invoke(callable, 0, Unfold(arguments));

    /// <summary>Calls a method, without making a bound method unless there are keywords.</summary>
    public static nint InvokeMethod(nint self, string name, object?[]? arguments)
    {
        using PyRef method = PyRef.Take(Text.NewName(name));
        return Invoke(self, method.Value, Unfold(arguments));
    }

    // C# takes a lone null or string[] for the parameter array itself, but an int[] for one argument. Here they all are one argument.
    private static object?[] Unfold(object?[]? arguments) =>
        arguments == null ? [null] : arguments.GetType() == typeof(object[]) ? arguments : [arguments];

    // Without a method name, the slot before the arguments is left to the callee; with one, it holds self.
    private static nint Invoke(nint target, nint method, object?[] arguments)
    {
        Span<nint> slots = arguments.Length < StackArguments ? stackalloc nint[StackArguments] : new nint[arguments.Length + 1];
        int count = 1;
        nint keywords = 0, result = 0;

        // The call must own what it calls: another thread may dispose the last reference meanwhile.
        slots[0] = PyRef.New(target);
        try
        {
            foreach (object? argument in arguments)
            {
                if (argument is PythonKeyword keyword)
                {
                    AddKeyword(ref keywords, keyword);
                    continue;
                }

                if (keywords != 0)
                {
                    throw new ArgumentException("A positional argument follows a keyword argument.", nameof(arguments));
                }

                slots[count] = ToPython.Convert(argument);
                count++;
            }

            fixed (nint* first = slots)
            {
                result = Call(target, method, first, count, keywords);
            }
        }
        finally
        {
            slots[0] = target;
            foreach (nint reference in slots[..count])
            {
                CPython.Py_DecRef(reference);
            }

            if (keywords != 0)
            {
                CPython.Py_DecRef(keywords);
            }
        }

        return PyRef.Checked(result);
    }

    private static nint Call(nint target, nint method, nint* slots, int count, nint keywords)
    {
        if (method == 0)
        {
            return CPython.PyObject_VectorcallDict(target, slots + 1, (nuint)(count - 1) | CPython.PY_VECTORCALL_ARGUMENTS_OFFSET, keywords);
        }

        if (keywords == 0)
        {
            return CPython.PyObject_VectorcallMethod(method, slots, (nuint)count | CPython.PY_VECTORCALL_ARGUMENTS_OFFSET, 0);
        }

        using PyRef bound = PyRef.Own(CPython.PyObject_GetAttr(target, method));
        return bound.Value == 0 ? 0 : CPython.PyObject_VectorcallDict(bound.Value, slots + 1, (nuint)(count - 1), keywords);
    }

    private static void AddKeyword(ref nint keywords, PythonKeyword keyword)
    {
        if (keywords == 0)
        {
            keywords = PyRef.Checked(CPython.PyDict_New());
        }

        using PyRef name = PyRef.Take(Text.NewName(keyword.Name));
        using PyRef value = PyRef.Own(ToPython.Convert(keyword.Value));
        nint size = CPython.PyDict_Size(keywords);
        if (CPython.PyDict_SetItem(keywords, name.Value, value.Value) != 0)
        {
            PythonErrors.ThrowPending();
        }

        if (CPython.PyDict_Size(keywords) == size)
        {
            throw new ArgumentException($"The keyword argument '{keyword.Name}' is given twice.", nameof(keyword));
        }
    }
}
