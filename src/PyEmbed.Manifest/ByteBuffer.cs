namespace PyEmbed.Manifest;

/// <summary>A growing array that numbers are appended to, little endian.</summary>
internal sealed class ByteBuffer(int capacity = 256)
{
    private byte[] data = new byte[capacity];

    public int Length { get; private set; }

    public ByteBuffer Byte(byte value)
    {
        Reserve(1);
        data[Length++] = value;
        return this;
    }

    public ByteBuffer UInt16(int value) => Byte((byte)value).Byte((byte)(value >> 8));

    public ByteBuffer UInt32(uint value) => UInt16((ushort)value).UInt16((ushort)(value >> 16));

    public ByteBuffer UInt64(ulong value) => UInt32((uint)value).UInt32((uint)(value >> 32));

    public ByteBuffer Bytes(byte[] value)
    {
        Reserve(value.Length);
        Buffer.BlockCopy(value, 0, data, Length, value.Length);
        Length += value.Length;
        return this;
    }

    public byte[] ToArray()
    {
        var copy = new byte[Length];
        Buffer.BlockCopy(data, 0, copy, 0, Length);
        return copy;
    }

    /// <summary>Writes everything to <paramref name="stream"/> and is empty afterwards.</summary>
    public void MoveTo(Stream stream)
    {
        stream.Write(data, 0, Length);
        Length = 0;
    }

    private void Reserve(int count)
    {
        if (data.Length - Length < count)
        {
            Array.Resize(ref data, (int)Math.Min(Math.Max((long)data.Length * 2, (long)Length + count), 0x7FFFFFC7));
        }
    }
}
