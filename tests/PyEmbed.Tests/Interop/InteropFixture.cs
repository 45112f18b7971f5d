using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PyEmbed.Interop.Tests;

/// <summary>Starts CPython by the bare bindings, once in the test process: PYEMBED_LIBRARY, or the library of `python3`.</summary>
internal static partial class InteropFixture
{
    [ModuleInitializer]
    internal static unsafe void Start()
    {
        string path = Environment.GetEnvironmentVariable("PYEMBED_LIBRARY") is { Length: > 0 } library ? library : AskPython();
        nint handle = dlopen(path, 0x102); // RTLD_NOW | RTLD_GLOBAL
        Assert.AreNotEqual(0, handle, $"cannot load {path}");
        CPython.Bind(handle);
        ((delegate* unmanaged[Cdecl]<int, void>)NativeLibrary.GetExport(handle, "Py_InitializeEx"))(0);
        CPython.PyEval_SaveThread();
        CPython.Gate.Open();
    }

    private static string AskPython()
    {
        const string Code = "import os, sysconfig as s; print(os.path.join(s.get_config_var('LIBDIR'), s.get_config_var('INSTSONAME')))";
        using Process process = Process.Start(new ProcessStartInfo("python3", ["-c", Code]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint dlopen(string path, int flags);
}
