using BenchmarkDotNet.Attributes;

namespace PyEmbed.Benchmarks.Calls;

/// <summary>Calls of C# functions from a loop in Python; the loop's own turn, some 15 ns, is part of it.</summary>
public class CallsToCSharp
{
    private const int Turns = 1000;
    private const int FewTurns = 10;

    private const string Loops = """
        import target

        def no_argument(count, call=target.nothing):
            for i in range(count):
                call()

        def int_to_int(count, call=target.increment):
            for i in range(count):
                call(i)

        def str_to_str(count, call=target.same, text='x' * 1024):
            for i in range(count):
                call(text)

        def giving(call, value):
            def loop(count):
                for i in range(count):
                    call(value)
            return loop

        def taking(call):
            def loop(count):
                for i in range(count):
                    call()
            return loop

        give_bytes, take_bytes = giving(target.take_bytes, bytes(1 << 20)), taking(target.give_bytes)
        give_list, take_list = giving(target.take_list, list(range(10_000))), taking(target.give_list)
        """;

    private PythonObject? noArgument, intToInt, strToStr, giveBytes, takeBytes, giveList, takeList;

    [GlobalSetup]
    public void SetUp()
    {
        PythonScope scope = Interpreter.Scope(Loops);
        (noArgument, intToInt, strToStr) = (scope["no_argument"], scope["int_to_int"], scope["str_to_str"]);
        (giveBytes, takeBytes, giveList, takeList) = (scope["give_bytes"], scope["take_bytes"], scope["give_list"], scope["take_list"]);
    }

    [Benchmark(Description = "call-to-csharp-no-argument", OperationsPerInvoke = Turns)]
    public void NoArgument() => noArgument!.Invoke(Turns).Dispose();

    [Benchmark(Description = "call-to-csharp-int", OperationsPerInvoke = Turns)]
    public void Increment() => intToInt!.Invoke(Turns).Dispose();

    [Benchmark(Description = "call-to-csharp-str-1-kb", OperationsPerInvoke = Turns)]
    public void Text() => strToStr!.Invoke(Turns).Dispose();

    [Benchmark(Description = "call-to-csharp-bytes-1-mb-argument", OperationsPerInvoke = FewTurns)]
    public void GiveBytes() => giveBytes!.Invoke(FewTurns).Dispose();

    [Benchmark(Description = "call-to-csharp-bytes-1-mb-result", OperationsPerInvoke = FewTurns)]
    public void TakeBytes() => takeBytes!.Invoke(FewTurns).Dispose();

    [Benchmark(Description = "call-to-csharp-list-10000-argument", OperationsPerInvoke = FewTurns)]
    public void GiveList() => giveList!.Invoke(FewTurns).Dispose();

    [Benchmark(Description = "call-to-csharp-list-10000-result", OperationsPerInvoke = FewTurns)]
    public void TakeList() => takeList!.Invoke(FewTurns).Dispose();
}
