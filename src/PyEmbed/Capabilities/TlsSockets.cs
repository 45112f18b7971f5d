using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// The descriptors that TLS connections use. CPython's <c>_SSLSocket</c> keeps the number that its socket had when it was made, and uses it whether or not the socket is still open: by then it
/// could be the host's. So it is given another number for the same, which nobody else knows, and which is closed when the socket is gone, without which no connection does anything.
/// </summary>
internal sealed unsafe class TlsSockets
{
    private readonly nint number, closing;

    // By the weak reference that tells when a socket is gone; references that are kept. Guarded by the GIL.
    private readonly Dictionary<nint, (int Descriptor, nint Socket)> used = [];
    private readonly HashSet<nint> sockets = []; // Those of the above.

    /// <param name="number">The function behind <c>socket.fileno</c>; a reference that is kept.</param>
    public TlsSockets(nint number)
    {
        this.number = number;
        closing = NativePatch.NewFunction(NativePatch.NewMethod("closing", Close), 0);
    }

    /// <summary>A body for <c>_SSLContext._wrap_socket</c>.</summary>
    public nint Wrap(scoped ref NativeCall call)
    {
        nint socket = call.Get(0, "sock"u8);
        if (socket == 0)
        {
            return call.Continue(); // It says so.
        }

        using PyRef answer = PyRef.Own(CPython.PyObject_VectorcallDict(number, &socket, 1, 0));
        if (answer.Value == 0)
        {
            return 0; // It is no socket.
        }

        int descriptor = NumberIn(answer.Value);
        int* place = (int*)(socket + (2 * sizeof(nint))); // The first member of a socket, behind what all objects have.
        if (*place != descriptor)
        {
            return Denied.Refuse("ssl is denied: sockets of this CPython have a layout that PyEmbed does not know");
        }

        int other = CapabilityApi.Duplicate(descriptor);
        if (other < 0)
        {
            return Denied.Refuse("ssl is denied: the socket is closed, or no descriptor is left for the connection");
        }

        nint reference = CapabilityApi.PyWeakref_NewRef(socket, closing);
        if (reference == 0)
        {
            CapabilityApi.Close(other);
            return 0;
        }

        *place = other;
        nint result = call.Continue();
        if (*place != other)
        {
            // Another thread has closed it or taken it over meanwhile: it is that one's to close.
            CPython.Py_DecRef(result);
            CPython.Py_DecRef(reference);
            return Denied.Refuse("ssl is denied: the socket was closed meanwhile");
        }

        *place = descriptor;
        if (result == 0)
        {
            CPython.Py_DecRef(reference);
            CapabilityApi.Close(other);
            return 0;
        }

        used[reference] = (other, socket);
        _ = sockets.Add(socket);
        return result;
    }

    /// <summary>A body for <c>socket.close</c>: the other side learns of it at once, though the connection has a descriptor yet.</summary>
    public nint CloseSocket(scoped ref NativeCall call)
    {
        nint self = call.Self;
        if (sockets.Contains(self))
        {
            using PyRef answer = PyRef.Take(CPython.PyObject_VectorcallDict(number, &self, 1, 0));
            CapabilityApi.Shutdown(NumberIn(answer.Value));
        }

        return call.Continue();
    }

    private static int NumberIn(nint value)
    {
        int overflow;
        return (int)CPython.PyLong_AsLongLongAndOverflow(value, &overflow);
    }

    // Called with the weak reference; Python code, too, can find it there and call it.
    private nint Close(scoped ref NativeCall call)
    {
        nint reference = call.Get(0);
        if (used.TryGetValue(reference, out (int Descriptor, nint Socket) known))
        {
            using PyRef referent = PyRef.Take(CPython.PyObject_VectorcallDict(reference, null, 0, 0));
            if (referent.Value == CPython.Py_None)
            {
                _ = used.Remove(reference);
                _ = sockets.Remove(known.Socket);
                CapabilityApi.Close(known.Descriptor);
                CPython.Py_DecRef(reference);
            }
        }

        return PyRef.New(CPython.Py_None);
    }
}
