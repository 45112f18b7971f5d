namespace PyEmbed.Tool.Inputs;

/// <summary>What an input file is.</summary>
internal enum InputKind
{
    Assembly,
    SingleFile,
    Archive,
}
