using PyEmbed.Tests;

namespace PyEmbed.Isolates.Tests;

/// <summary>Isolates that are used again.</summary>
[TestClass]
public sealed class PoolTests
{
    [TestMethod]
    public async Task Work_is_spread_over_isolates_that_are_used_again()
    {
        int made = 0;
        var options = new PythonIsolateOptions { AutoMount = false, NativeModules = { { "pool_host", module => module.AddConstant("number", Interlocked.Increment(ref made)) } } };
        using PythonIsolatePool pool = PythonFixture.Python.CreateIsolatePool(3, options);
        int[] numbers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => pool.RunAsync(isolate => isolate.Evaluate<int>("__import__('pool_host').number"))));
        Assert.IsTrue(made is >= 1 and <= 3, $"{made} isolates");
        Assert.HasCount(made, numbers.Distinct());
    }

    [TestMethod]
    public async Task A_script_of_a_tree_runs_in_each_and_is_cancelled_in_one()
    {
        PythonTree tree = PythonFixture.Tree("pool-script", ("pool_script.py", "import sys\nif __name__ == '__main__':\n    while sys.argv[1:] == ['endless']: pass\n    sys.exit(len(sys.argv))\n"));
        using PythonIsolatePool pool = PythonFixture.Python.CreateIsolatePool(2, new PythonIsolateOptions { AutoMount = false, Mounts = [tree] });
        using CancellationTokenSource source = new();
        using SemaphoreSlim started = new(0);
        Task<int> endless = pool.RunAsync(
            isolate =>
            {
                started.Release();
                return isolate.RunModule("pool_script", "endless");
            },
            source.Token);
        await started.WaitAsync();
        Assert.AreEqual(3, await pool.RunAsync(isolate => isolate.RunModule("pool_script", "a", "b")));
        await source.CancelAsync();
        try
        {
            // As python does, a program that is interrupted ends with this code, if it had begun.
            Assert.AreEqual(130, await endless);
        }
        catch (OperationCanceledException)
        {
            Assert.IsTrue(source.IsCancellationRequested);
        }

        Assert.AreEqual(1, await pool.RunAsync(isolate => isolate.RunModule("pool_script")));
        Assert.AreEqual(1, await pool.RunAsync(isolate => isolate.RunModule("pool_script")));
    }

    [TestMethod]
    public async Task Dispose_refuses_what_waits_for_an_isolate()
    {
        PythonIsolatePool pool = PythonFixture.Python.CreateIsolatePool(1, new PythonIsolateOptions { AutoMount = false });
        using SemaphoreSlim started = new(0);
        using ManualResetEventSlim end = new();
        Task<int> endless = pool.RunAsync(_ =>
        {
            started.Release();
            end.Wait();
            return 1;
        });
        await started.WaitAsync();
        using CancellationTokenSource source = new();
        Task<int> waiting = pool.RunAsync(_ => 2), cancelled = pool.RunAsync(_ => 3, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled);
        pool.Dispose();
        foreach (Task<int> task in (Task<int>[])[endless, waiting])
        {
            // A minute, which is only waited for where this is broken.
            await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => task.WaitAsync(TimeSpan.FromMinutes(1)));
        }

        end.Set();
    }

    [TestMethod]
    public async Task Dispose_by_its_own_work_is_refused_and_changes_nothing()
    {
        using PythonIsolatePool pool = PythonFixture.Python.CreateIsolatePool(1, new PythonIsolateOptions { AutoMount = false });
        await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => pool.RunAsync(_ =>
        {
            pool.Dispose();
            return 0;
        }));
        Assert.AreEqual(2, await pool.RunAsync(isolate => isolate.Evaluate<int>("1 + 1")));
    }

    [TestMethod]
    public async Task Dispose_interrupts_all_before_it_waits_for_one()
    {
        PythonIsolatePool pool = PythonFixture.Python.CreateIsolatePool(2, new PythonIsolateOptions { AutoMount = false });
        using SemaphoreSlim started = new(0);
        using ManualResetEventSlim interrupted = new();
        PythonIsolate? waiting = null;
        Task<int> first = pool.RunAsync(isolate =>
        {
            waiting = isolate;
            started.Release();
            interrupted.Wait();
            return 1;
        });
        await started.WaitAsync();
        Task<int> second = pool.RunAsync(isolate =>
        {
            started.Release();
            PythonException error = Assert.ThrowsExactly<PythonException>(() => isolate.Execute("while True: pass"));
            interrupted.Set();
            return error.PythonType.Length;
        });
        await started.WaitAsync();
        pool.Dispose();
        Assert.AreEqual(1, await first);
        Assert.IsFalse(waiting!.IsRetired);
        Assert.AreEqual("KeyboardInterrupt".Length, await second);
    }

    [TestMethod]
    public async Task An_isolate_that_somebody_has_disposed_is_not_used_again()
    {
        using PythonIsolatePool pool = PythonFixture.Python.CreateIsolatePool(1, new PythonIsolateOptions { AutoMount = false });
        PythonIsolate? used = null;
        Assert.AreEqual(1, await pool.RunAsync(isolate => (used = isolate).Evaluate<int>("1")));
        used!.Dispose();
        Assert.AreEqual(2, await pool.RunAsync(isolate => isolate.Evaluate<int>("2")));
    }

    [TestMethod]
    public async Task Failures_leave_the_pool_as_it_is()
    {
        using (PythonIsolatePool broken = PythonFixture.Python.CreateIsolatePool(1, new PythonIsolateOptions { AutoMount = false, NativeModules = { { "json", _ => { } } } }))
        {
            for (int i = 0; i < 2; i++)
            {
                await Assert.ThrowsExactlyAsync<ArgumentException>(() => broken.RunAsync(_ => 1));
            }
        }

        PythonIsolatePool pool = PythonFixture.Python.CreateIsolatePool(1);
        await Assert.ThrowsExactlyAsync<PythonException>(() => pool.RunAsync(isolate => isolate.Evaluate<int>("1 / 0")));
        Assert.AreEqual(1, await pool.RunAsync(isolate => isolate.Evaluate<int>("1")));
        pool.Dispose();
        pool.Dispose();
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => pool.RunAsync(_ => 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => PythonFixture.Python.CreateIsolatePool(0));
    }
}
