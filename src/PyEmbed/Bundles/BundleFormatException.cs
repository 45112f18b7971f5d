namespace PyEmbed;

/// <summary>A bundle's manifest is not there, is damaged, or is of a newer format. Nothing of the bundle may be used.</summary>
/// <param name="message">The whole message: the bundle, what is wrong, and the remedy.</param>
/// <param name="isNewer">Whether it is of a newer format, and for all that is known sound.</param>
/// <param name="inner">What was thrown where it was read.</param>
internal sealed class BundleFormatException(string message, bool isNewer = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it is of a newer format, and for all that is known sound.</summary>
    public bool IsNewer { get; } = isNewer;
}
