using System.Globalization;
using System.Text;

namespace PyEmbed.Tool.Output;

/// <summary>Text out of files, made safe to show: an archive's names must not move the cursor, colour the terminal or turn the line around.</summary>
internal static class Printable
{
    /// <summary>The text with control characters, separators of lines, invisible marks and lone surrogates as <c>\u</c> and four hex digits.</summary>
    public static string Escape(string text)
    {
        int first = 0;
        while (first < text.Length && !IsUnsafe(text, first))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        StringBuilder escaped = new(text, 0, first, text.Length + 16);
        for (int i = first; i < text.Length; i++)
        {
            if (IsUnsafe(text, i))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }
            else
            {
                escaped.Append(text[i]);
            }
        }

        return escaped.ToString();
    }

    private static bool IsUnsafe(string text, int index)
    {
        char c = text[index];
        if (c is >= ' ' and <= '~')
        {
            return false;
        }

        return char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
            UnicodeCategory.Surrogate => !(char.IsHighSurrogate(c) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
                && !(char.IsLowSurrogate(c) && index > 0 && char.IsHighSurrogate(text[index - 1])),
            _ => false,
        };
    }
}
