using System.Globalization;

namespace PyEmbed.Native;

/// <summary>Names that Python code can write down.</summary>
internal static class PythonName
{
    // Of all versions; match, case, type and _ are names where they are not used as keywords.
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from",
        "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    };

    /// <summary>Whether a text is an identifier and no keyword.</summary>
    public static bool IsValid(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            UnicodeCategory category = char.GetUnicodeCategory(name[i]);
            bool starts = name[i] == '_' || category is >= UnicodeCategory.UppercaseLetter and <= UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber;
            bool follows = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;
            if (!starts && (i == 0 || !follows))
            {
                return false;
            }
        }

        return name.Length != 0 && !Keywords.Contains(name);
    }

    /// <exception cref="ArgumentException">The text is no identifier, or a keyword.</exception>
    public static string Checked(string name, string what, string argument)
    {
        ArgumentNullException.ThrowIfNull(name, argument);
        return IsValid(name)
            ? name
            : throw new ArgumentException($"'{name}' cannot be the name of {what}: Python needs an identifier, letters, digits and underscores, that is no keyword.", argument);
    }
}
