namespace PyEmbed.Tasks.Trees;

/// <summary>One <c>PythonPackage</c> item, as MSBuild expanded it.</summary>
/// <param name="FullPath">A file or a folder.</param>
/// <param name="RecursiveDir">What <c>**</c> stood for, with a separator at its end; empty for anything but a glob's match.</param>
/// <param name="Root">The metadata of that name; empty where it is to be inferred.</param>
/// <param name="Distribution">The metadata of that name; empty for the default.</param>
/// <param name="Materialize">The metadata of that name; empty for the default.</param>
/// <param name="Link">The metadata of that name: the place in the project's folder where it counts as lying; empty for its own.</param>
internal sealed record PackageItem(string FullPath, string RecursiveDir = "", string Root = "", string Distribution = "", string Materialize = "", string Link = "");
