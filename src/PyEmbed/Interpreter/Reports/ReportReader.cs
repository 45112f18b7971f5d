using PyEmbed.Interop;

using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using PyEmbed.Discovery;
using PyEmbed.Embedding;

namespace PyEmbed;

/// <summary>Puts together what the importer, the assemblies' attributes and <c>importlib.metadata</c> know.</summary>
internal static class ReportReader
{
    /// <summary>Reads the state. The caller holds the GIL.</summary>
    public static PythonReport Read(Importer importer, IReadOnlyCollection<(PythonTree Tree, string Root)> mounted, PythonInstallation? installation)
    {
        Dictionary<string, EmbeddedPythonAttribute> attributes = [];
        foreach ((PythonTree tree, string root) in mounted)
        {
            if (Find(tree) is { } attribute)
            {
                attributes[root] = attribute;
            }
        }

        using PythonObject sys = new(PyRef.Checked(PythonCode.Own("sys"u8)));
        using PythonObject executable = sys.GetAttribute("executable");
        using PythonObject report = importer.Report();
        Version version = RunningVersion(sys);
        return new PythonReport(
            version,
            installation?.Library,
            executable.As<object?>() is string { Length: > 0 } path ? path : null,
            Mounts(report, attributes, version),
            NativeModules(report),
            Modules(report),
            Item<string[]>(report, "extracted"),
            Shadowed(report),
            Requirements(attributes.Values));
    }

    private static EmbeddedPythonAttribute? Find(PythonTree tree)
    {
        foreach (EmbeddedPythonAttribute attribute in tree.Assembly?.GetCustomAttributes<EmbeddedPythonAttribute>() ?? [])
        {
            if (attribute.Name == tree.Distribution)
            {
                return attribute;
            }
        }

        return null;
    }

    private static Version RunningVersion(PythonObject sys)
    {
        using PythonObject info = sys.GetAttribute("version_info");
        int Part(int index)
        {
            using PythonObject part = info[index];
            return part.As<int>();
        }

        return new Version(Part(0), Part(1), Part(2));
    }

    private static List<PythonMountReport> Mounts(PythonObject report, Dictionary<string, EmbeddedPythonAttribute> attributes, Version running)
    {
        List<PythonMountReport> mounts = [];
        using PythonObject list = report["mounts"];
        foreach (PythonObject mount in list)
        {
            using (mount)
            {
                string root = Item<string>(mount, "root");
                Version? minimum = attributes.TryGetValue(root, out EmbeddedPythonAttribute? attribute)
                    && Version.TryParse(attribute.MinimumPython, out Version? declared) ? declared : null;
                mounts.Add(new PythonMountReport(
                    root, Item<string>(mount, "origin"), Item<string>(mount, "distribution"), Item<string>(mount, "hash"),
                    minimum, minimum is null || minimum <= running, Item<string[]>(mount, "modules")));
            }
        }

        return mounts;
    }

    private static List<PythonNativeModuleReport> NativeModules(PythonObject report)
    {
        List<PythonNativeModuleReport> modules = [];
        using PythonObject list = report["native"];
        foreach (PythonObject item in list)
        {
            using (item)
            {
                (string name, string origin, bool isImported) = item.As<(string, string, bool)>();
                modules.Add(new PythonNativeModuleReport(name, origin, isImported));
            }
        }

        return modules;
    }

    private static List<PythonModuleReport> Modules(PythonObject report)
    {
        List<PythonModuleReport> modules = [];
        using PythonObject list = report["modules"];
        foreach (PythonObject item in list)
        {
            using (item)
            {
                (string name, string origin) = item.As<(string, string)>();
                modules.Add(new PythonModuleReport(name, origin));
            }
        }

        return modules;
    }

    private static List<PythonShadowedName> Shadowed(PythonObject report)
    {
        List<PythonShadowedName> names = [];
        using PythonObject list = report["shadowed"];
        foreach (PythonObject item in list)
        {
            using (item)
            {
                (string name, string? used, string? hidden) = item.As<(string, string?, string?)>();
                names.Add(new PythonShadowedName(name, used ?? "", hidden ?? ""));
            }
        }

        return names;
    }

    private static List<PythonRequirement> Requirements(IEnumerable<EmbeddedPythonAttribute> attributes)
    {
        List<PythonRequirement> requirements = [];
        PythonObject? module = null;
        foreach (EmbeddedPythonAttribute attribute in attributes)
        {
            foreach (string text in attribute.Requirements)
            {
                module ??= new PythonObject(PyRef.Checked(PythonCode.Own("pyembed._requirements"u8)));
                (bool met, string? installed, string? problem) = module.InvokeMethod<(bool, string?, string?)>("check", text);
                requirements.Add(new PythonRequirement(attribute.Name, text, met, installed, problem));
            }
        }

        module?.Dispose();
        return requirements;
    }

    private static T Item<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(PythonObject container, string key)
    {
        using PythonObject item = container[key];
        return item.As<T>();
    }
}
