using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Running;

namespace PyEmbed.Tool.Bundling;

/// <summary>Makes bundles: Python does (pyembed/bundle.py), with the modules of the source to import.</summary>
internal static class Bundler
{
    /// <summary>Makes one.</summary>
    /// <param name="source">A folder, an assembly, a single-file application, or any zip file.</param>
    /// <param name="request">What of it.</param>
    /// <exception cref="ToolException">The source cannot be read, or what is asked for cannot be made of it.</exception>
    public static BundleResult Make(string source, BundleRequest request)
    {
        if (Directory.Exists(source))
        {
            return Make(Path.GetFullPath(source), [], request);
        }

        using InputFile input = InputFile.Open(source, references: true);
        if (input.Kind == InputKind.Archive && !input.Unreadable.Any(tree => tree.IsNewer))
        {
            // Python mounts it where it lies. A zip that another program wrote, as a wheel, has no index, which is not needed.
            return Make(input.Path, [], request);
        }

        return Make(null, MountedTrees.Read(input), request);
    }

    private static BundleResult Make(string? path, List<PythonTree> trees, BundleRequest request)
    {
        using PythonInterpreter python = ToolPython.Start(ToolPython.Options(request.Python, trees, keepBytecode: false));
        (byte[] content, string[] modules, string[] importers, int[] lines) = PythonCommand.Invoke<(byte[], string[], string[], int[])>(
            python, "bundle", path, request.Names, request.RuleFiles, request.Rules, request.Sources, request.Data, request.System, request.Modules, request.Report);
        return new BundleResult(PythonBundle.FromBytes(content), modules.Zip(importers, lines).ToArray());
    }
}
