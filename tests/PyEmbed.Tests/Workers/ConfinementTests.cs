using System.Net;
using System.Net.Sockets;

namespace PyEmbed.Tests.Workers;

/// <summary>
/// Ways out of a worker: each works without capabilities, and is denied with none granted, by the audit hook with a text that names the capability, or, where that is got round, by the kernel.
/// </summary>
[TestClass]
public sealed class ConfinementTests
{
    // What is opened is found by the variables folder and port. Each sets result where it got out.
    private static readonly (string Name, string Source, string Denial)[] Ways =
    [
        ("read a file", "result = open(folder + '/secret.txt').read()", "Read"),
        ("read a file by os.open", "import sys; os = sys.modules['posix']; result = os.read(os.open(folder + '/secret.txt', 0), 9)", "Read"),
        ("read a file by a path with dots", "result = open('/usr/../' + folder[1:] + '/secret.txt').read()", "Permission denied"),
        ("read a file by a path with slashes", "result = open('/' + folder + '/secret.txt').read()", "Permission denied"),
        ("read a file by a path from the current folder", "result = open(folder[1:] + '/secret.txt').read()", "Read"),
        ("read a file by bytes", "result = open(folder.encode() + b'/secret.txt').read()", "Read"),
        ("read a file by an object with a path", "class P:\n    def __fspath__(self): return folder + '/secret.txt'\nresult = open(P()).read()", "Read"),
        ("read a file by a loader", "import importlib, sys\nresult = sys.modules['_frozen_importlib_external'].FileLoader('x', '').get_data(folder + '/secret.txt')", "Read"),
        ("list a folder", "import sys; result = sys.modules['posix'].listdir(folder)", "Read"),
        ("list a folder by scandir", "import sys; result = [e.name for e in sys.modules['posix'].scandir(folder + '/../' + folder.rpartition('/')[2])]", "Permission denied"),
        ("write a file", "result = open(folder + '/written.txt', 'w').write('x')", "Write"),
        ("write a file by os.open", "import sys; os = sys.modules['posix']; result = os.write(os.open(folder + '/../' + folder.rpartition('/')[2] + '/written.txt', os.O_CREAT | os.O_WRONLY), b'x')", "Permission denied"),
        ("make a folder", "import sys; sys.modules['posix'].mkdir(folder + '/made'); result = 1", "Write"),
        ("remove a file", "import sys; sys.modules['posix'].remove(folder + '/removed.txt'); result = 1", "Write"),
        ("change a mode", "import sys; sys.modules['posix'].chmod(folder + '/secret.txt', 0o777); result = 1", "Processes"),
        ("change a mode by a descriptor", "import sys; os = sys.modules['posix']; os.fchmod(os.open('/dev/null', 0), 0o666); result = 1", "Processes"),
        ("change the times", "import sys; sys.modules['posix'].utime(folder + '/../' + folder.rpartition('/')[2] + '/secret.txt'); result = 1", "Operation not permitted"),
        ("see the environment of the host", "import sys; os = sys.modules['posix']; result = open('/proc/%d/environ' % host, 'rb').read()", "Read"),
        ("see the memory of its own process", "result = open('/proc/../proc/self/mem', 'rb').fileno()", "Permission denied"),
        ("see the environment", "import sys; result = [name for name in sys.modules['posix'].environ if name == b'PATH']; assert result, 'nothing'", "nothing"),
        ("signal the host", "import sys; sys.modules['posix'].kill(host, 0); result = 1", "Processes"),
        ("fork", "import sys; os = sys.modules['posix']\npid = os.fork()\nif not pid: os._exit(0)\nresult = pid", "Processes"),
        ("start a program", "import sys; result = sys.modules['posix'].system('true') + 1", "Processes"),
        ("start a program by posix_spawn", "import sys; result = sys.modules['posix'].posix_spawn('/bin/sh', ['sh', '-c', 'true'], {})", "Processes"),
        ("become a program", "import sys; sys.modules['posix'].execv('/bin/sh', ['sh', '-c', 'echo out; exit 3'])", "Processes"),
        ("start a program by what subprocess is made of", "import subprocess; result = subprocess.run(['/bin/true']).returncode + 1", "denied"),
        ("open a socket", "import socket; socket.create_connection(('127.0.0.1', port)).close(); result = 1", "Network"),
        ("open a datagram socket", "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9)); result = 1", "Network"),
        ("hold memory that its limit does not count", "import sys; os = sys.modules['posix']; result = os.write(os.memfd_create('x'), b'x' * 4096)", "Operation not permitted"),
        ("change how its template is scheduled", "import sys; os = sys.modules['posix']; os.sched_setparam(os.getppid(), os.sched_param(0)); result = 1", "Operation not permitted"),
        ("call C functions", "import ctypes; result = ctypes.CDLL(None).getpid()", "NativeCode"),
        ("make a built-in module again", "import sys\nimp, kind = sys.modules['_imp'], type(sys.modules['posix'].__spec__)\nresult = imp.create_builtin(kind('_posixsubprocess' if '_posixsubprocess' in sys.builtin_module_names else 'posix', None)).__name__", "denied"),
        ("look at all objects", "import gc; result = len(gc.get_objects())", "NativeCode"),
        ("look at other frames", "import sys; result = len(sys._current_frames())", "NativeCode"),
        ("trace", "import sys; sys.settrace(lambda *a: None); result = 1", "NativeCode"),
        ("raise its own limits", "import sys; resource = sys.modules['resource']; resource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU)); result = 1", "Processes"),
    ];

    // What does not go by the hook, tried with that weakened as hostile code would try it.
    private static readonly (string Name, string Source)[] Tampering =
    [
        ("change the builtins", "import builtins\nfor name in ('len', 'type', 'str', 'PermissionError', 'ImportError'): setattr(builtins, name, lambda *a, **k: 0)\nimport sys\nresult = open(folder + '/secret.txt').read()"),
        ("change the hook by its frame", "import sys\ntry: open(folder + '/secret.txt')\nexcept PermissionError as error:\n    trace = error.__traceback__\n    while trace.tb_next: trace = trace.tb_next\n    frame = trace.tb_frame\n    frame.f_globals.update(PermissionError=None, text=None)\n    for value in list(frame.f_locals.values()):\n        if type(value) in (dict, list, set): value.clear()\n    try: frame.f_locals.update(readable=('',), denied=())\n    except Exception: pass\nresult = open(folder + '/secret.txt').read()"),
        ("find the hook in the frames above", "import sys\nframe = sys._getframe()\nwhile frame:\n    for value in list(frame.f_locals.values()):\n        if callable(value) and getattr(value, '__name__', '') == 'hook': value.__defaults__ = ()\n    frame = frame.f_back\nresult = open(folder + '/secret.txt').read()"),
        ("change the hook while it runs, by a signal's handler", "import sys\nsignal, os = sys.modules['_signal'], sys.modules['posix']\ndef handler(number, frame):\n    if frame is not None and frame.f_code.co_name == '_hook': frame.f_locals['length'] = lambda text: 0\nsignal.signal(14, handler)\nsignal.setitimer(0, 2e-5, 2e-5)\nfor tries in range(2000):\n    try: result = os.fork()\n    except OSError: continue\n    if not result: os._exit(0)\n    break\nelse: raise PermissionError"),
        ("kill its template, by a signal's handler", "import sys\nsignal, os = sys.modules['_signal'], sys.modules['posix']\ndef handler(number, frame):\n    if frame is not None and frame.f_code.co_name == '_hook': frame.f_locals['length'] = lambda text: 0\nsignal.signal(14, handler)\nsignal.setitimer(0, 2e-5, 2e-5)\nfor tries in range(2000):\n    try: os.kill(os.getppid(), 9)\n    except OSError: continue\n    result = tries\n    break\nelse: raise PermissionError"),
        ("change the hook while it runs, by a finalizer", "import sys\nos = sys.modules['posix']\nclass D:\n    def __init__(self): self.me = self\n    def __del__(self):\n        frame = sys._getframe(1)\n        if frame.f_code.co_name == '_hook': frame.f_locals['length'] = lambda text: 0\nfor tries in range(5000):\n    keep = [D() for _ in range(tries % 97)]\n    keep = None\n    try: result = os.fork()\n    except OSError: continue\n    if not result: os._exit(0)\n    break\nelse: raise PermissionError"),
        ("have the policy lifted", "import sys\npolicy = sys.modules.get('pyembed._policy')\npolicy and policy.lift()\nresult = open(folder + '/secret.txt').read()"),
    ];

    private static readonly Lazy<Task<PythonWorkerPool>> Confined = new(() => PythonWorkerPool.StartAsync(Options));
    private static readonly Lazy<Task<PythonWorkerPool>> Open = new(() => PythonWorkerPool.StartAsync(PythonWorkerPoolTests.Options with { Policy = PythonPolicy.Trusted }));
    private static TemporaryFolder? folder;
    private static TcpListener? server;

    private static PythonWorkerOptions Options => PythonWorkerPoolTests.Options with { Policy = PythonPolicy.Desktop, Capabilities = PythonCapabilities.None };

    public static IEnumerable<object[]> Names() => Ways.Select(way => new object[] { way.Name });

    public static IEnumerable<object[]> TamperingNames() => Tampering.Select(way => new object[] { way.Name });

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        folder = new TemporaryFolder();
        folder.Write("secret.txt", "secret");
        server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
    }

    [ClassCleanup]
    public static async Task Stop()
    {
        foreach (Lazy<Task<PythonWorkerPool>> pool in (Lazy<Task<PythonWorkerPool>>[])[Confined, Open])
        {
            if (pool.IsValueCreated && !pool.Value.IsFaulted)
            {
                await (await pool.Value).DisposeAsync();
            }
        }

        server?.Dispose();
        folder?.Dispose();
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public async Task Is_denied(string name)
    {
        (_, string source, string denial) = Ways.Single(way => way.Name == name);
        folder!.Write("removed.txt", "");
        await RequireKernel();
        if (name != "become a program")
        {
            PythonWorkerResult control = await (await Open.Value).RunAsync(Request(source));
            Assert.IsNotNull(control.Value, "without capabilities it gets out");
            File.Delete(Path.Combine(folder.Path, "written.txt"));
            if (Directory.Exists(Path.Combine(folder.Path, "made")))
            {
                Directory.Delete(Path.Combine(folder.Path, "made"));
            }

            folder.Write("removed.txt", "");
        }

        PythonWorkerException error = await Denied(source);
        Assert.Contains(denial, error.Message);
        Assert.IsTrue(File.Exists(Path.Combine(folder.Path, "removed.txt")) && !File.Exists(Path.Combine(folder.Path, "written.txt")) && !Directory.Exists(Path.Combine(folder.Path, "made")));
    }

    [TestMethod]
    [DynamicData(nameof(TamperingNames))]
    public async Task Stays_denied(string name)
    {
        await RequireKernel();
        PythonWorkerPool pool = await Confined.Value;
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(Request(Tampering.Single(way => way.Name == name).Source)));
        Assert.IsTrue(error.Kind is PythonWorkerErrorKind.Raised or PythonWorkerErrorKind.Crashed, error.Message);
        Assert.DoesNotContain("forked from ended", error.Message);
    }

    [TestMethod]
    public async Task What_is_granted_works()
    {
        await RequireKernel();
        string data = Directory.CreateDirectory(Path.Combine(folder!.Path, "data")).FullName;
        File.WriteAllText(Path.Combine(data, "in.txt"), "in");
        await using PythonWorkerPool pool = await PythonWorkerPool.StartAsync(Options with
        {
            Capabilities = PythonCapabilities.None with { Read = [data], Write = [data], Network = ["*:*"], Environment = true },
        });
        CollectionAssert.IsSubsetOf(new[] { "Landlock", "seccomp", "supervisor", "audit hook" }, pool.EnforcedBy.ToArray());
        PythonWorkerResult result = await pool.RunAsync(Request("""
            import os, socket
            data = folder + '/data'
            text = open(data + '/in.txt').read()
            os.mkdir(data + '/made')
            with open(data + '/made/out.txt', 'w') as file: file.write('out')
            os.rename(data + '/made/out.txt', data + '/made/moved.txt')
            socket.create_connection(('127.0.0.1', port)).close()
            result = [text, os.listdir(data + '/made'), 'PATH' in os.environ]
            """));
        var values = (IReadOnlyList<object?>)result.Value!;
        Assert.AreEqual(("in", "moved.txt", true), ((string)values[0]!, (string)((IReadOnlyList<object?>)values[1]!)[0]!, (bool)values[2]!));
        Assert.AreEqual("out", File.ReadAllText(Path.Combine(data, "made", "moved.txt")));
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(Request("open(folder + '/secret.txt')")));
        Assert.Contains("Read", error.Message);
    }

    [TestMethod]
    public async Task What_needs_no_leave_works()
    {
        await RequireKernel();
        PythonWorkerResult result = await (await Confined.Value).RunAsync(PythonWorkerRequest.Script("""
            import asyncio, csv, datetime, decimal, hashlib, json, logging, random, re, statistics, threading, zlib
            thread = threading.Thread(target=print, args=['from a thread'])
            thread.start()
            thread.join()
            import os
            result = [str(decimal.Decimal('0.1') * 3), open(os.devnull, 'w').write('x'), hashlib.sha256(b'').hexdigest()[:4] == 'e3b0', random.random() < 1]
            """));
        Assert.AreEqual("from a thread\n", result.Output);
        CollectionAssert.AreEqual(new object[] { "0.3", 1L, true, true }, ((IReadOnlyList<object?>)result.Value!).ToArray());
    }

    [TestMethod]
    public async Task Hosts_by_name_are_refused()
    {
        ArgumentException error = await Assert.ThrowsExactlyAsync<ArgumentException>(() => PythonWorkerPool.StartAsync(Options with { Capabilities = PythonCapabilities.None with { Network = ["example.com:443"] } }));
        Assert.Contains("*:*", error.Message);
    }

    private static PythonWorkerRequest Request(string source) => PythonWorkerRequest.Script(source, "out", new Dictionary<string, object?>
    {
        ["folder"] = folder!.Path,
        ["port"] = ((IPEndPoint)server!.LocalEndpoint).Port,
        ["host"] = Environment.ProcessId,
    });

    private static async Task<PythonWorkerException> Denied(string source)
    {
        PythonWorkerPool pool = await Confined.Value;
        PythonWorkerException error = await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => pool.RunAsync(Request(source)));
        Assert.AreEqual(PythonWorkerErrorKind.Raised, error.Kind, error.Message);
        return error;
    }

    private static async Task RequireKernel()
    {
        try
        {
            await Confined.Value;
        }
        catch (PythonWorkerException e) when (e.Message.Contains("cannot be enforced", StringComparison.Ordinal))
        {
            Assert.Inconclusive(e.Message);
        }
    }
}
