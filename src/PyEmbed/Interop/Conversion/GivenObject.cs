namespace PyEmbed.Interop;

/// <summary>What a conversion to Python gives where the object was made for that alone: it is disposed as soon as Python has it.</summary>
internal sealed record GivenObject(PythonObject Value);
