using System.Runtime.CompilerServices;
using static PyEmbed.Interop.Tests.InteropFixture;

namespace PyEmbed.Interop.Tests;

/// <summary>References: none too many, none too few.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LifetimeTests
{
    [TestMethod]
    public void Calls_and_conversions_leave_no_references()
    {
        using PythonObject module = Execute("""
            import sys
            class Marker:
                def echo(self, *args, **kwargs): return args
                def fail(self, *args, **kwargs): raise ValueError(args)
            marker = Marker()
            def count(): return sys.getrefcount(marker)
            items = [marker] * 5
            """);
        using PythonObject marker = module["marker"], count = module["count"], items = module["items"];
        Use();
        Collect(count);
        int before = count.Invoke<int>();
        for (int i = 0; i < 20; i++)
        {
            Use();
        }

        Collect(count);
        Assert.AreEqual(before, count.Invoke<int>());

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Use()
        {
            marker.InvokeMethod("echo", marker, new object[] { marker }, (marker, marker), new Dictionary<string, PythonObject> { ["a"] = marker }, new PythonKeyword("k", marker)).Dispose();
            Assert.ThrowsExactly<PythonException>(() => marker.InvokeMethod("fail", marker, new PythonKeyword("k", marker))).Value.Dispose();
            Assert.ThrowsExactly<PythonException>(() => marker.Invoke(marker)).Value.Dispose();
            Assert.ThrowsExactly<PythonException>(() => marker.GetAttribute("nothing")).Value.Dispose();
            Assert.ThrowsExactly<InvalidCastException>(() => marker.InvokeMethod("echo", marker, new object()));
            Assert.ThrowsExactly<InvalidCastException>(() => marker.InvokeMethod<int[]>("echo", marker));
            Assert.ThrowsExactly<InvalidCastException>(() => marker.As<int>());
            Assert.ThrowsExactly<ArgumentException>(() => marker.InvokeMethod("echo", new PythonKeyword("k", marker), marker));
            marker.SetAttribute("self", marker);
            marker.DeleteAttribute("self");
            Assert.IsTrue(marker.Equals(marker));
            _ = marker.GetHashCode();
            _ = marker.ToString();
            foreach (PythonObject item in items)
            {
                item.Dispose();
            }

            foreach (object item in items.As<object[]>())
            {
                ((PythonObject)item).Dispose();
            }

            items.As<List<PythonObject>>().ForEach(item => item.Dispose());
            foreach (PythonObject item in items)
            {
                break; // the iterator goes with the loop
            }
        }
    }

    [TestMethod]
    public void Forgotten_objects_are_released_also_while_the_GIL_is_held()
    {
        using IDisposable hold = PyEmbed.Tests.PythonFixture.Python.Hold();
        using PythonObject module = Execute("import sys\nmarker = object()\ndef count(): return sys.getrefcount(marker)");
        using PythonObject count = module["count"];
        int before = count.Invoke<int>();
        ForgetAll(module);
        int after = int.MaxValue;
        for (int attempt = 0; attempt < 200 && after != before; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            after = count.Invoke<int>();
        }

        Assert.AreEqual(before, after);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void ForgetAll(PythonObject module)
        {
            for (int i = 0; i < 1000; i++)
            {
                GC.KeepAlive(module["marker"]);
            }
        }
    }

    [TestMethod]
    public void Forgotten_objects_are_released_by_whoever_takes_the_GIL()
    {
        using PythonObject module = Execute("import sys\nmarker = object()\ndef count(): return sys.getrefcount(marker)");
        using PythonObject count = module["count"];
        int before = count.Invoke<int>();
        Forget(module, 5000);
        Assert.IsGreaterThan(before, count.Invoke<int>());
        int after = int.MaxValue;
        for (int attempt = 0; attempt < 200 && after != before; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            after = count.Invoke<int>();
        }

        Assert.AreEqual(before, after);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(PythonObject module, int count)
        {
            for (int i = 0; i < count; i++)
            {
                _ = module["marker"];
            }
        }
    }

    [TestMethod]
    public void Thirty_two_threads_use_the_same_objects()
    {
        using PythonObject module = Execute("""
            import sys, threading
            marker = object()
            lock = threading.Lock()
            total = 0
            def count(): return sys.getrefcount(marker)
            def work(i, m):
                global total
                with lock: total += i
                if i % 10 == 0: raise KeyError(i)
                return [m, str(i), {'i': i}]
            """);
        using PythonObject marker = module["marker"], work = module["work"], count = module["count"];
        int before = count.Invoke<int>();
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = new Thread[32];
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                try
                {
                    for (int i = 1; i <= 100; i++)
                    {
                        if (i % 10 == 0)
                        {
                            Assert.AreEqual("KeyError", Assert.ThrowsExactly<PythonException>(() => work.Invoke(i, marker)).PythonType);
                            continue;
                        }

                        // Some disposed, some left to the garbage collector.
                        PythonObject result = work.Invoke(i, marker);
                        Assert.AreEqual(i.ToString(System.Globalization.CultureInfo.InvariantCulture), result[1].As<string>());
                        if (i % 2 == 0)
                        {
                            result.Dispose();
                        }
                    }
                }
                catch (Exception e)
                {
                    failures.Enqueue(e);
                }
            });
        }

        Array.ForEach(threads, thread => thread.Start());
        foreach (Thread thread in threads)
        {
            Assert.IsTrue(thread.Join(TimeSpan.FromSeconds(120)), "deadlock");
        }

        Assert.IsEmpty(failures, string.Join('\n', failures));
        Assert.AreEqual(32 * 5050, module["total"].As<int>());
        for (int attempt = 0; attempt < 200 && count.Invoke<int>() != before; attempt++)
        {
            Collect(count);
        }

        Assert.AreEqual(before, count.Invoke<int>());
    }

    // Runs .NET finalisers, drains what they queued, then runs Python's collector.
    private static void Collect(PythonObject anything)
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using PythonObject gc = Import("gc");
            gc.InvokeMethod("collect").Dispose();
            anything.HasAttribute("x");
        }
    }
}
