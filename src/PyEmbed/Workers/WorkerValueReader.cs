using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace PyEmbed.Workers;

/// <summary>
/// Reads the values that workers send, which may be hostile (docs/formats.md, section 8). Nothing is made of them but the value itself, whose memory is counted while it is made.
/// </summary>
internal ref struct WorkerValueReader
{
    /// <summary>As deep as <c>_worker_values.py</c> goes, and a level for the objects that stand for bytes.</summary>
    private const int Deepest = 61;

    private const int MostDigits = 4300;

    // What objects take in a 64-bit process, at least.
    private const int SizeOfBox = 24, SizeOfList = 56, SizeOfItem = 16, SizeOfDictionary = 80, SizeOfFirstMembers = 132, SizeOfMember = 56;

    private static readonly object True = true, False = false;

    private readonly List<ReadOnlyMemory<byte>> blobs = [];
    private readonly long most;
    private long left;
    private Utf8JsonReader json;

    private WorkerValueReader(ReadOnlyMemory<byte> message, long most)
    {
        this.most = left = most;
        json = new Utf8JsonReader(Part(ref message).Span, new JsonReaderOptions { MaxDepth = Deepest });
        while (!message.IsEmpty)
        {
            Take(SizeOfItem);
            blobs.Add(Part(ref message));
        }
    }

    /// <summary>The value of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="most">Bytes of memory that the value may take.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="WorkerValueTooLargeException">It takes more.</exception>
    public static object? Unpack(ReadOnlyMemory<byte> message, long most)
    {
        try
        {
            WorkerValueReader reader = new(message, most);
            reader.json.Read();
            object? value = reader.Value();
            reader.json.Read(); // Throws where something follows.
            return value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw new InvalidDataException($"its JSON is damaged: {e.Message}", e); // InvalidOperationException: text that is no UTF-16.
        }
    }

    private static ReadOnlyMemory<byte> Part(ref ReadOnlyMemory<byte> rest)
    {
        uint length = rest.Length < sizeof(uint) ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
        if (length > rest.Length - sizeof(uint))
        {
            throw new InvalidDataException("it is cut off");
        }

        ReadOnlyMemory<byte> part = rest.Slice(sizeof(uint), (int)length);
        rest = rest[(sizeof(uint) + (int)length)..];
        return part;
    }

    private void Take(long size)
    {
        if ((left -= size) < 0)
        {
            throw new WorkerValueTooLargeException(most);
        }
    }

    private object? Value() => json.TokenType switch
    {
        JsonTokenType.True => True,
        JsonTokenType.False => False,
        JsonTokenType.String => Text(),
        JsonTokenType.Number => Number(),
        JsonTokenType.StartArray => Items(),
        JsonTokenType.StartObject => Members(),
        _ => null,
    };

    private string Text()
    {
        Take(SizeOfBox + ((long)sizeof(char) * json.ValueSpan.Length));
        return json.GetString()!;
    }

    private object Number()
    {
        Take(SizeOfBox);
        if (json.TryGetInt64(out long integer))
        {
            return integer;
        }

        ReadOnlySpan<byte> text = json.ValueSpan;
        if (!text.ContainsAny(".eE"u8))
        {
            if (text.Length > MostDigits + 1)
            {
                throw new InvalidDataException($"it has an integer of {text.Length} digits");
            }

            Take(SizeOfBox + (text.Length / 2));
            return BigInteger.Parse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture);
        }

        double number = double.Parse(text, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? number : throw new InvalidDataException("it has a number beyond those of a double");
    }

    private List<object?> Items()
    {
        Take(SizeOfList);
        List<object?> items = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Take(SizeOfItem);
            items.Add(Value());
        }

        return items;
    }

    private object Members()
    {
        Take(SizeOfDictionary);
        Dictionary<string, object?> members = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            string name = Text();
            json.Read();
            if (name == "$")
            {
                return Bytes();
            }

            Take(members.Count == 0 ? SizeOfFirstMembers : SizeOfMember);
            members[name.StartsWith('$') ? name[1..] : name] = Value();
        }

        return members;
    }

    private byte[] Bytes()
    {
        if (json.TokenType != JsonTokenType.Number || !json.TryGetInt32(out int index) || index < 0 || index >= blobs.Count)
        {
            throw new InvalidDataException("it names bytes that it does not have");
        }

        Take(SizeOfBox + (long)blobs[index].Length);
        return json.Read() && json.TokenType == JsonTokenType.EndObject ? blobs[index].ToArray() : throw new InvalidDataException("it has bytes with other members");
    }
}
