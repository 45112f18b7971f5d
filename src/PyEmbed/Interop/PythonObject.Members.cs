using System.Collections;
using System.Diagnostics.CodeAnalysis;
using PyEmbed.Interop;

namespace PyEmbed;

/// <content>Attributes, calls, items, iteration.</content>
public sealed unsafe partial class PythonObject
{
    /// <summary>The item of a key or an index, as Python's <c>[]</c> gets and sets it. A set object stays the caller's.</summary>
    /// <param name="key">A value of a type that <see cref="From"/> takes.</param>
    /// <exception cref="PythonException">KeyError, IndexError, TypeError and whatever else Python raises.</exception>
    public PythonObject this[object? key]
    {
        get
        {
            using Gil gil = Gil.Acquire();
            using PyRef self = Own();
            using PyRef name = PyRef.Own(ToPython.Convert(key));
            return new PythonObject(PyRef.Checked(CPython.PyObject_GetItem(self.Value, name.Value)));
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            using Gil gil = Gil.Acquire();
            using PyRef self = Own(), item = value.Own();
            using PyRef name = PyRef.Own(ToPython.Convert(key));
            Check(CPython.PyObject_SetItem(self.Value, name.Value, item.Value));
        }
    }

    /// <summary>The value of an attribute.</summary>
    /// <exception cref="PythonException">AttributeError: there is none of that name.</exception>
    public PythonObject GetAttribute(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using Gil gil = Gil.Acquire();
        return new PythonObject(Calls.GetAttribute(Handle, name));
    }

    /// <summary>Whether there is an attribute of that name. Other exceptions than AttributeError come through.</summary>
    public bool HasAttribute(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using Gil gil = Gil.Acquire();
        using PyRef self = Own();
        using PyRef attribute = PyRef.Own(Text.NewName(name));
        using PyRef value = PyRef.Own(CPython.PyObject_GetAttr(self.Value, attribute.Value));
        if (value.Value == 0)
        {
            if (CPython.PyErr_ExceptionMatches(CPython.PyExc_AttributeError) == 0)
            {
                PythonErrors.ThrowPending();
            }

            CPython.PyErr_Clear();
        }

        return value.Value != 0;
    }

    /// <summary>Sets an attribute.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">A value of a type that <see cref="From"/> takes.</param>
    public void SetAttribute(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        using Gil gil = Gil.Acquire();
        using PyRef self = Own();
        using PyRef attribute = PyRef.Own(Text.NewName(name));
        using PyRef converted = PyRef.Own(ToPython.Convert(value));
        Check(CPython.PyObject_SetAttr(self.Value, attribute.Value, converted.Value));
    }

    /// <summary>Deletes an attribute.</summary>
    /// <exception cref="PythonException">AttributeError: there is none of that name.</exception>
    public void DeleteAttribute(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using Gil gil = Gil.Acquire();
        using PyRef self = Own();
        using PyRef attribute = PyRef.Own(Text.NewName(name));
        Check(CPython.PyObject_SetAttr(self.Value, attribute.Value, 0));
    }

    /// <summary>Calls the object.</summary>
    /// <param name="arguments">Values of types that <see cref="From"/> takes; after them keyword arguments, each a <see cref="PythonKeyword"/>.
    /// A single array other than <c>object[]</c> is one argument, a list; a single null is None.</param>
    /// <exception cref="PythonException">The call raised an exception.</exception>
    public PythonObject Invoke(params object?[]? arguments)
    {
        using Gil gil = Gil.Acquire();
        return new PythonObject(Calls.Invoke(Handle, arguments));
    }

    /// <summary>Calls the object and converts the result.</summary>
    /// <typeparam name="T">A type that <see cref="As"/> converts to.</typeparam>
    /// <inheritdoc cref="Invoke(object?[])"/>
    /// <inheritdoc cref="As" path="/exception"/>
    public T Invoke<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(params object?[]? arguments)
    {
        using Gil gil = Gil.Acquire();
        using PyRef result = PyRef.Own(Calls.Invoke(Handle, arguments));
        return FromPython.Read<T>(result.Value);
    }

    /// <summary>Calls a method of the object.</summary>
    /// <param name="name">The method's name.</param>
    /// <inheritdoc cref="Invoke(object?[])"/>
    /// <param name="arguments">Values of types that <see cref="From"/> takes; after them keyword arguments, each a <see cref="PythonKeyword"/>.
    /// A single array other than <c>object[]</c> is one argument, a list; a single null is None.</param>
    public PythonObject InvokeMethod(string name, params object?[]? arguments)
    {
        ArgumentNullException.ThrowIfNull(name);
        using Gil gil = Gil.Acquire();
        return new PythonObject(Calls.InvokeMethod(Handle, name, arguments));
    }

    /// <summary>Calls a method of the object and converts the result.</summary>
    /// <typeparam name="T">A type that <see cref="As"/> converts to.</typeparam>
    /// <param name="name">The method's name.</param>
    /// <param name="arguments">Values of types that <see cref="From"/> takes; after them keyword arguments, each a <see cref="PythonKeyword"/>.
    /// A single array other than <c>object[]</c> is one argument, a list; a single null is None.</param>
    /// <inheritdoc cref="Invoke{T}(object?[])"/>
    public T InvokeMethod<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(string name, params object?[]? arguments)
    {
        ArgumentNullException.ThrowIfNull(name);
        using Gil gil = Gil.Acquire();
        using PyRef result = PyRef.Own(Calls.InvokeMethod(Handle, name, arguments));
        return FromPython.Read<T>(result.Value);
    }

    /// <summary>Iterates as Python's <c>for</c> does: each item is a new <see cref="PythonObject"/>. The GIL is not held between items.</summary>
    /// <exception cref="PythonException">TypeError: the object is not iterable; or what the iterator raises.</exception>
    public IEnumerator<PythonObject> GetEnumerator()
    {
        PythonObject iterator;
        using (Gil.Acquire())
        {
            using PyRef self = Own();
            iterator = new PythonObject(PyRef.Checked(CPython.PyObject_GetIter(self.Value)));
        }

        return Iterate(iterator);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static IEnumerator<PythonObject> Iterate(PythonObject iterator)
    {
        using (iterator)
        {
            while (iterator.Next() is { } item)
            {
                yield return item;
            }
        }
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            PythonErrors.ThrowPending();
        }
    }

    private PythonObject? Next()
    {
        using Gil gil = Gil.Acquire();
        using PyRef self = Own();
        nint item = CPython.PyIter_Next(self.Value);
        if (item == 0 && CPython.PyErr_Occurred() != 0)
        {
            PythonErrors.ThrowPending();
        }

        return item == 0 ? null : new PythonObject(item);
    }
}
