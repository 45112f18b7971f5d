using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace PyEmbed.Workers;

/// <summary>Packs values for workers: JSON, with bytes beside it (docs/formats.md, section 8).</summary>
internal sealed class WorkerValueWriter
{
    /// <summary>How deep containers may lie within each other in a value of a caller: as deep as <c>_worker_values.py</c> allows it the other way.</summary>
    private const int Deepest = 60;

    /// <summary>Containers of a request itself, around such a value.</summary>
    private const int RequestDepth = 3;

    // Longer integers are refused by CPython when it reads them.
    private const int MostDigits = 4300;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<ReadOnlyMemory<byte>> blobs = [];
    private readonly Utf8JsonWriter json;

    private WorkerValueWriter(Utf8JsonWriter json) => this.json = json;

    /// <summary>The message of a value.</summary>
    /// <exception cref="ArgumentException">A part of it is of a type that no message carries.</exception>
    public static byte[] Pack(object? value)
    {
        ArrayBufferWriter<byte> text = new();
        List<ReadOnlyMemory<byte>> blobs;
        using (Utf8JsonWriter json = new(text))
        {
            WorkerValueWriter writer = new(json);
            writer.Write(value, Deepest + RequestDepth);
            blobs = writer.blobs;
        }

        byte[] message = new byte[sizeof(int) + text.WrittenCount + blobs.Sum(blob => sizeof(int) + blob.Length)];
        Span<byte> rest = Append(message, text.WrittenSpan);
        foreach (ReadOnlyMemory<byte> blob in blobs)
        {
            rest = Append(rest, blob.Span);
        }

        return message;
    }

    private static Span<byte> Append(Span<byte> room, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32LittleEndian(room, part.Length);
        part.CopyTo(room[sizeof(int)..]);
        return room[(sizeof(int) + part.Length)..];
    }

    private void Write(object? value, int depth)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case string text: json.WriteStringValue(Checked(text)); break;
            case int or long or short or byte or sbyte or ushort or uint or ulong: json.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)); break;
            case BigInteger integer: WriteDigits(integer.ToString(CultureInfo.InvariantCulture)); break;
            case double or float: WriteDouble(((IConvertible)value).ToDouble(CultureInfo.InvariantCulture)); break;
            case byte[] bytes: WriteBytes(bytes); break;
            case ReadOnlyMemory<byte> bytes: WriteBytes(bytes); break;
            case JsonElement element: WriteElement(element, depth); break;
            case IReadOnlyDictionary<string, object?> members: WriteMembers(members, depth); break;
            case IEnumerable<KeyValuePair<string, object?>> members: WriteMembers(members, depth); break;
            case IDictionary: throw Refused(value);
            case IEnumerable items: WriteItems(items, depth); break;
            default: throw Refused(value);
        }
    }

    private void WriteDigits(string digits)
    {
        int count = digits.Length - (digits[0] == '-' ? 1 : 0);
        json.WriteRawValue(count <= MostDigits ? digits : throw new ArgumentException($"An integer of {count} digits cannot be handed to a worker: {MostDigits} are the most."));
    }

    private void WriteDouble(double number)
    {
        if (!double.IsFinite(number))
        {
            throw new ArgumentException($"The number {number.ToString(CultureInfo.InvariantCulture)} cannot be handed to a worker: JSON does not know it.");
        }

        string text = number.ToString("R", CultureInfo.InvariantCulture);
        json.WriteRawValue(text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0"); // A float stays one.
    }

    private void WriteBytes(ReadOnlyMemory<byte> bytes)
    {
        json.WriteStartObject();
        json.WriteNumber("$", blobs.Count);
        json.WriteEndObject();
        blobs.Add(bytes);
    }

    private void WriteElement(JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: WriteMembers(element.EnumerateObject().Select(member => KeyValuePair.Create(Unescaped(() => member.Name), (object?)member.Value)), depth); break;
            case JsonValueKind.Array: WriteItems(element.EnumerateArray(), depth); break;
            case JsonValueKind.Undefined: json.WriteNullValue(); break;
            case JsonValueKind.String: json.WriteStringValue(Unescaped(() => element.GetString()!)); break;
            case JsonValueKind.Number: WriteNumber(element); break;
            default: element.WriteTo(json); break;
        }
    }

    private void WriteNumber(JsonElement number)
    {
        string text = number.GetRawText();
        if (!text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            WriteDigits(text);
            return;
        }

        if (!double.IsFinite(number.GetDouble()))
        {
            throw new ArgumentException("A number beyond what a double holds cannot be handed to a worker.");
        }

        json.WriteRawValue(text);
    }

    private void WriteMembers(IEnumerable<KeyValuePair<string, object?>> members, int depth)
    {
        CheckDepth(depth);
        json.WriteStartObject();
        foreach ((string name, object? member) in members)
        {
            json.WritePropertyName(Checked(name.StartsWith('$') ? $"${name}" : name));
            Write(member, depth - 1);
        }

        json.WriteEndObject();
    }

    private void WriteItems(IEnumerable items, int depth)
    {
        CheckDepth(depth);
        json.WriteStartArray();
        foreach (object? item in items)
        {
            Write(item, depth - 1);
        }

        json.WriteEndArray();
    }

    private static void CheckDepth(int depth)
    {
        if (depth == 0)
        {
            throw new ArgumentException($"Containers nested deeper than {Deepest}, or one that holds itself, cannot be handed to a worker.");
        }
    }

    private static string Checked(string text)
    {
        try
        {
            _ = Strict.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException e)
        {
            throw LoneSurrogate(e);
        }
    }

    // JsonElement decodes escapes only here, and what it throws for half a pair is no ArgumentException.
    private static string Unescaped(Func<string> decode)
    {
        try
        {
            return decode();
        }
        catch (InvalidOperationException e)
        {
            throw LoneSurrogate(e);
        }
    }

    private static ArgumentException LoneSurrogate(Exception inner) => new("A text with a lone surrogate cannot be handed to a worker: it is no character.", inner);

    private static ArgumentException Refused(object value) =>
        new($"A {value.GetType()} cannot be handed to a worker: values are null, bool, integers, finite numbers, text, bytes, lists, and dictionaries of object? with text for keys.");
}
