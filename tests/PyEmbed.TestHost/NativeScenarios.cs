namespace PyEmbed.TestHost;

/// <summary>Programs with a native module <c>host</c>: what becomes of its functions in forked children and when Python or the process ends.</summary>
internal static class NativeScenarios
{
    public static readonly Dictionary<string, Func<string[], int>> All = new(StringComparer.Ordinal)
    {
        ["native"] = arguments =>
        {
            using PythonInterpreter python = Start();
            return python.RunCode(arguments[0], arguments[1..]);
        },

        // Code leaves a daemon thread behind that calls the module all the time.
        ["native-exit"] = arguments =>
        {
            Start().Execute(arguments[0]);
            return 7;
        },
        ["native-dispose"] = arguments =>
        {
            PythonInterpreter python = Start();
            python.Execute(arguments[0]);
            python.Dispose();
            Thread.Sleep(500);
            return 7;
        },
        ["native-refused"] = _ =>
        {
            var options = new PythonOptions { AutoMount = false, BytecodeCacheDirectory = "", NativeModules = { { "json", _ => { } } } };
            try
            {
                PythonInterpreter.Start(options);
            }
            catch (ArgumentException e)
            {
                Console.WriteLine(e.Message);
            }

            using PythonInterpreter python = Start();
            Console.WriteLine(python.Evaluate<string>("__import__('json').dumps([__import__('host').add(1, 2)])"));
            return 7;
        },
    };

    private static PythonInterpreter Start() => PythonInterpreter.Start(new PythonOptions
    {
        AutoMount = false,
        BytecodeCacheDirectory = "",
        NativeModules =
        {
            {
                "host", module =>
                {
                    module.AddFunction("add", (int a, int b) => a + b);
                    module.AddFunction("fail", void () => throw new InvalidOperationException("from C#"));
                    module.AddFunction("call", (PythonObject function) => function.Invoke());
                    module.AddFunction("exit", () => Environment.Exit(7));
                    module.AddFunction("exit_allowing", () =>
                    {
                        using (PythonInterpreter.Current!.AllowThreads())
                        {
                            Environment.Exit(7);
                        }
                    });
                    module.AddFunction("garbage", () => GC.Collect());
                }
            },
        },
    });
}
