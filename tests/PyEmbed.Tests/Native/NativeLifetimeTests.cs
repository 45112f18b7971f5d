using System.Runtime.CompilerServices;
using PyEmbed.Tests;
using static PyEmbed.Interop.Tests.InteropFixture;

namespace PyEmbed.Native.Tests;

[TestClass]
public sealed class NativeLifetimeTests
{
    [TestMethod]
    public void Functions_outlive_their_module_and_delegates_go_with_them()
    {
        (WeakReference kept, WeakReference gone, string name) = Make();
        using PythonObject names = Execute($"import sys, gc\nfrom {name} import kept\ndel sys.modules['{name}']\ngc.collect()");
        Collect();
        Assert.IsTrue(kept.IsAlive);
        Assert.IsFalse(gone.IsAlive);
        using (PythonObject function = names["kept"])
        {
            Assert.AreEqual("state", function.Invoke<string>());
        }

        names.InvokeMethod("clear").Dispose();
        Execute("import gc\ngc.collect()").Dispose();
        Collect();
        Assert.IsFalse(kept.IsAlive);
    }

    [TestMethod]
    public void Exceptions_in_Python_keep_those_of_NET_no_longer_than_they_live()
    {
        WeakReference thrown = new(null);
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("fail", void () =>
        {
            var error = new InvalidOperationException("short-lived");
            thrown.Target = error;
            throw error;
        }));
        using (PythonObject result = NativeFixture.Run(host, "try: host.fail()\nexcept RuntimeError as error: kept = error"))
        {
            Collect();
            Assert.IsTrue(thrown.IsAlive);
            result.InvokeMethod("clear").Dispose();
        }

        Execute("import gc\ngc.collect()").Dispose();
        Collect();
        Assert.IsFalse(thrown.IsAlive);
    }

    [TestMethod]
    public void Exceptions_that_can_be_disposed_are_left_to_their_owner()
    {
        using var thrown = new DisposableException();
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("fail", void () => throw thrown));
        using (NativeFixture.Run(host, "try: host.fail()\nexcept RuntimeError: pass"))
        {
            Execute("import gc\ngc.collect()").Dispose();
            Assert.IsFalse(thrown.IsDisposed);
        }
    }

    [TestMethod]
    public void Many_functions_and_exceptions_come_and_go()
    {
        string name = NativeFixture.Add(module =>
        {
            for (int i = 0; i < 200; i++)
            {
                int number = i;
                module.AddFunction($"f{i}", (int more) => number + more);
            }
        });
        using PythonObject result = Execute($"""
            import importlib, sys, gc
            total = 0
            for turn in range(20):
                module = importlib.import_module('{name}')
                total += sum(getattr(module, f'f{'{'}i{'}'}')(turn) for i in range(200))
                try:
                    module.f0()
                except TypeError:
                    pass
                del sys.modules['{name}'], module
                gc.collect()
            """);
        Assert.AreEqual((20 * 199 * 100) + (200 * 190), result["total"].As<int>());
    }

    [TestMethod]
    public void Forgotten_arguments_are_released_while_only_Python_runs()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction("same", (PythonObject value) => value);
            module.AddFunction("items", (List<PythonObject> values) => values.Count);
            module.AddFunction("collect", () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            });
        });
        using PythonObject result = NativeFixture.Run(host, """
            class Counted:
                alive = 0
                def __init__(self): Counted.alive += 1
                def __del__(self): Counted.alive -= 1
            before = 0
            for _ in range(2000):
                host.same(Counted())
                host.items([Counted()])
                before = max(before, Counted.alive)     # .NET may collect at any moment
            host.collect()
            for _ in range(100):
                host.items([])
            after = Counted.alive
            """);
        Assert.IsGreaterThan(1000, result["before"].As<int>());
        Assert.IsLessThan(10, result["after"].As<int>());
    }

    [TestMethod]
    public void Python_threads_call_at_once_and_others_run_meanwhile()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction("square", (long number) => number * number);
            var barrier = new Barrier(4);
            module.AddFunction("meet", () =>
            {
                // Nobody meets anybody while one waits with the GIL.
                using (PythonFixture.Python.AllowThreads())
                {
                    return barrier.SignalAndWait(TimeSpan.FromSeconds(30));
                }
            });
        });
        using PythonObject result = NativeFixture.Run(host, """
            import threading
            sums, met = [], []
            def work():
                sums.append(sum(host.square(i) for i in range(2000)))
                met.append(host.meet())
            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """);
        Assert.AreEqual("[True, True, True, True]", result["met"].ToString());
        Assert.AreEqual("{2664667000}", Evaluate("set").Invoke(result["sums"]).ToString());
    }

    [TestMethod]
    public void AllowThreads_lets_go_of_the_GIL_and_takes_it_again()
    {
        PythonInterpreter python = PythonFixture.Python;
        using (python.Hold())
        {
            using (python.AllowThreads())
            {
                Assert.IsFalse(Interop.Gil.IsHeld);
                Assert.IsTrue(Task.Run(() => python.Evaluate<int>("1 + 1") == 2).Result);
                Assert.AreEqual(3, python.Evaluate<int>("1 + 2"));
                Assert.ThrowsExactly<InvalidOperationException>(python.AllowThreads);
                using (python.Hold())
                using (python.AllowThreads())
                {
                    Assert.IsFalse(Interop.Gil.IsHeld);
                }

                Assert.IsFalse(Interop.Gil.IsHeld);
            }

            Assert.IsTrue(Interop.Gil.IsHeld);
        }

        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(python.AllowThreads).Message, "Hold");
        IDisposable hold = python.Hold();
        IDisposable allowed = python.AllowThreads();
        Assert.ThrowsExactly<InvalidOperationException>(hold.Dispose);
        allowed.Dispose();
        hold.Dispose();
    }

    [TestMethod]
    public void A_function_that_leaves_the_GIL_released_gets_an_error()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction("forget", () => { PythonFixture.Python.AllowThreads(); });
            module.AddFunction("forget_and_throw", void () =>
            {
                PythonFixture.Python.AllowThreads();
                throw new ArgumentException("thrown");
            });
        });
        using PythonObject result = NativeFixture.Run(host, """
            seen = []
            for function in (host.forget, host.forget_and_throw):
                try:
                    function()
                except Exception as error:
                    seen.append((type(error).__name__, 'AllowThreads' in str(error)))
            """);
        Assert.AreEqual("[('RuntimeError', True), ('ValueError', False)]", result["seen"].ToString());
        Assert.IsFalse(Interop.Gil.IsHeld);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Kept, WeakReference Gone, string Name) Make()
    {
        string name = NativeFixture.Add(module =>
        {
            WeakReference first = new(null), second = new(null);
            Fill(module, first, second);
            module.AddConstant("ready", first.IsAlive && second.IsAlive);
            Made = (first, second);
        });
        Import(name).Dispose();
        return (Made.Kept, Made.Gone, name);
    }

    private static (WeakReference Kept, WeakReference Gone) Made { get; set; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(PythonNativeModule module, WeakReference first, WeakReference second)
    {
        var kept = new StrongBox<string>("state");
        var gone = new StrongBox<string>("other");
        first.Target = kept;
        second.Target = gone;
        AddReader(module, "kept", kept);
        AddReader(module, "gone", gone);
    }

    // A closure of its own for each function.
    private static void AddReader(PythonNativeModule module, string name, StrongBox<string> box) => module.AddFunction(name, () => box.Value);

    private sealed class DisposableException : Exception, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            PythonFixture.Python.Evaluate<int>("1");
        }
    }
}
