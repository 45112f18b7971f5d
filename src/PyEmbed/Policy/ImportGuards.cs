using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>Applies a policy in the interpreter, by <c>pyembed._policy</c>. The caller holds the GIL.</summary>
internal static class ImportGuards
{
    /// <summary>Guards imports, where the policy denies any.</summary>
    public static void Install(PythonOptions options)
    {
        PythonPolicy policy = options.Policy;
        if (!policy.GuardsImports)
        {
            return;
        }

        using PyRef module = PyRef.Take(PythonCode.Own("pyembed._policy"u8));
        using PyRef none = PyRef.Take(HostCall.Invoke(
            module.Value,
            "apply",
            PyRef.New(policy.IsRestricted ? CPython.Py_True : CPython.Py_False),
            policy.Allow is null ? PyRef.New(CPython.Py_None) : HostCall.List(policy.Allow),
            HostCall.List(policy.Deny),
            HostCall.List(new List<string>(options.SearchPaths).ConvertAll(Path.GetFullPath))));
    }

    /// <summary>Undoes <see cref="Install"/>, for a start that fails later on.</summary>
    public static void Uninstall(PythonOptions options)
    {
        if (options.Policy.GuardsImports)
        {
            using PyRef module = PyRef.Take(PythonCode.Own("pyembed._policy"u8));
            using PyRef none = PyRef.Take(HostCall.Invoke(module.Value, "lift"));
        }
    }
}
