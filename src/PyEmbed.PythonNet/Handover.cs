using PyEmbed.Interop;
using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>
/// Passes objects between the APIs inside Python: a list of one place, which both sides know. It is filled and emptied while the GIL is held
/// and nothing in between runs Python code, so that no other thread sees it filled.
/// </summary>
internal sealed unsafe class Handover : IDisposable
{
    private readonly PyObject theirs;
    private readonly PyObject place;
    private readonly PythonObject ours;
    private readonly PythonObject exceptionType;

    /// <summary>Both sides' views of the list. The caller holds the GIL.</summary>
    /// <param name="module">The module <c>pyembed._pythonnet</c>.</param>
    public Handover(PyObject module)
    {
        theirs = module.GetAttr("slot");
        place = new PyInt(0);
        using PythonObject own = new(PyRef.Checked(PythonCode.Own("pyembed._pythonnet"u8)));
        ours = own.GetAttribute("slot");
        using PyType type = PyType.Get(typeof(Exception));
        exceptionType = FromPythonNet(type);
    }

    /// <summary>Python's class for <see cref="Exception"/>, borrowed.</summary>
    public nint ExceptionType => exceptionType.Handle;

    /// <summary>Gives the list up. The caller holds the GIL.</summary>
    public void Dispose()
    {
        theirs.Dispose();
        place.Dispose();
        ours.Dispose();
        exceptionType.Dispose();
    }

    /// <summary>pythonnet's reference to an object of ours.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed, or Python was stopped.</exception>
    public PyObject ToPythonNet(PythonObject value)
    {
        using Gil gil = Gil.Acquire();
        Put(value.NewReference());
        try
        {
            // pythonnet may run Python code here, finalisers that are due, but only after it has taken the object.
            return theirs.GetItem(place);
        }
        finally
        {
            Put(PyRef.New(CPython.Py_None));
        }
    }

    /// <summary>Our reference to an object of pythonnet's.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed, or Python was stopped.</exception>
    public PythonObject FromPythonNet(PyObject value)
    {
        using Gil gil = Gil.Acquire();
        try
        {
            theirs.SetItem(place, value);
        }
        catch (Python.Runtime.PythonException e) when (e.Type.Name == "SystemError")
        {
            throw new ObjectDisposedException(value.GetType().Name, e); // CPython was given a null pointer.
        }

        var result = new PythonObject(PyRef.New(CPython.PyList_GetItem(ours.Handle, 0)));
        Put(PyRef.New(CPython.Py_None));
        return result;
    }

    // Takes the reference. What the place held has other references, so that it is not destroyed here.
    private void Put(nint reference)
    {
        if (CPython.PyList_SetItem(ours.Handle, 0, reference) != 0)
        {
            PythonErrors.ThrowPending();
        }
    }
}
