using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// <c>io.FileIO</c>, which all of Python's files are made of: which descriptor it takes over. The event <c>open</c> tells neither that, nor what an opener returns. Where none is given, it opens by
/// <c>posix.open</c>, so that no file has another number than one of Python's for a moment.
/// </summary>
internal sealed unsafe class RawFiles
{
    private const int CreationMode = 0x1B6; // 0o666, as FileIO has it.

    private readonly Descriptors descriptors;
    private readonly nint number, opener, opening, reading;

    /// <param name="descriptors">Which numbers are Python's.</param>
    /// <param name="type">The type itself, borrowed.</param>
    /// <param name="open">The function <c>posix.open</c>, guarded; borrowed.</param>
    public RawFiles(Descriptors descriptors, nint type, nint open)
    {
        this.descriptors = descriptors;
        number = PyRef.Checked(CPython.PyObject_GetAttrString(type, Text.Ascii("fileno"u8)));
        opener = NativePatch.NewMethod("opener", CallOpener);
        opening = NativePatch.NewFunction(NativePatch.NewMethod("opener", Open), open);
        reading = Text.New("r");
    }

    /// <summary>A body for <c>FileIO.__init__</c>, which is given by place what was decided on.</summary>
    public bool Initialize(scoped ref NativeCall call)
    {
        // Taken before anybody's code runs.
        using PyRef file = call.Take(0, "file"u8, 0), mode = call.Take(1, "mode"u8, reading), closing = call.Take(2, "closefd"u8, CPython.Py_True), given = call.Take(3, "opener"u8, CPython.Py_None);
        int known = (file.Value == 0 ? 0 : 1) + (call.Get(1, "mode"u8) == 0 ? 0 : 1) + (call.Get(2, "closefd"u8) == 0 ? 0 : 1) + (call.Get(3, "opener"u8) == 0 ? 0 : 1);
        if (file.Value == 0 || known != call.Total)
        {
            return call.Initialize(); // It says so.
        }

        int closes = CapabilityApi.PyObject_IsTrue(closing.Value);
        if (closes < 0)
        {
            return false;
        }

        nint closed = closes == 0 ? CPython.Py_False : CPython.Py_True;
        if (CPython.Is(file.Value, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            return Descriptors.TryRead(file.Value, out int descriptor) && TakeOver(ref call, descriptor, mode.Value, closed);
        }

        using PyRef plain = PyRef.Own(PathArgument.Plain(file.Value));
        if (plain.Value == 0 || !PathArgument.TryRead(plain.Value, out byte[] path))
        {
            return false;
        }

        // What leads upwards is opened by where it leads now: a folder may be moved while the system walks the path.
        byte[]? real = PathArgument.HasParent(path) ? FileGrants.Resolve(path, follow: true) : null;
        using PyRef place = PyRef.Take(real is null ? plain.NewReference() : PathArgument.New(real, plain.Value));
        using PyRef open = PyRef.Take(given.Value == CPython.Py_None ? PyRef.New(opening) : NativePatch.NewFunction(opener, given.Value));
        if (!call.Initialize([place.Value, mode.Value, closed, open.Value]))
        {
            return false;
        }

        if (real is null && plain.Value == file.Value)
        {
            return true;
        }

        // As it was asked for.
        using PyRef name = PyRef.Take(Text.New("name"));
        return CPython.PyObject_SetAttr(call.Self, name.Value, file.Value) == 0;
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
        return Descriptors.IsStandard(descriptor) ? FileFunctions.Foreign(name, descriptor) : call.Continue();
    };

    private bool TakeOver(scoped ref NativeCall call, int descriptor, nint mode, nint closed)
    {
        if (Descriptors.IsStandard(descriptor))
        {
            return MayUseStream(descriptor, mode, closed) && Take(ref call, descriptor, mode, closed);
        }

        if (descriptor < 0 || descriptors.Holds(descriptor))
        {
            return Take(ref call, descriptor, mode, closed);
        }

        // The host's, to be used as it was granted: by a number of Python's for the same.
        int other = closed == CPython.Py_True ? -1 : descriptors.Copy(descriptor);
        if (other < 0 || !descriptors.AllowsWhatItIs(other, Descriptors.UseOfOpen(other)))
        {
            if (other >= 0)
            {
                CapabilityApi.Close(other);
            }

            _ = FileFunctions.Foreign("open", descriptor);
            return false;
        }

        int moved = descriptors.Move(other);
        if (moved < 0)
        {
            return false;
        }

        bool isTaken = Take(ref call, moved, mode, CPython.Py_True);
        if (!isTaken)
        {
            CapabilityApi.Close(moved);
        }

        return isTaken;
    }

    private static bool Take(scoped ref NativeCall call, int descriptor, nint mode, nint closed)
    {
        using PyRef file = PyRef.Take(CPython.PyLong_FromLongLong(descriptor));
        return call.Initialize([file.Value, mode, closed, CPython.Py_None]);
    }

    private static bool MayUseStream(int descriptor, nint mode, nint closed)
    {
        if (closed == CPython.Py_True)
        {
            _ = Denied.Refuse($"opening the standard stream {descriptor} is denied unless closefd is False: closed, its number could come to mean what the host opens next");
            return false;
        }

        string text = CPython.Is(mode, CPython.Py_TPFLAGS_UNICODE_SUBCLASS) ? Text.Read(mode) : "";
        if (!text.Contains(descriptor == 0 ? 'r' : 'w', StringComparison.Ordinal) || text.AsSpan().IndexOfAny('+', 'a') >= 0)
        {
            _ = FileFunctions.Foreign($"open in the mode '{text}'", descriptor);
            return false;
        }

        return true;
    }

    // self is posix.open; the arguments are those of an opener: path and flags.
    private static nint Open(scoped ref NativeCall call)
    {
        using PyRef mode = PyRef.Take(CPython.PyLong_FromLongLong(CreationMode));
        nint* arguments = stackalloc nint[] { call.Get(0), call.Get(1), mode.Value };
        return call.Count == 2 ? CPython.PyObject_VectorcallDict(call.Self, arguments, 3, 0) : Denied.RaiseValue("an opener takes a path and flags");
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

        return descriptor < 0 || descriptors.Holds(descriptor) ? CPython.PyLong_FromLongLong(descriptor) : FileFunctions.Foreign("open", descriptor);
    }
}
