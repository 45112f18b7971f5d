using System.CommandLine;
using System.Text.Json;
using PyEmbed.Tool.Bundling;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed bundle</c>: modules and objects with everything that they need, for another Python.</summary>
internal static class BundleCommand
{
    private const string StandardOutput = "-";
    private const string OfStandardLibrary = "standard";
    private const string Computed = "(computed)";
    private static readonly string[] Columns = ["WHAT", "NAME", "WHY"];

    public static Command Create(ToolOutput output)
    {
        Argument<string> source = new("SOURCE")
        {
            Description = "Where the modules are: a folder, a .NET assembly or single-file application with trees, or a zip file. What they need may also be installed for the CPython in use.",
        };
        Argument<string[]> names = new("NAME")
        {
            Description = "What to bundle: 'mypkg.core' a module, 'mypkg.core:compute' a function or class, 'mypkg.*' a package with every module in it.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> file = new("--output", "-o") { Description = "The file to write; '-' for standard output.", HelpName = "FILE", Required = true };
        Option<string[]> rules = Repeated("--rule", "RULE", "What does not travel, or does after all: 'recursive-exclude a', 'include a.b'. The last that matches decides.");
        Option<string[]> ruleFiles = Repeated("--rules", "FILE", "Rules, one a line; those of --rule come after them.");
        Option<string[]> sources = Repeated("--source", "NAME=PATH", "The source of a module that need not be importable here.");
        Option<string[]> data = Repeated("--data", "ID=FILE", "Data that pyembed.get_data(ID) gives on the other side.");
        Option<string[]> system = Repeated("--require-system", "MODULE=CALLABLE", "What a module requires of the system: 'mypkg.win=mypkg.checks:is_windows'.");
        Option<string[]> modules = Repeated("--require-modules", "MODULE=CALLABLE", "What a module requires of the modules that are there.");
        Option<string?> report = new("--report") { Description = "What the other side has already; 'python3 -m pyembed report' prints it there.", HelpName = "FILE" };
        Option<bool> force = new("--force") { Description = "Replace FILE if it is there." };
        Option<string?> python = PythonOption.Create();
        NameCompletion.AddTo(names, source);
        Command command = new("bundle", "Makes a zip file of modules with everything that they need, for any CPython. Nothing of them is run.")
        {
            source, names, file, rules, ruleFiles, sources, data, system, modules, report, force, python,
        };
        command.SetAction(parsed =>
        {
            OutputFile? place = parsed.GetRequiredValue(file) is var given and not StandardOutput ? OutputFile.At(given, parsed.GetValue(force)) : null;
            if (place is null && output.Json)
            {
                throw new ToolException(ExitCodes.CommandLine, "'-o -' prints the bundle where '--json' would print its document; choose one of them.");
            }

            BundleRequest request = new(
                parsed.GetRequiredValue(names),
                Array.ConvertAll(parsed.GetValue(ruleFiles) ?? [], path => (path, ReadText(path))),
                parsed.GetValue(rules) ?? [],
                Array.ConvertAll(Pairs(parsed, sources), pair => (pair.Name, Path.GetFullPath(pair.Value))),
                Array.ConvertAll(Pairs(parsed, data), pair => (pair.Name, ReadFile(pair.Value))),
                Pairs(parsed, system),
                Pairs(parsed, modules),
                parsed.GetValue(report) is { } path ? (path, ReadText(path)) : null,
                parsed.GetValue(python));
            return Run(parsed.GetRequiredValue(source), place, request, output);
        });
        return command;
    }

    private static int Run(string source, OutputFile? file, BundleRequest request, ToolOutput output)
    {
        BundleResult made = ToolOutput.During($"Bundling {string.Join(", ", request.Names)}", () => Bundler.Make(source, request));
        PythonBundle bundle = made.Bundle;
        if (file is null)
        {
            output.WriteBytes(bundle.Content.Span);
        }
        else
        {
            using Interruption interruption = new();
            file.Write(bundle.Content.ToArray(), isProgram: false, interruption.Token);
        }

        if (output.Json)
        {
            output.WriteJson(json => Write(json, made, file!));
            return ExitCodes.Done;
        }

        if (file is not null)
        {
            output.WriteTable(Columns, Rows(made));
        }

        foreach (PythonMissingModule missing in bundle.Missing)
        {
            output.Complain(Printable.Escape($"{Place(missing.ImportedBy, missing.Line)}: {(missing.Name == Computed
                ? "imports a module by a name that is computed, which does not travel unless something else needs it"
                : $"imports {missing.Name}, which was not found here and does not travel")}"));
        }

        return ExitCodes.Done;
    }

    private static IEnumerable<string[]> Rows(BundleResult made) =>
    [
        .. made.Modules.Select(module => new[] { "module", module.Name, module.Importer.Length > 0 ? Place(module.Importer, module.Line) : "-" }),
        .. made.Bundle.Data.Keys.Select(name => new[] { "data", name, "-" }),
        .. made.Bundle.LeftOut.Where(item => item.Value != OfStandardLibrary).Select(item => new[] { "left-out", item.Key, item.Value }),
    ];

    // What a requirement names is imported on no line.
    private static string Place(string importer, int line) => line > 0 ? $"{importer}, line {line}" : importer;

    private static void Write(Utf8JsonWriter json, BundleResult made, OutputFile file)
    {
        PythonBundle bundle = made.Bundle;
        json.WriteString("file", file.Path);
        json.WriteNumber("bytes", bundle.Content.Length);
        json.WriteString("python", bundle.PythonVersion);
        json.WriteStartArray("objects");
        foreach (string name in bundle.Objects)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteStartArray("modules");
        foreach ((string name, string importer, int line) in made.Modules)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("sha256", bundle.Modules[name]);
            json.WriteString("importer", importer);
            json.WriteNumber("line", line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteItems(json, "data", bundle.Data, item => ("id", item.Key, "sha256", item.Value));
        WriteItems(json, "leftOut", bundle.LeftOut, item => ("name", item.Key, "reason", item.Value));
        json.WriteStartArray("requirements");
        foreach (PythonModuleRequirement requirement in bundle.Requirements)
        {
            json.WriteStartObject();
            json.WriteString("module", requirement.Module);
            json.WriteString("system", requirement.System);
            json.WriteString("modules", requirement.Modules);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("missing");
        foreach (PythonMissingModule missing in bundle.Missing)
        {
            json.WriteStartObject();
            json.WriteString("name", missing.Name);
            json.WriteString("importer", missing.ImportedBy);
            json.WriteNumber("line", missing.Line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteItems(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> items, Func<KeyValuePair<string, string>, (string, string, string, string)> fields)
    {
        json.WriteStartArray(name);
        foreach (KeyValuePair<string, string> item in items)
        {
            (string first, string key, string second, string value) = fields(item);
            json.WriteStartObject();
            json.WriteString(first, key);
            json.WriteString(second, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Option<string[]> Repeated(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    private static (string Name, string Value)[] Pairs(ParseResult parsed, Option<string[]> option) => Array.ConvertAll(parsed.GetValue(option) ?? [], text =>
    {
        int mark = text.IndexOf('=', StringComparison.Ordinal);
        return mark > 0 && mark < text.Length - 1 ? (text[..mark], text[(mark + 1)..]) : throw new ToolException(
            ExitCodes.CommandLine, $"{option.Name} '{text}' has not the form {option.HelpName}. See 'pyembed bundle --help'.");
    });

    private static string ReadText(string path) => System.Text.Encoding.UTF8.GetString(ReadFile(path)).TrimStart('\ufeff');

    private static byte[] ReadFile(string path)
    {
        if (File.Exists(path) && !InputFile.IsRegular(path))
        {
            throw new ToolException(ExitCodes.Input, $"'{path}' is no regular file.");
        }

        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCodes.Input, e is FileNotFoundException or DirectoryNotFoundException ? $"There is no file '{path}'." : $"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
