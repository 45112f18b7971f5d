using PyEmbed.Interop;

namespace PyEmbed;

/// <summary>
/// Where a module is looked for, and in which order: under the profile Trusted as CPython does; under the others first in the registry, which is what comes with the interpreter and its host, then
/// by finders and mounts, and last on the search path, which is there only with the file system.
/// </summary>
internal static class ResolutionOrder
{
    /// <summary>Whether modules come from the file system.</summary>
    public static bool AllowsFiles(PythonOptions options) => options.FileSystem ?? !options.Policy.IsRestricted;

    /// <summary>Whether the registry comes first, and only what was asked for is on the search path.</summary>
    public static bool IsRegistryFirst(PythonOptions options) => !options.Policy.IsTrusted || !AllowsFiles(options);

    /// <summary>Refuses options that contradict each other.</summary>
    /// <exception cref="ArgumentException">An option asks for the file system, which is off.</exception>
    public static void Check(PythonOptions options)
    {
        string? needsFiles = options.SearchPaths.Count > 0 ? nameof(PythonOptions.SearchPaths)
            : options.VirtualEnvironment is not null ? nameof(PythonOptions.VirtualEnvironment)
            : null;
        if (needsFiles is not null && !AllowsFiles(options))
        {
            throw new ArgumentException(
                $"PythonOptions.{needsFiles} names folders to import from, and the file system is off: set PythonOptions.FileSystem to true, " +
                "or mount what Python shall have, as PythonTree.FromDirectory does with a folder.");
        }
    }

    /// <summary>Puts the registry first, where that is to be. The caller holds the GIL; nothing is mounted but PyEmbed's own tree.</summary>
    public static void Install(PythonOptions options)
    {
        if (IsRegistryFirst(options))
        {
            using PyRef registry = PyRef.Take(PythonCode.Own("pyembed._registry"u8));
            using PyRef none = PyRef.Take(HostCall.Invoke(registry.Value, "install", PyRef.New(AllowsFiles(options) ? CPython.Py_True : CPython.Py_False)));
        }
    }

    /// <summary>Undoes <see cref="Install"/>, for a start that fails later on. The caller holds the GIL, and has taken its mounts and finders off.</summary>
    public static void Uninstall(PythonOptions options)
    {
        if (IsRegistryFirst(options))
        {
            using PyRef registry = PyRef.Take(PythonCode.Own("pyembed._registry"u8));
            using PyRef none = PyRef.Take(HostCall.Invoke(registry.Value, "uninstall"));
        }
    }
}
