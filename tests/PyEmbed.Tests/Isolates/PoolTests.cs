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
