using System.Security.Cryptography;
using System.Text;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Output;

/// <summary>
/// The answers of earlier builds with their bytecode, by what they depend on: content, name and options of a file, the interpreter and
/// this version of PyEmbed. All configurations and target frameworks of a project share it.
/// </summary>
/// <remarks>
/// A part is a pair of files, <c>*.index</c> with answers and <c>*.data</c> with bytecode. Each build that compiles adds one, data
/// first; from a number on all become one. An index ends with a hash of itself, bytecode has a checksum: what is damaged does not count. Parts that another build removes while this one packs
/// from them are a <see cref="CompileCacheException"/>: the run begins again.
/// </remarks>
internal sealed class CompileCache
{
    private const string Signature = "pyembed-compiled 1";
    private const string Last = "complete";
    private const int MostParts = 12;
    private const long LeastKept = 64 << 20;
    private const int MillisecondsBetweenTries = 50;

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION; EWOULDBLOCK, which the runtime passes on as it is.
    private const int SharingViolation = 32;
    private const int LockViolation = 33;
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockElsewhere = 35;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(30);

    private readonly string _folder;
    private readonly Dictionary<string, FileAnalysis> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileAnalysis> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileAnalysis> _new = new(StringComparer.Ordinal);
    private readonly List<string> _parts = [];

    private CompileCache(string folder) => _folder = folder;

    /// <summary>Whether no look-up can succeed.</summary>
    public bool IsEmpty => _answers.Count == 0;

    /// <summary>
    /// Keeps other builds of the project from compiling the same at the same time; they wait, and then find it. Held by the operating
    /// system, so that it ends with the process.
    /// </summary>
    public static IDisposable Lock(string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e) && waited.Elapsed < s_longestWait)
            {
                Thread.Sleep(MillisecondsBetweenTries);
            }
        }
    }

    /// <summary>Whether another process has the file open, and nothing else is wrong.</summary>
    private static bool IsHeld(IOException e) => FilePaths.IsWindows
        ? (e.HResult & 0xFFFF) is SharingViolation or LockViolation
        : e.HResult is WouldBlockOnLinux or WouldBlockElsewhere;

    /// <summary>Reads what earlier builds left.</summary>
    public static CompileCache Load(string folder)
    {
        var cache = new CompileCache(folder);
        Directory.CreateDirectory(folder);
        foreach (FileInfo index in new DirectoryInfo(folder).EnumerateFiles("*.index").OrderByDescending(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal))
        {
            cache._parts.Add(index.FullName);
            cache.ReadPart(index.FullName);
        }

        return cache;
    }

    /// <summary>Removes everything, because some of it is damaged.</summary>
    public static void Clear(string folder)
    {
        KnownInterpreters.Clear(folder);
        foreach (string file in Directory.EnumerateFiles(folder, "*.index").Concat(Directory.EnumerateFiles(folder, "*.data")).ToList())
        {
            Remove(file);
        }
    }

    /// <summary>What an answer is found by.</summary>
    public static string Key(InterpreterInfo interpreter, AnalysisRequest request, string sha256)
    {
        using var hash = SHA256.Create();
        string text = RecordLine.Format([Analyzer.Version, interpreter.Build, .. request.Fields, sha256]);
        return Convert.ToBase64String(hash.ComputeHash(ArchiveFormat.Utf8.GetBytes(text)));
    }

    /// <summary>The answer of an earlier build, or null.</summary>
    public FileAnalysis? Find(string key)
    {
        if (_answers.TryGetValue(key, out FileAnalysis? answer))
        {
            _used[key] = answer;
        }

        return answer;
    }

    /// <summary>Adds an answer of this build; its bytecode lies in a spool file.</summary>
    public void Add(string key, FileAnalysis answer) => _new[key] = answer;

    /// <summary>Keeps what was added, and gives each answer whose bytecode now lies elsewhere.</summary>
    public IReadOnlyDictionary<string, FileAnalysis> Save()
    {
        RemoveOrphans();
        if (_new.Count == 0)
        {
            return _new;
        }

        if (_parts.Count >= MostParts)
        {
            return Merge();
        }

        var moved = new Dictionary<string, string>(StringComparer.Ordinal);
        string part = NewPart();
        foreach (string spool in _new.Values.Select(answer => answer.Bytecode?.File).OfType<string>().Distinct().ToList())
        {
            string data = $"{part}-{moved.Count}.data";
            File.Move(spool, data);
            moved.Add(spool, data);
        }

        var answers = _new.ToDictionary(
            answer => answer.Key,
            answer => answer.Value.Bytecode is BytecodeLocation location ? answer.Value with { Bytecode = location with { File = moved[location.File] } } : answer.Value,
            StringComparer.Ordinal);
        WriteIndex(part, answers);
        return answers;
    }

    /// <summary>Makes one part of all: what this build used, and as much again of what others left, the newest first.</summary>
    private Dictionary<string, FileAnalysis> Merge()
    {
        string part = NewPart();
        string data = part + "-0.data";
        var merged = new Dictionary<string, FileAnalysis>(StringComparer.Ordinal);
        using (var reader = new BytecodeReader())
        using (FileStream stream = File.Create(data))
        {
            foreach (KeyValuePair<string, FileAnalysis> answer in _used.Concat(_new))
            {
                Copy(answer);
            }

            long most = Math.Max(stream.Length * 2, LeastKept);
            foreach (KeyValuePair<string, FileAnalysis> answer in _answers)
            {
                if (stream.Length < most && !merged.ContainsKey(answer.Key))
                {
                    Copy(answer);
                }
            }

            void Copy(KeyValuePair<string, FileAnalysis> answer)
            {
                BytecodeLocation? location = answer.Value.Bytecode;
                if (location is not null)
                {
                    byte[] bytes = reader.Read(location);
                    location = location with { File = data, Offset = stream.Position };
                    stream.Write(bytes, 0, bytes.Length);
                }

                merged[answer.Key] = answer.Value with { Bytecode = location };
            }
        }

        WriteIndex(part, merged);
        foreach (string index in _parts)
        {
            Remove(index);
        }

        foreach (string file in Directory.EnumerateFiles(_folder, "*.data").Where(file => file != data && _parts.Any(index => IsOf(file, index))).ToList())
        {
            Remove(file);
        }

        return merged;
    }

    private string NewPart() => Path.Combine(_folder, Guid.NewGuid().ToString("N"));

    private static bool IsOf(string data, string index) =>
        Path.GetFileName(data).StartsWith(Path.GetFileNameWithoutExtension(index) + "-", StringComparison.Ordinal);

    private static void WriteIndex(string part, Dictionary<string, FileAnalysis> answers)
    {
        var text = new StringBuilder();
        List<string> files = answers.Values.Select(answer => answer.Bytecode?.File).OfType<string>().Distinct().ToList();
        Line(text, Signature);
        foreach (string file in files)
        {
            Line(text, "data", Path.GetFileName(file), RecordLine.Number(new FileInfo(file).Length));
        }

        foreach (KeyValuePair<string, FileAnalysis> answer in answers)
        {
            Line(text, "answer", answer.Key, answer.Value.Bytecode is BytecodeLocation location ? RecordLine.Number(files.IndexOf(location.File)) : "");
            foreach (string line in AnalysisRecords.Format(answer.Value))
            {
                text.Append(line).Append('\n');
            }
        }

        byte[] content = ArchiveFormat.Utf8.GetBytes(text.ToString());
        text.Append(LastLine(content, content.Length));
        OutputFile.WriteIfChanged(part + ".index", text.ToString());
    }

    private void ReadPart(string index)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(ReadWhole(index)), ArchiveFormat.Utf8);
            foreach (KeyValuePair<string, FileAnalysis> answer in ReadAnswers(reader))
            {
                // Of two the newer one was read first.
                if (!_answers.ContainsKey(answer.Key))
                {
                    _answers.Add(answer.Key, answer.Value);
                }
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException or DecoderFallbackException or IOException)
        {
            // Damaged, or gone since it was listed: what it had is compiled again.
        }
    }

    /// <summary>The content of an index, which is as it was written.</summary>
    private static byte[] ReadWhole(string index)
    {
        byte[] content = File.ReadAllBytes(index);
        int length = content.Length - LastLine([], 0).Length;
        return length >= 0 && ArchiveFormat.Utf8.GetString(content, length, content.Length - length) == LastLine(content, length)
            ? content
            : throw new FormatException("the part is damaged");
    }

    /// <summary>What follows that much of an index; of one length always.</summary>
    private static string LastLine(byte[] content, int length)
    {
        using var hash = SHA256.Create();
        return RecordLine.Format(Last, Convert.ToBase64String(hash.ComputeHash(content, 0, length))) + "\n";
    }

    private List<KeyValuePair<string, FileAnalysis>> ReadAnswers(StreamReader reader)
    {
        var files = new List<string>();
        var answers = new List<KeyValuePair<string, FileAnalysis>>();
        if (reader.ReadLine() != Signature)
        {
            throw new FormatException("the part is of another kind");
        }

        while (reader.ReadLine() is string line)
        {
            string[] fields = RecordLine.Parse(line);
            switch (fields[0], fields.Length)
            {
                case (Last, 2):
                    return answers;
                case ("data", 3):
                    var file = new FileInfo(Path.Combine(_folder, Path.GetFileName(fields[1])));
                    if (!file.Exists || file.Length != RecordLine.Long(fields[2]))
                    {
                        throw new FormatException($"'{file.FullName}' is not what it was");
                    }

                    files.Add(file.FullName);
                    break;
                case ("answer", 3):
                    string data = fields[2].Length == 0 ? "" : files.ElementAtOrDefault(RecordLine.Int(fields[2])) ?? throw new FormatException("the part lacks data");
                    FileAnalysis answer = AnalysisRecords.Read(reader.ReadLine, data) ?? throw new FormatException("the part ends within an answer");
                    answers.Add(new KeyValuePair<string, FileAnalysis>(fields[1], answer));
                    break;
                default:
                    throw new FormatException($"'{line}' is no line of a part");
            }
        }

        throw new FormatException("the part ends early");
    }

    /// <summary>Removes data whose index an interrupted build never wrote.</summary>
    private void RemoveOrphans()
    {
        DateTime old = DateTime.UtcNow.AddDays(-1);
        foreach (string file in Directory.EnumerateFiles(_folder, "*.data").Concat(Directory.EnumerateFiles(_folder, "*.tmp")).Where(file => File.GetLastWriteTimeUtc(file) < old).ToList())
        {
            if (!_parts.Any(index => IsOf(file, index)))
            {
                Remove(file);
            }
        }
    }

    // Another build may have been faster, or on Windows still read it.
    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void Line(StringBuilder text, params string[] fields) => text.Append(RecordLine.Format(fields)).Append('\n');
}
