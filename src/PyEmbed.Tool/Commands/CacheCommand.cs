using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using PyEmbed.Tool.Output;
using PyEmbed.Tool.Running;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed cache</c>: what PyEmbed has written to disk for this user, and removing it. Python does the work, by the rules that programs go by.</summary>
internal static class CacheCommand
{
    private const double SecondsADay = 86400;
    private static readonly string[] Columns = ["KIND", "DISTRIBUTION", "BYTECODE", "FILES", "SIZE", "LAST USE", "IN USE", "ORIGINS", "PATH"];

    public static Command Create(ToolOutput output)
    {
        Option<string?> directory = new("--directory")
        {
            Description = "The extraction directory or code cache, where an application sets its own. Default: the user's.",
            HelpName = "FOLDER",
        };
        Command list = new("list", "Lists what was extracted, and the bytecode that was kept.") { directory };
        list.SetAction(parsed => List(parsed.GetValue(directory), output));

        Option<bool> all = new("--all") { Description = "All that no process uses." };
        Option<double?> olderThan = new("--older-than") { Description = "What no process has begun to use for so many days.", HelpName = "DAYS", CustomParser = Days };
        Option<bool> dryRun = new("--dry-run") { Description = "Only tell what would be removed." };
        Command prune = new("prune", "Removes what no process uses: without options by the rules that programs go by, what is idle for 30 days, and then what exceeds 4 GiB.")
        {
            all, olderThan, dryRun, directory,
        };
        prune.Validators.Add(result =>
        {
            if (result.GetValue(all) && result.GetResult(olderThan) is not null)
            {
                result.AddError("--all and --older-than cannot be given together.");
            }
        });
        prune.SetAction(parsed => Prune(
            parsed.GetValue(directory), parsed.GetValue(all) ? double.NegativeInfinity : parsed.GetValue(olderThan) * SecondsADay, parsed.GetValue(dryRun), output));
        return new Command("cache", "What PyEmbed keeps on disk for this user.") { list, prune };
    }

    private static double? Days(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double days) && days >= 0)
        {
            return days;
        }

        result.AddError($"--older-than needs a number of days, 0 or more, and not '{result.Tokens[0].Value}'.");
        return null;
    }

    private static int List(string? directory, ToolOutput output) => Show(directory, "list_roots", [], "roots", output);

    private static int Prune(string? directory, double? olderThan, bool dryRun, ToolOutput output) =>
        Show(directory, "prune_roots", [olderThan, dryRun], dryRun ? "stale" : "removed", output);

    private static int Show(string? directory, string function, object?[] arguments, string member, ToolOutput output)
    {
        // Without a code cache: a process that looks at it is no user of it.
        using PythonInterpreter python = ToolPython.Start(ToolPython.Options(null, [], keepBytecode: false));
        using PythonObject cache = python.Import("pyembed._cache");
        string[] directories = directory is null ? cache.InvokeMethod<string[]>("directories") : [Path.GetFullPath(directory)];
        List<CacheRoot> roots = [];
        foreach (string place in directories)
        {
            roots.AddRange(Ask(cache, function, place, arguments));
        }

        if (output.Json)
        {
            output.WriteJson(json => Write(json, directories, member, roots));
        }
        else
        {
            output.WriteTable(Columns, roots.Select(Row));
        }

        return ExitCodes.Done;
    }

    private static List<CacheRoot> Ask(PythonObject cache, string function, string place, object?[] arguments)
    {
        try
        {
            using PythonObject list = cache.InvokeMethod(function, [place, .. arguments]);
            return CacheRoot.ReadAll(list);
        }
        catch (PythonException e) when (e.PythonType is "FileNotFoundError" or "NotADirectoryError")
        {
            throw new ToolException(ExitCodes.Input, $"There is no folder '{place}'. 'pyembed doctor' shows the usual one.", e);
        }
        catch (PythonException e) when (e.PythonType == "PermissionError")
        {
            throw new ToolException(ExitCodes.Input, $"The folder '{place}' may not be read: permission denied.", e);
        }
    }

    private static string[] Row(CacheRoot root) =>
    [
        root.Kind,
        root.Distribution,
        root.Tag.Length > 0 ? root.Tag : "-",
        root.Files.ToString(CultureInfo.InvariantCulture),
        root.Bytes.ToString(CultureInfo.InvariantCulture),
        Time(root),
        root.InUse is { } used ? used ? "yes" : "no" : "-",
        root.Origins.Length > 0 ? string.Join("; ", root.Origins) : "-",
        root.Path,
    ];

    private static string Time(CacheRoot root) => root.LastUse.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, string[] directories, string member, List<CacheRoot> roots)
    {
        json.WriteStartArray("directories");
        foreach (string place in directories)
        {
            json.WriteStringValue(place);
        }

        json.WriteEndArray();
        json.WriteStartArray(member);
        foreach (CacheRoot root in roots)
        {
            json.WriteStartObject();
            json.WriteString("path", root.Path);
            json.WriteString("kind", root.Kind);
            json.WriteString("distribution", root.Distribution);
            json.WriteString("hash", root.Hash);
            json.WriteString("bytecode", root.Tag.Length > 0 ? root.Tag : null);
            json.WriteNumber("files", root.Files);
            json.WriteNumber("bytes", root.Bytes);
            json.WriteString("lastUse", Time(root));
            if (root.InUse is { } used)
            {
                json.WriteBoolean("inUse", used);
            }
            else
            {
                json.WriteNull("inUse");
            }

            json.WriteStartArray("origins");
            foreach (string origin in root.Origins)
            {
                json.WriteStringValue(origin);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("bytes", roots.Sum(root => root.Bytes));
    }
}
