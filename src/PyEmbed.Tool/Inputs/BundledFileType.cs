namespace PyEmbed.Tool.Inputs;

/// <summary>What a file in a single-file application is; the numbers are the format's.</summary>
internal enum BundledFileType
{
    Unknown = 0,
    Assembly = 1,
    NativeBinary = 2,
    DepsJson = 3,
    RuntimeConfigJson = 4,
    Symbols = 5,
}
