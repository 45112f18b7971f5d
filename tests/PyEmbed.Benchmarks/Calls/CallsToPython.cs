using BenchmarkDotNet.Attributes;

namespace PyEmbed.Benchmarks.Calls;

/// <summary>Calls of Python functions with the GIL held; what is converted is in the names: "to-python" an argument of a call that returns None, "to-csharp" the result of one.</summary>
public class CallsToPython
{
    private const string Module = """
        def nothing(*arguments): pass
        def increment(number): return number + 1
        def same(value): return value
        def scale(number, *, by): return number * by
        def one(value): pass
        BYTES = bytes(1 << 20)
        LIST = list(range(10_000))
        DICT = {f'key {number}': number for number in range(100)}
        def give_bytes(): return BYTES
        def give_list(): return LIST
        def give_dict(): return DICT
        """;

    private readonly string kilobyte = new('x', 1024);
    private readonly byte[] megabyte = new byte[1 << 20];
    private readonly int[] list = [.. Enumerable.Range(0, 10_000)];
    private readonly Dictionary<string, int> dictionary = Enumerable.Range(0, 100).ToDictionary(number => $"key {number}");
    private IDisposable? hold;
    private PythonObject? nothing, increment, same, scale, one, giveBytes, giveList, giveDict;

    [GlobalSetup]
    public void SetUp()
    {
        PythonScope scope = Interpreter.Scope(Module);
        (nothing, increment, same, scale, one) = (scope["nothing"], scope["increment"], scope["same"], scope["scale"], scope["one"]);
        (giveBytes, giveList, giveDict) = (scope["give_bytes"], scope["give_list"], scope["give_dict"]);
        hold = Interpreter.Python.Hold();
    }

    [GlobalCleanup]
    public void CleanUp() => hold!.Dispose();

    [Benchmark(Description = "call-to-python-no-argument")]
    public void NoArgument() => nothing!.Invoke().Dispose();

    [Benchmark(Description = "call-to-python-int")]
    public int Increment() => increment!.Invoke<int>(1);

    [Benchmark(Description = "call-to-python-str-1-kb")]
    public string Text() => same!.Invoke<string>(kilobyte);

    [Benchmark(Description = "call-to-python-keyword")]
    public int Keyword() => scale!.Invoke<int>(3, new PythonKeyword("by", 2));

    [Benchmark(Description = "convert-to-python-bytes-1-mb")]
    public void GiveBytes() => one!.Invoke(megabyte).Dispose();

    [Benchmark(Description = "convert-to-csharp-bytes-1-mb")]
    public byte[] TakeBytes() => giveBytes!.Invoke<byte[]>();

    [Benchmark(Description = "convert-to-python-list-10000")]
    public void GiveList() => one!.Invoke(list).Dispose();

    [Benchmark(Description = "convert-to-csharp-list-10000")]
    public int[] TakeList() => giveList!.Invoke<int[]>();

    [Benchmark(Description = "convert-to-python-dict-100")]
    public void GiveDictionary() => one!.Invoke(dictionary).Dispose();

    [Benchmark(Description = "convert-to-csharp-dict-100")]
    public Dictionary<string, int> TakeDictionary() => giveDict!.Invoke<Dictionary<string, int>>();
}
