namespace PyEmbed.Manifest;

/// <summary>
/// Reads what <see cref="MarshalWriter"/> writes. It asks for the type it expects, so that no input makes it recurse or
/// allocate beyond the input's own length; anything else is a <see cref="FormatException"/>.
/// </summary>
internal sealed class MarshalReader(byte[] data)
{
    private int position;

    public bool AtEnd => position == data.Length;

    public int ReadInt()
    {
        Expect('i');
        return ReadRaw();
    }

    public string ReadString()
    {
        Expect('u');
        int length = ReadLength();
        string text;
        try
        {
            text = ArchiveFormat.Utf8.GetString(data, position, length);
        }
        catch (ArgumentException)
        {
            throw new FormatException($"the text at byte {position} is not UTF-8");
        }

        position += length;
        return text;
    }

    public byte[] ReadBytes()
    {
        Expect('s');
        int length = ReadLength();
        var value = new byte[length];
        Buffer.BlockCopy(data, position, value, 0, length);
        position += length;
        return value;
    }

    /// <summary>Reads the head of a tuple and gives its count; the items follow.</summary>
    public int BeginTuple()
    {
        Expect('(');
        return ReadLength();
    }

    public void BeginDict() => Expect('{');

    /// <summary>True, and past it, at the end of a dict.</summary>
    public bool TryEndDict() => TryRead('0');

    public bool TryReadNone() => TryRead('N');

    private bool TryRead(char type)
    {
        if (position < data.Length && data[position] == type)
        {
            position++;
            return true;
        }

        return false;
    }

    private void Expect(char type)
    {
        if (!TryRead(type))
        {
            throw new FormatException($"marshal type '{type}' is missing at byte {position}");
        }
    }

    private int ReadLength()
    {
        int length = ReadRaw();
        if (length < 0 || length > data.Length - position)
        {
            throw new FormatException($"the length at byte {position - 4} reaches beyond the data");
        }

        return length;
    }

    private int ReadRaw()
    {
        if (data.Length - position < 4)
        {
            throw new FormatException("the data ends within a number");
        }

        int value = data[position] | (data[position + 1] << 8) | (data[position + 2] << 16) | (data[position + 3] << 24);
        position += 4;
        return value;
    }
}
