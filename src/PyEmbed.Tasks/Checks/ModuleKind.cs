namespace PyEmbed.Tasks.Checks;

/// <summary>What trees have under a dotted name. A higher one hides a lower one.</summary>
internal enum ModuleKind
{
    None,

    /// <summary>A folder without <c>__init__</c> (PEP 420), of which other trees may have more.</summary>
    Namespace,

    /// <summary>A source or extension module that is no package.</summary>
    Module,

    /// <summary>A folder with <c>__init__</c>: all that is below it lies in it.</summary>
    Package,
}
