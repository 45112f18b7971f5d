using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using System.Text.Json;
using PyEmbed.Discovery;
using PyEmbed.Embedding;
using PyEmbed.Interop;

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
            Items(report, "mounts", mount => Mount(mount, attributes, version)),
            Items(report, "native", NativeModule),
            Items(report, "modules", Module),
            Item<string[]>(report, "extracted"),
            Items(report, "shadowed", ShadowedName),
            Requirements(attributes.Values),
            Received(report));
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

    private static PythonMountReport Mount(PythonObject mount, Dictionary<string, EmbeddedPythonAttribute> attributes, Version running)
    {
        string root = Item<string>(mount, "root");
        Version? minimum = attributes.TryGetValue(root, out EmbeddedPythonAttribute? attribute)
            && Version.TryParse(attribute.MinimumPython, out Version? declared) ? declared : null;
        return new PythonMountReport(
            root, Item<string>(mount, "origin"), Item<string>(mount, "distribution"), Item<string>(mount, "hash"),
            minimum, minimum is null || minimum <= running, Item<string[]>(mount, "modules"));
    }

    private static PythonNativeModuleReport NativeModule(PythonObject item)
    {
        (string name, string origin, bool isImported) = item.As<(string, string, bool)>();
        return new PythonNativeModuleReport(name, origin, isImported);
    }

    private static PythonModuleReport Module(PythonObject item)
    {
        (string name, string origin) = item.As<(string, string)>();
        return new PythonModuleReport(name, origin);
    }

    private static PythonShadowedName ShadowedName(PythonObject item)
    {
        (string name, string? used, string? hidden) = item.As<(string, string?, string?)>();
        return new PythonShadowedName(name, used ?? "", hidden ?? "");
    }

    private static PythonReceivedReport Received(PythonObject report)
    {
        using PythonObject received = report["received"];
        using PythonObject requirements = received["requirements"];
        List<PythonModuleRequirementReport> found = [];
        foreach ((string module, PythonObject kinds) in requirements.As<Dictionary<string, PythonObject>>())
        {
            using (kinds)
            {
                foreach ((string kind, PythonObject answer) in kinds.As<Dictionary<string, PythonObject>>())
                {
                    using (answer)
                    {
                        (string name, bool isMet, string? problem) = answer.As<(string, bool, string?)>();
                        found.Add(new PythonModuleRequirementReport(module, kind, name, isMet, problem));
                    }
                }
            }
        }

        var modules = Item<Dictionary<string, string>>(received, "modules");
        var data = Item<Dictionary<string, string>>(received, "data");
        return new PythonReceivedReport(modules, data, found, Json(received, modules, data, found));
    }

    /// <summary>What <c>json.dumps</c> makes of the report's part, without that module, which a policy may deny and an application may have a module of its own by the name of.</summary>
    private static string Json(
        PythonObject received, Dictionary<string, string> modules, Dictionary<string, string> data, List<PythonModuleRequirementReport> requirements)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("received");
            json.WriteString("python", Item<string>(received, "python"));
            json.WriteString("system", Item<string>(received, "system"));
            json.WriteStartArray("standard");
            foreach (string name in Item<string[]>(received, "standard"))
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            WriteHashes(json, "modules", modules);
            WriteHashes(json, "data", data);
            json.WriteStartObject("requirements");
            foreach (IGrouping<string, PythonModuleRequirementReport> module in requirements.GroupBy(requirement => requirement.Module))
            {
                json.WriteStartObject(module.Key);
                foreach (PythonModuleRequirementReport requirement in module)
                {
                    json.WriteStartArray(requirement.Kind);
                    json.WriteStringValue(requirement.Name);
                    json.WriteBooleanValue(requirement.IsMet);
                    json.WriteStringValue(requirement.Problem);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteHashes(Utf8JsonWriter json, string key, Dictionary<string, string> hashes)
    {
        json.WriteStartObject(key);
        foreach ((string name, string hash) in hashes)
        {
            json.WriteString(name, hash);
        }

        json.WriteEndObject();
    }

    private static List<T> Items<T>(PythonObject report, string key, Func<PythonObject, T> read)
    {
        List<T> items = [];
        using PythonObject list = report[key];
        foreach (PythonObject item in list)
        {
            using (item)
            {
                items.Add(read(item));
            }
        }

        return items;
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
