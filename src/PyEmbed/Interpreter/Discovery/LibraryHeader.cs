using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PyEmbed.Discovery;

/// <summary>
/// Reads from a shared library's header (ELF, PE/COFF, Mach-O and its universal form) which processor it is for, so that a library
/// of another architecture gets a clear message instead of the loader's.
/// </summary>
internal static class LibraryHeader
{
    /// <summary>Why this process cannot load the file, or null if nothing speaks against it.</summary>
    public static string? Refusal(string path, Architecture process)
    {
        List<Architecture?> found;
        try
        {
            found = Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {e.Message}";
        }

        if (found.Count == 0)
        {
            return "it is no shared library (neither ELF, PE nor Mach-O)";
        }

        if (found.Contains(process))
        {
            return null;
        }

        string names = string.Join(", ", found.ConvertAll(a => a?.ToString() ?? "an unknown processor"));
        return $"it is built for {names}, but this process is {process}";
    }

    private static List<Architecture?> Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] buffer = new byte[4096];
        ReadOnlySpan<byte> header = buffer.AsSpan(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        List<Architecture?> found = [];
        if (header.Length < 64)
        {
            return found;
        }

        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        switch (magic)
        {
            case 0x7F454C46: // ELF
                bool little = header[5] == 1;
                int machine = little ? BinaryPrimitives.ReadUInt16LittleEndian(header[18..]) : BinaryPrimitives.ReadUInt16BigEndian(header[18..]);
                found.Add(Elf(machine, is64: header[4] == 2, little));
                break;
            case 0xCFFAEDFE or 0xCEFAEDFE: // Mach-O, little endian
                found.Add(MachO(BinaryPrimitives.ReadUInt32LittleEndian(header[4..])));
                break;
            case 0xCAFEBABE: // Mach-O universal, big endian
                uint count = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(header[4..]), 16);
                for (int i = 0; i < count && 8 + (i * 20) + 4 <= header.Length; i++)
                {
                    found.Add(MachO(BinaryPrimitives.ReadUInt32BigEndian(header[(8 + (i * 20))..])));
                }

                break;
            default:
                int pe = BinaryPrimitives.ReadInt32LittleEndian(header[60..]);
                if (header[0] == 'M' && header[1] == 'Z' && pe > 0 && pe + 6 <= header.Length && header[pe] == 'P' && header[pe + 1] == 'E')
                {
                    found.Add(Pe(BinaryPrimitives.ReadUInt16LittleEndian(header[(pe + 4)..])));
                }

                break;
        }

        return found;
    }

    private static Architecture? Elf(int machine, bool is64, bool little) => (machine, is64, little) switch
    {
        (3, false, true) => Architecture.X86,
        (62, true, true) => Architecture.X64,
        (40, false, true) => Architecture.Arm,
        (183, true, true) => Architecture.Arm64,
        (22, true, false) => Architecture.S390x,
        (21, true, true) => Architecture.Ppc64le,
        (258, true, true) => Architecture.LoongArch64,
        _ => null,
    };

    private static Architecture? MachO(uint cpu) => cpu switch
    {
        0x01000007 => Architecture.X64,
        0x0100000C => Architecture.Arm64,
        7 => Architecture.X86,
        _ => null,
    };

    private static Architecture? Pe(int machine) => machine switch
    {
        0x014C => Architecture.X86,
        0x8664 => Architecture.X64,
        0xAA64 => Architecture.Arm64,
        0x01C4 => Architecture.Arm,
        _ => null,
    };
}
