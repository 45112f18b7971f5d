using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>The native modules of the running interpreter: Python's import system asks for them by name. The caller of each member holds the GIL.</summary>
internal static class NativeRegistry
{
    /// <summary>Makes modules importable; nothing is built yet.</summary>
    /// <exception cref="ArgumentException">A name is that of another module. Then none is importable.</exception>
    public static void Install(IReadOnlyList<(string Name, Action<PythonNativeModule> Build)> modules)
    {
        NativeState native = NativeState.Current;
        var names = new List<string>();
        foreach ((string name, Action<PythonNativeModule> build) in modules)
        {
            string normal = PythonName.Normal(name);
            if (names.Contains(normal))
            {
                throw new ArgumentException($"PythonOptions.NativeModules has the module '{normal}' twice: Python reads '{name}' as that.");
            }

            names.Add(normal);
            native.Builders[normal] = build;
        }

        NativeSignature signature = NativeSignature.Create(
            "build", ((Delegate)Build).Method, [typeof(string), typeof(PythonObject), typeof(string[])], null, null);
        nint function = new NativeFunction<string, PythonObject, string[]>(signature, Build).CreateFunction("pyembed");
        try
        {
            using PyRef none = PyRef.Take(HostCall.Invoke(NativeHostModule.Handle, "install", HostCall.List(names), function));
            if (InterpreterState.Current == InterpreterState.Main)
            {
                InterpreterExit.AtEnd(Uninstall);
            }
        }
        catch (PythonException e) when (e.PythonType == "ValueError")
        {
            native.Builders.Clear();
            throw new ArgumentException(e.Message[(e.PythonType.Length + ": ".Length)..], e);
        }
    }

    /// <summary>Takes the modules out of the import system and lets go of all that functions and exceptions keep; Python code that still has functions of them cannot call them any more.</summary>
    public static void Uninstall()
    {
        NativeState native = NativeState.Current;
        if (native.Host.Module != 0)
        {
            using PyRef names = PyRef.Take(HostCall.List([.. native.Builders.Keys]));
            using PyRef none = PyRef.Take(HostCall.Invoke(NativeHostModule.Handle, "uninstall", names.NewReference()));
            native.Builders.Clear();
            native.Table.RefuseCalls();
            ManagedReference.ReleaseAll();
        }
    }

    // The names of the submodules, in full.
    private static string[] Build(string name, PythonObject module)
    {
        using (module)
        {
            Dictionary<string, Action<PythonNativeModule>> builders = NativeState.Current.Builders;
            var names = new List<string>();
            foreach ((string child, Action<PythonNativeModule> build) in new PythonNativeModule(name).Build(builders[name], module))
            {
                builders[$"{name}.{child}"] = build;
                names.Add($"{name}.{child}");
            }

            return [.. names];
        }
    }
}
