using System.Text;

namespace PyEmbed.Manifest;

/// <summary>The words and the escapes of the manifest's text form, shared by its writer and its reader.</summary>
internal static class ManifestText
{
    /// <summary>The name every manifest has, whatever folder it lies in.</summary>
    public const string FileName = "PyEmbed.manifest";

    /// <summary>The version this code writes, and the newest it reads.</summary>
    public const int Version = 1;

    /// <summary>What the first line begins with; the version follows.</summary>
    public const string Signature = "pyembed-manifest ";

    public const string Tree = "tree";
    public const string Module = "module";
    public const string Entry = "entry";
    public const string Main = "main";
    public const string Diagnostic = "diagnostic";

    private static readonly char[] s_escaped = ['\\', '\t', '\n', '\r'];

    /// <summary>The words of <see cref="ManifestModuleKind"/>, by its values.</summary>
    public static string[] Kinds { get; } = ["module", "package", "namespace"];

    /// <summary>The words of <see cref="ManifestSeverity"/>, by its values.</summary>
    public static string[] Severities { get; } = ["error", "warning", "info"];

    /// <summary>Appends a field's text with the four escapes.</summary>
    public static void AppendEscaped(StringBuilder target, string text)
    {
        if (text.IndexOfAny(s_escaped) < 0)
        {
            target.Append(text);
            return;
        }

        foreach (char c in text)
        {
            switch (c)
            {
                case '\\': target.Append(@"\\"); break;
                case '\t': target.Append(@"\t"); break;
                case '\n': target.Append(@"\n"); break;
                case '\r': target.Append(@"\r"); break;
                default: target.Append(c); break;
            }
        }
    }

    /// <summary>The text of a field, or null where a backslash begins no escape or a bare carriage return stands in it.</summary>
    public static string? Unescape(string text, int start, int end)
    {
        int length = end - start;
        if (text.IndexOf('\\', start, length) < 0 && text.IndexOf('\r', start, length) < 0)
        {
            return text.Substring(start, length);
        }

        var result = new StringBuilder(length);
        for (int i = start; i < end; i++)
        {
            char c = text[i];
            if (c == '\r')
            {
                return null;
            }

            if (c != '\\')
            {
                result.Append(c);
                continue;
            }

            if (++i == end)
            {
                return null;
            }

            switch (text[i])
            {
                case '\\': result.Append('\\'); break;
                case 't': result.Append('\t'); break;
                case 'n': result.Append('\n'); break;
                case 'r': result.Append('\r'); break;
                default: return null;
            }
        }

        return result.ToString();
    }
}
