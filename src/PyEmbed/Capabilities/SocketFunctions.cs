using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>Sockets: what the audit events of <c>_socket</c> say, and the functions that raise none.</summary>
internal sealed unsafe class SocketFunctions(NetworkGrants network, Descriptors descriptors, FileFunctions functions, bool processes)
{
    private const string Capability = nameof(PythonCapabilities.Network);
    private const int Default = -1, Unix = 1, Internet = 2, Internet6 = 10, Raw = 3, Packet = 10, TypeMask = 0xF; // AF_* and SOCK_* of Linux

    // (level, option) of Linux that hold numbers: of SOL_SOCKET, IP, TCP and IPV6.
    private static readonly HashSet<(long Level, long Option)> Options =
    [
        .. new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 18, 19, 20, 21, 30, 38, 39 }.Select(option => (1L, option)),
        .. new long[] { 1, 2, 10, 14, 15, 33, 34 }.Select(option => (0L, option)),
        .. new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 18, 23, 25, 30 }.Select(option => (6L, option)),
        .. new long[] { 16, 17, 18, 19, 23, 24, 26, 67 }.Select(option => (41L, option)),
    ];

    /// <summary>The event <c>socket.__new__</c>: only TCP and UDP, and pairs of Unix sockets, which reach nobody.</summary>
    /// <returns>Whether it may go on; else an exception is pending.</returns>
    public bool Create(nint arguments)
    {
        int overflow;
        long family = CPython.PyLong_AsLongLongAndOverflow(CPython.PyTuple_GetItem(arguments, 1), &overflow);
        long type = CPython.PyLong_AsLongLongAndOverflow(CPython.PyTuple_GetItem(arguments, 2), &overflow) & TypeMask;
        return processes || (family is Default or Unix or Internet or Internet6 && type is not (Raw or Packet))
            || Deny("a socket of this kind", nameof(PythonCapabilities.Processes));
    }

    /// <summary>The events <c>socket.connect</c>, <c>bind</c>, <c>sendto</c> and <c>sendmsg</c>.</summary>
    public bool Reach(string name, nint arguments)
    {
        nint address = CPython.PyTuple_Size(arguments) > 1 ? CPython.PyTuple_GetItem(arguments, 1) : 0;
        return address == 0 || address == CPython.Py_None || IsLocal(address) || (TryReadAddress(address, out string host, out int port) && network.Allows(host, port)) || Deny(name, Capability, address);
    }

    /// <summary>The events of looking names up: <c>socket.getaddrinfo</c>, <c>socket.gethostbyname</c>.</summary>
    public bool LookUp(string name, nint arguments)
    {
        nint host = CPython.PyTuple_GetItem(arguments, 0);
        return (host == CPython.Py_None && !network.AreNone) || (TryReadHost(host, out string text) && network.AllowsLookup(text)) || Deny(name, Capability, host);
    }

    /// <summary>Whether any host is granted, and with it what the C library and OpenSSL read for reaching it: names of services and protocols, the system's certificates.</summary>
    public bool ReachesAny => !network.AreNone;

    /// <summary>The events of looking addresses up, which ask whoever the machine asks about names.</summary>
    public bool LookUpAddress(string name) => network.AllowsLookup("*") || Deny(name, $"{Capability} ('*')");

    /// <summary>
    /// A body for <c>connect</c>, <c>bind</c>, <c>sendto</c> and their like, which look a name up before they raise their event, and for that run a codec in Python on what is not plain ASCII.
    /// </summary>
    /// <param name="name">The function.</param>
    /// <param name="place">Which argument the address is; -1: the last one.</param>
    public NativeBody Reaching(string name, int place) => (scoped ref NativeCall call) =>
    {
        int index = place < 0 ? call.Count - 1 : place;
        nint address = call.Get(index);
        if (address == 0 || address == CPython.Py_None || IsLocal(address))
        {
            return call.Continue();
        }

        if (!TryReadAddress(address, out string host, out int port) || !network.Allows(host, port))
        {
            return Denied.Raise(name, Capability, address);
        }

        nint plain = PyRef.Checked(CPython.PyTuple_New(CPython.PyTuple_Size(address)));
        call.Replace(index, default, plain);
        _ = CPython.PyTuple_SetItem(plain, 0, Text.New(host));
        _ = CPython.PyTuple_SetItem(plain, 1, CPython.PyLong_FromLongLong(port));
        for (nint i = 2; i < CPython.PyTuple_Size(address); i++)
        {
            _ = CPython.PyTuple_SetItem(plain, i, PyRef.New(CPython.PyTuple_GetItem(address, i)));
        }

        return call.Continue();
    };

    /// <summary>A body for <c>setsockopt</c> and <c>getsockopt</c>: some options of the system take addresses in memory.</summary>
    public static NativeBody OfOption(string name) => (scoped ref NativeCall call) =>
    {
        nint level = call.Get(0), option = call.Get(1);
        int overflow;
        return level == 0 || option == 0
            || (CPython.Is(level, CPython.Py_TPFLAGS_LONG_SUBCLASS) && CPython.Is(option, CPython.Py_TPFLAGS_LONG_SUBCLASS)
                && Options.Contains((CPython.PyLong_AsLongLongAndOverflow(level, &overflow), CPython.PyLong_AsLongLongAndOverflow(option, &overflow))))
            ? call.Continue()
            : Denied.Raise($"{name} of this option", nameof(PythonCapabilities.Processes), option);
    };

    /// <summary>A body for <c>getaddrinfo</c>: remembers what it finds.</summary>
    public nint GetAddressInfo(scoped ref NativeCall call)
    {
        nint host = call.Get(0, "host"u8);
        Encode(ref call, host, "host"u8);
        nint result = call.Continue();
        if (result != 0 && host != 0 && TryReadHost(host, out string name))
        {
            for (nint i = 0; i < CPython.PyList_Size(result); i++)
            {
                Remember(name, CPython.PyTuple_GetItem(CPython.PyTuple_GetItem(CPython.PyList_GetItem(result, i), 4), 0));
            }
        }

        return result;
    }

    /// <summary>A body for <c>gethostbyname</c> and <c>gethostbyname_ex</c>.</summary>
    public nint GetHostByName(scoped ref NativeCall call)
    {
        nint host = call.Get(0);
        Encode(ref call, host, default);
        nint result = call.Continue();
        if (result != 0 && host != 0 && TryReadHost(host, out string name))
        {
            if (!CPython.Is(result, CPython.Py_TPFLAGS_TUPLE_SUBCLASS))
            {
                Remember(name, result);
                return result;
            }

            nint addresses = CPython.PyTuple_GetItem(result, 2);
            for (nint i = 0; i < CPython.PyList_Size(addresses); i++)
            {
                Remember(name, CPython.PyList_GetItem(addresses, i));
            }
        }

        return result;
    }

    /// <summary>A body for <c>socket.listen</c>, which binds by itself where nobody has.</summary>
    public nint Listen(scoped ref NativeCall call)
    {
        nint self = call.Self;
        using PyRef address = PyRef.Own(CPython.PyObject_VectorcallDict(OfSocket.Name, &self, 1, 0));
        if (address.Value == 0)
        {
            return 0;
        }

        return IsLocal(address.Value) || (TryReadAddress(address.Value, out string host, out int port) && network.Allows(host, port)) ? call.Continue() : Denied.Raise("socket.listen", Capability, address.Value);
    }

    /// <summary>The C functions behind <c>socket.getsockname</c> and <c>socket.fileno</c>: a subclass may have others of those names.</summary>
    public (nint Name, nint Number) OfSocket { get; set; }

    /// <summary>The descriptors of TLS connections; null until the module <c>_socket</c> is guarded.</summary>
    public TlsSockets? Tls { get; set; }

    /// <summary>A body for <c>socket.detach</c>: the number is Python's own from now on.</summary>
    public nint Detach(scoped ref NativeCall call) => Adding(call.Continue());

    /// <summary>A body for <c>socket._accept</c>, whose result is (descriptor, address).</summary>
    public nint Accept(scoped ref NativeCall call)
    {
        nint result = call.Continue();
        if (result != 0)
        {
            _ = Adding(CPython.PyTuple_GetItem(result, 0));
        }

        return result;
    }

    /// <summary>A body for <c>_socket.close</c>.</summary>
    public nint Close(scoped ref NativeCall call) =>
        !TryRead(call.Get(0), out int descriptor) ? 0 : descriptors.Take(descriptor) ? call.Continue() : FileFunctions.Foreign("socket.close", descriptor);

    /// <summary>A body for <c>_socket.dup</c>.</summary>
    public nint Duplicate(scoped ref NativeCall call) =>
        functions.CheckDescriptor(ref call, "socket.dup", 0, FileUse.Look, lends: true) ? Adding(call.Continue()) : 0;

    /// <summary>A body for <c>_socket.socket.__init__</c>, which takes a number over where it is given one.</summary>
    public bool Initialize(scoped ref NativeCall call)
    {
        nint number = call.Get(3, "fileno"u8);
        if (number == 0 || number == CPython.Py_None)
        {
            return call.Initialize() && Own(call.Self);
        }

        if (!CPython.Is(number, CPython.Py_TPFLAGS_LONG_SUBCLASS) || !TryRead(number, out int descriptor))
        {
            _ = Denied.Refuse("socket is denied: fileno must be an int");
            return false;
        }

        if (!descriptors.Take(descriptor))
        {
            _ = FileFunctions.Foreign("socket", descriptor);
            return false;
        }

        if (!call.Initialize())
        {
            descriptors.Add(descriptor); // It did not take it.
            return false;
        }

        descriptors.Own(descriptor);
        return true;
    }

    /// <summary>A body for <c>_socket.socketpair</c>, whose sockets are made without <c>__init__</c>.</summary>
    public nint MakePair(scoped ref NativeCall call)
    {
        nint pair = call.Continue();
        return pair == 0 || (Own(CPython.PyTuple_GetItem(pair, 0)) && Own(CPython.PyTuple_GetItem(pair, 1))) ? pair : Dropped(pair);
    }

    // For a str CPython would ask the codec idna, which is Python code; bytes are taken as they are.
    private static void Encode(scoped ref NativeCall call, nint host, ReadOnlySpan<byte> parameter)
    {
        if (host != 0 && TryReadHost(host, out string name))
        {
            fixed (byte* bytes = System.Text.Encoding.ASCII.GetBytes(name + '\0'))
            {
                call.Replace(0, parameter, PyRef.Checked(CPython.PyBytes_FromStringAndSize(bytes, name.Length)));
            }
        }
    }

    private bool Own(nint socket)
    {
        using PyRef number = PyRef.Own(CPython.PyObject_VectorcallDict(OfSocket.Number, &socket, 1, 0));
        if (number.Value == 0)
        {
            return false;
        }

        int overflow;
        descriptors.Own((int)CPython.PyLong_AsLongLongAndOverflow(number.Value, &overflow));
        return true;
    }

    private static nint Dropped(nint pair)
    {
        CPython.Py_DecRef(pair);
        return 0;
    }

    private static bool TryRead(nint argument, out int descriptor)
    {
        descriptor = -1;
        return argument != 0 && Descriptors.TryRead(argument, out descriptor);
    }

    private nint Adding(nint result)
    {
        if (result != 0)
        {
            int overflow;
            descriptors.Add((int)CPython.PyLong_AsLongLongAndOverflow(result, &overflow));
        }

        return result;
    }

    private void Remember(string name, nint address)
    {
        if (CPython.Is(address, CPython.Py_TPFLAGS_UNICODE_SUBCLASS) && Text.Read(address).Split('%')[0] is { Length: > 0 } text)
        {
            network.Remember(name, text);
        }
    }

    // A Unix socket's: the like of a program that one starts, which multiprocessing talks to its fork server by.
    private bool IsLocal(nint address) => processes && PathArgument.IsText(address);

    // (host, port) or (host, port, flow, scope); all else is of other families. What is read here is what was connected to: a str never changes, an int is read by its value.
    private static bool TryReadAddress(nint address, out string host, out int port)
    {
        (host, port) = ("", -1);
        if (!CPython.Is(address, CPython.Py_TPFLAGS_TUPLE_SUBCLASS) || CPython.PyTuple_Size(address) is not (>= 2 and <= 4))
        {
            return false;
        }

        nint number = CPython.PyTuple_GetItem(address, 1);
        if (!CPython.Is(number, CPython.Py_TPFLAGS_LONG_SUBCLASS) || !TryReadHost(CPython.PyTuple_GetItem(address, 0), out host))
        {
            return false;
        }

        int overflow;
        port = (int)CPython.PyLong_AsLongLongAndOverflow(number, &overflow);
        return overflow == 0;
    }

    // Other than ASCII goes through codecs, which Python code can replace: then nobody knows which host is meant.
    private static bool TryReadHost(nint host, out string text)
    {
        text = "";
        if (!PathArgument.IsText(host) || !PathArgument.TryRead(host, out byte[] bytes))
        {
            CPython.PyErr_Clear();
            return false;
        }

        text = System.Text.Encoding.Latin1.GetString(bytes);
        return text.All(char.IsAscii);
    }

    private static bool Deny(string name, string capability, nint subject = 0)
    {
        _ = Denied.Raise(name, capability, subject);
        return false;
    }
}
