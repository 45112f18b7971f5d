namespace PyEmbed.Tool.Inputs;

/// <summary>A Python function that an assembly offers as a program.</summary>
/// <param name="Name">The console script's name, or that of the generated method.</param>
/// <param name="Reference"><c>module:function</c>.</param>
internal sealed record EntryPoint(string Name, string Reference)
{
    /// <summary>Reads the value of an attribute; null for one that is not so.</summary>
    public static EntryPoint? Parse(string value)
    {
        int equals = value.IndexOf('=');
        return equals > 0 && value.IndexOf(':', equals) > equals + 1 ? new EntryPoint(value[..equals], value[(equals + 1)..]) : null;
    }
}
