namespace PyEmbed.PythonNet.Benchmarks;

/// <summary>What Python calls through either API. Public, or pythonnet does not show it.</summary>
public static class Target
{
    private static readonly int[] Ten = [.. Enumerable.Range(0, 10)];

    public static void Nothing()
    {
    }

    public static int Increment(int number) => number + 1;

    public static string Same(string text) => text;

    public static int Scale(int number, int by) => number * by;

    public static int[] Items() => Ten;
}
