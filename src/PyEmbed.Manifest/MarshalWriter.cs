namespace PyEmbed.Manifest;

/// <summary>Writes CPython's marshal format, version 2 without references: the few types that an index needs.</summary>
internal sealed class MarshalWriter
{
    private readonly ByteBuffer _buffer = new();

    public void WriteNone() => _buffer.Byte((byte)'N');

    public void WriteInt(int value) => Head('i', value);

    public void WriteString(string value)
    {
        byte[] utf8 = ArchiveFormat.Utf8.GetBytes(value);
        Head('u', utf8.Length).Bytes(utf8);
    }

    public void WriteBytes(byte[] value) => Head('s', value.Length).Bytes(value);

    /// <summary>Begins a tuple; its <paramref name="count"/> items follow.</summary>
    public void BeginTuple(int count) => Head('(', count);

    /// <summary>Begins a dict; keys and values follow in turn, then <see cref="EndDict"/>.</summary>
    public void BeginDict() => _buffer.Byte((byte)'{');

    public void EndDict() => _buffer.Byte((byte)'0');

    public byte[] ToArray() => _buffer.ToArray();

    private ByteBuffer Head(char type, int number) => _buffer.Byte((byte)type).UInt32((uint)number);
}
