using BenchmarkDotNet.Attributes;

namespace PyEmbed.Benchmarks.Calls;

/// <summary>Exceptions that cross, raised on one side and caught on the other.</summary>
public class Exceptions
{
    private const int Turns = 100;

    private const string Module = """
        import target

        def fail():
            raise ValueError('as told')

        def catch(count, call=target.fail):
            for i in range(count):
                try:
                    call()
                except RuntimeError:
                    pass
                else:
                    raise AssertionError('nothing was raised')
        """;

    private PythonObject? fail, catching;

    [GlobalSetup]
    public void SetUp()
    {
        PythonScope scope = Interpreter.Scope(Module);
        (fail, catching) = (scope["fail"], scope["catch"]);
    }

    [Benchmark(Description = "raise-to-csharp")]
    public string ToCSharp()
    {
        try
        {
            fail!.Invoke().Dispose();
        }
        catch (PythonException e)
        {
            string message = e.Message;
            return message;
        }

        throw new InvalidOperationException("nothing was raised");
    }

    [Benchmark(Description = "raise-to-python", OperationsPerInvoke = Turns)]
    public void ToPython() => catching!.Invoke(Turns).Dispose();
}
