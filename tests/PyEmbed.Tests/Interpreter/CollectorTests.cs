namespace PyEmbed.Tests;

/// <summary>Putting Python's collector off while modules are imported. What the deferral does to objects is pinned by the importer's own tests.</summary>
[TestClass]
public sealed class CollectorTests
{
    private static PythonInterpreter Python => PythonFixture.Python;

    private static bool IsEnabled => Python.Evaluate<bool>("__import__('gc').isenabled()");

    [TestMethod]
    public void The_collector_rests_until_the_deferral_ends()
    {
        Assert.IsTrue(IsEnabled);
        using (Python.DeferCollector())
        {
            Assert.IsFalse(IsEnabled);
        }

        Assert.IsTrue(IsEnabled);
    }

    [TestMethod]
    public void Several_deferrals_end_in_any_order_and_on_any_thread_and_each_once()
    {
        IDisposable first = Python.DeferCollector();
        IDisposable second = Python.DeferCollector();
        Task.Run(first.Dispose).Wait();
        first.Dispose();
        Assert.IsFalse(IsEnabled);
        second.Dispose();
        Assert.IsTrue(IsEnabled);
    }

    [TestMethod]
    public void A_block_in_Python_counts_together_with_a_deferral()
    {
        using PythonScope scope = new();
        IDisposable deferral = Python.DeferCollector();
        Python.Execute("import pyembed\nblock = pyembed.defer_collector()\nblock.__enter__()", scope);
        deferral.Dispose();
        Assert.IsFalse(IsEnabled);
        Python.Execute("block.__exit__(None, None, None)", scope);
        Assert.IsTrue(IsEnabled);
    }

    [TestMethod]
    public void Modules_are_imported_meanwhile()
    {
        using PythonMount mount = PythonFixture.Mount("deferred-tree", ("deferred_module.py", "import gc\nWAS = gc.isenabled()\n"));
        using (Python.DeferCollector())
        {
            using PythonObject module = Python.Import("deferred_module");
            using PythonObject was = module.GetAttribute("WAS");
            Assert.IsFalse(was.As<bool>());
        }
    }

    [TestMethod]
    public void There_is_none_on_a_thread_of_an_isolate()
    {
        using PythonIsolate isolate = Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false });
        isolate.Run(_ => Assert.ThrowsExactly<InvalidOperationException>(() => Python.DeferCollector()));
    }
}
