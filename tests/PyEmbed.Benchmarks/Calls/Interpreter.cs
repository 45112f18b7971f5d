namespace PyEmbed.Benchmarks.Calls;

/// <summary>The interpreter that all benchmarks of this process share, with a module of C# functions.</summary>
internal static class Interpreter
{
    private static readonly byte[] Megabyte = new byte[1 << 20];
    private static readonly int[] TenThousand = [.. Enumerable.Range(0, 10_000)];

    private static readonly Lazy<PythonInterpreter> Started = new(() =>
    {
        var options = new PythonOptions { AutoMount = false, BytecodeCacheDirectory = "" };
        options.NativeModules.Add("target", module =>
        {
            module.AddFunction("nothing", () => { });
            module.AddFunction("increment", (int number) => number + 1);
            module.AddFunction("same", (string text) => text);
            module.AddFunction("take_bytes", (byte[] content) => content.Length);
            module.AddFunction("give_bytes", () => Megabyte);
            module.AddFunction("take_list", (int[] items) => items.Length);
            module.AddFunction("give_list", () => TenThousand);
            module.AddFunction("fail", void () => throw new InvalidOperationException("as told"));
        });
        return PythonInterpreter.Start(options);
    });

    private static readonly List<PythonScope> Scopes = [];

    public static PythonInterpreter Python => Started.Value;

    /// <summary>The globals of some code that has run; they stay to the end of the process.</summary>
    public static PythonScope Scope(string code)
    {
        PythonInterpreter python = Python;
        PythonScope scope = new();
        Scopes.Add(scope);
        python.Execute(code, scope);
        return scope;
    }
}
