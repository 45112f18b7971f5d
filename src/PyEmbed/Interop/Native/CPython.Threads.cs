namespace PyEmbed.Interop;

/// <content>The GIL and thread states: https://docs.python.org/3/c-api/init.html#thread-state-and-the-global-interpreter-lock.</content>
internal static unsafe partial class CPython
{
    public static delegate* unmanaged[Cdecl]<int> PyGILState_Ensure;
    public static delegate* unmanaged[Cdecl]<int, void> PyGILState_Release;
    public static delegate* unmanaged[Cdecl]<nint> PyGILState_GetThisThreadState;
    public static delegate* unmanaged[Cdecl]<nint> PyEval_SaveThread;
    public static delegate* unmanaged[Cdecl]<nint, void> PyEval_RestoreThread;
    public static delegate* unmanaged[Cdecl]<nint, void> PyThreadState_Clear;
    public static delegate* unmanaged[Cdecl]<nint, void> PyThreadState_Delete;
    public static delegate* unmanaged[Cdecl]<void> PyThreadState_DeleteCurrent;

    /// <summary>
    /// The current thread state or 0. Up to 3.11 it is that of whichever thread holds the GIL, from 3.12 that of the calling thread:
    /// where it equals the calling thread's own state, the calling thread holds the GIL. (<c>PyGILState_Check</c> answers yes to everyone once a sub-interpreter was made.)
    /// </summary>
    public static delegate* unmanaged[Cdecl, SuppressGCTransition]<nint> PyThreadState_GetUnchecked;

    private static void BindThreads(NativeExports exports)
    {
        PyGILState_Ensure = (delegate* unmanaged[Cdecl]<int>)exports.Required("PyGILState_Ensure");
        PyGILState_Release = (delegate* unmanaged[Cdecl]<int, void>)exports.Required("PyGILState_Release");
        PyGILState_GetThisThreadState = (delegate* unmanaged[Cdecl]<nint>)exports.Required("PyGILState_GetThisThreadState");
        PyEval_SaveThread = (delegate* unmanaged[Cdecl]<nint>)exports.Required("PyEval_SaveThread");
        PyEval_RestoreThread = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("PyEval_RestoreThread");
        PyThreadState_Clear = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("PyThreadState_Clear");
        PyThreadState_Delete = (delegate* unmanaged[Cdecl]<nint, void>)exports.Required("PyThreadState_Delete");
        PyThreadState_DeleteCurrent = (delegate* unmanaged[Cdecl]<void>)exports.Required("PyThreadState_DeleteCurrent");
        PyThreadState_GetUnchecked = (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint>)
            exports.Required(Version >= 0x030D ? "PyThreadState_GetUnchecked" : "_PyThreadState_UncheckedGet");
    }
}
