using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>A call of a C function of CPython that is under way: its arguments, whichever calling convention it has, and the function behind it.</summary>
internal unsafe ref struct NativeCall
{
    private readonly nint original;
    private readonly int flags;
    private readonly nint self, definingClass;
    private readonly nint given;            // METH_VARARGS: the dict of the arguments that were given by name, or 0.
    private nint names;                     // A tuple of their names, or 0.
    private readonly int positional;
    private readonly Span<nint> values;     // Borrowed, but for those in owned.
    private List<nint>? owned;
    private List<int>? lent;

    public NativeCall(nint original, int flags, nint self, nint second, nint third, nint fourth, nint fifth)
    {
        this.original = original;
        this.flags = flags;
        this.self = self;
        if ((flags & CapabilityApi.METH_FASTCALL) != 0)
        {
            bool hasClass = (flags & CapabilityApi.METH_METHOD) != 0;
            nint* arguments = (nint*)(hasClass ? third : second);
            definingClass = hasClass ? second : 0;
            positional = (int)(hasClass ? fourth : third);
            names = (flags & CapabilityApi.METH_KEYWORDS) == 0 ? 0 : hasClass ? fifth : fourth;
            int named = names == 0 ? 0 : (int)CPython.PyTuple_Size(names);
            values = new Span<nint>(arguments, positional + named).ToArray();
        }
        else if ((flags & CapabilityApi.METH_VARARGS) != 0)
        {
            positional = (int)CPython.PyTuple_Size(second);
            given = (flags & CapabilityApi.METH_KEYWORDS) == 0 || third == 0 || CapabilityApi.PyDict_Size(third) == 0 ? 0 : third;
            values = new nint[positional + (given == 0 ? 0 : (int)CapabilityApi.PyDict_Size(given))];
            for (int i = 0; i < positional; i++)
            {
                values[i] = CPython.PyTuple_GetItem(second, i);
            }
        }
        else if ((flags & CapabilityApi.METH_O) != 0)
        {
            positional = 1;
            values = new[] { second };
        }
    }

    /// <summary>Takes the arguments as they are now: before anybody's code runs, which may find and change what they came in.</summary>
    /// <exception cref="ArgumentException">A name is of a subclass of str: what it says it equals when we ask, it need not say when CPython does. Or an argument is not there yet.</exception>
    public void TakeArguments()
    {
        if (given != 0)
        {
            names = PyRef.Checked(CPython.PyTuple_New(values.Length - positional));
            owned = [names];
            nint position = 0, name, value;
            for (int i = positional; i < values.Length && CapabilityApi.PyDict_Next(given, &position, &name, &value) != 0; i++)
            {
                if (CPython.TypeOf(name) != CapabilityApi.PyUnicode_Type)
                {
                    throw new ArgumentException("the names of its arguments must be of the type str itself");
                }

                _ = CPython.PyTuple_SetItem(names, i - positional, PyRef.New(name));
                values[i] = PyRef.New(value);
                owned.Add(value);
            }
        }

        // In a tuple that is being made of an iterator, which Python code can find: it would be there by the time that CPython looks.
        if (values.Contains(0))
        {
            throw new ArgumentException("an argument is not there yet");
        }
    }

    /// <summary>What the function is called on: its module, or the object.</summary>
    public readonly nint Self => self;

    /// <summary>The number of positional arguments.</summary>
    public readonly int Count => positional;

    /// <summary>An argument, borrowed, by its place (-1: only by name) or name, which a zero byte follows; 0 where it was not given.</summary>
    public readonly nint Get(int index, ReadOnlySpan<byte> name = default)
    {
        int slot = Slot(index, name);
        return slot < 0 ? 0 : values[slot];
    }

    /// <summary>The number of arguments, those by name included.</summary>
    public readonly int Total => values.Length;

    /// <summary>An argument that may be left out, as a new reference, which outlives what the call came with.</summary>
    public readonly PyRef Take(int index, ReadOnlySpan<byte> name, nint otherwise) => PyRef.Own(Get(index, name) is var value and not 0 ? PyRef.New(value) : otherwise == 0 ? 0 : PyRef.New(otherwise));

    /// <summary>The names of the keyword arguments, borrowed; 0 where there are none.</summary>
    public readonly nint KeywordNames => names;

    /// <summary>A keyword argument, borrowed, by its place in <see cref="KeywordNames"/>.</summary>
    public readonly nint GetNamed(int index) => values[positional + index];

    /// <summary>Has the function see another value for an argument that was given. Takes the reference.</summary>
    public void Replace(int index, ReadOnlySpan<byte> name, nint value)
    {
        (owned ??= []).Add(value);
        values[Slot(index, name)] = value;
    }

    /// <summary>Calls the function behind, with the arguments as they were when the call came and what was put in their stead: in a tuple and a dict of its own, which no Python code can change.</summary>
    /// <returns>A new reference, or 0 with an exception pending.</returns>
    public nint Continue()
    {
        if ((flags & CapabilityApi.METH_VARARGS) != 0)
        {
            using PyRef arguments = PyRef.Take(NewTuple()), keywords = PyRef.Own(NewDict());
            return ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)original)(self, arguments.Value, keywords.Value);
        }

        fixed (nint* arguments = values)
        {
            return (flags & CapabilityApi.METH_FASTCALL) == 0 ? ((delegate* unmanaged[Cdecl]<nint, nint, nint>)original)(self, values.IsEmpty ? 0 : values[0])
                : (flags & CapabilityApi.METH_METHOD) != 0 ? ((delegate* unmanaged[Cdecl]<nint, nint, nint*, nint, nint, nint>)original)(self, definingClass, arguments, positional, names)
                : ((delegate* unmanaged[Cdecl]<nint, nint*, nint, nint, nint>)original)(self, arguments, positional, names);
        }
    }

    /// <summary>Calls the function behind, where that is an <c>__init__</c>.</summary>
    /// <returns>False with an exception pending.</returns>
    public bool Initialize() => (int)Continue() == 0;

    /// <summary>Calls the function behind, where that is an <c>__init__</c>, with other arguments than it came with: by place, borrowed, in a tuple, which nobody can change.</summary>
    /// <returns>False with an exception pending.</returns>
    public readonly bool Initialize(scoped ReadOnlySpan<nint> arguments)
    {
        using PyRef tuple = PyRef.Take(CPython.PyTuple_New(arguments.Length));
        for (int i = 0; i < arguments.Length; i++)
        {
            _ = CPython.PyTuple_SetItem(tuple.Value, i, PyRef.New(arguments[i]));
        }

        return ((delegate* unmanaged[Cdecl]<nint, nint, nint, int>)original)(self, tuple.Value, 0) == 0;
    }

    /// <summary>Another number, for the length of the call, for a descriptor that somebody else may close; -1 and errno where there is none.</summary>
    public int Lend(Descriptors descriptors, int descriptor)
    {
        int other = descriptors.Copy(descriptor);
        if (other >= 0)
        {
            (lent ??= []).Add(other);
        }

        return other;
    }

    /// <summary>Releases what was held for the call.</summary>
    public void Dispose()
    {
        if (lent is not null)
        {
            foreach (int descriptor in lent)
            {
                CapabilityApi.Close(descriptor);
            }
        }

        if (owned is not null)
        {
            foreach (nint reference in owned)
            {
                CPython.Py_DecRef(reference);
            }

            owned.Clear();
        }
    }

    private readonly nint NewTuple()
    {
        nint tuple = PyRef.Checked(CPython.PyTuple_New(positional));
        for (int i = 0; i < positional; i++)
        {
            _ = CPython.PyTuple_SetItem(tuple, i, PyRef.New(values[i]));
        }

        return tuple;
    }

    // Not among the objects that the garbage collector tells of, so that what converts one argument cannot change another.
    private readonly nint NewDict()
    {
        if (names == 0)
        {
            return 0;
        }

        using PyRef dict = PyRef.Take(CPython.PyDict_New());
        for (int i = positional; i < values.Length; i++)
        {
            if (CPython.PyDict_SetItem(dict.Value, CPython.PyTuple_GetItem(names, i - positional), values[i]) != 0)
            {
                PythonErrors.ThrowPending();
            }
        }

        CapabilityApi.PyObject_GC_UnTrack(dict.Value);
        return dict.NewReference();
    }

    private readonly int Slot(int index, ReadOnlySpan<byte> name) => index >= 0 && index < positional ? index : name.IsEmpty ? -1 : Named(name);

    private readonly int Named(ReadOnlySpan<byte> name)
    {
        int count = names == 0 ? 0 : (int)CPython.PyTuple_Size(names);
        fixed (byte* text = name)
        {
            for (int i = 0; i < count; i++)
            {
                if (CapabilityApi.PyUnicode_CompareWithASCIIString(CPython.PyTuple_GetItem(names, i), text) == 0)
                {
                    return positional + i;
                }
            }
        }

        return -1;
    }
}

/// <summary>What runs in the stead of an <c>__init__</c> in C: decides, and may call <c>Initialize</c>.</summary>
/// <returns>False with an exception pending.</returns>
internal delegate bool InitializerBody(scoped ref NativeCall call);

/// <summary>What runs in the stead of a C function: decides, and may call <see cref="NativeCall.Continue"/>.</summary>
/// <returns>A new reference, or 0 with an exception pending.</returns>
internal delegate nint NativeBody(scoped ref NativeCall call);
