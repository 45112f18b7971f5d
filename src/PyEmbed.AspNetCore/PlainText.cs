using System.Globalization;
using System.Text;

namespace PyEmbed.AspNetCore;

/// <summary>Makes text of scripts fit for logs: control characters, with which a terminal could be made to do things, are shown by their numbers.</summary>
internal static class PlainText
{
    public static string Of(string text)
    {
        int at = text.AsSpan().IndexOfAnyInRange('\0', '\u001f') is var low && low >= 0 ? low : text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f');
        if (at < 0)
        {
            return text;
        }

        StringBuilder plain = new(text.Length + 16);
        foreach (char character in text)
        {
            _ = char.IsControl(character) && character is not ('\n' or '\t')
                ? plain.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}")
                : plain.Append(character);
        }

        return plain.ToString();
    }
}
