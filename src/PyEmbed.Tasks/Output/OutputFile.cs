namespace PyEmbed.Tasks.Output;

/// <summary>Writes files whole or not at all, and only where they change: what depends on their time stays up to date.</summary>
internal static class OutputFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Writes through a temporary file beside <paramref name="path"/>; true where the content differs from what was there.</summary>
    public static bool WriteIfChanged(string path, Action<Stream> write)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                write(stream);
            }

            if (HaveSameContent(temporary, path))
            {
                return false;
            }

            Move(temporary, path);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes text as UTF-8 without a mark.</summary>
    public static bool WriteIfChanged(string path, string text)
    {
        byte[] bytes = Manifest.ArchiveFormat.Utf8.GetBytes(text);
        return WriteIfChanged(path, stream => stream.Write(bytes, 0, bytes.Length));
    }

    private static void Move(string temporary, string path)
    {
        if (!File.Exists(path))
        {
            try
            {
                File.Move(temporary, path);
                return;
            }
            catch (IOException) when (File.Exists(path))
            {
                // A build at the same time was first.
            }
        }

        File.Replace(temporary, path, destinationBackupFileName: null);
    }

    private static bool HaveSameContent(string one, string other)
    {
        var otherFile = new FileInfo(other);
        if (!otherFile.Exists || otherFile.Length != new FileInfo(one).Length)
        {
            return false;
        }

        using FileStream a = File.OpenRead(one);
        using FileStream b = File.OpenRead(other);
        var bufferA = new byte[BufferSize];
        var bufferB = new byte[BufferSize];
        while (true)
        {
            int countA = Fill(a, bufferA);
            int countB = Fill(b, bufferB);
            if (countA != countB)
            {
                return false;
            }

            if (countA == 0)
            {
                return true;
            }

            for (int i = 0; i < countA; i++)
            {
                if (bufferA[i] != bufferB[i])
                {
                    return false;
                }
            }
        }
    }

    private static int Fill(Stream stream, byte[] buffer)
    {
        int done = 0;
        while (done < buffer.Length && stream.Read(buffer, done, buffer.Length - done) is var read and > 0)
        {
            done += read;
        }

        return done;
    }
}
