namespace PyEmbed;

/// <summary>
/// Says that the assembly carries a Python tree: one distribution, packed into one archive, embedded as one manifest resource.
/// The generator writes one for each tree; the build of an application finds the assemblies to mount by it, without loading them.
/// </summary>
/// <param name="name">The distribution's name.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true, Inherited = false)]
public sealed class EmbeddedPythonAttribute(string name) : Attribute
{
    /// <summary>The distribution's name.</summary>
    public string Name { get; } = name;

    /// <summary>The name of the manifest resource that holds the archive, such as <c>PyEmbed/mypkg.zip</c>.</summary>
    public string Resource { get; set; } = "";

    /// <summary>The SHA-256 of the tree's paths and contents, 64 lower-case hex digits. Equal trees have equal hashes, however they are compressed.</summary>
    public string Hash { get; set; } = "";

    /// <summary>The version of the archive's format, from 1. A runtime refuses a version newer than its own.</summary>
    public int FormatVersion { get; set; }

    /// <summary>The oldest CPython that the tree runs on, <c>major.minor</c>.</summary>
    public string MinimumPython { get; set; } = "";

    /// <summary>The distributions that the tree needs beside itself, each a PEP 508 requirement.</summary>
    public string[] Requirements { get; set; } = [];
}
