namespace PyEmbed.Workers;

/// <summary>A value of a worker would take more memory, as objects of .NET, than it may.</summary>
internal sealed class WorkerValueTooLargeException(long most) : Exception($"A value of a worker takes more than {most} bytes.");
