using PyEmbed.Interop;
using Python.Runtime;

namespace PyEmbed.PythonNet;

/// <summary>
/// Passes objects between the APIs inside Python: a list of one place, which both sides know. It is filled and emptied while the GIL is held
/// and nothing in between runs Python code, so that no other thread can see it filled.
/// </summary>
internal sealed unsafe class Handover : IDisposable
{
    private readonly PyObject theirs;
    private readonly PyObject place;
    private readonly PythonObject ours;

    /// <summary>Both sides' views of the list. The caller holds the GIL.</summary>
    public Handover(PyObject module)
    {
        theirs = module.GetAttr("slot");
        place = new PyInt(0);
        using PythonObject own = PythonCode.Import("pyembed._pythonnet");
        ours = own.GetAttribute("slot");
    }

    /// <summary>Gives the list up. The caller holds the GIL.</summary>
    public void Dispose()
    {
        theirs.Dispose();
        place.Dispose();
        ours.Dispose();
    }

    public PyObject ToPythonNet(PythonObject value)
    {
        using Gil gil = Gil.Acquire();
        Put(value.NewReference());
        try
        {
            return theirs.GetItem(place);
        }
        finally
        {
            Put(PyRef.New(CPython.Py_None));
        }
    }

    public PythonObject FromPythonNet(PyObject value)
    {
        using Gil gil = Gil.Acquire();
        theirs.SetItem(place, value);
        var result = new PythonObject(PyRef.New(CPython.PyList_GetItem(ours.Handle, 0)));
        Put(PyRef.New(CPython.Py_None));
        return result;
    }

    // Takes the reference. The place holds no more than one reference of several to its object, so that emptying it destroys nothing.
    private void Put(nint reference)
    {
        if (CPython.PyList_SetItem(ours.Handle, 0, reference) != 0)
        {
            PythonErrors.ThrowPending();
        }
    }
}
