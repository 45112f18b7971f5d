namespace PyEmbed.PythonNet.Tests.Shapes;

/// <summary>Implemented by Python.</summary>
public interface IDescribed
{
    string Describe();
}
