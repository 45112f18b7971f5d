using PyEmbed.Tool.Inputs;

namespace PyEmbed.Tool.Running;

/// <summary>How the trees of a file get on with the CPython that runs: bytecode, the oldest version, requirements.</summary>
internal static class TreeDiagnosis
{
    /// <summary>Looks at each tree. They are mounted.</summary>
    public static IEnumerable<DoctorFinding> Find(PythonInterpreter python, InputFile input)
    {
        Version running = Version.Parse(python.Evaluate<string>("'%d.%d' % __import__('sys').version_info[:2]"));
        string tag = python.Evaluate<string?>("__import__('sys').implementation.cache_tag") ?? "";
        using PythonObject requirements = python.Import("pyembed._requirements");
        foreach (EmbeddedTree tree in input.Trees)
        {
            yield return Bytecode(tree, tag);
            if (Version.TryParse(tree.Attribute?.MinimumPython, out Version? minimum))
            {
                yield return new DoctorFinding($"minimum version of {tree.Origin}", minimum.ToString(), minimum <= running);
            }

            foreach (string requirement in tree.Attribute?.Requirements ?? [])
            {
                (bool met, string? installed, string? problem) = requirements.InvokeMethod<(bool, string?, string?)>("check", requirement);
                yield return new DoctorFinding($"requirement of {tree.Origin}", $"{requirement}: {problem ?? (installed is null ? "not needed here" : $"{installed} is there")}", met);
            }
        }
    }

    private static DoctorFinding Bytecode(EmbeddedTree tree, string tag)
    {
        string subject = $"bytecode of {tree.Origin}";
        bool isThere = tree.Contents.Modules.Any(module => module.Bytecode.Any(code => code.Tag == tag));
        if (isThere)
        {
            return new DoctorFinding(subject, $"there is some for {tag}", true);
        }

        string others = string.Join(", ", tree.Contents.BytecodeVersions);
        return tree.Contents.Modules.FirstOrDefault(module => module.IsStripped) is { } stripped
            ? new DoctorFinding(subject, $"there is none for {tag}, only for {others}, and no source of {stripped.Name}: build the tree for this version too", false)
            : new DoctorFinding(subject, $"there is none for {tag}{(others.Length > 0 ? $", only for {others}" : "")}: modules are compiled once, when they are first imported", null);
    }
}
