using System.Globalization;
using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Tasks.Interpreter;

/// <summary>Lines of tab-separated fields with the escapes of the manifest: what goes to the interpreter and comes back, and into the cache.</summary>
internal static class RecordLine
{
    public static string Format(params string[] fields)
    {
        var line = new StringBuilder();
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0)
            {
                line.Append('\t');
            }

            ManifestText.AppendEscaped(line, fields[i]);
        }

        return line.ToString();
    }

    /// <summary>The fields of a line; <see cref="FormatException"/> where an escape is not one.</summary>
    public static string[] Parse(string line)
    {
        string[] fields = line.Split('\t');
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = ManifestText.Unescape(fields[i], 0, fields[i].Length) ?? throw new FormatException($"'{line}' has an unknown escape");
        }

        return fields;
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static int Int(string field) => int.Parse(field, NumberStyles.None, CultureInfo.InvariantCulture);

    public static long Long(string field) => long.Parse(field, NumberStyles.None, CultureInfo.InvariantCulture);
}
