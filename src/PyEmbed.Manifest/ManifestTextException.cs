using System.Globalization;

namespace PyEmbed.Manifest;

/// <summary>A manifest that cannot be read: which line, which field, and why.</summary>
internal sealed class ManifestTextException : Exception
{
    /// <summary>Names the place and the reason.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="field">The field of that line; empty where the line itself is wrong.</param>
    /// <param name="reason">What is wrong with it.</param>
    public ManifestTextException(int line, string field, string reason)
        : base(string.Format(
            CultureInfo.InvariantCulture,
            field.Length == 0 ? "line {0}: {2}" : "line {0}, field '{1}': {2}",
            line,
            field,
            reason))
    {
        Line = line;
        Field = field;
    }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The field of that line; empty where the line itself is wrong.</summary>
    public string Field { get; }
}
