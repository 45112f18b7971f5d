using System.Text.RegularExpressions;

namespace PyEmbed.Tasks.Trees;

/// <summary>Names of distributions: PEP 508's rule, because they become file, resource and folder names too.</summary>
internal static class DistributionName
{
    private static readonly Regex s_valid = new(@"\A[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant);
    private static readonly Regex s_foreign = new("[^A-Za-z0-9._-]+", RegexOptions.CultureInvariant);
    private static readonly char[] s_punctuation = ['.', '_', '-'];

    public static bool IsValid(string name) => s_valid.IsMatch(name);

    /// <summary>The default: the assembly's name, with a hyphen for what may not stand in a distribution's name.</summary>
    public static string FromAssemblyName(string assemblyName)
    {
        string name = s_foreign.Replace(assemblyName, "-").Trim(s_punctuation);
        return name.Length == 0 ? "app" : name;
    }
}
