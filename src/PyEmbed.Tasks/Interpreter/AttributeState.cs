namespace PyEmbed.Tasks.Interpreter;

/// <summary>Whether a module has an attribute, as far as its source tells.</summary>
internal enum AttributeState
{
    Yes,
    No,
    Unknown,
}
