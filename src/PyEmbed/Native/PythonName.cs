using System.Globalization;
using System.Text;
using PyEmbed.Interop;

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

    /// <summary>The name that Python's parser makes of one in source: its NFKC form (https://docs.python.org/3/reference/lexical_analysis.html#identifiers), in which alone it is found.
    /// .NET's own normalisation needs ICU, which programs without cultures do not have. The caller holds the GIL.</summary>
    /// <param name="name">A checked name.</param>
    public static string Normal(string name)
    {
        if (Ascii.IsValid(name))
        {
            return name;
        }

        using PyRef normal = PyRef.Take(HostCall.Invoke(NativeHostModule.Handle, "normal_name", Text.New(name)));
        return Text.Read(normal.Value);
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
