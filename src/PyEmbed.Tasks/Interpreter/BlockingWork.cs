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
}
