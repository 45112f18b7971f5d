using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>A lock whose owner needs the GIL, and threads that come with it.</summary>
[TestClass]
public sealed class GilFreeLockTests
{
    [TestMethod]
    public void A_thread_that_comes_with_the_GIL_lends_it_while_it_waits()
    {
        _ = PythonNetFixture.Bridge;
        object monitor = new();
        using ManualResetEventSlim locked = new(), waiting = new();
        bool heldAfterwards = false;
        Thread owner = new(() =>
        {
            using GilFreeLock entered = new(monitor);
            locked.Set();
            waiting.Wait();
            using Py.GILState gil = Py.GIL();
        });
        Thread comer = new(() =>
        {
            locked.Wait();
            using Py.GILState gil = Py.GIL();
            waiting.Set();
            using GilFreeLock entered = new(monitor);
            heldAfterwards = Interop.Gil.IsHeld;
        });
        owner.Start();
        comer.Start();
        Assert.IsTrue(owner.Join(TimeSpan.FromSeconds(60)) && comer.Join(TimeSpan.FromSeconds(60)), "deadlock");
        Assert.IsTrue(heldAfterwards);
    }
}
