namespace PyEmbed.Discovery;

/// <summary>One place that discovery looked at.</summary>
/// <param name="Place">The variable, interpreter, library or folders.</param>
/// <param name="Finding">What is there: the library that it leads to, or why it cannot be used.</param>
/// <param name="IsTaken">Whether it is what is used.</param>
internal sealed record DiscoveryStep(string Place, string Finding, bool IsTaken = false)
{
    /// <summary>As errors list it.</summary>
    public override string ToString() => $"{Place}: {Finding}";
}
