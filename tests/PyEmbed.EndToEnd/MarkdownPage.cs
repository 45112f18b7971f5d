using System.Text.RegularExpressions;

namespace PyEmbed.EndToEnd;

/// <summary>A page of the documentation, whose snippets the tests run.</summary>
/// <param name="root">The repository.</param>
/// <param name="path">The file, from the repository's root.</param>
/// <param name="version">The version that snippets are to use instead of the one they show; null leaves it.</param>
internal sealed partial class MarkdownPage(string root, string path, string? version = null)
{
    private readonly string _text = File.ReadAllText(Path.Combine(root, path));

    /// <summary>The first fenced block of a language after a heading.</summary>
    public string Snippet(string heading, string language)
    {
        var section = _text.IndexOf(heading, StringComparison.Ordinal);
        Assert.IsGreaterThanOrEqualTo(0, section, $"{path} has no heading '{heading}'");
        var block = Fence().Matches(_text[section..]).FirstOrDefault(match => match.Groups[1].Value == language);
        Assert.IsNotNull(block, $"{path} has no {language} block under '{heading}'");
        return version is null ? block.Groups[2].Value : block.Groups[2].Value.Replace("0.1.0", version, StringComparison.Ordinal);
    }

    /// <summary>Fails the test where a link into the repository leads nowhere.</summary>
    public void HasNoDeadLinks()
    {
        var folder = Path.GetDirectoryName(Path.Combine(root, path))!;
        foreach (var link in Link().Matches(_text).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            Assert.IsTrue(Path.Exists(Path.Combine(folder, link.Split('#')[0])), $"{path}: {link}");
        }
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(([^)#][^)]*)\)")]
    private static partial Regex Link();
}
