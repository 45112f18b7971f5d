using System.Text;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Output;

/// <summary>What interpreters said about themselves in earlier builds, by their identity, so that one with nothing to do is not started.</summary>
internal sealed class KnownInterpreters
{
    private const string FileName = "interpreters";
    private const int Most = 32;

    private readonly string _path;
    private readonly string _workingDirectory;
    private readonly List<(string Identity, InterpreterInfo Info)> _known = [];

    private KnownInterpreters(string folder, string workingDirectory)
    {
        _path = Path.Combine(folder, FileName);
        _workingDirectory = workingDirectory;
    }

    /// <param name="folder">The compile cache's.</param>
    /// <param name="workingDirectory">Where interpreters are started.</param>
    public static KnownInterpreters Load(string folder, string workingDirectory)
    {
        var known = new KnownInterpreters(folder, workingDirectory);
        try
        {
            foreach (string line in File.Exists(known._path) ? File.ReadAllLines(known._path, ArchiveFormat.Utf8) : [])
            {
                string[] fields = RecordLine.Parse(line);
                if (fields.Length < 6 || fields[0] != Analyzer.Version)
                {
                    break;
                }

                known._known.Add((fields[1], new InterpreterInfo(fields[2], fields[3], fields[4], fields[5], fields.Skip(6).ToArray())));
            }
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException or IOException)
        {
            known._known.Clear(); // They are asked again.
        }

        return known;
    }

    /// <summary>What it said; null where it was not asked, or is another one now.</summary>
    public InterpreterInfo? Find(string executable)
    {
        string identity = InterpreterIdentity.Of(executable, _workingDirectory);
        return _known.Find(known => known.Identity == identity).Info;
    }

    /// <summary>Keeps what these say.</summary>
    public void Save(IEnumerable<Analyzer> interpreters)
    {
        IEnumerable<string> lines = interpreters.Select(analyzer => (Identity: InterpreterIdentity.Of(analyzer.Executable, _workingDirectory), analyzer.Info))
            .Concat(_known)
            .GroupBy(known => known.Identity)
            .Take(Most)
            .Select(known => Line(known.Key, known.First().Info));
        OutputFile.WriteIfChanged(_path, string.Concat(lines));
    }

    private static string Line(string identity, InterpreterInfo info) =>
        RecordLine.Format([Analyzer.Version, identity, info.Version, info.CacheTag, info.Executable, info.Build, .. info.StandardLibrary]) + "\n";

    /// <summary>Forgets them, because one is not what it was.</summary>
    public static void Clear(string folder) => File.Delete(Path.Combine(folder, FileName));
}
