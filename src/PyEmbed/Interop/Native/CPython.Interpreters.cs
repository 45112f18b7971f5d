namespace PyEmbed.Interop;

/// <content>Sub-interpreters: https://docs.python.org/3/c-api/init.html#sub-interpreter-support and PEP 684.</content>
internal static unsafe partial class CPython
{
    private static readonly object InterpretersLock = new();

    /// <summary>Up to 3.11. The caller holds the GIL, and has it with the new interpreter's first state afterwards.</summary>
    public static delegate* unmanaged[Cdecl]<nint> Py_NewInterpreter;

    /// <summary>From 3.12 on. The caller holds the GIL of the main interpreter; afterwards that of the new one, which may be the same.</summary>
    public static delegate* unmanaged[Cdecl]<nint*, PyInterpreterConfig*, PyStatus> Py_NewInterpreterFromConfig;

    /// <summary>Ends an interpreter; the argument must be its only state, and current. Up to 3.11 the caller still holds the GIL afterwards, with no state; from 3.12 on it holds none.</summary>
    public static delegate* unmanaged[Cdecl]<nint, void> Py_EndInterpreter;
    public static delegate* unmanaged[Cdecl]<nint> PyInterpreterState_Main;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyInterpreterState_ThreadHead;

    /// <summary>A state of an interpreter for the calling thread; needs no GIL. An interpreter must have another one all the while: its first is a part of it, which cannot be made twice.</summary>
    public static delegate* unmanaged[Cdecl]<nint, nint> PyThreadState_New;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyThreadState_GetInterpreter;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyThreadState_Next;
    public static delegate* unmanaged[Cdecl]<nint, nint> PyThreadState_Swap;

    /// <summary>Has a thread of the caller's interpreter raise an exception at its next bytecode; 0 for none takes it back.</summary>
    public static delegate* unmanaged[Cdecl]<nuint, nint, int> PyThreadState_SetAsyncExc;

    /// <summary>The innermost Python frame of a state of the caller's interpreter, a new reference, or 0.</summary>
    public static delegate* unmanaged[Cdecl]<nint, nint> PyThreadState_GetFrame;

    /// <summary>The code of a frame, a new reference.</summary>
    public static delegate* unmanaged[Cdecl]<nint, nint> PyFrame_GetCode;

    /// <summary>Binds all of this, which most programs never need.</summary>
    public static void BindInterpreters()
    {
        lock (InterpretersLock)
        {
            if (PyThreadState_SetAsyncExc != null)
            {
                return;
            }

            var exports = new NativeExports(Library);
            if (Version >= 0x030C)
            {
                Py_NewInterpreterFromConfig = (delegate* unmanaged[Cdecl]<nint*, PyInterpreterConfig*, PyStatus>)exports.Required("Py_NewInterpreterFromConfig");
            }
            else
            {
                Py_NewInterpreter = (delegate* unmanaged[Cdecl]<nint>)exports.Required("Py_NewInterpreter");
            }

            Py_EndInterpreter = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("Py_EndInterpreter");
            PyInterpreterState_Main = (delegate* unmanaged[Cdecl]<nint>)exports.Required("PyInterpreterState_Main");
            PyInterpreterState_ThreadHead = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyInterpreterState_ThreadHead");
            PyThreadState_New = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyThreadState_New");
            PyThreadState_GetInterpreter = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyThreadState_GetInterpreter");
            PyThreadState_Next = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyThreadState_Next");
            PyThreadState_Swap = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyThreadState_Swap");
            PyThreadState_GetFrame = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyThreadState_GetFrame");
            PyFrame_GetCode = (delegate* unmanaged[Cdecl]<nint, nint>)exports.Required("PyFrame_GetCode");
            var setAsyncExc = (delegate* unmanaged[Cdecl]<nuint, nint, int>)exports.Required("PyThreadState_SetAsyncExc");
            exports.ThrowIfIncomplete();
            PyThreadState_SetAsyncExc = setAsyncExc;
        }
    }

    /// <summary>CPython's structure of that name, the same from 3.12 on.</summary>
    public struct PyInterpreterConfig
    {
        public int UseMainObmalloc, AllowFork, AllowExec, AllowThreads, AllowDaemonThreads, CheckMultiInterpExtensions;

        /// <summary>1: the main interpreter's; 2: its own.</summary>
        public int Gil;
    }
}
