using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// <c>select</c>: whose descriptors may be waited for. What a thread closes while another one waits for it is the system's business: that tells when a number is ready, never what it holds.
/// </summary>
internal sealed unsafe class WaitFunctions(Descriptors descriptors)
{
    private const int Sets = 3;

    // By the address of the object of select.poll, which keeps them to itself. Guarded by the GIL.
    private readonly Dictionary<nint, HashSet<int>> registered = [];

    /// <summary>A body for <c>select.select</c>, which is given the numbers that were looked at, and whose caller gets the objects.</summary>
    public nint Select(scoped ref NativeCall call)
    {
        if (call.Count < Sets || !TryNumber(ref call, Sets))
        {
            return call.Count < Sets ? call.Continue() : 0;
        }

        // All are asked for their numbers before one is looked at: each may run anybody's code.
        nint* objects = stackalloc nint[Sets];
        nint result = 0;
        try
        {
            List<int>[] numbers = new List<int>[Sets];
            for (int i = 0; i < Sets; i++)
            {
                objects[i] = CapabilityApi.PySequence_Tuple(call.Get(i));
                if (objects[i] == 0 || (numbers[i] = Numbers(objects[i])!) is null)
                {
                    return 0;
                }
            }

            for (int i = 0; i < Sets; i++)
            {
                if (!Check(numbers[i], "select.select"))
                {
                    return 0;
                }

                if (!TryLend(ref call, numbers[i]))
                {
                    return 0;
                }

                call.Replace(i, default, NewTuple(numbers[i]));
            }

            result = call.Continue();
            return result == 0 ? 0 : Chosen(result, objects, numbers);
        }
        finally
        {
            for (int i = 0; i < Sets; i++)
            {
                CPython.Py_DecRef(objects[i]);
            }

            CPython.Py_DecRef(result);
        }
    }

    /// <summary>A body for <c>select.epoll.__new__</c>: the new object, which no other code knows yet, gets a number of Python's.</summary>
    public nint NewEpoll(scoped ref NativeCall call)
    {
        nint epoll = call.Continue();
        if (epoll == 0)
        {
            return 0;
        }

        int* place = (int*)(epoll + (2 * sizeof(nint))); // Its first member, behind what all objects have.
        if (CapabilityApi.PyObject_AsFileDescriptor(epoll) != *place)
        {
            CPython.Py_DecRef(epoll);
            return Denied.Refuse("select.epoll is denied: those of this CPython have a layout that PyEmbed does not know");
        }

        *place = descriptors.Move(*place);
        if (*place < 0)
        {
            CPython.Py_DecRef(epoll);
            return 0;
        }

        return epoll;
    }

    /// <summary>A body for <c>select.poll</c>.</summary>
    public nint NewPoll(scoped ref NativeCall call)
    {
        nint poll = call.Continue();
        if (poll != 0)
        {
            registered[poll] = [];
        }

        return poll;
    }

    /// <summary>A body for <c>register</c> and <c>modify</c> of <c>select.poll</c> and <c>select.epoll</c>.</summary>
    public NativeBody Register(string name) => (scoped ref NativeCall call) =>
    {
        nint file = call.Get(0, "fd"u8);
        if (file == 0)
        {
            return call.Continue(); // It says so.
        }

        if (!TryNumber(ref call, 1, "eventmask"u8) || !Descriptors.TryRead(file, out int descriptor))
        {
            return 0;
        }

        call.Replace(0, "fd"u8, PyRef.Checked(CPython.PyLong_FromLongLong(descriptor)));
        if (!Check([descriptor], name))
        {
            return 0;
        }

        nint result = call.Continue();
        if (result != 0 && registered.TryGetValue(call.Self, out HashSet<int>? numbers))
        {
            _ = numbers.Add(descriptor);
        }

        return result;
    };

    /// <summary>A body for <c>unregister</c> of <c>select.poll</c>.</summary>
    public nint Unregister(scoped ref NativeCall call)
    {
        nint file = call.Get(0);
        if (file == 0)
        {
            return call.Continue();
        }

        if (!Descriptors.TryRead(file, out int descriptor))
        {
            return 0;
        }

        call.Replace(0, default, PyRef.Checked(CPython.PyLong_FromLongLong(descriptor)));
        nint result = call.Continue();
        if (result != 0 && registered.TryGetValue(call.Self, out HashSet<int>? numbers))
        {
            _ = numbers.Remove(descriptor);
        }

        return result;
    }

    /// <summary>A body for <c>poll</c> of <c>select.poll</c>: a number that was registered may be another's by now.</summary>
    public nint Poll(scoped ref NativeCall call) =>
        TryNumber(ref call, 0) && Check(registered.GetValueOrDefault(call.Self) ?? [], "select.poll") ? call.Continue() : 0;

    // The system's select knows the first 1024 numbers alone. Python's are above them.
    private bool TryLend(scoped ref NativeCall call, List<int> numbers)
    {
        for (int i = 0; i < numbers.Count; i++)
        {
            if (descriptors.Holds(numbers[i]) && (numbers[i] = call.Lend(descriptors, numbers[i])) < 0)
            {
                CapabilityApi.RaiseError();
                return false;
            }
        }

        return true;
    }

    private bool Check(IEnumerable<int> numbers, string name)
    {
        foreach (int descriptor in numbers)
        {
            if (descriptor >= 0 && !descriptors.AllowsWaiting(descriptor))
            {
                _ = FileFunctions.Foreign(name, descriptor);
                return false;
            }
        }

        return true;
    }

    // Has the function see a number that runs no code when it is read.
    private static bool TryNumber(scoped ref NativeCall call, int index, ReadOnlySpan<byte> parameter = default)
    {
        nint argument = call.Get(index, parameter);
        if (argument == 0 || argument == CPython.Py_None || CPython.Is(argument, CPython.Py_TPFLAGS_LONG_SUBCLASS)
            || CapabilityApi.PyType_IsSubtype(CPython.TypeOf(argument), CPython.PyFloat_Type) != 0)
        {
            return true;
        }

        nint plain = CPython.PyNumber_Index(argument);
        if (plain == 0)
        {
            return false;
        }

        call.Replace(index, parameter, plain);
        return true;
    }

    // Null with an exception pending. Of a tuple, which the code that it runs cannot change.
    private static List<int>? Numbers(nint tuple)
    {
        List<int> numbers = [];
        for (nint i = 0; i < CPython.PyTuple_Size(tuple); i++)
        {
            if (!Descriptors.TryRead(CPython.PyTuple_GetItem(tuple, i), out int descriptor))
            {
                return null;
            }

            numbers.Add(descriptor);
        }

        return numbers;
    }

    private static nint NewTuple(List<int> numbers)
    {
        nint tuple = PyRef.Checked(CPython.PyTuple_New(numbers.Count));
        for (int i = 0; i < numbers.Count; i++)
        {
            _ = CPython.PyTuple_SetItem(tuple, i, CPython.PyLong_FromLongLong(numbers[i]));
        }

        return tuple;
    }

    // The objects whose numbers are in the function's answer, in the order in which they were given.
    private static nint Chosen(nint answer, nint* objects, List<int>[] numbers)
    {
        nint chosen = PyRef.Checked(CPython.PyTuple_New(Sets));
        for (int i = 0; i < Sets; i++)
        {
            using PyRef found = PyRef.Take(CapabilityApi.PySequence_Tuple(CPython.PyTuple_GetItem(answer, i)));
            HashSet<int> ready = [.. Numbers(found.Value)!];
            nint list = PyRef.Checked(CPython.PyList_New(0));
            for (int j = 0; j < numbers[i].Count; j++)
            {
                if (ready.Contains(numbers[i][j]))
                {
                    _ = CPython.PyList_Append(list, CPython.PyTuple_GetItem(objects[i], j));
                }
            }

            _ = CPython.PyTuple_SetItem(chosen, i, list);
        }

        return chosen;
    }
}
