using System.Text;

namespace PyEmbed.Generator;

/// <summary>Text of Python as text of an XML documentation comment.</summary>
internal static class XmlText
{
    // Everything that ends a line in C#, and so would end the comment; Python's form feed and vertical tab break lines as well.
    private static readonly char[] s_lineBreaks = ['\n', '\r', '\u0085', '\u2028', '\u2029', '\f', '\v'];

    /// <summary>The paragraphs of a docstring, each as its escaped lines; a blank line separates them.</summary>
    public static List<List<string>> Paragraphs(string docstring)
    {
        var paragraphs = new List<List<string>>();
        List<string>? current = null;
        foreach (string line in docstring.Replace("\r\n", "\n").Split(s_lineBreaks))
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                current = null;
                continue;
            }

            if (current is null)
            {
                current = [];
                paragraphs.Add(current);
            }

            current.Add(Escape(line.Trim()));
        }

        return paragraphs;
    }

    /// <summary>Text in which XML sees no markup; a character that XML 1.0 cannot have becomes U+FFFD.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '&': escaped.Append("&amp;"); break;
                case '<': escaped.Append("&lt;"); break;
                case '>': escaped.Append("&gt;"); break;
                default:
                    if (char.IsSurrogatePair(text, i))
                    {
                        escaped.Append(c).Append(text[++i]);
                    }
                    else
                    {
                        escaped.Append(IsXml(c) ? c : '\uFFFD');
                    }

                    break;
            }
        }

        return escaped.ToString();
    }

    private static bool IsXml(char c) => c == '\t' || (c >= ' ' && !char.IsSurrogate(c) && c < '\uFFFE' && !(c is '\u0085' or '\u2028' or '\u2029'));
}
