namespace Named.Inner;

/// <summary>In a namespace below the one that an embedded package has the name of.</summary>
public static class Tool
{
    public static string Name() => "dotnet";
}
