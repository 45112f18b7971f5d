using Python.Runtime;

namespace PyEmbed.PythonNet.Benchmarks;

/// <summary>Calls of C# methods from Python, in loops that run in Python: a module of functions against static methods of a class.</summary>
/// <remarks>Each is called as it comes: pythonnet lets go of the GIL around each call, functions of a module keep it; a list arrives in these as a copy, in pythonnet's as a wrapper.</remarks>
internal static class CallsToNet
{
    // Exists once for each API; target is the module, or the class.
    private const string Loops = """
        def no_argument(count, call=target.Nothing):
            for i in range(count):
                call()

        def int_to_int(count, call=target.Increment):
            for i in range(count):
                call(i)

        def str_to_str(count, call=target.Same, text='x' * 1024):
            for i in range(count):
                call(text)

        def keyword(count, call=target.Scale):
            for i in range(count):
                call(i, by=2)

        def by_name(count):
            for i in range(count):
                target.Increment(i)

        def items(count, call=target.Items):
            for i in range(count):
                sum(call())
        """;

    /// <summary>Adds the module of PyEmbed's side, to be imported as <c>target</c>.</summary>
    public static void AddModule(PythonNativeModules modules) => modules.Add("target", module =>
    {
        module.AddFunction(nameof(Target.Nothing), Target.Nothing);
        module.AddFunction<int, int>(nameof(Target.Increment), Target.Increment);
        module.AddFunction<string, string>(nameof(Target.Same), Target.Same);
        module.AddFunction<int, int, int>(nameof(Target.Scale), Target.Scale);
        module.AddFunction(nameof(Target.Items), Target.Items);
    });

    public static IEnumerable<Shape> Shapes(PythonInterpreter python)
    {
        var scope = new PythonScope();
        python.Execute("import target\n" + Loops, scope);
        PyModule module;
        using (Py.GIL())
        {
            module = Py.CreateScope();
            module.Set("target", PyType.Get(typeof(Target)));
            module.Exec(Loops);
        }

        foreach ((string name, string loop) in new[]
        {
            ("no argument", "no_argument"), ("int to int", "int_to_int"), ("str of 1 KB to str", "str_to_str"),
            ("keyword argument", "keyword"), ("method by name", "by_name"), ("list of 10 int, summed", "items"),
        })
        {
            PythonObject core = scope[loop];
            PyObject pythonnet;
            using (Py.GIL())
            {
                pythonnet = module.Get(loop);
            }

            yield return new Shape(
                name,
                count => core.Invoke(count).Dispose(),
                count =>
                {
                    using Py.GILState gil = Py.GIL();
                    using var argument = new PyInt(count);
                    pythonnet.Invoke(argument).Dispose();
                });
        }
    }
}
