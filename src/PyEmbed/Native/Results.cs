using System.Runtime.CompilerServices;
using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>Makes Python objects of results whose type is known when the code is compiled: nothing is boxed for the common ones.</summary>
internal static unsafe class Results
{
    /// <summary>A new reference. The caller holds the GIL.</summary>
    /// <exception cref="InvalidCastException">No Python object is made from values of that type.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint New<T>(T value)
    {
        if (typeof(T) == typeof(NoResult))
        {
            return PyRef.New(CPython.Py_None);
        }

        if (typeof(T) == typeof(int))
        {
            return PyRef.Checked(CPython.PyLong_FromLongLong(Unsafe.As<T, int>(ref value)));
        }

        if (typeof(T) == typeof(long))
        {
            return PyRef.Checked(CPython.PyLong_FromLongLong(Unsafe.As<T, long>(ref value)));
        }

        if (typeof(T) == typeof(double))
        {
            return PyRef.Checked(CPython.PyFloat_FromDouble(Unsafe.As<T, double>(ref value)));
        }

        if (typeof(T) == typeof(bool))
        {
            return PyRef.New(Unsafe.As<T, bool>(ref value) ? CPython.Py_True : CPython.Py_False);
        }

        return ToPython.Convert(value);
    }
}
