using System.Text;

namespace PyEmbed.Interop.Tests;

/// <summary>Python by the bare bindings, in the interpreter that <see cref="PyEmbed.Tests.PythonFixture"/> started.</summary>
internal static class InteropFixture
{
    static InteropFixture() => Assert.IsNotNull(PyEmbed.Tests.PythonFixture.Python);

    /// <summary>Starts CPython unless it runs.</summary>
    public static void EnsureStarted()
    {
        // The static constructor does it.
    }

    /// <summary>The value of an expression.</summary>
    public static PythonObject Evaluate(string expression) => Run(expression, CPython.Py_eval_input, out _);

    /// <summary>Runs statements and gives their namespace, a dict.</summary>
    public static PythonObject Execute(string code)
    {
        Run(code, CPython.Py_file_input, out PythonObject globals).Dispose();
        return globals;
    }

    public static PythonObject Import(string name)
    {
        using Gil gil = Gil.Acquire();
        using PyRef text = PyRef.Own(Text.New(name));
        using PythonObject importlib = new(PyRef.Checked(ImportModule("importlib")));
        return importlib.InvokeMethod("import_module", name);
    }

    private static unsafe nint ImportModule(string name)
    {
        fixed (byte* utf8 = Encoding.UTF8.GetBytes(name + "\0"))
        {
            return CPython.PyImport_ImportModule(utf8);
        }
    }

    private static unsafe PythonObject Run(string code, int start, out PythonObject globals)
    {
        using Gil gil = Gil.Acquire();
        globals = PythonObject.From(new Dictionary<string, object?> { ["__name__"] = "test" });
        fixed (byte* source = Encoding.UTF8.GetBytes(code + "\0"))
        {
            using PyRef compiled = PyRef.Take(CPython.Py_CompileStringExFlags(source, Text.Ascii("test.py"u8), start, null, -1));
            using PyRef names = PyRef.Own(globals.NewReference());
            _ = CPython.PyDict_SetItemString(names.Value, Text.Ascii("__builtins__"u8), CPython.PyEval_GetBuiltins());
            return new PythonObject(PyRef.Checked(CPython.PyEval_EvalCode(compiled.Value, names.Value, names.Value)));
        }
    }
}
