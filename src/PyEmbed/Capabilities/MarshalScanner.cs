using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace PyEmbed.Capabilities;

/// <summary>Looks for code objects in data of Python's <c>marshal</c>, versions 0 to 5. What it does not know counts as one.</summary>
internal static class MarshalScanner
{
    private const int Reference = 0x80;

    /// <summary>Whether loading the data may make a code object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // Each folder of a tree has a table that is looked through.
    public static bool MayHoldCode(ReadOnlySpan<byte> data)
    {
        // How many objects are still to come in each container that is open; -1 in a dict, which ends with a mark.
        Stack<int> open = new([1]);
        int position = 0;
        while (open.Count > 0)
        {
            if (open.Peek() == 0)
            {
                open.Pop();
                continue;
            }

            if (position >= data.Length)
            {
                return false; // Cut off: loading it fails.
            }

            int type = data[position++] & ~Reference;
            if (open.Peek() > 0)
            {
                open.Push(open.Pop() - 1);
            }

            int count = 0;
            switch ((char)type)
            {
                case '0' when open.Peek() == -1: open.Pop(); break;
                case 'N' or 'F' or 'T' or 'S' or '.': break;
                case 'i' or 'r': position += 4; break;
                case 'I' or 'g': position += 8; break;
                case 'y': position += 16; break;
                case 'f' or 'z' or 'Z': count = 1; break;
                case 's' or 't' or 'u' or 'a' or 'A': count = 4; break;
                case 'l':
                    if (!TryReadInt(data, ref position, out int digits))
                    {
                        return false;
                    }

                    position = Skip(position, 2 * Math.Abs((long)digits), data.Length);
                    break;
                case ')':
                    if (position >= data.Length)
                    {
                        return false;
                    }

                    open.Push(data[position++]);
                    break;
                case '(' or '[' or '<' or '>':
                    if (!TryReadInt(data, ref position, out int items))
                    {
                        return false;
                    }

                    if (items < 0)
                    {
                        return true;
                    }

                    open.Push(items);
                    break;
                case '{': open.Push(-1); break;
                case ':': open.Push(3); break;
                default: return true;
            }

            if (count == 1)
            {
                if (position >= data.Length)
                {
                    return false;
                }

                position = Skip(position + 1, data[position], data.Length);
            }
            else if (count == 4)
            {
                if (!TryReadInt(data, ref position, out int length))
                {
                    return false;
                }

                if (length < 0)
                {
                    return true;
                }

                position = Skip(position, length, data.Length);
            }
        }

        return false;
    }

    private static int Skip(int position, long length, int end) => (int)Math.Min(position + length, end);

    private static bool TryReadInt(ReadOnlySpan<byte> data, ref int position, out int value)
    {
        value = 0;
        if (position + 4 > data.Length)
        {
            return false;
        }

        value = BinaryPrimitives.ReadInt32LittleEndian(data[position..]);
        position += 4;
        return true;
    }
}
