using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary>
/// The audit hook (PEP 578), in C as CPython sees it. It cannot be removed. Imports, compilation and attribute access raise events by the thousand, so what it does not care about it leaves at
/// the first bytes of the name.
/// </summary>
internal static unsafe class AuditHook
{
    private static PythonCapabilities granted = PythonCapabilities.None;
    private static FileGrants files = null!;
    private static FileFunctions functions = null!;
    private static SocketFunctions sockets = null!;
    private static Bytecode bytecode = null!;
    private static ModuleLoading loading = null!;

    /// <summary>Installs the hook, for the life of the process. The caller holds the GIL.</summary>
    public static void Install(PythonCapabilities capabilities, FileGrants fileGrants, FileFunctions fileFunctions, SocketFunctions socketFunctions, Bytecode code, ModuleLoading modules)
    {
        (granted, files, functions, sockets, bytecode, loading) = (capabilities, fileGrants, fileFunctions, socketFunctions, code, modules);
        if (CapabilityApi.PySys_AddAuditHook((delegate* unmanaged[Cdecl]<byte*, nint, void*, int>)&OnEvent, null) != 0)
        {
            PythonErrors.ThrowPending();
        }

        Prepare();
    }

    // Decides on an import once, so that none waits for .NET to compile it.
    private static void Prepare()
    {
        using PyRef arguments = PyRef.Take(CPython.PyTuple_New(2));
        for (nint i = 0; i < 2; i++)
        {
            _ = CPython.PyTuple_SetItem(arguments.Value, i, PyRef.New(CPython.Py_None));
        }

        _ = ((delegate* unmanaged[Cdecl]<byte*, nint, void*, int>)&OnEvent)(Text.Ascii("import"u8), arguments.Value, null);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int OnEvent(byte* name, nint arguments, void* data)
    {
        // import, open, socket.…, code.__new__, ctypes.…, cpython.PyInterpreterState_New, resource.…, sqlite3 is not loaded
        switch (name[0])
        {
            case (byte)'i' when name[1] == 'm':
                return IsImportOfFile(arguments) ? Decide(name, arguments) : 0;
            case (byte)'o' when name[1] == 'p' && name[4] == 0:
            case (byte)'s' when name[1] == 'o' && name[2] == 'c':
            case (byte)'c' when (name[1] == 'o' && name[2] == 'd') || name[1] == 't' || name[1] == 'p':
            case (byte)'r' when name[1] == 'e' && name[2] == 's':
                return Decide(name, arguments);
            default:
                return 0;
        }
    }

    // The event has the path of an extension module, or None, and comes with every import that is not cached.
    private static bool IsImportOfFile(nint arguments) => CPython.PyTuple_Size(arguments) < 2 || CPython.PyTuple_GetItem(arguments, 1) != CPython.Py_None;

    private static int Decide(byte* name, nint arguments)
    {
        string text = Marshal.PtrToStringUTF8((nint)name) ?? "";
        try
        {
            return IsAllowed(text, arguments) ? 0 : -1;
        }
        catch (Exception e)
        {
            _ = Denied.Refuse($"{text} is denied: deciding on it failed ({e.GetType().Name}: {e.Message})");
            return -1;
        }
    }

    private static bool IsAllowed(string name, nint arguments) => name switch
    {
        "import" => CPython.PyTuple_Size(arguments) < 2 || loading.CheckFile(CPython.PyTuple_GetItem(arguments, 1)),
        "open" => IsOpenAllowed(arguments),
        "socket.__new__" => sockets.Create(arguments),
        "socket.connect" or "socket.bind" or "socket.sendto" or "socket.sendmsg" => sockets.Reach(name, arguments),
        "socket.getaddrinfo" or "socket.gethostbyname" => sockets.LookUp(name, arguments),
        "socket.gethostbyaddr" or "socket.getnameinfo" => sockets.LookUpAddress(name),
        "code.__new__" => granted.NativeCode || bytecode.TakeReplacing() || Deny("making code objects", nameof(PythonCapabilities.NativeCode)),
        "cpython.PyInterpreterState_New" => granted.NativeCode || Deny("making an interpreter", nameof(PythonCapabilities.NativeCode)),
        "resource.setrlimit" or "resource.prlimit" => granted.Processes || Deny(name, nameof(PythonCapabilities.Processes)),
        _ => !name.StartsWith("ctypes.", StringComparison.Ordinal) || granted.NativeCode || Deny(name, nameof(PythonCapabilities.NativeCode)),
    };

    private static bool IsOpenAllowed(nint arguments)
    {
        if (CPython.PyTuple_Size(arguments) < 3)
        {
            return Deny("an event that CPython does not raise so", nameof(PythonCapabilities.Read));
        }

        nint path = CPython.PyTuple_GetItem(arguments, 0);
        if (CPython.Is(path, CPython.Py_TPFLAGS_LONG_SUBCLASS))
        {
            return true; // FileIO itself has decided.
        }

        if (!PathArgument.IsText(path))
        {
            return Deny("opening what is no str, bytes or int", nameof(PythonCapabilities.Read));
        }

        int overflow;
        nint number = CPython.PyTuple_GetItem(arguments, 2);
        long flags = CPython.Is(number, CPython.Py_TPFLAGS_LONG_SUBCLASS) ? CPython.PyLong_AsLongLongAndOverflow(number, &overflow) : -1;
        FileUse use = flags == 0 ? FileFunctions.UseOfMode(CPython.PyTuple_GetItem(arguments, 1)) : FileFunctions.UseOfFlags(flags);
        bool follows = FileFunctions.Follows(flags);
        if (functions.HasDecided(path, use, follows))
        {
            return true;
        }

        if (!PathArgument.TryRead(path, out byte[] place))
        {
            return false;
        }

        if (files.Allows(place, use, follows))
        {
            return true;
        }

        _ = Denied.Refuse(files.Reason((use & FileUse.Write) != 0 ? "writing" : "reading", place, use, follows), path);
        return false;
    }

    private static bool Deny(string name, string capability)
    {
        _ = Denied.Raise(name, capability);
        return false;
    }
}
