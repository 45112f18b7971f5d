using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace PyEmbed.AspNetCore;

/// <summary>Makes .NET values, of which Python objects can be made, of the JSON that callers post.</summary>
internal static class JsonValues
{
    // The time that longer integers take grows with the square of their length; Python itself reads no longer ones.
    private const int MostDigits = 4300;

    /// <summary>Variables of which those that are JSON are values.</summary>
    /// <exception cref="ArgumentException">One has no value: a number that is too large, text with half a surrogate pair.</exception>
    public static IReadOnlyDictionary<string, object?>? Plain(IReadOnlyDictionary<string, object?>? variables) =>
        variables is null || !variables.Values.Any(value => value is JsonElement)
            ? variables
            : variables.ToDictionary(variable => variable.Key, variable => variable.Value is JsonElement element ? Read(element) : variable.Value);

    private static object? Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => Text(() => element.GetString()!),
        JsonValueKind.Number => Number(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Read).ToList(),
        JsonValueKind.Object => Members(element),
        _ => null,
    };

    // As Python's json has it, of members of the same name the last one counts.
    private static Dictionary<string, object?> Members(JsonElement element)
    {
        Dictionary<string, object?> members = [];
        foreach (JsonProperty member in element.EnumerateObject())
        {
            members[Text(() => member.Name)] = Read(member.Value);
        }

        return members;
    }

    private static object Number(JsonElement element)
    {
        if (element.TryGetInt64(out long integer))
        {
            return integer;
        }

        string text = element.GetRawText();
        if (!text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return text.Length <= MostDigits ? BigInteger.Parse(text, CultureInfo.InvariantCulture) : throw new ArgumentException($"An integer of {text.Length} digits cannot be handed to a script: {MostDigits} are the most.");
        }

        double number = element.GetDouble();
        return double.IsFinite(number) ? number : throw new ArgumentException("A number beyond what a double holds cannot be handed to a script.");
    }

    // JsonElement decodes escapes only when it is asked, and what it throws for half a pair is no ArgumentException.
    private static string Text(Func<string> decode)
    {
        try
        {
            return decode();
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException("A text with a lone surrogate cannot be handed to a script: it is no character.", e);
        }
    }
}
