namespace PyEmbed.PythonNet.Tests.Shapes;

/// <summary>Derived from by Python; .NET calls its overrides.</summary>
public class Shape
{
    public int Side { get; set; } = 1;

    public virtual int Area() => 0;

    public virtual string Describe() => $"area {Area()}";

    public string DescribeFromDotNet() => Describe();
}
