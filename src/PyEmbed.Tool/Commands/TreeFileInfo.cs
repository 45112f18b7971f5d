using System.Globalization;
using System.Security.Cryptography;
using PyEmbed.Manifest;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;

namespace PyEmbed.Tool.Commands;

/// <summary>What <c>pyembed show --info</c> says of a module or a file.</summary>
internal static class TreeFileInfo
{
    /// <summary>Prints it: a line a fact, name and value; or as the JSON document.</summary>
    public static void Print(EmbeddedTree tree, TreeModule? module, TreeFile? file, ToolOutput output)
    {
        List<(string Name, string Value)> facts = [("distribution", tree.Distribution), ("origin", tree.Origin)];
        if (module is not null)
        {
            facts.Add(("module", module.Name));
            facts.Add(("kind", TreeItem.NameOf(module.Kind)));
        }

        List<TreeFile> files = file is not null ? [file] : Files(module!);
        facts.Add(("materialize", FileUseOf(tree, module, file)));
        if (output.Json)
        {
            output.WriteJson(json =>
            {
                foreach ((string name, string value) in facts)
                {
                    json.WriteString(name, value);
                }

                json.WriteStartArray("files");
                foreach (TreeFile item in files)
                {
                    json.WriteStartObject();
                    json.WriteString("path", item.Path);
                    json.WriteNumber("size", item.Record.Size);
                    json.WriteNumber("storedSize", item.Record.StoredSize);
                    json.WriteString("sha256", HashOf(tree, item));
                    json.WriteString("python", PythonOf(module, item));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        foreach ((string name, string value) in facts)
        {
            output.WriteFields([name, value]);
        }

        foreach (TreeFile item in files)
        {
            output.WriteFields(
            [
                "file", item.Path, Number(item.Record.Size), Number(item.Record.StoredSize), HashOf(tree, item), PythonOf(module, item) ?? "-",
            ]);
        }
    }

    private static List<TreeFile> Files(TreeModule module)
    {
        List<TreeFile> files = module.Source is null ? [] : [module.Source];
        return [.. files, .. module.Extensions, .. module.Bytecode.Select(code => code.File)];
    }

    private static string HashOf(EmbeddedTree tree, TreeFile file) => Convert.ToHexString(SHA256.HashData(tree.Read(file))).ToLowerInvariant();

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? PythonOf(TreeModule? module, TreeFile file) =>
        module?.Bytecode.FirstOrDefault(code => code.File == file) is { Tag.Length: > 0 } code
            ? TreeBytecode.VersionOf(code.Tag) + (code.Optimize > 0 ? $" -O{code.Optimize}" : "")
            : null;

    // docs/formats.md, "What becomes a file".
    private static string FileUseOf(EmbeddedTree tree, TreeModule? module, TreeFile? file)
    {
        TreeInfo info = tree.Archive.Info;
        switch (info.Materialize)
        {
            case MaterializeMode.Never:
                return "never: it is read from memory";
            case MaterializeMode.All:
                return "at the first import from its tree, with all of it";
            case MaterializeMode.Data when module is null:
                return "at the first import from its tree, with all data";
        }

        if (module is null)
        {
            return $"when asked for as a file, or when the code beside it asks for its place ({file!.Path})";
        }

        FileUse use = module.Source is { } source ? info.FileUsers?.GetValueOrDefault(source.Path) ?? FileUse.None : FileUse.None;
        return module.Kind == TreeModuleKind.Extension ? "when imported, with the shared libraries that it needs"
            : module.Kind == TreeModuleKind.Namespace ? "it has no file"
            : info.FileUsers is null ? "it runs from memory; whether it asks for files shows when it is imported"
            : use == FileUse.None ? "it runs from memory"
            : "it runs from memory; when imported, " + string.Join(" and ", Uses(use));
    }

    private static IEnumerable<string> Uses(FileUse use)
    {
        if (use.HasFlag(FileUse.OwnPlace))
        {
            yield return use.HasFlag(FileUse.Code) ? "its package becomes files" : "the data of its package becomes files";
        }

        if (use.HasFlag(FileUse.OtherPlaces))
        {
            yield return "so does that of modules imported besides";
        }
    }
}
