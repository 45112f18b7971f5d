using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary><c>io.FileIO</c>, which all of Python's files are made of: which descriptor it takes over. The event <c>open</c> tells neither that, nor what an opener returns.</summary>
internal sealed unsafe class RawFiles
{
    private readonly Descriptors descriptors;
    private readonly nint type, opener;

    /// <param name="descriptors">What Python holds.</param>
    /// <param name="type">The type itself; a reference that is kept.</param>
    public RawFiles(Descriptors descriptors, nint type)
    {
        (this.descriptors, this.type) = (descriptors, type);
        opener = NativePatch.NewMethod("opener", CallOpener);
    }

    /// <summary>A body for <c>FileIO.__init__</c>.</summary>
    public int Initialize(nint self, nint arguments, nint keywords, delegate* unmanaged[Cdecl]<nint, nint, nint, int> original)
    {
        nint file = Get(arguments, keywords, 0, "file"u8), opening = Get(arguments, keywords, 3, "opener"u8);
        if (file == 0)
        {
            return original(self, arguments, keywords); // It says so.
        }

        if (CPython.Is(file, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            return TakeOver(self, arguments, keywords, file, original);
        }

        using PyRef plain = PyRef.Own(PathArgument.Plain(file));
        if (plain.Value == 0 || !PathArgument.TryRead(plain.Value, out byte[] path))
        {
            return -1;
        }

        // What leads upwards is opened by where it leads now: a folder may be moved while the system walks the path.
        byte[]? real = PathArgument.HasParent(path) ? FileGrants.Resolve(path, follow: true) : null;
        using PyRef place = PyRef.Own(real is null ? plain.NewReference() : PathArgument.New(real, plain.Value));
        bool opens = opening != 0 && opening != CPython.Py_None;
        if (place.Value == file && !opens)
        {
            return original(self, arguments, keywords);
        }

        using PyRef function = PyRef.Own(opens ? NativePatch.NewFunction(opener, opening) : PyRef.New(CPython.Py_None));
        using PyRef positional = PyRef.Take(CPython.PyTuple_New(CPython.PyTuple_Size(arguments)));
        for (nint i = 0; i < CPython.PyTuple_Size(arguments); i++)
        {
            nint value = i == 0 ? place.Value : i == 3 ? function.Value : CPython.PyTuple_GetItem(arguments, i);
            _ = CPython.PyTuple_SetItem(positional.Value, i, PyRef.New(value));
        }

        using PyRef named = PyRef.Own(keywords == 0 ? 0 : PyRef.Checked(CapabilityApi.PyDict_Copy(keywords)));
        if (keywords != 0)
        {
            Replace(named.Value, "file"u8, place.Value);
            Replace(named.Value, "opener"u8, function.Value);
        }

        int result = original(self, positional.Value, named.Value);
        if (result == 0 && real is not null)
        {
            // As it was asked for.
            using PyRef name = PyRef.Take(Text.New("name"));
            result = CPython.PyObject_SetAttr(self, name.Value, file);
        }

        return result;
    }

    private int TakeOver(nint self, nint arguments, nint keywords, nint file, delegate* unmanaged[Cdecl]<nint, nint, nint, int> original)
    {
        if (!Descriptors.TryRead(file, out int descriptor))
        {
            return -1;
        }

        if (Descriptors.IsStandard(descriptor))
        {
            nint closing = Get(arguments, keywords, 2, "closefd"u8);
            if (closing == CPython.Py_False)
            {
                return original(self, arguments, keywords);
            }

            _ = Denied.Refuse($"opening the standard stream {descriptor} is denied unless closefd is False: closed, its number could come to mean what the host opens next");
            return -1;
        }

        nint closes = Get(arguments, keywords, 2, "closefd"u8);
        if (closes != 0 && closes != CPython.Py_True)
        {
            int answer = CapabilityApi.PyObject_IsTrue(closes);
            return answer < 0 ? -1
                : answer == 0 ? Share(self, arguments, keywords, descriptor, original)
                : Refuse("open is denied: closefd must be a bool");
        }

        if (descriptor >= 0 && !descriptors.Take(descriptor))
        {
            _ = FileFunctions.Foreign("open", descriptor);
            return -1;
        }

        if (descriptor >= 0)
        {
            descriptors.Own(descriptor);
        }

        int result = original(self, arguments, keywords);
        if (result != 0 && descriptor >= 0 && CPython.TypeOf(self) == type)
        {
            descriptors.Add(descriptor); // It did not take it. A subclass may have closed it meanwhile: then it is nobody's.
        }

        return result;
    }

    // A file that does not close the number would outlive it: it gets another number for the same, and closes that.
    private int Share(nint self, nint arguments, nint keywords, int descriptor, delegate* unmanaged[Cdecl]<nint, nint, nint, int> original)
    {
        const FileUse Use = FileUse.Read | FileUse.Write;
        int other = CapabilityApi.Duplicate(descriptor);
        if (other < 0 || !(descriptors.Holds(descriptor) || descriptors.AllowsWhatItIs(other, Descriptors.UseOfOpen(other) & Use)))
        {
            if (other >= 0)
            {
                CapabilityApi.Close(other);
            }

            _ = FileFunctions.Foreign("open", descriptor);
            return -1;
        }

        using PyRef number = PyRef.Take(CPython.PyLong_FromLongLong(other));
        using PyRef positional = PyRef.Take(CPython.PyTuple_New(CPython.PyTuple_Size(arguments)));
        for (nint i = 0; i < CPython.PyTuple_Size(arguments); i++)
        {
            nint value = i == 0 ? number.Value : i == 2 ? CPython.Py_True : CPython.PyTuple_GetItem(arguments, i);
            _ = CPython.PyTuple_SetItem(positional.Value, i, PyRef.New(value));
        }

        using PyRef named = PyRef.Own(keywords == 0 ? 0 : PyRef.Checked(CapabilityApi.PyDict_Copy(keywords)));
        if (keywords != 0)
        {
            Replace(named.Value, "file"u8, number.Value);
            Replace(named.Value, "closefd"u8, CPython.Py_True);
        }

        int result = original(self, positional.Value, named.Value);
        if (result != 0 && CPython.TypeOf(self) == type)
        {
            CapabilityApi.Close(other);
        }

        return result;
    }

    private static int Refuse(string reason)
    {
        _ = Denied.Refuse(reason);
        return -1;
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

    private static nint Get(nint arguments, nint keywords, nint index, ReadOnlySpan<byte> name)
    {
        if (CPython.PyTuple_Size(arguments) > index)
        {
            return CPython.PyTuple_GetItem(arguments, index);
        }

        if (keywords == 0)
        {
            return 0;
        }

        using PyRef key = PyRef.Take(CPython.PyUnicode_FromKindAndData(1, Text.Ascii(name), name.Length));
        return CPython.PyDict_GetItemWithError(keywords, key.Value);
    }

    private static void Replace(nint named, ReadOnlySpan<byte> name, nint value)
    {
        using PyRef key = PyRef.Take(CPython.PyUnicode_FromKindAndData(1, Text.Ascii(name), name.Length));
        if (CPython.PyDict_GetItemWithError(named, key.Value) != 0)
        {
            _ = CPython.PyDict_SetItem(named, key.Value, value);
        }
    }
}
