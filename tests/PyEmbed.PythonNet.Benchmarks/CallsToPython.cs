using Python.Runtime;

namespace PyEmbed.PythonNet.Benchmarks;

/// <summary>Calls of Python functions from C#. Arguments and results cross by the quickest public members of each API, and what is made is disposed.</summary>
internal static class CallsToPython
{
    private const string Module = """
        def nothing():
            pass

        def increment(number):
            return number + 1

        def same(value):
            return value

        def scale(number, *, by):
            return number * by

        ITEMS = list(range(10))

        def items():
            return ITEMS

        class Counter:
            def increment(self, number):
                return number + 1
        """;

    /// <summary>With the GIL held already.</summary>
    public static IEnumerable<Shape> Shapes(PythonInterpreter python)
    {
        (Func<string, PythonObject> core, Func<string, PyObject> pythonnet) = Functions(python);
        return [NoArgument(core("nothing"), pythonnet("nothing")), .. WithArguments(core, pythonnet)];
    }

    /// <summary>With the GIL taken and released by each call.</summary>
    public static IEnumerable<Shape> TakingTheGil(PythonInterpreter python)
    {
        (Func<string, PythonObject> core, Func<string, PyObject> pythonnet) = Functions(python);
        PythonObject increment = core("increment");
        PyObject other = pythonnet("increment");
        yield return new Shape(
            "int to int, GIL taken by each call",
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    _ = increment.Invoke<int>(i);
                }
            },
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    using Py.GILState gil = Py.GIL();
                    using var argument = new PyInt(i);
                    using PyObject result = other.Invoke(argument);
                    _ = result.As<int>();
                }
            });
    }

    private static (Func<string, PythonObject> Core, Func<string, PyObject> PythonNet) Functions(PythonInterpreter python)
    {
        var scope = new PythonScope();
        python.Execute(Module, scope);
        using Py.GILState gil = Py.GIL();
        PyModule module = Py.CreateScope();
        module.Exec(Module);
        return (name => scope[name], name =>
        {
            using Py.GILState gil = Py.GIL();
            return module.Get(name);
        });
    }

    private static Shape NoArgument(PythonObject nothing, PyObject other) => new(
        "no argument",
        count =>
        {
            for (int i = 0; i < count; i++)
            {
                nothing.Invoke().Dispose();
            }
        },
        count =>
        {
            for (int i = 0; i < count; i++)
            {
                other.Invoke().Dispose();
            }
        });

    private static IEnumerable<Shape> WithArguments(Func<string, PythonObject> core, Func<string, PyObject> pythonnet)
    {
        PythonObject increment = core("increment");
        PyObject otherIncrement = pythonnet("increment");
        yield return new Shape(
            "int to int",
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    _ = increment.Invoke<int>(i);
                }
            },
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    using var argument = new PyInt(i);
                    using PyObject result = otherIncrement.Invoke(argument);
                    _ = result.As<int>();
                }
            });

        string kilobyte = new('x', 1024);
        PythonObject same = core("same");
        PyObject otherSame = pythonnet("same");
        yield return new Shape(
            "str of 1 KB to str",
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    _ = same.Invoke<string>(kilobyte);
                }
            },
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    using var argument = new PyString(kilobyte);
                    using PyObject result = otherSame.Invoke(argument);
                    _ = result.As<string>();
                }
            });

        PythonObject scale = core("scale");
        PyObject otherScale = pythonnet("scale");
        yield return new Shape(
            "keyword argument",
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    _ = scale.Invoke<int>(i, new PythonKeyword("by", 2));
                }
            },
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    using var argument = new PyInt(i);
                    using var two = new PyInt(2);
                    using var keywords = new PyDict();
                    keywords["by"] = two;
                    using PyObject result = otherScale.Invoke([argument], keywords);
                    _ = result.As<int>();
                }
            });

        PythonObject counter = core("Counter").Invoke();
        PyObject otherCounter;
        using (Py.GIL())
        {
            otherCounter = pythonnet("Counter").Invoke();
        }

        yield return new Shape(
            "method by name",
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    _ = counter.InvokeMethod<int>("increment", i);
                }
            },
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    using var argument = new PyInt(i);
                    using PyObject result = otherCounter.InvokeMethod("increment", argument);
                    _ = result.As<int>();
                }
            });

        PythonObject items = core("items");
        PyObject otherItems = pythonnet("items");
        yield return new Shape(
            "list of 10 int",
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    _ = items.Invoke<int[]>();
                }
            },
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    using PyObject result = otherItems.Invoke();
                    _ = result.As<int[]>();
                }
            });
    }
}
