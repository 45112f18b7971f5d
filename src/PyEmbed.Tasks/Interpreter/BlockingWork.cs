using PyEmbed.Tasks.Output;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>
/// Work that mostly waits for another process, each piece on a thread of its own: the thread pool has few threads at first and adds
/// them slowly, so that pieces that wait for each other there would cost seconds on a machine with two processors.
/// </summary>
internal static class BlockingWork
{
    public static System.Threading.Tasks.Task Start(Action work) =>
        System.Threading.Tasks.Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task<T> Start<T>(Func<T> work) =>
        System.Threading.Tasks.Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits for all of it. What an interpreter did wrong comes before what that left in the cache.</summary>
    /// <exception cref="InterpreterException">A piece failed so; the first of them.</exception>
    /// <exception cref="CompileCacheException">A piece failed so, and none because of its interpreter.</exception>
    public static void WaitAll(System.Threading.Tasks.Task[] work)
    {
        try
        {
            System.Threading.Tasks.Task.WaitAll(work);
        }
        catch (AggregateException e) when (First<InterpreterException>(e) is not null || First<CompileCacheException>(e) is not null)
        {
            throw (Exception?)First<InterpreterException>(e) ?? First<CompileCacheException>(e)!;
        }
    }

    private static T? First<T>(AggregateException e)
        where T : Exception => e.InnerExceptions.OfType<T>().FirstOrDefault();
}
