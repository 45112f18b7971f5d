using System.Globalization;

namespace PyEmbed.Manifest;

/// <summary>Reads a manifest's text form strictly: docs/formats.md, section 2.</summary>
internal static class ManifestTextReader
{
    /// <summary>The manifest that the text holds.</summary>
    /// <param name="text">The whole file.</param>
    /// <returns>The manifest, complete.</returns>
    /// <exception cref="ManifestTextException">A line is not as the format says, or the format is newer than this code; nothing is read then.</exception>
    public static BuildManifest Read(string text)
    {
        int position = ReadHeader(text);
        var trees = new List<ManifestTree>();
        var modules = new List<ManifestModule>();
        var entries = new List<ManifestEntryPoint>();
        var diagnostics = new List<ManifestDiagnostic>();
        string? main = null;

        for (int number = 2; position < text.Length; number++)
        {
            int end = LineEnd(text, position, number);
            var line = new ManifestTextLine(text, position, end, number);
            switch (line.Record)
            {
                case ManifestText.Tree:
                    trees.Add(ReadTree(line));
                    break;
                case ManifestText.Module:
                    ManifestModule module = ReadModule(line);
                    if (modules.Count > 0 && string.CompareOrdinal(modules[modules.Count - 1].Name, module.Name) >= 0)
                    {
                        throw new ManifestTextException(number, "dotted.name", $"'{module.Name}' comes after '{modules[modules.Count - 1].Name}'; modules are listed in ordinal order, each once.");
                    }

                    modules.Add(module);
                    break;
                case ManifestText.Entry:
                    entries.Add(ReadEntry(line));
                    break;
                case ManifestText.Main:
                    if (main is not null)
                    {
                        throw new ManifestTextException(number, "", "a second 'main' record; there is at most one.");
                    }

                    main = line.Required("reference");
                    line.End();
                    break;
                case ManifestText.Diagnostic:
                    diagnostics.Add(ReadDiagnostic(line));
                    break;
                default:
                    throw new ManifestTextException(number, "", $"'{line.Record}' is no kind of record of format version {ManifestText.Version}.");
            }

            position = end + 1;
        }

        return new BuildManifest(new(trees), new(modules), new(entries), main, new(diagnostics));
    }

    private static int ReadHeader(string text)
    {
        if (!text.StartsWith(ManifestText.Signature, StringComparison.Ordinal))
        {
            throw new ManifestTextException(1, "", "this is no PyEmbed manifest: it does not begin with 'pyembed-manifest'.");
        }

        int end = LineEnd(text, 0, 1);
        string version = text.Substring(ManifestText.Signature.Length, end - ManifestText.Signature.Length);
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
        {
            throw new ManifestTextException(1, "version", $"'{version}' is no format version.");
        }

        if (number > ManifestText.Version)
        {
            throw new ManifestTextException(1, "version", $"the manifest has format version {number}, and this PyEmbed reads up to version {ManifestText.Version}; rebuild with the PyEmbed that wrote it or a newer one.");
        }

        return end + 1;
    }

    private static int LineEnd(string text, int position, int number)
    {
        int end = text.IndexOf('\n', position);
        return end >= 0 ? end : throw new ManifestTextException(number, "", "the line does not end in a line feed; the file is cut off.");
    }

    private static ManifestTree ReadTree(ManifestTextLine line)
    {
        string name = line.Required("name");
        string resource = line.Required("resource");
        string hash = line.Required("hash");
        if (hash.Length != 64 || !hash.All(IsLowerHexDigit))
        {
            throw line.Error("hash", $"'{hash}' is not 64 lower-case hex digits.");
        }

        int format = line.Number("format");
        if (format < 1)
        {
            throw line.Error("format", "a format version is at least 1.");
        }

        string placementName = line.Required("placement");
        if (!ArchiveFormat.TryParse(placementName, out TreePlacement placement))
        {
            throw line.Error("placement", $"'{placementName}' is neither 'app' nor 'library'.");
        }

        string minimumPython = line.Required("minimum-python");
        if (!IsMinorVersion(minimumPython))
        {
            throw line.Error("minimum-python", $"'{minimumPython}' is not of the form 'major.minor'.");
        }

        var requirements = new List<string>();
        while (line.HasMore)
        {
            requirements.Add(line.Required("requirement"));
        }

        return new ManifestTree(name, resource, hash, format, placement, minimumPython, new(requirements));
    }

    private static ManifestModule ReadModule(ManifestTextLine line)
    {
        string name = line.Required("dotted.name");
        if (name[0] == '.' || name[name.Length - 1] == '.' || name.Contains(".."))
        {
            throw line.Error("dotted.name", $"'{name}' has an empty part.");
        }

        int kind = line.Word("kind", ManifestText.Kinds);
        string docstring = line.Text("docstring");
        line.End();
        return new ManifestModule(name, (ManifestModuleKind)kind, docstring);
    }

    private static ManifestEntryPoint ReadEntry(ManifestTextLine line)
    {
        string methodName = line.Required("MethodName");
        string reference = line.Required("module:attr");
        int colon = reference.IndexOf(':');
        if (colon <= 0 || colon == reference.Length - 1 || reference.IndexOf(':', colon + 1) >= 0)
        {
            throw line.Error("module:attr", $"'{reference}' is not of the form 'module:attr'.");
        }

        string docstring = line.Text("docstring");
        string script = line.Text("script");
        line.End();
        return new ManifestEntryPoint(methodName, reference, docstring, script);
    }

    private static ManifestDiagnostic ReadDiagnostic(ManifestTextLine line)
    {
        string id = line.Required("id");
        if (id.Length != 7 || !id.StartsWith("PYE1", StringComparison.Ordinal) || !id.Skip(4).All(IsDigit))
        {
            throw line.Error("id", $"'{id}' is no id of the form PYE1xxx.");
        }

        int severity = line.Word("severity", ManifestText.Severities);
        var diagnostic = new ManifestDiagnostic(
            id,
            (ManifestSeverity)severity,
            line.Text("file"),
            line.Number("line"),
            line.Number("column"),
            line.Number("end-line"),
            line.Number("end-column"),
            line.Required("message"));
        line.End();
        return diagnostic;
    }

    private static bool IsMinorVersion(string text)
    {
        int dot = text.IndexOf('.');
        return dot > 0 && dot < text.Length - 1 && text.Take(dot).All(IsDigit) && text.Skip(dot + 1).All(IsDigit);
    }

    private static bool IsDigit(char c) => c is >= '0' and <= '9';

    private static bool IsLowerHexDigit(char c) => c is (>= '0' and <= '9') or (>= 'a' and <= 'f');
}
