using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>Sockets: what the audit events of <c>_socket</c> say, and the functions that raise none.</summary>
internal sealed unsafe class SocketFunctions(NetworkGrants network, Descriptors descriptors, FileFunctions functions, bool processes)
{
    private const string Capability = nameof(PythonCapabilities.Network);
    private const int Default = -1, Unix = 1, Internet = 2, Internet6 = 10, Stream = 1, Raw = 3, Packet = 10, TypeMask = 0xF; // AF_* and SOCK_* of Linux

    private const int KindParameters = 3;
    private static readonly (int, string)[] Parameters = [(0, "family"), (1, "type"), (2, "proto"), (3, "fileno")];

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
        return Create(
            CPython.PyLong_AsLongLongAndOverflow(CPython.PyTuple_GetItem(arguments, 1), &overflow), CPython.PyLong_AsLongLongAndOverflow(CPython.PyTuple_GetItem(arguments, 2), &overflow));
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

    /// <summary>The type of sockets in C, and the function behind its <c>getsockname</c>: a subclass may have another of that name. References that are kept.</summary>
    public (nint Type, nint Name) OfSocket { get; set; }

    /// <summary>A body for <c>socket._accept</c>, whose result is (descriptor, address).</summary>
    public nint Accept(scoped ref NativeCall call)
    {
        // The system takes a number before it waits for somebody to connect.
        if (!descriptors.HasRoom("socket.accept"))
        {
            return 0;
        }

        using PyRef result = PyRef.Own(call.Continue());
        nint number = result.Value == 0 ? 0 : descriptors.MoveResult(PyRef.New(CPython.PyTuple_GetItem(result.Value, 0)));
        if (number == 0)
        {
            return 0;
        }

        nint accepted = PyRef.Checked(CPython.PyTuple_New(2));
        _ = CPython.PyTuple_SetItem(accepted, 0, number);
        _ = CPython.PyTuple_SetItem(accepted, 1, PyRef.New(CPython.PyTuple_GetItem(result.Value, 1)));
        return accepted;
    }

    /// <summary>A body for <c>recvmsg</c> and <c>recvmsg_into</c>, by which one's own descriptors come under further numbers, that nobody closes.</summary>
    public NativeBody Receiving(string name) => (scoped ref NativeCall call) => descriptors.HasRoom(name) ? call.Continue() : 0;

    /// <summary>A body for <c>_socket.close</c>.</summary>
    public nint Close(scoped ref NativeCall call) =>
        !TryRead(call.Get(0), out int descriptor) ? 0 : descriptors.Holds(descriptor) ? call.Continue() : FileFunctions.Foreign("socket.close", descriptor);

    /// <summary>A body for <c>_socket.dup</c>.</summary>
    public nint Duplicate(scoped ref NativeCall call) =>
        functions.CheckDescriptor(ref call, "socket.dup", 0, FileUse.Look, lends: true) ? descriptors.MoveResult(call.Continue()) : 0;

    /// <summary>A body for <c>_socket.socket.__init__</c>, which takes a number over where it is given one. Else it is given that of a socket that was opened here: so none has another number than Python's for a moment.</summary>
    public bool Initialize(scoped ref NativeCall call)
    {
        // Taken before anybody's code runs, and passed on by place.
        using PyRef one = PyRef.Take(CPython.PyLong_FromLongLong(Default));
        using PyRef family = call.Take(0, "family"u8, one.Value), type = call.Take(1, "type"u8, one.Value), protocol = call.Take(2, "proto"u8, one.Value), number = call.Take(3, "fileno"u8, CPython.Py_None);
        int known = 0;
        foreach ((int index, string name) in Parameters)
        {
            known += call.Get(index, NativeHost.NullTerminated(name).AsSpan(0, name.Length)) == 0 ? 0 : 1;
        }

        if (known != call.Total)
        {
            return call.Initialize(); // It says so.
        }

        if (number.Value == CPython.Py_None)
        {
            return TryKind([family.Value, type.Value, protocol.Value], out (int Family, int Type, int Protocol) kind) && Open(ref call, kind);
        }

        if (!CPython.Is(number.Value, CPython.Py_TPFLAGS_LONG_SUBCLASS) || !TryRead(number.Value, out int descriptor))
        {
            _ = Denied.Refuse("socket is denied: fileno must be an int");
            return false;
        }

        if (!descriptors.Holds(descriptor))
        {
            _ = FileFunctions.Foreign("socket", descriptor);
            return false;
        }

        return call.Initialize([family.Value, type.Value, protocol.Value, number.Value]);
    }

    /// <summary>A body for <c>_socket.socketpair</c>.</summary>
    public nint MakePair(scoped ref NativeCall call)
    {
        using PyRef local = PyRef.Take(CPython.PyLong_FromLongLong(Unix)), one = PyRef.Take(CPython.PyLong_FromLongLong(Default));
        using PyRef family = call.Take(0, default, local.Value), type = call.Take(1, default, one.Value), protocol = call.Take(2, default, one.Value);
        if (call.Count > KindParameters)
        {
            return call.Continue(); // It says so.
        }

        if (!TryKind([family.Value, type.Value, protocol.Value], out (int Family, int Type, int Protocol) kind) || !Create(kind.Family, kind.Type))
        {
            return 0;
        }

        int* made = stackalloc int[2];
        if (!CapabilityApi.OpenSockets(kind.Family, kind.Type, kind.Protocol, made))
        {
            CapabilityApi.RaiseError();
            return 0;
        }

        using PyRef pair = PyRef.Take(CPython.PyTuple_New(2));
        for (int i = 0; i < 2; i++)
        {
            nint socket = NewSocket(kind, made[i]);
            if (socket == 0)
            {
                if (i == 0)
                {
                    CapabilityApi.Close(made[1]);
                }

                return 0;
            }

            _ = CPython.PyTuple_SetItem(pair.Value, i, socket);
        }

        return pair.NewReference();
    }

    private bool Create(long family, long type) =>
        processes || (family is Default or Unix or Internet or Internet6 && (type & TypeMask) is not (Raw or Packet)) || Deny("a socket of this kind", nameof(PythonCapabilities.Processes));

    private bool Open(scoped ref NativeCall call, (int Family, int Type, int Protocol) kind)
    {
        if (!Create(kind.Family, kind.Type))
        {
            return false;
        }

        int made = CapabilityApi.OpenSocket(kind.Family, kind.Type, kind.Protocol);
        if (made < 0)
        {
            CapabilityApi.RaiseError();
            return false;
        }

        int descriptor = descriptors.Move(made);
        if (descriptor < 0)
        {
            return false;
        }

        using PyRef family = NewInt(kind.Family), type = NewInt(kind.Type), protocol = NewInt(kind.Protocol), number = NewInt(descriptor);
        bool isMade = call.Initialize([family.Value, type.Value, protocol.Value, number.Value]);
        if (!isMade)
        {
            CapabilityApi.Close(descriptor);
        }

        return isMade;
    }

    // Of a descriptor that is closed where no socket comes of it.
    private nint NewSocket((int Family, int Type, int Protocol) kind, int made)
    {
        int descriptor = descriptors.Move(made);
        if (descriptor < 0)
        {
            return 0;
        }

        using PyRef family = NewInt(kind.Family), type = NewInt(kind.Type), protocol = NewInt(kind.Protocol), number = NewInt(descriptor);
        nint* arguments = stackalloc nint[] { family.Value, type.Value, protocol.Value, number.Value };
        nint socket = CPython.PyObject_VectorcallDict(OfSocket.Type, arguments, 4, 0);
        if (socket == 0)
        {
            CapabilityApi.Close(descriptor);
        }

        return socket;
    }

    private static PyRef NewInt(int value) => PyRef.Take(CPython.PyLong_FromLongLong(value));

    // What is left open means TCP over IPv4, as for CPython. False with an exception pending.
    private static bool TryKind(scoped ReadOnlySpan<nint> arguments, out (int Family, int Type, int Protocol) kind)
    {
        Span<int> values = stackalloc int[KindParameters];
        kind = default;
        for (int i = 0; i < KindParameters; i++)
        {
            using PyRef plain = PyRef.Own(CPython.PyNumber_Index(arguments[i]));
            if (plain.Value == 0)
            {
                return false;
            }

            int overflow;
            long value = CPython.PyLong_AsLongLongAndOverflow(plain.Value, &overflow);
            if (overflow != 0 || value is < int.MinValue or > int.MaxValue)
            {
                _ = Denied.RaiseValue("the family, type and protocol of a socket must be small ints");
                return false;
            }

            values[i] = (int)value;
        }

        kind = (values[0] == Default ? Internet : values[0], values[1] == Default ? Stream : values[1], values[2] == Default ? 0 : values[2]);
        return true;
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

    private static bool TryRead(nint argument, out int descriptor)
    {
        descriptor = -1;
        return argument != 0 && Descriptors.TryRead(argument, out descriptor);
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
