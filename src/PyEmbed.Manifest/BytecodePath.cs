namespace PyEmbed.Manifest;

/// <summary>Where bytecode lies in an archive: where CPython itself looks for it (PEP 3147, PEP 488).</summary>
internal static class BytecodePath
{
    /// <summary>The path for a source's path.</summary>
    /// <param name="source">Ends in <c>.py</c>.</param>
    /// <param name="cacheTag">Such as <c>cpython-311</c>.</param>
    /// <param name="optimize">The optimisation level, 0 to 2.</param>
    public static string Of(string source, string cacheTag, int optimize)
    {
        int name = source.LastIndexOf('/') + 1;
        return $"{source.Substring(0, name)}__pycache__/{source.Substring(name, source.Length - name - ".py".Length)}{Suffix(cacheTag, optimize)}";
    }

    /// <summary>What follows the module's name in the file's name.</summary>
    public static string Suffix(string cacheTag, int optimize) => optimize == 0 ? $".{cacheTag}.pyc" : $".{cacheTag}.opt-{optimize}.pyc";
}
