namespace PyEmbed.Manifest;

/// <summary>How grave a finding of the build is before the user's own settings apply.</summary>
internal enum ManifestSeverity
{
    /// <summary>The build fails.</summary>
    Error,

    /// <summary>The build goes on and says so.</summary>
    Warning,

    /// <summary>Shown on request.</summary>
    Info,
}
