using System.Globalization;

namespace PyEmbed.Manifest;

/// <summary>Python's rules for the names of modules.</summary>
internal static class ModuleName
{
    /// <summary>Whether the text is a Python identifier (keywords included, for <c>importlib</c> takes them).</summary>
    public static bool IsIdentifier(string text)
    {
        if (text.Length == 0)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            if (text[i] != '_' && !IsIdentifierPart(CharUnicodeInfo.GetUnicodeCategory(text, i), first: i == 0))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the text is identifiers with dots between them.</summary>
    public static bool IsDotted(string text) => text.Split('.').All(IsIdentifier);

    /// <summary>The dotted name of the module that a source file or extension module is; null where its path gives none.</summary>
    /// <param name="archivePath">The file's path relative to the module root.</param>
    /// <param name="isPackage">Whether it is a package's <c>__init__</c>.</param>
    public static string? FromPath(string archivePath, out bool isPackage)
    {
        isPackage = false;
        int slash = archivePath.LastIndexOf('/');
        string file = archivePath.Substring(slash + 1);
        bool isModule = file.EndsWith(".py", StringComparison.Ordinal)
            || file.EndsWith(".so", StringComparison.Ordinal)
            || file.EndsWith(".pyd", StringComparison.Ordinal);
        string stem = file.Substring(0, Math.Max(0, file.IndexOf('.')));
        if (!isModule || (file.EndsWith(".py", StringComparison.Ordinal) && file.Length != stem.Length + 3))
        {
            return null;
        }

        string folder = slash < 0 ? "" : archivePath.Substring(0, slash).Replace('/', '.');
        isPackage = stem == "__init__" && folder.Length > 0;
        string name = isPackage ? folder : folder.Length == 0 ? stem : folder + "." + stem;
        bool plainFolder = slash < 0 || archivePath.IndexOf('.', 0, slash) < 0;
        return plainFolder && IsDotted(name) ? name : null;
    }

    private static bool IsIdentifierPart(UnicodeCategory category, bool first) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter => true,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => true,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => !first,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation => !first,
        _ => false,
    };
}
