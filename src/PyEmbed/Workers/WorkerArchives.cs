using System.IO.MemoryMappedFiles;
using PyEmbed.Embedding;

namespace PyEmbed.Workers;

/// <summary>Finds where on disk a tree's archive lies, so that a worker process can map it there.</summary>
internal static unsafe class WorkerArchives
{
    private const int NeedleLength = 4096;

    /// <summary>The file and the offset of the archive in it; null where no file has its bytes as they are: the archive was made in memory, is compressed there, or was replaced since.</summary>
    public static (string File, long Offset)? Locate(TreeMemory memory)
    {
        if (memory.Source is not { } file)
        {
            return null;
        }

        try
        {
            using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(file, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            using MemoryMappedViewAccessor accessor = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* start = null;
            accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            try
            {
                long length = new FileInfo(file).Length;
                return Find(start, Math.Min(length, checked((long)accessor.SafeMemoryMappedViewHandle.ByteLength)), memory.Bytes) is { } offset ? (file, offset) : null;
            }
            finally
            {
                accessor.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // Gone, unreadable, or empty.
        }
    }

    private static long? Find(byte* start, long length, ReadOnlySpan<byte> archive)
    {
        ReadOnlySpan<byte> needle = archive[^Math.Min(NeedleLength, archive.Length)..];
        long at = archive.Length - needle.Length;
        while (at + needle.Length <= length)
        {
            // A span holds 2 GiB at most; windows overlap by the needle.
            int window = (int)Math.Min(length - at, 1 << 30);
            int found = new ReadOnlySpan<byte>(start + at, window).IndexOf(needle);
            if (found < 0)
            {
                if (at + window == length)
                {
                    return null;
                }

                at += window - needle.Length + 1;
                continue;
            }

            long offset = at + found + needle.Length - archive.Length;
            if (new ReadOnlySpan<byte>(start + offset, archive.Length).SequenceEqual(archive))
            {
                return offset;
            }

            at += found + 1;
        }

        return null;
    }
}
