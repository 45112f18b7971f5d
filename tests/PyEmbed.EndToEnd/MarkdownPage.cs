using System.Text.RegularExpressions;

namespace PyEmbed.EndToEnd;

/// <summary>A page of the documentation, whose snippets the tests run.</summary>
/// <param name="root">The repository.</param>
/// <param name="path">The file, from the repository's root.</param>
internal sealed partial class MarkdownPage(string root, string path)
{
    private readonly string _text = File.ReadAllText(Path.Combine(root, path));

    /// <summary>The first fenced block of a language after a heading.</summary>
    public string Snippet(string heading, string language)
    {
        var section = _text.IndexOf(heading, StringComparison.Ordinal);
        Assert.IsGreaterThanOrEqualTo(0, section, $"{path} has no heading '{heading}'");
        var block = Fence().Matches(_text[section..]).FirstOrDefault(match => match.Groups[1].Value == language);
        Assert.IsNotNull(block, $"{path} has no {language} block under '{heading}'");
        return block.Groups[2].Value;
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
