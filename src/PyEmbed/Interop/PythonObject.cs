using System.Diagnostics.CodeAnalysis;
using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// A reference to a Python object. Any thread may use it: each member takes the GIL itself and gives it back
/// (<c>PythonInterpreter.Hold</c> keeps it over many calls).
/// </summary>
/// <remarks>
/// <para>Each instance owns one reference. <see cref="Dispose"/> gives it back at once; an instance that is only forgotten gives it back
/// some time after the garbage collector found it, when a thread next takes the GIL. Every <see cref="PythonObject"/> that a member returns is a new one of the caller.</para>
/// <para>Members throw <see cref="PythonException"/> for an exception that Python raised, <see cref="ObjectDisposedException"/> after <see cref="Dispose"/>
/// and after Python was stopped.</para>
/// <para>An object belongs to the interpreter that made it, the main one or a <see cref="PythonIsolate"/>; to a thread of another one every member but <see cref="Dispose"/> throws <see cref="InvalidOperationException"/>.</para>
/// <para>.NET values cross as the data model of Python has them, containers and binary data as copies: see <see cref="From"/> and <see cref="As"/>.</para>
/// </remarks>
public sealed unsafe partial class PythonObject : IDisposable, IEnumerable<PythonObject>
{
    // Set to 0 under the GIL, and by the finaliser.
    private nint handle;

    private readonly InterpreterState interpreter;

    /// <summary>Wraps a reference of the calling thread's interpreter, which the instance owns from now on.</summary>
    internal PythonObject(nint reference)
    {
        handle = reference;
        interpreter = InterpreterState.Current;
    }

    /// <summary>Queues the reference; finalisers never touch Python.</summary>
    ~PythonObject()
    {
        if (handle != 0)
        {
            interpreter.Pending.Enqueue(handle);
        }
    }

    /// <summary>Whether this is Python's <c>None</c>.</summary>
    /// <exception cref="ObjectDisposedException">This instance was disposed.</exception>
    public bool IsNone => Handle == CPython.Py_None;

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    internal bool IsDisposed => handle == 0;

    /// <summary>The object, borrowed. The caller holds the GIL and does not let go of it before it has a reference of its own.</summary>
    internal nint Handle
    {
        get
        {
            nint value = handle;
            ObjectDisposedException.ThrowIf(value == 0, this);
            if (interpreter != InterpreterState.Current || interpreter.IsEnded)
            {
                interpreter.ThrowForeign();
            }

            return value;
        }
    }

    /// <summary>Makes a Python object from a .NET value.</summary>
    /// <param name="value">
    /// <para><see langword="null"/> (None), <see cref="bool"/>, the integer types and <see cref="System.Numerics.BigInteger"/> (int), enums (int),
    /// <see cref="double"/> and <see cref="float"/> (float), <see cref="decimal"/> (decimal.Decimal), <see cref="string"/> and <see cref="char"/> (str),
    /// <c>byte[]</c> and memory of bytes (bytes, a copy), tuples (tuple), arrays and lists (list, a copy), dictionaries (dict, a copy), types of <see cref="PythonConverter.Register"/>;</para>
    /// <para>a <see cref="PythonObject"/> stands for the object itself.</para>
    /// </param>
    /// <exception cref="InvalidCastException">Values of that type do not cross.</exception>
    /// <exception cref="ArgumentException">Containers lie in each other more than 1000 levels deep, or one contains itself.</exception>
    public static PythonObject From(object? value)
    {
        using Gil gil = Gil.Acquire();
        return new PythonObject(ToPython.Convert(value));
    }

    /// <summary>
    /// Converts to a .NET value. Containers and binary data are copied.
    /// </summary>
    /// <typeparam name="T">
    /// <para><see cref="bool"/> from a bool; the integer types, <see cref="System.Numerics.BigInteger"/> and enums from an int or what has <c>__index__</c>;
    /// <see cref="double"/> and <see cref="float"/> from a float, an int or what has <c>__float__</c>; <see cref="decimal"/> from a decimal.Decimal or an int;
    /// <see cref="string"/> and <see cref="char"/> (one UTF-16 unit) from a str; <c>byte[]</c> and <see cref="ReadOnlyMemory{T}"/> of bytes from what has the buffer protocol;
    /// nullable value types, null from None; <see cref="PythonObject"/> from anything;
    /// <see cref="object"/>: <see langword="null"/>, <see cref="bool"/>, <see cref="long"/> or <see cref="System.Numerics.BigInteger"/>, <see cref="double"/>, <see cref="string"/>, <c>byte[]</c>, and a <see cref="PythonObject"/> for all else.</para>
    /// <para>Of these, enums excepted: <c>T[]</c>, <see cref="List{T}"/> and the interfaces of a list from a list, a tuple or another iterable (a str, bytes or a dict are refused);
    /// <see cref="Dictionary{TKey, TValue}"/> and its interfaces with keys of type <see cref="string"/>, <see cref="int"/>, <see cref="long"/> or <see cref="object"/> from a mapping.
    /// Value tuples of up to seven of all these, from a tuple of that length. Types of <see cref="PythonConverter.Register"/>.</para>
    /// <para>None gives <see langword="null"/> for strings, arrays, lists and dictionaries.</para>
    /// </typeparam>
    /// <exception cref="InvalidCastException">The object has a wrong type, or <typeparamref name="T"/> is none of these types.</exception>
    /// <exception cref="OverflowException">The value is out of the range of <typeparamref name="T"/>.</exception>
    public T As<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>()
    {
        using Gil gil = Gil.Acquire();
        using PyRef self = Own();
        return FromPython.Read<T>(self.Value);
    }

    /// <summary>Whether both are the same object, as Python's <c>is</c> has it.</summary>
    public bool Is(PythonObject other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Handle == other.Handle;
    }

    /// <summary>Whether the other is a <see cref="PythonObject"/> that Python's <c>==</c> finds equal (or that is the same object).</summary>
    /// <exception cref="PythonException">The comparison raised an exception.</exception>
    public override bool Equals(object? obj)
    {
        if (obj is not PythonObject other)
        {
            return false;
        }

        using Gil gil = Gil.Acquire();
        using PyRef left = Own(), right = other.Own();
        int result = CPython.PyObject_RichCompareBool(left.Value, right.Value, CPython.Py_EQ);
        if (result < 0)
        {
            PythonErrors.ThrowPending();
        }

        return result != 0;
    }

    /// <summary>From Python's <c>hash()</c>, so that instances are keys of .NET collections as their objects are keys of a dict.</summary>
    /// <exception cref="PythonException">TypeError: the object is unhashable, as a list or a dict.</exception>
    public override int GetHashCode()
    {
        using Gil gil = Gil.Acquire();
        using PyRef self = Own();
        nint hash = CPython.PyObject_Hash(self.Value);
        if (hash == -1)
        {
            PythonErrors.ThrowPending();
        }

        return ((long)hash).GetHashCode();
    }

    /// <summary>What Python's <c>str()</c> gives.</summary>
    /// <exception cref="PythonException">The object's <c>__str__</c> raised an exception.</exception>
    public override string ToString()
    {
        using Gil gil = Gil.Acquire();
        using PyRef self = Own();
        using PyRef text = PyRef.Take(CPython.PyObject_Str(self.Value));
        return Text.Read(text.Value);
    }

    /// <summary>Gives the reference back. Does nothing when repeated, and after Python was stopped.</summary>
    public void Dispose()
    {
        if (handle == 0 || !CPython.Gate.IsOpen)
        {
            return;
        }

        if (interpreter != InterpreterState.Current)
        {
            // Only its own threads may release it, when they next take the GIL.
            nint reference = Interlocked.Exchange(ref handle, 0);
            if (reference != 0)
            {
                interpreter.Pending.Enqueue(reference);
            }

            GC.SuppressFinalize(this);
            return;
        }

        try
        {
            using Gil gil = Gil.Acquire();
            nint reference = Interlocked.Exchange(ref handle, 0);
            if (reference != 0 && !interpreter.IsEnded)
            {
                CPython.Release(reference);
            }
        }
        catch (ObjectDisposedException) when (!CPython.Gate.IsOpen)
        {
            return; // Python was stopped meanwhile.
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A new reference to the object. The caller holds the GIL.</summary>
    internal nint NewReference() => PyRef.New(Handle);

    // Own for the time of a call, so that another thread may dispose this instance meanwhile.
    private PyRef Own() => PyRef.Own(NewReference());
}
