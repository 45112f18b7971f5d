namespace PyEmbed;

/// <summary>An imported module in a <see cref="PythonReport"/>.</summary>
/// <param name="Name">Its name in <c>sys.modules</c>.</param>
/// <param name="Origin">Where it comes from: <c>builtin</c> for what is part of the interpreter (frozen modules too) and for native modules of the host; <c>memory:/pkg/mod.py</c>,
/// <c>assembly:/MyApp.dll/mypkg.zip/pkg/mod.py</c> or <c>fs:/folder/pkg/mod.py</c> for modules of mounts; <c>fs:/…</c> too for those of the standard library and of the search path.
/// A namespace package is there once for each portion.</param>
public sealed record PythonModuleReport(string Name, string Origin);
