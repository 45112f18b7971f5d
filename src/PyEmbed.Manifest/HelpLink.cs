namespace PyEmbed.Manifest;

/// <summary>Where a diagnostic is explained.</summary>
internal static class HelpLink
{
    /// <summary>The address of a diagnostic's row; null where there is no page.</summary>
    /// <param name="page">The path of docs/diagnostics.md, absolute; empty where the project does not know it.</param>
    /// <param name="id">Such as <c>PYE1001</c>.</param>
    public static string? Of(string page, string id) =>
        page.Length > 0 && Uri.TryCreate(page, UriKind.Absolute, out Uri? address) ? $"{address.AbsoluteUri}#{id.ToLowerInvariant()}" : null;
}
