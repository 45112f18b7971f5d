namespace PyEmbed.Manifest;

/// <summary>Where on <c>sys.path</c> a mounted tree stands.</summary>
internal enum TreePlacement
{
    /// <summary>Before the standard library, as a script's folder does: the project's own code.</summary>
    App,

    /// <summary>After the standard library, as site-packages does: third-party code.</summary>
    Library,
}
