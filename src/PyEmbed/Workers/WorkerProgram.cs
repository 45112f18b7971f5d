using System.Diagnostics;
using System.Text;
using PyEmbed.Discovery;
using PyEmbed.Embedding;

namespace PyEmbed.Workers;

/// <summary>
/// The <c>python</c> process that a pool's workers are forked from: which program it is, and what it is told. It starts isolated and without <c>site</c>, takes a message from its
/// standard input (docs/formats.md, section 8), and from then on is <c>pyembed._worker_template</c>.
/// </summary>
internal sealed class WorkerProgram
{
    private static readonly string[] Kept = ["HOME", "XDG_CACHE_HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ"];

    private static ReadOnlySpan<byte> Start => """
        def start():
            import json, mmap, os, sys
            source = int(sys.argv[1]) if len(sys.argv) > 1 else 0
            def receive(size):
                data = bytearray()
                while len(data) < size:
                    part = os.read(source, min(size - len(data), 1 << 20))
                    if not part:
                        os._exit(0)
                    data += part
                return data
            message = receive(int.from_bytes(receive(8), 'little'))
            end = 4 + int.from_bytes(message[:4], 'little')
            settings = json.loads(message[4:end])
            file, offset, size = settings['own']
            if file:
                with open(file, 'rb') as stream:
                    view = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))[offset:offset + size]
            else:
                view = memoryview(bytes(message[end + 4:end + 4 + size]))
            boot(view, settings['store'], (file, offset, size) if file else None, settings['codes'])
            from pyembed._worker_template import run
            run(message, sys.argv[1:])

        start()

        """u8;

    private readonly PythonWorkerOptions options;
    private readonly string interpreter;
    private readonly List<PythonTree> trees;

    /// <summary>Finds the interpreter and the trees.</summary>
    /// <exception cref="PythonWorkerException">There is no interpreter.</exception>
    /// <exception cref="PythonRuntimeNotFoundException">No usable CPython was found.</exception>
    public WorkerProgram(PythonWorkerOptions options)
    {
        this.options = options;
        interpreter = options.Interpreter is { } path ? Path.GetFullPath(path) : Found(options);
        trees = [.. options.AutoMount ? PythonTree.AllListed() : [], .. options.Mounts];
    }

    /// <summary>How the process is started.</summary>
    public ProcessStartInfo StartInfo
    {
        get
        {
            ProcessStartInfo start = new(interpreter)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardErrorEncoding = Encoding.UTF8,
                UseShellExecute = false,
                CreateNoWindow = true,
            };
            foreach (string argument in (ReadOnlySpan<string>)["-I", "-S", "-X", "utf8=1", "-c", Encoding.UTF8.GetString([.. Importer.Bootstrap, .. Start])])
            {
                start.ArgumentList.Add(argument);
            }

            if (options.Granted is { Environment: false })
            {
                foreach (string variable in start.Environment.Keys.Except(Kept).ToList())
                {
                    start.Environment.Remove(variable);
                }
            }

            return start;
        }
    }

    /// <summary>What it is told first, with its length before it. Archives without a file go with it.</summary>
    public byte[] Message()
    {
        PythonPolicy policy = options.Policy;
        List<byte[]> unfiled = [];
        Dictionary<string, object?> settings = new()
        {
            ["own"] = Place(Importer.OwnMemory, unfiled),
            ["own_bytes"] = unfiled.Count > 0 ? unfiled[0] : null,
            ["store"] = options.ExtractionDirectory is { } store ? OptionChecks.AbsoluteFolder(nameof(options.ExtractionDirectory), store, "leave it null for one in the user's cache") : null,
            ["codes"] = options.BytecodeCacheDirectory is { Length: > 0 } codes ? OptionChecks.AbsoluteFolder(nameof(options.BytecodeCacheDirectory), codes, "leave it null") : options.BytecodeCacheDirectory,
            ["trees"] = trees.ConvertAll(Described),
            ["order"] = ResolutionOrder.IsRegistryFirst(options.ForInterpreter) ? ResolutionOrder.AllowsFiles(options.ForInterpreter) : null,
            ["policy"] = policy.GuardsImports ? new object?[] { policy.IsRestricted, policy.Allow, policy.Deny } : null,
            ["paths"] = options.SearchPaths.Select(Path.GetFullPath).ToList(),
            ["preload"] = options.Preload,
            ["grants"] = Grants(),
            ["spares"] = options.Spares,
            ["children"] = options.Workers + options.Spares,
            ["limits"] = new Dictionary<string, object?>
            {
                ["memory"] = options.Limits.Memory,
                ["cpu"] = options.Limits.CpuSeconds,
                ["file"] = options.Limits.FileSize,
                ["descriptors"] = options.Limits.OpenFiles,
            },
        };
        byte[] message = WorkerValueWriter.Pack(settings);
        return [.. BitConverter.GetBytes((long)message.Length), .. message];
    }

    /// <summary>What the code may reach, or null where nothing is restricted.</summary>
    private Dictionary<string, object?>? Grants() => options.Granted is not { } granted ? null : new()
    {
        ["read"] = granted.Read,
        ["write"] = granted.Write,
        ["network"] = granted.Network.Count > 0,
        ["processes"] = granted.Processes,
        ["native_code"] = granted.NativeCode,
        ["environment"] = granted.Environment,
        ["required"] = options.Capabilities is not null,
    };

    private static Dictionary<string, object?> Described(PythonTree tree)
    {
        List<byte[]> unfiled = [];
        object?[] place = Place(tree.Memory, unfiled);
        return new()
        {
            ["place"] = place,
            ["bytes"] = unfiled.Count > 0 ? unfiled[0] : null,
            ["origin"] = tree.Origin,
            ["files"] = tree.Materialize,
        };
    }

    /// <summary>File, offset and size of an archive; where it has no file its bytes are added to <paramref name="unfiled"/>.</summary>
    private static object?[] Place(TreeMemory memory, List<byte[]> unfiled)
    {
        int size = memory.Bytes.Length;
        if (WorkerArchives.Locate(memory) is { } place)
        {
            return [place.File, place.Offset, size];
        }

        unfiled.Add(memory.Bytes.ToArray());
        GC.KeepAlive(memory);
        return [null, 0, size];
    }

    private static string Found(PythonWorkerOptions options)
    {
        PythonInstallation found = PythonLocator.Locate(options.ForInterpreter);
        return found.Executable
            ?? throw Missing($"Workers run a python program, and none belongs to the library '{found.Library}' that was found: install it, or name one by PythonWorkerOptions.Interpreter");
    }

    private static PythonWorkerException Missing(string why) => new(PythonWorkerErrorKind.StartFailed, null, $"{why}.");
}
