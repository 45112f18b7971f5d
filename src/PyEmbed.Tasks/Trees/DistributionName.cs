using System.Text;

namespace PyEmbed.Tasks.Trees;

/// <summary>Names of distributions: PEP 508's rule, because they become file, resource and folder names too.</summary>
internal static class DistributionName
{
    private static readonly char[] s_punctuation = ['.', '_', '-'];

    public static bool IsValid(string name) =>
        name.Length > 0 && name.All(IsAllowed) && !IsPunctuation(name[0]) && !IsPunctuation(name[name.Length - 1]);

    /// <summary>The default: the assembly's name, with a hyphen for what may not stand in a distribution's name.</summary>
    public static string FromAssemblyName(string assemblyName)
    {
        var name = new StringBuilder(assemblyName.Length);
        foreach (char c in assemblyName)
        {
            if (IsAllowed(c))
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[name.Length - 1] != '-')
            {
                name.Append('-');
            }
        }

        string trimmed = name.ToString().Trim(s_punctuation);
        return trimmed.Length == 0 ? "app" : trimmed;
    }

    private static bool IsPunctuation(char c) => Array.IndexOf(s_punctuation, c) >= 0;

    private static bool IsAllowed(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') || IsPunctuation(c);
}
