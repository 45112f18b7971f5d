using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>A call of a C function of CPython that is under way: its arguments, whichever calling convention it has, and the function behind it.</summary>
internal unsafe ref struct NativeCall
{
    private readonly nint original;
    private readonly int flags;
    private readonly nint self, fourth, fifth;
    private nint second, third;
    private nint keywords;                  // METH_VARARGS: a dict; else a tuple of names; or 0
    private readonly int positional;
    private Span<nint> values;              // borrowed, but for those in owned
    private List<nint>? owned;
    private Descriptors? owner;
    private int firstPin, secondPin;        // No function takes more numbers than two.
    private int pins;
    private List<int>? lent;

    public NativeCall(nint original, int flags, nint self, nint second, nint third, nint fourth, nint fifth)
    {
        this.original = original;
        this.flags = flags;
        this.self = self;
        this.second = second;
        this.third = third;
        this.fourth = fourth;
        this.fifth = fifth;
        if ((flags & CapabilityApi.METH_FASTCALL) != 0)
        {
            bool hasClass = (flags & CapabilityApi.METH_METHOD) != 0;
            nint* arguments = (nint*)(hasClass ? third : second);
            positional = (int)(hasClass ? fourth : third);
            keywords = (flags & CapabilityApi.METH_KEYWORDS) == 0 ? 0 : hasClass ? fifth : fourth;
            int named = keywords == 0 ? 0 : (int)CPython.PyTuple_Size(keywords);
            values = new Span<nint>(arguments, positional + named).ToArray();
        }
        else if ((flags & CapabilityApi.METH_VARARGS) != 0)
        {
            keywords = (flags & CapabilityApi.METH_KEYWORDS) == 0 ? 0 : third;
            positional = (int)CPython.PyTuple_Size(second);
            values = new nint[positional];
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

    /// <summary>What the function is called on: its module, or the object.</summary>
    public readonly nint Self => self;

    /// <summary>The number of positional arguments.</summary>
    public readonly int Count => positional;

    /// <summary>Whether the arguments come one after the other, not in a tuple.</summary>
    private readonly bool IsVector => (flags & CapabilityApi.METH_VARARGS) == 0;

    /// <summary>An argument, borrowed, by its place (-1: only by name) or name, which a zero byte follows; 0 where it was not given.</summary>
    public readonly nint Get(int index, ReadOnlySpan<byte> name = default)
    {
        if (index >= 0 && index < positional)
        {
            return values[index];
        }

        if (keywords == 0 || name.IsEmpty)
        {
            return 0;
        }

        if (IsVector)
        {
            int slot = Named(name);
            return slot < 0 ? 0 : values[slot];
        }

        fixed (byte* text = name)
        {
            using PyRef key = PyRef.Take(CPython.PyUnicode_FromKindAndData(1, text, name.Length));
            return CPython.PyDict_GetItemWithError(keywords, key.Value);
        }
    }

    /// <summary>The names of the keyword arguments, borrowed; 0 where there are none.</summary>
    public readonly nint KeywordNames => IsVector ? keywords : 0;

    /// <summary>A keyword argument, borrowed, by its place in <see cref="KeywordNames"/>.</summary>
    public readonly nint GetNamed(int index) => values[positional + index];

    /// <summary>Has the function see another value for an argument that was given. Takes the reference.</summary>
    public void Replace(int index, ReadOnlySpan<byte> name, nint value)
    {
        (owned ??= []).Add(value);
        if (!IsVector)
        {
            ReplaceInTuple(index, name, value);
            return;
        }

        values[index >= 0 && index < positional ? index : Named(name)] = value;
    }

    /// <summary>Refuses names of arguments that are of a subclass of str: what Python code says they equal when we look for them, it need not say when CPython does.</summary>
    /// <exception cref="ArgumentException">A name is such.</exception>
    public readonly void CheckNames()
    {
        nint position = 0, name, value;
        while (keywords != 0 && !IsVector && CapabilityApi.PyDict_Next(keywords, &position, &name, &value) != 0)
        {
            if (CPython.TypeOf(name) != CapabilityApi.PyUnicode_Type)
            {
                throw new ArgumentException("the names of its arguments must be of the type str itself");
            }
        }
    }

    /// <summary>Calls the function behind.</summary>
    /// <returns>A new reference, or 0 with an exception pending.</returns>
    public nint Continue()
    {
        nint result;
        if (!IsVector || values.IsEmpty)
        {
            result = ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint>)original)(self, second, third, fourth, fifth);
        }
        else if ((flags & CapabilityApi.METH_FASTCALL) == 0)
        {
            result = ((delegate* unmanaged[Cdecl]<nint, nint, nint>)original)(self, values[0]);
        }
        else
        {
            fixed (nint* arguments = values)
            {
                result = (flags & CapabilityApi.METH_METHOD) != 0
                    ? ((delegate* unmanaged[Cdecl]<nint, nint, nint*, nint, nint, nint>)original)(self, second, arguments, positional, keywords)
                    : ((delegate* unmanaged[Cdecl]<nint, nint*, nint, nint, nint>)original)(self, arguments, positional, keywords);
            }
        }

        Release();
        return result;
    }

    /// <summary>Calls the function behind, where that is an <c>__init__</c>.</summary>
    /// <returns>False with an exception pending.</returns>
    public bool Initialize() => (int)Continue() == 0;

    /// <summary>Keeps a number of Python's from being closed until the call is over: converting its other arguments may run anybody's code, and other threads run meanwhile.</summary>
    /// <returns>False where it is not Python's.</returns>
    public bool Pin(Descriptors descriptors, int descriptor)
    {
        if (!descriptors.Pin(descriptor))
        {
            return false;
        }

        owner = descriptors;
        (pins++ == 0 ? ref firstPin : ref secondPin) = descriptor;
        return true;
    }

    /// <summary>Another number, for the length of the call, for a descriptor that somebody else may close; -1 where it is not open.</summary>
    public int Lend(int descriptor)
    {
        int other = CapabilityApi.Duplicate(descriptor);
        if (other >= 0)
        {
            (lent ??= []).Add(other);
        }

        return other;
    }

    /// <summary>Releases what was held for the call.</summary>
    public void Dispose()
    {
        for (; pins > 0; pins--)
        {
            owner!.Unpin(pins == 1 ? firstPin : secondPin);
        }

        if (lent is not null)
        {
            foreach (int descriptor in lent)
            {
                CapabilityApi.Close(descriptor);
            }
        }

        Release();
    }

    private readonly void Release()
    {
        if (owned is not null)
        {
            foreach (nint reference in owned)
            {
                CPython.Py_DecRef(reference);
            }

            owned.Clear();
        }
    }

    // The tuple and the dict are the caller's, so that the function gets copies.
    private void ReplaceInTuple(int index, ReadOnlySpan<byte> name, nint value)
    {
        if (index < 0 || index >= positional)
        {
            using PyRef key = PyRef.Take(CPython.PyUnicode_FromKindAndData(1, Text.Ascii(name), name.Length));
            keywords = third = PyRef.Checked(CapabilityApi.PyDict_Copy(keywords));
            owned!.Add(keywords);
            if (CPython.PyDict_SetItem(keywords, key.Value, value) != 0)
            {
                PythonErrors.ThrowPending();
            }

            return;
        }

        values[index] = value;
        second = PyRef.Checked(CPython.PyTuple_New(positional));
        owned!.Add(second);
        for (int i = 0; i < positional; i++)
        {
            _ = CPython.PyTuple_SetItem(second, i, PyRef.New(values[i]));
        }
    }

    private readonly int Named(ReadOnlySpan<byte> name)
    {
        int count = keywords == 0 ? 0 : (int)CPython.PyTuple_Size(keywords);
        fixed (byte* text = name)
        {
            for (int i = 0; i < count; i++)
            {
                if (CapabilityApi.PyUnicode_CompareWithASCIIString(CPython.PyTuple_GetItem(keywords, i), text) == 0)
                {
                    return positional + i;
                }
            }
        }

        return -1;
    }
}

/// <summary>What runs in the stead of an <c>__init__</c> in C: decides, and may call <see cref="NativeCall.Initialize"/>.</summary>
/// <returns>False with an exception pending.</returns>
internal delegate bool InitializerBody(scoped ref NativeCall call);

/// <summary>What runs in the stead of a C function: decides, and may call <see cref="NativeCall.Continue"/>.</summary>
/// <returns>A new reference, or 0 with an exception pending.</returns>
internal delegate nint NativeBody(scoped ref NativeCall call);
