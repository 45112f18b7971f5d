using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>Raises in Python what a call of a function written in C# has thrown. The caller holds the GIL.</summary>
internal static unsafe class NativeErrors
{
    /// <summary>Makes an exception the pending one; throws nothing.</summary>
    /// <param name="function">The function that was called.</param>
    /// <param name="position">How far the call came, see <see cref="NativeFunction.Invoke"/>.</param>
    /// <param name="argument">The argument that was being read, borrowed; 0 at other times.</param>
    /// <param name="thrown">What was thrown.</param>
    public static void Raise(NativeFunction function, int position, nint argument, Exception thrown)
    {
        try
        {
            Translate(function, position, argument, thrown);
        }
        catch (Exception)
        {
            // There is no memory to describe it, or what describes it throws; and nothing may leave through CPython's frames.
            CPython.PyErr_SetObject(CPython.PyExc("RuntimeError"), 0);
        }
    }

    private static void Translate(NativeFunction function, int position, nint argument, Exception thrown)
    {
        if (thrown is InvalidCastException or OverflowException && argument != 0)
        {
            NativeParameter parameter = function.Parameters[position];
            string subject = $"{function.Name}() argument '{parameter.Name}'";
            string expected = NativeSignature.TypeName(parameter.Type), actual = PythonErrors.TypeName(CPython.TypeOf(argument));

            // Of what lies in containers, and of a text that is too long for a char, only the converter knows.
            bool isWrongType = thrown is InvalidCastException && expected != actual && !expected.Contains('[', StringComparison.Ordinal);
            PythonErrors.SetPending(
                thrown is OverflowException ? "OverflowError" : "TypeError",
                isWrongType ? $"{subject} must be {expected}, not {(argument == CPython.Py_None ? "None" : actual)}" : $"{subject}: {thrown.Message}");
        }
        else if (position == function.Parameters.Length + 1 && thrown is InvalidCastException)
        {
            PythonErrors.SetPending("TypeError", $"the result of {function.Name}(): {thrown.Message}");
        }
        else
        {
            RaisedExceptions.Raise(thrown);
        }
    }
}
