namespace PyEmbed.Manifest;

/// <summary>What a source file asks for that works only with files on disk.</summary>
[Flags]
internal enum FileUse
{
    None = 0,

    /// <summary>Its own place: <c>__file__</c>, <c>__path__</c> or the like.</summary>
    OwnPlace = 1,

    /// <summary>Together with another: it lists folders or names files of code, so that sources must be files too.</summary>
    Code = 2,

    /// <summary>The place of other modules: <c>module.__file__</c>, <c>inspect.getfile</c> or the like.</summary>
    OtherPlaces = 4,
}
