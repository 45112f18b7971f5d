using System.Globalization;
using System.Text;
using PyEmbed.Manifest;

namespace PyEmbed.Tasks.References;

/// <summary>What the last build knew of the references, so that an unchanged file is not opened again.</summary>
internal sealed class ReferenceState
{
    private const string Reference = "reference";

    // Other rules come with another build of this assembly.
    private static readonly string s_header = "pyembed-references " + typeof(ReferenceState).Module.ModuleVersionId.ToString("N", CultureInfo.InvariantCulture);

    private readonly StringBuilder _text = new StringBuilder(s_header).Append('\n');

    /// <summary>The state as text; equal texts mean that nothing changed.</summary>
    public string Text => _text.ToString();

    /// <summary>The time and size of a file, or an empty string where there is none.</summary>
    public static string StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture) + "+" + file.Length.ToString(CultureInfo.InvariantCulture)
            : "";
    }

    /// <summary>The references of an older state: by path and stamp the assembly's name, empty where it carries no tree. A state that cannot be read knows none.</summary>
    public static Dictionary<(string Path, string Stamp), string> ReadReferences(string text)
    {
        var references = new Dictionary<(string, string), string>();
        if (!text.StartsWith(s_header + "\n", StringComparison.Ordinal))
        {
            return references;
        }

        try
        {
            int position = s_header.Length + 1;
            for (int end, number = 2; position < text.Length && (end = text.IndexOf('\n', position)) >= 0; position = end + 1, number++)
            {
                var line = new ManifestTextLine(text, position, end, number);
                if (line.Record == Reference)
                {
                    references[(line.Required("path"), line.Text("stamp"))] = line.Text("name");
                }
            }

            return references;
        }
        catch (ManifestTextException)
        {
            // Only a cache: without it every file is opened again.
            return [];
        }
    }

    /// <summary>Records a reference.</summary>
    /// <param name="path">The assembly's file.</param>
    /// <param name="stamp">Its time and size.</param>
    /// <param name="name">The assembly's name; empty where it carries no tree.</param>
    public void AddReference(string path, string stamp, string name) => Add(Reference, path, stamp, name);

    /// <summary>Records anything else that decides the outcome.</summary>
    public void AddInput(string name, string value) => Add("input", name, value);

    private void Add(params string[] fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0)
            {
                _text.Append('\t');
            }

            ManifestText.AppendEscaped(_text, fields[i]);
        }

        _text.Append('\n');
    }
}
