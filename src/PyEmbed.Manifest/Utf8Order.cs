namespace PyEmbed.Manifest;

/// <summary>Orders strings as their UTF-8 bytes are ordered (code-point order), without encoding them.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    private Utf8Order()
    {
    }

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        int common = Math.Min(x.Length, y.Length);
        for (int i = 0; i < common; i++)
        {
            if (x[i] != y[i])
            {
                return Rank(x[i]) - Rank(y[i]);
            }
        }

        return x.Length - y.Length;
    }

    // Surrogates stand for code points above every other UTF-16 unit, though U+E000 to U+FFFF are larger numbers.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
