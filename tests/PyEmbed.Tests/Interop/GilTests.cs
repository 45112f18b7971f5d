using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PyEmbed.Interop.Tests;

[TestClass]
public sealed unsafe class GilTests
{
    [ClassInitialize]
    public static void Start(TestContext context) => InteropFixture.EnsureStarted();

    [TestMethod]
    public void Acquire_takes_and_Dispose_releases()
    {
        Assert.IsFalse(Gil.IsHeld);
        using (Gil.Acquire())
        {
            Assert.IsTrue(Gil.IsHeld);
            using (Gil.Acquire())
            {
                Assert.AreEqual(1, Check());
            }

            Assert.IsTrue(Gil.IsHeld, "the inner one must not release");
        }

        Assert.IsFalse(Gil.IsHeld);
    }

    [TestMethod]
    public void A_thread_that_holds_the_GIL_by_the_C_API_keeps_it()
    {
        RunOnNewThread(() =>
        {
            int state = CPython.PyGILState_Ensure();
            using (Gil.Acquire())
            {
                Assert.IsTrue(Gil.IsHeld);
            }

            Assert.AreEqual(1, Check());
            CPython.PyGILState_Release(state);
            using (Gil.Acquire())
            {
                Assert.AreEqual(1, Check(), "the thread state must outlive the other host's Release");
            }
        });
    }

    [TestMethod]
    public void A_state_of_another_host_is_used_and_left_to_it()
    {
        const int Threads = 100;
        int before = CountStates();
        for (int i = 0; i < Threads; i++)
        {
            RunOnNewThread(() =>
            {
                int state = CPython.PyGILState_Ensure();
                nint theirs = CPython.PyGILState_GetThisThreadState();
                using (Gil.Acquire())
                {
                    Assert.AreEqual(theirs, CPython.PyGILState_GetThisThreadState());
                }

                Assert.IsTrue(Gil.IsHeld, "what was held before is held after");
                nint released = CPython.PyEval_SaveThread();
                Assert.IsFalse(Gil.IsHeld);
                using (Gil.Acquire())
                {
                    Assert.AreEqual(theirs, CPython.PyGILState_GetThisThreadState());
                    Assert.IsTrue(Gil.IsHeld);
                }

                Assert.IsFalse(Gil.IsHeld);
                CPython.PyEval_RestoreThread(released);
                CPython.PyGILState_Release(state);
                Assert.AreEqual(0, CPython.PyGILState_GetThisThreadState(), "the other host's block was the only one to keep the state");
            });
        }

        // Other tests' threads may end meanwhile, or begin; of these none remains.
        Assert.IsLessThan(before + (Threads / 2), CountStates());
    }

    [TestMethod]
    public void A_native_callback_that_released_the_GIL_takes_it_again()
    {
        using (Gil.Acquire())
        {
            nint released = CPython.PyEval_SaveThread();
            using (Gil.Acquire())
            {
                Assert.AreEqual(1, Check());
            }

            Assert.IsFalse(Gil.IsHeld);
            CPython.PyEval_RestoreThread(released);
        }
    }

    [TestMethod]
    public void A_thread_keeps_its_thread_state_between_acquisitions()
    {
        nint first = ThisState(), second = ThisState();
        Assert.AreEqual(first, second);
        Assert.AreNotEqual(0, first);

        static nint ThisState()
        {
            using Gil gil = Gil.Acquire();
            return CPython.PyGILState_GetThisThreadState();
        }
    }

    [TestMethod]
    public void States_of_ended_threads_are_deleted()
    {
        int before = CountStates();
        for (int i = 0; i < 200; i++)
        {
            RunOnNewThread(() =>
            {
                using Gil gil = Gil.Acquire();
            });
            if (i % 40 == 39)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }

        int states = int.MaxValue;
        for (int attempt = 0; attempt < 100 && states > before + 60; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            RunOnNewThread(() =>
            {
                using Gil gil = Gil.Acquire();
            });
            Thread.Sleep(20);
            states = CountStates();
        }

        Assert.IsLessThanOrEqualTo(before + 60, states);
    }

    [TestMethod]
    public void A_hold_keeps_the_GIL_until_disposed()
    {
        var hold = new GilHold();
        Assert.IsTrue(Gil.IsHeld);
        var inner = new GilHold();
        Assert.ThrowsExactly<InvalidOperationException>(hold.Dispose);
        RunOnNewThread(() => Assert.ThrowsExactly<InvalidOperationException>(inner.Dispose));
        inner.Dispose();
        Assert.IsTrue(Gil.IsHeld);
        hold.Dispose();
        hold.Dispose();
        Assert.IsFalse(Gil.IsHeld);
    }

    [TestMethod]
    public void Thirty_two_threads_take_turns()
    {
        long counter = 0;
        var threads = new Thread[32];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int n = 0; n < 300; n++)
                {
                    using Gil gil = Gil.Acquire();
                    counter++; // guarded by the GIL alone
                }
            });
        }

        Array.ForEach(threads, thread => thread.Start());
        foreach (Thread thread in threads)
        {
            Assert.IsTrue(thread.Join(TimeSpan.FromSeconds(60)), "deadlock");
        }

        Assert.AreEqual(32 * 300, counter);
    }

    private static int Check() => ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(CPython.Library, "PyGILState_Check"))();

    internal static void RunOnNewThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        Assert.IsTrue(thread.Join(TimeSpan.FromSeconds(60)), "deadlock");
        if (failure != null)
        {
            throw new AssertFailedException("on the other thread: " + failure.Message, failure);
        }
    }

    // The interpreter's list of thread states, as sys._current_frames would walk it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CountStates()
    {
        using Gil gil = Gil.Acquire();
        nint library = CPython.Library;
        var main = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "PyInterpreterState_Main");
        var head = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(library, "PyInterpreterState_ThreadHead");
        var next = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(library, "PyThreadState_Next");
        int count = 0;
        for (nint state = head(main()); state != 0; state = next(state))
        {
            count++;
        }

        return count;
    }
}
