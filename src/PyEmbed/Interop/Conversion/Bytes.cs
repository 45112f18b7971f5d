using System.Runtime.InteropServices;

namespace PyEmbed.Interop;

/// <summary>Binary data across the border, always as a copy.</summary>
internal static unsafe class Bytes
{
    /// <summary>A new reference to a bytes object.</summary>
    public static nint New(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = &MemoryMarshal.GetReference(data))
        {
            return PyRef.Checked(CPython.PyBytes_FromStringAndSize(start, data.Length));
        }
    }

    /// <summary>The content of an object that supports the buffer protocol, as C-contiguous bytes.</summary>
    /// <exception cref="PythonException">BufferError: the buffer is not contiguous.</exception>
    /// <exception cref="OverflowException">It is larger than a .NET array can be.</exception>
    public static byte[] Read(nint value)
    {
        // buf, obj, len are the first members of Py_buffer in every version.
        nint* buffer = stackalloc nint[CPython.Py_bufferWords];
        if (CPython.PyObject_GetBuffer(value, buffer, CPython.PyBUF_SIMPLE) != 0)
        {
            PythonErrors.ThrowPending();
        }

        try
        {
            return buffer[2] <= Array.MaxLength
                ? new ReadOnlySpan<byte>((void*)buffer[0], (int)buffer[2]).ToArray()
                : throw new OverflowException("The Python buffer is larger than a .NET array can be.");
        }
        finally
        {
            CPython.PyBuffer_Release(buffer);
        }
    }
}
