namespace PyEmbed.Native;

/// <summary>A parameter of a native function: its name in Python, its .NET type, and what counts where it is left out.</summary>
internal sealed record NativeParameter(string Name, Type Type, bool IsOptional, object? Default);
