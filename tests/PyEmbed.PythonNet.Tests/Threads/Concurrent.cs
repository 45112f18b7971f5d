namespace PyEmbed.PythonNet.Tests;

/// <summary>Threads that begin at once.</summary>
internal static class Concurrent
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs an action on as many new threads; fails with the first exception of any, and where one does not end.</summary>
    public static void Run(int count, Action<int> action)
    {
        using Barrier barrier = new(count);
        Exception? first = null;
        Thread[] threads =
        [
            .. Enumerable.Range(0, count).Select(index => new Thread(() =>
            {
                try
                {
                    barrier.SignalAndWait();
                    action(index);
                }
                catch (Exception e) when (Interlocked.CompareExchange(ref first, e, null) is null)
                {
                    // Told by the thread that waits.
                }
            })
            { IsBackground = true }),
        ];
        Array.ForEach(threads, thread => thread.Start());
        foreach (Thread thread in threads)
        {
            Assert.IsTrue(thread.Join(Limit), "A thread hangs.");
        }

        Assert.IsNull(first, first?.ToString());
    }
}
