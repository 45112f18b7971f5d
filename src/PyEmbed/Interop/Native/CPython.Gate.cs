using System.Runtime.InteropServices;

namespace PyEmbed.Interop;

/// <content>The managed gate before CPython.</content>
internal static unsafe partial class CPython
{
    /// <summary>
    /// Whether managed code may touch CPython. The runtime opens the gate once an interpreter runs and closes it when PyEmbed stops;
    /// CPython itself is never finalised, so a thread that passed the gate before it closed does no harm.
    /// </summary>
    internal static class Gate
    {
        private static volatile int state;
        private static volatile int exitThread;
        private static byte* forked;
        private static nint endForkedChild;

        /// <summary>Whether the gate is open.</summary>
        public static bool IsOpen => state == 1;

        /// <summary>Whether this process is a forked child of the one that opened the gate. Of that one's threads only the forking one is left, so that managed code may wait for ever.</summary>
        public static bool IsForked => *forked != 0;

        /// <summary>Opens the gate; once closed it stays closed.</summary>
        public static void Open()
        {
            if (forked == null)
            {
                forked = (byte*)NativeMemory.AllocZeroed(1);
            }

            _ = Interlocked.CompareExchange(ref state, 1, 0);
        }

        /// <summary>A new reference to a writable <c>memoryview</c> of the one byte behind <see cref="IsForked"/>, which Python code sets in a forked child. The caller holds the GIL.</summary>
        public static nint CreateForkedView() => PyRef.Checked(PyMemoryView_FromMemory(forked, 1, PyBUF_WRITE));

        /// <summary>Makes ready what ends a forked child, a function of <c>pyembed._host</c>. The caller holds the GIL.</summary>
        public static void KeepForkedEnd(PythonObject host)
        {
            using PyRef name = PyRef.Take(Text.NewName("end_forked_child"));
            endForkedChild = PyRef.Checked(PyObject_GetAttr(host.Handle, name.Value));
        }

        /// <summary>
        /// Ends the process, a forked child in which Python code has returned to managed code. The caller holds the GIL. One call that was made ready before: the child shares
        /// memory of .NET's with its parent, which crashes later on types and methods that were made here.
        /// </summary>
        public static void EndForkedChild() => _ = PyObject_VectorcallDict(endForkedChild, null, 0, 0);

        /// <summary>Closes the gate for good.</summary>
        public static void Close() => state = 2;

        /// <summary>
        /// Closes the gate because the process ends. A thread that comes now waits for that end: were it thrown at, the exception would make the exit a crash.
        /// Only the calling thread, which runs the handlers of the exit, gets the exception.
        /// </summary>
        public static void CloseForExit()
        {
            exitThread = Environment.CurrentManagedThreadId;
            state = 3;
        }

        /// <exception cref="InvalidOperationException">No interpreter was started.</exception>
        /// <exception cref="ObjectDisposedException">The interpreter was stopped.</exception>
        public static void ThrowClosed()
        {
            if (state == 0)
            {
                throw new InvalidOperationException("Python has not been started in this process; call PythonInterpreter.Start first.");
            }

            if (state == 3 && exitThread != Environment.CurrentManagedThreadId)
            {
                // In another host's block or a callback this thread may hold the GIL, which those who flush and run atexit's functions wait for.
                if (Interop.ThreadState.HoldsGil)
                {
                    PyEval_SaveThread();
                }

                Thread.Sleep(Timeout.Infinite);
            }

            throw new ObjectDisposedException("PythonInterpreter", "Python was stopped in this process; no Python object can be used any more.");
        }
    }
}
