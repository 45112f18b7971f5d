namespace PyEmbed.PythonNet.Tests.Shapes;

/// <summary>Who came.</summary>
public sealed class VisitedEventArgs(string name) : EventArgs
{
    public string Name { get; } = name;
}
