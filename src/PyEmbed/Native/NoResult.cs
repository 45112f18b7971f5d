namespace PyEmbed.Native;

/// <summary>The result of a delegate that has none; None in Python.</summary>
internal readonly struct NoResult;
