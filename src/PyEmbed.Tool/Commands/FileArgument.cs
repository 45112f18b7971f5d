using System.CommandLine;

namespace PyEmbed.Tool.Commands;

/// <summary>The file that most commands look into.</summary>
internal static class FileArgument
{
    public static Argument<string> Create() => new("FILE")
    {
        Description = "A .NET assembly, a single-file application, or a zip file that PyEmbed wrote.",
    };

    public static Option<bool> References() => new("--references")
    {
        Description = "Also the trees of the assemblies beside FILE that its application mounts.",
    };
}
