namespace PyEmbed.PythonNet.Tests.Shapes;

/// <summary>Has what Python code asks of .NET objects: properties, an event, a generic method, something to dispose and to iterate.</summary>
public class Visitor : IDisposable
{
    public event EventHandler<VisitedEventArgs>? Arrived;

    public int Visited { get; private set; }

    public bool IsDisposed { get; private set; }

    public int Handlers => Arrived?.GetInvocationList().Length ?? 0;

    public IEnumerable<int> Numbers => Enumerable.Range(1 + (2 * Handlers), 4);

    public void Visit(string name)
    {
        Visited++;
        Arrived?.Invoke(this, new VisitedEventArgs(name));
    }

    public IEnumerable<T> Repeat<T>(T value) => Enumerable.Repeat(value, Visited);

    public void Dispose()
    {
        IsDisposed = true;
        GC.SuppressFinalize(this);
    }
}
