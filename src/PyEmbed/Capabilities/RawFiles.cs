using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary><c>io.FileIO</c>, which all of Python's files are made of: which descriptor it takes over. The event <c>open</c> tells neither that, nor what an opener returns.</summary>
internal sealed unsafe class RawFiles
{
    private readonly Descriptors descriptors;
    private readonly nint type, number, opener;

    /// <param name="descriptors">What Python holds.</param>
    /// <param name="type">The type itself; a reference that is kept.</param>
    public RawFiles(Descriptors descriptors, nint type)
    {
        (this.descriptors, this.type) = (descriptors, type);
        number = PyRef.Checked(CPython.PyObject_GetAttrString(type, Text.Ascii("fileno"u8)));
        opener = NativePatch.NewMethod("opener", CallOpener);
    }

    /// <summary>A body for <c>FileIO.__init__</c>.</summary>
    public bool Initialize(scoped ref NativeCall call)
    {
        nint file = call.Get(0, "file"u8), opening = call.Get(3, "opener"u8);
        if (file == 0)
        {
            return call.Initialize(); // It says so.
        }

        if (CPython.Is(file, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            return TakeOver(ref call, file);
        }

        using PyRef plain = PyRef.Own(PathArgument.Plain(file));
        if (plain.Value == 0 || !PathArgument.TryRead(plain.Value, out byte[] path))
        {
            return false;
        }

        // What leads upwards is opened by where it leads now: a folder may be moved while the system walks the path.
        byte[]? real = PathArgument.HasParent(path) ? FileGrants.Resolve(path, follow: true) : null;
        if (real is not null || plain.Value != file)
        {
            call.Replace(0, "file"u8, real is null ? plain.NewReference() : PathArgument.New(real, plain.Value));
        }

        if (opening != 0 && opening != CPython.Py_None)
        {
            call.Replace(3, "opener"u8, NativePatch.NewFunction(opener, opening));
        }

        if (!call.Initialize())
        {
            return false;
        }

        if (real is null)
        {
            return true;
        }

        // As it was asked for.
        using PyRef name = PyRef.Take(Text.New("name"));
        return CPython.PyObject_SetAttr(call.Self, name.Value, file) == 0;
    }

    /// <summary>A body for <c>seek</c> and <c>truncate</c>, of which standard streams have neither.</summary>
    public NativeBody Moving(string name) => (scoped ref NativeCall call) =>
    {
        nint self = call.Self;
        using PyRef result = PyRef.Own(CPython.PyObject_VectorcallDict(number, &self, 1, 0));
        if (result.Value == 0)
        {
            return 0; // It is closed.
        }

        int overflow;
        int descriptor = (int)CPython.PyLong_AsLongLongAndOverflow(result.Value, &overflow);
        return descriptors.IsStandard(descriptor) ? FileFunctions.Foreign(name, descriptor) : call.Continue();
    };

    private bool TakeOver(scoped ref NativeCall call, nint file)
    {
        if (!Descriptors.TryRead(file, out int descriptor))
        {
            return false;
        }

        if (descriptor < 0)
        {
            return call.Initialize(); // It says so.
        }

        nint closing = call.Get(2, "closefd"u8);
        int closes = closing == 0 ? 1 : CapabilityApi.PyObject_IsTrue(closing);
        if (closes < 0)
        {
            return false;
        }

        if (closing != 0)
        {
            call.Replace(2, "closefd"u8, PyRef.New(closes == 0 ? CPython.Py_False : CPython.Py_True));
        }

        if (descriptors.IsStandard(descriptor))
        {
            return TakeStream(ref call, descriptor, closes != 0);
        }

        if (closes == 0)
        {
            return Share(ref call, descriptor);
        }

        if (!descriptors.Take(descriptor))
        {
            _ = FileFunctions.Foreign("open", descriptor);
            return false;
        }

        descriptors.Own(descriptor);
        bool isTaken = call.Initialize();
        if (!isTaken && CPython.TypeOf(call.Self) == type)
        {
            descriptors.Add(descriptor); // It did not take it. A subclass may have closed it meanwhile: then it is nobody's.
        }

        return isTaken;
    }

    private static bool TakeStream(scoped ref NativeCall call, int descriptor, bool closes)
    {
        if (closes)
        {
            _ = Denied.Refuse($"opening the standard stream {descriptor} is denied unless closefd is False: closed, its number could come to mean what the host opens next");
            return false;
        }

        nint mode = call.Get(1, "mode"u8);
        string text = mode == 0 ? "r" : CPython.Is(mode, CPython.Py_TPFLAGS_UNICODE_SUBCLASS) ? Text.Read(mode) : "";
        if (!text.Contains(descriptor == 0 ? 'r' : 'w', StringComparison.Ordinal) || text.AsSpan().IndexOfAny('+', 'a') >= 0)
        {
            _ = FileFunctions.Foreign($"open in the mode '{text}'", descriptor);
            return false;
        }

        return call.Initialize();
    }

    // A file that does not close the number would outlive it: it gets another number for the same, and closes that.
    private bool Share(scoped ref NativeCall call, int descriptor)
    {
        int other = CapabilityApi.Duplicate(descriptor);
        if (other < 0 || !(descriptors.Holds(descriptor) || descriptors.AllowsWhatItIs(other, Descriptors.UseOfOpen(other))))
        {
            if (other >= 0)
            {
                CapabilityApi.Close(other);
            }

            _ = FileFunctions.Foreign("open", descriptor);
            return false;
        }

        call.Replace(0, "file"u8, PyRef.Checked(CPython.PyLong_FromLongLong(other)));
        call.Replace(2, "closefd"u8, PyRef.New(CPython.Py_True));
        bool isTaken = call.Initialize();
        if (!isTaken && CPython.TypeOf(call.Self) == type)
        {
            CapabilityApi.Close(other);
        }

        return isTaken;
    }

    // self is the opener that Python code has given.
    private nint CallOpener(scoped ref NativeCall call)
    {
        nint* arguments = stackalloc nint[] { call.Get(0), call.Get(1) };
        using PyRef result = PyRef.Own(CPython.PyObject_VectorcallDict(call.Self, arguments, (nuint)call.Count, 0));
        if (result.Value == 0)
        {
            return 0;
        }

        if (!CPython.Is(result.Value, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            return Denied.Refuse("open is denied: an opener must return an int");
        }

        if (!Descriptors.TryRead(result.Value, out int descriptor))
        {
            return 0;
        }

        return descriptor < 0 || descriptors.Take(descriptor) ? CPython.PyLong_FromLongLong(descriptor) : FileFunctions.Foreign("open", descriptor);
    }
}
