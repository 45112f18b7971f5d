namespace PyEmbed.Tasks.Interpreter;

/// <summary>What the code of a file changes about how modules are found.</summary>
[Flags]
internal enum ImportChange
{
    None = 0,

    /// <summary><c>sys.path</c>.</summary>
    SearchPath = 1,

    /// <summary><c>sys.modules</c>, the path of a package, or the finders.</summary>
    Modules = 2,
}
