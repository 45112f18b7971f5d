using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>Raises, in Python, what a denied use ends with. The caller holds the GIL and returns CPython's sign of an error.</summary>
internal static unsafe class Denied
{
    /// <summary><c>PermissionError</c> for an action that a capability would allow.</summary>
    /// <param name="action">What was tried, such as <c>os.kill</c> or <c>writing</c>.</param>
    /// <param name="capability">The capability's name, or what else explains it.</param>
    /// <param name="subject">A borrowed reference to the path, address … that it was tried on, or 0.</param>
    public static nint Raise(string action, string capability, nint subject = 0)
    {
        RaiseError(CapabilityApi.PyExc_PermissionError, $"{action} is denied: it needs the capability {capability}", CapabilityApi.EACCES, subject);
        return 0;
    }

    /// <summary><c>PermissionError</c> with a reason of its own.</summary>
    public static nint Refuse(string reason, nint subject = 0)
    {
        RaiseError(CapabilityApi.PyExc_PermissionError, reason, CapabilityApi.EACCES, subject);
        return 0;
    }

    /// <summary><c>ImportError</c>, so that libraries that can do without the module do.</summary>
    public static nint RaiseImport(string module, string capability)
    {
        RaiseError(CapabilityApi.PyExc_ImportError, $"importing '{module}' is denied: it needs the capability {capability}", 0, 0);
        return 0;
    }

    /// <summary><c>KeyError</c>: how Python says that a user or group is not known.</summary>
    public static nint RaiseUnknown(string function, string capability)
    {
        RaiseError(CapabilityApi.PyExc_KeyError, $"{function} is denied: it needs the capability {capability}", 0, 0);
        return 0;
    }

    public static nint RaiseValue(string message)
    {
        RaiseError(CapabilityApi.PyExc_ValueError, message, 0, 0);
        return 0;
    }

    private static void RaiseError(nint type, string message, int code, nint subject)
    {
        CPython.PyErr_Clear(); // Such as that an event came with fewer arguments than CPython gives it.
        nint text = Text.New(message);
        if (code == 0)
        {
            CapabilityApi.PyErr_SetObject(type, text);
            CPython.Py_DecRef(text);
            return;
        }

        nint number = CPython.PyLong_FromLongLong(code);
        nint* arguments = stackalloc nint[] { number, text, subject };
        nint error = CPython.PyObject_VectorcallDict(type, arguments, subject == 0 ? 2u : 3u, 0);
        if (error != 0)
        {
            CapabilityApi.PyErr_SetObject(type, error);
            CPython.Py_DecRef(error);
        }

        CPython.Py_DecRef(number);
        CPython.Py_DecRef(text);
    }
}
