using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Many threads, of .NET and of Python, in both APIs at once.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ConcurrencyTests
{
    [TestMethod]
    public void Thirty_two_threads_import_and_call_through_both_APIs()
    {
        const int Modules = 60;
        using PythonMount mount = PythonNetFixture.Mount(
            "crowd",
            [
                ("crowd/__init__.py", "counts = {}\n"),
                .. Enumerable.Range(0, Modules).Select(i =>
                    ($"crowd/m{i}.py", $"from . import counts\nimport clr, System\ncounts[{i}] = counts.get({i}, 0) + 1\n{(i > 0 ? $"from .m{i - 1} import NUMBER as before\n" : "")}NUMBER = {i}\n\n\ndef call(value):\n    return System.Math.Max(value, NUMBER)\n")),
            ]);
        PythonInterpreter python = PythonNetFixture.Interpreter;
        Concurrent.Run(32, index =>
        {
            for (int step = 0; step < Modules; step++)
            {
                int i = (step + (index * 7)) % Modules;
                int result;
                if ((index + step) % 2 == 0)
                {
                    using Py.GILState gil = Py.GIL();
                    dynamic module = Py.Import($"crowd.m{i}");
                    result = (int)module.call(index);
                }
                else
                {
                    using PythonObject module = python.Import($"crowd.m{i}");
                    result = module.InvokeMethod<int>("call", index);
                }

                if (result != Math.Max(i, index))
                {
                    throw new InvalidOperationException($"crowd.m{i} gave {result} to {index}.");
                }
            }
        });
        using PythonObject counts = python.Evaluate("[*__import__('crowd').counts.values()]");
        CollectionAssert.AreEqual(Enumerable.Repeat(1, Modules).ToArray(), counts.As<int[]>());
    }

    [TestMethod]
    public void Every_nesting_of_both_GIL_blocks_gives_the_GIL_back()
    {
        PythonInterpreter python = PythonNetFixture.Interpreter;
        for (int depth = 1; depth <= 4; depth++)
        {
            for (int mix = 0; mix < 1 << depth; mix++)
            {
                int levels = depth, bits = mix;
                Concurrent.Run(1, _ => Nest(python, levels, bits));

                // On a thread that knows PyEmbed already, too, and on one that pythonnet had first.
                Concurrent.Run(1, _ =>
                {
                    python.Execute("pass");
                    Nest(python, levels, bits);
                    using (Py.GIL())
                    {
                        Nest(python, levels, bits);
                    }

                    Nest(python, levels, bits);
                });
                Concurrent.Run(1, _ => AssertUsable(python));
            }
        }
    }

    [TestMethod]
    public void Disposing_a_GIL_block_twice_changes_nothing()
    {
        PythonInterpreter python = PythonNetFixture.Interpreter;
        Concurrent.Run(1, _ =>
        {
            Py.GILState outer = Py.GIL();
            IDisposable hold = python.Hold();
            hold.Dispose();
            hold.Dispose();
            Assert.AreEqual(2, Py.Import("scenario.values").InvokeMethod("add", 1.ToPython()).As<int>());
            outer.Dispose();
            outer.Dispose();
        });
        Concurrent.Run(1, _ => AssertUsable(python));
    }

    [TestMethod]
    public void Python_threads_call_back_into_either_API()
    {
        PythonInterpreter python = PythonNetFixture.Interpreter;
        using Py.GILState gil = PythonNetFixture.Gil();
        dynamic callbacks = Py.Import("scenario.callbacks");
        PyObject results = callbacks.apply_on_threads(
            new Func<int, int>(index =>
            {
                if (index % 3 == 0)
                {
                    return python.Evaluate<int>($"__import__('scenario.values').values.add({index}, 100)");
                }

                using Py.GILState inner = Py.GIL();
                using IDisposable? hold = index % 3 == 1 ? python.Hold() : null;
                using PythonObject own = Py.Import("scenario.values").ToPythonObject();
                return own.InvokeMethod<int>("add", index, 100);
            }),
            12,
            30);
        CollectionAssert.AreEqual(Enumerable.Range(100, 12).ToArray(), results.As<int[]>());
    }

    [TestMethod]
    public void A_thread_is_the_same_to_Python_through_both_APIs()
    {
        PythonInterpreter python = PythonNetFixture.Interpreter;
        using PythonMount mount = PythonNetFixture.Mount("thread_locals", ("thread_locals.py", "import threading\nlocal = threading.local()\ndef seen(): return getattr(local, 'value', None)\n"));
        Concurrent.Run(4, index =>
        {
            using Py.GILState gil = Py.GIL();
            dynamic module = Py.Import("thread_locals");
            module.local.value = index;
            using PythonObject own = python.Import("thread_locals");
            Assert.AreEqual(index, own.InvokeMethod<int>("seen"));
            using PythonObject mine = python.Evaluate("__import__('threading').current_thread()");
            using PyObject theirs = Py.Import("threading").InvokeMethod("current_thread");
            using PyObject crossed = mine.ToPyObject();
            Identity.AssertSame(theirs, crossed);
        });
    }

    [TestMethod]
    public void Tasks_take_turns()
    {
        PythonInterpreter python = PythonNetFixture.Interpreter;
        async Task<int> Work(int index)
        {
            int sum = 0;
            for (int i = 0; i < 20; i++)
            {
                using (Py.GIL())
                {
                    sum += Py.Import("scenario.values").InvokeMethod("add", index.ToPython(), i.ToPython()).As<int>();
                }

                await Task.Yield();
                sum += python.Evaluate<int>($"{index} - {i}");
                await Task.Yield();
            }

            return sum;
        }

        Task<int>[] tasks = [.. Enumerable.Range(0, 8).Select(i => Task.Run(() => Work(i)))];
        Assert.IsTrue(Task.WaitAll(tasks, TimeSpan.FromSeconds(60)));
        CollectionAssert.AreEqual(Enumerable.Range(0, 8).Select(i => 40 * i).ToArray(), tasks.Select(task => task.Result).ToArray());
    }

    [TestMethod]
    public void Threads_that_come_and_go_leave_no_thread_state()
    {
        PythonInterpreter python = PythonNetFixture.Interpreter;
        void Round(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Concurrent.Run(4, index =>
                {
                    using Py.GILState gil = Py.GIL();
                    Assert.AreEqual(3, python.Evaluate<int>("1 + 2"));
                });
            }
        }

        Round(50);
        long before = States(python);
        Round(100);
        Assert.IsLessThan(before + 60, States(python));
    }

    private static long States(PythonInterpreter python)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using PythonObject states = python.Import("scenario.states");
        return states.InvokeMethod<long>("count");
    }

    private static void Nest(PythonInterpreter python, int depth, int mix)
    {
        using IDisposable block = (mix & 1) == 0 ? Py.GIL() : python.Hold();
        if (depth > 1)
        {
            Nest(python, depth - 1, mix >> 1);
        }

        // The thread holds the GIL here, whichever block it came from: pythonnet's calls need it.
        Assert.AreEqual(2, Py.Import("scenario.values").InvokeMethod("add", 1.ToPython()).As<int>());
        Assert.AreEqual(3, python.Evaluate<int>("1 + 2"));
    }

    private static void AssertUsable(PythonInterpreter python)
    {
        Assert.AreEqual(3, python.Evaluate<int>("1 + 2"));
        using Py.GILState gil = Py.GIL();
        Assert.AreEqual(42, Py.Import("scenario.values").GetAttr("ANSWER").As<int>());
    }
}
