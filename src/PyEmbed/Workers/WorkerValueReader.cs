using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace PyEmbed.Workers;

/// <summary>Reads the values that workers send, which may be hostile (docs/formats.md, section 8).</summary>
internal static class WorkerValueReader
{
    private const int Deepest = 80;
    private const int MostDigits = 4300;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = Deepest };

    /// <summary>The value of a message.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static object? Unpack(ReadOnlyMemory<byte> message)
    {
        ReadOnlyMemory<byte> text = Part(ref message);
        List<byte[]> blobs = [];
        while (!message.IsEmpty)
        {
            blobs.Add(Part(ref message).ToArray());
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Options);
            return Value(document.RootElement, blobs);
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

    private static object? Value(JsonElement element, List<byte[]> blobs) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => Number(element),
        JsonValueKind.Array => Items(element, blobs),
        JsonValueKind.Object => Members(element, blobs),
        _ => null,
    };

    private static object Number(JsonElement element)
    {
        if (element.TryGetInt64(out long integer))
        {
            return integer;
        }

        string text = element.GetRawText();
        if (!text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return text.Length <= MostDigits + 1 ? BigInteger.Parse(text, CultureInfo.InvariantCulture) : throw new InvalidDataException($"it has an integer of {text.Length} digits");
        }

        double number = double.Parse(text, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? number : throw new InvalidDataException("it has a number beyond those of a double");
    }

    private static List<object?> Items(JsonElement element, List<byte[]> blobs)
    {
        List<object?> items = new(element.GetArrayLength());
        foreach (JsonElement item in element.EnumerateArray())
        {
            items.Add(Value(item, blobs));
        }

        return items;
    }

    private static object Members(JsonElement element, List<byte[]> blobs)
    {
        Dictionary<string, object?> members = [];
        foreach (JsonProperty member in element.EnumerateObject())
        {
            string name = member.Name;
            if (name == "$")
            {
                return member.Value.TryGetInt32(out int index) && index >= 0 && index < blobs.Count ? blobs[index] : throw new InvalidDataException("it names bytes that it does not have");
            }

            members[name.StartsWith('$') ? name[1..] : name] = Value(member.Value, blobs);
        }

        return members;
    }
}
