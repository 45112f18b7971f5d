using System.Runtime.CompilerServices;

namespace PyEmbed.Interop;

/// <summary>
/// One owned reference that is given back at the end of the scope: <c>using var text = PyRef.Take(CPython.PyObject_Str(value));</c>.
/// The GIL is held from its making to its disposal.
/// </summary>
internal readonly unsafe ref struct PyRef
{
    private PyRef(nint value) => Value = value;

    /// <summary>The object, borrowed; 0 where the reference was made from 0 by <see cref="Own"/>.</summary>
    public nint Value { get; }

    /// <summary>Owns the new reference that an API call returned.</summary>
    /// <exception cref="PythonException">The call returned 0: the pending Python exception.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PyRef Take(nint reference) => new(Checked(reference));

    /// <summary>Owns a reference that may be 0.</summary>
    public static PyRef Own(nint reference) => new(reference);

    /// <summary>Passes a reference on, or throws the pending Python exception where it is 0.</summary>
    /// <exception cref="PythonException">The reference is 0.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Checked(nint reference)
    {
        if (reference == 0)
        {
            PythonErrors.ThrowPending();
        }

        return reference;
    }

    /// <summary>A further owned reference to a borrowed object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint New(nint borrowed)
    {
        CPython.Py_IncRef(borrowed);
        return borrowed;
    }

    /// <summary>A further owned reference, which outlives this one.</summary>
    public nint NewReference() => New(Value);

    public void Dispose()
    {
        if (Value != 0)
        {
            CPython.Release(Value);
        }
    }
}
