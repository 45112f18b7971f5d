using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>Sorts the arguments of a call into parameters as the interpreter does for a function written in Python, with the words of its errors.</summary>
internal static unsafe class ArgumentBinding
{
    /// <summary>Fills <paramref name="bound"/> with borrowed references, one a parameter; false, and a TypeError pending, where the arguments do not fit.</summary>
    /// <param name="function">The function that is called.</param>
    /// <param name="arguments">The positional arguments, then those of the keywords.</param>
    /// <param name="count">The number of the positional ones.</param>
    /// <param name="keywords">A tuple of the names of the keywords, or 0.</param>
    /// <param name="bound">Room for all parameters, holding 0.</param>
    public static bool TryBind(NativeFunction function, nint* arguments, int count, nint keywords, nint* bound)
    {
        (nint Name, nint Default)[] slots = function.Slots;
        for (int i = 0; i < Math.Min(count, slots.Length); i++)
        {
            bound[i] = arguments[i];
        }

        nint named = keywords == 0 ? 0 : CPython.PyTuple_Size(keywords);
        for (nint i = 0; i < named; i++)
        {
            nint keyword = CPython.PyTuple_GetItem(keywords, i);
            int index = IndexOf(slots, keyword);
            if (index < 0)
            {
                return CPython.PyErr_Occurred() == 0 && Fail($"{function.Name}() got an unexpected keyword argument '{Text.Read(keyword)}'");
            }

            if (bound[index] != 0)
            {
                return Fail($"{function.Name}() got multiple values for argument '{function.Parameters[index].Name}'");
            }

            bound[index] = arguments[count + i];
        }

        if (count > slots.Length)
        {
            return Fail(TooMany(function, count));
        }

        List<string>? missing = null;
        for (int i = 0; i < slots.Length; i++)
        {
            if (bound[i] == 0)
            {
                bound[i] = slots[i].Default;
                if (bound[i] == 0)
                {
                    (missing ??= []).Add($"'{function.Parameters[i].Name}'");
                }
            }
        }

        return missing == null || Fail(Missing(function, missing));
    }

    private static int IndexOf((nint Name, nint Default)[] slots, nint keyword)
    {
        // Names in code are interned, as ours are; only computed ones must be compared.
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i].Name == keyword)
            {
                return i;
            }
        }

        for (int i = 0; i < slots.Length; i++)
        {
            int equal = CPython.PyObject_RichCompareBool(slots[i].Name, keyword, CPython.Py_EQ);
            if (equal != 0)
            {
                return equal < 0 ? -1 : i;
            }
        }

        return -1;
    }

    private static string TooMany(NativeFunction function, int given)
    {
        int all = function.Parameters.Length;
        int required = function.Parameters.Count(parameter => !parameter.IsOptional);
        string takes = required != all ? $"from {required} to {all} positional arguments" : all == 1 ? "1 positional argument" : $"{all} positional arguments";
        return $"{function.Name}() takes {takes} but {given} {(given == 1 ? "was" : "were")} given";
    }

    private static string Missing(NativeFunction function, List<string> names)
    {
        string list = names.Count switch
        {
            1 => names[0],
            2 => $"{names[0]} and {names[1]}",
            _ => $"{string.Join(", ", names[..^1])}, and {names[^1]}",
        };
        return $"{function.Name}() missing {names.Count} required positional argument{(names.Count == 1 ? "" : "s")}: {list}";
    }

    private static bool Fail(string message)
    {
        PythonErrors.SetPending("TypeError", message);
        return false;
    }
}
