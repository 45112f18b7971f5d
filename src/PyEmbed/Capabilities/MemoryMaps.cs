using PyEmbed.Interop;

namespace PyEmbed.Capabilities;

/// <summary><c>mmap.mmap</c>: which descriptor it maps. Its event comes before CPython uses the number, which another thread may close meanwhile.</summary>
internal sealed unsafe class MemoryMaps(Descriptors descriptors)
{
    private const int AccessRead = 1, AccessCopy = 3;

    // In the order of mmap's parameters.
    private static readonly byte[][] Numbers = [.. new[] { "fileno", "length", "flags", "prot", "access", "offset" }.Select(NativeHost.NullTerminated)];

    /// <summary>A body for <c>mmap.__new__</c>.</summary>
    public nint Make(scoped ref NativeCall call)
    {
        // All of them before one is looked at: each may run anybody's code.
        long descriptor = -1, access = -1;
        for (int i = 0; i < Numbers.Length; i++)
        {
            if (!TryPlain(ref call, i, Numbers[i].AsSpan(0, Numbers[i].Length - 1), out long number))
            {
                return 0;
            }

            (descriptor, access) = (i == 0 ? number : descriptor, i == 4 ? number : access);
        }

        // A map keeps a copy.
        if (descriptor >= 0 && !descriptors.HasRoom("mmap"))
        {
            return 0;
        }

        if (descriptor < 0 || descriptor > int.MaxValue || descriptors.Holds((int)descriptor))
        {
            return call.Continue(); // Memory alone, or a number of Python's.
        }

        int lent = call.Lend(descriptors, (int)descriptor);
        FileUse use = access is AccessRead or AccessCopy ? FileUse.Read : Descriptors.UseOfOpen(lent);
        if (lent < 0 || !descriptors.AllowsWhatItIs(lent, use))
        {
            return FileFunctions.Foreign("mmap", (int)descriptor);
        }

        call.Replace(0, "fileno"u8, PyRef.Checked(CPython.PyLong_FromLongLong(lent)));
        return call.Continue();
    }

    // An int that means the same each time it is asked. -1 where none was given.
    private static bool TryPlain(scoped ref NativeCall call, int index, ReadOnlySpan<byte> parameter, out long value)
    {
        value = -1;
        nint argument = call.Get(index, parameter);
        if (argument == 0)
        {
            return true;
        }

        nint plain = CPython.PyNumber_Index(argument);
        if (plain == 0)
        {
            return false;
        }

        call.Replace(index, parameter, plain);
        int overflow;
        value = CPython.PyLong_AsLongLongAndOverflow(plain, &overflow);
        return true;
    }
}
