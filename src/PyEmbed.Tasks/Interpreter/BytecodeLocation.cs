namespace PyEmbed.Tasks.Interpreter;

/// <summary>Where the bytecode of a file lies until it is packed.</summary>
/// <param name="File">A spool file or one of the compile cache.</param>
/// <param name="Offset">From the file's first byte.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Crc">CRC-32 of the bytes.</param>
internal sealed record BytecodeLocation(string File, long Offset, int Length, uint Crc);
