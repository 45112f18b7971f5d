namespace PyEmbed.AspNetCore.Tests;

/// <summary>
/// Scripts that do harm, and the kinds of error that each may end in: several where it depends on what the system does first. What has much to do before it harms may not come to that on a busy machine.
/// What must not get through at all ends well where it does, which is none of them.
/// </summary>
internal static class HostileScripts
{
    private const string Ended = "CpuLimit TimeLimit";

    // From CPython 3.13 on, a signal's handler can change the hook while that runs. What is called comes next.
    private const string PastTheHook = "import sys\nsignal, os = sys.modules['_signal'], sys.modules['posix']\ndef handler(number, frame):\n    if frame is not None and frame.f_code.co_name == '_hook': frame.f_locals['length'] = lambda text: 0\nsignal.signal(14, handler)\nsignal.setitimer(0, 2e-5, 2e-5)\ndef attempts():\n    for tries in range(2000):\n        try: return attempt()\n        except OSError as error: last = error\n    raise last\nattempt = lambda: os.";

    public static (string Source, string Kinds)[] All { get; } =
    [
        ("while True: pass", Ended),
        ("result = 7 ** 5000000", $"NoValue {Ended}"),
        ("7 ** 50000000", Ended),
        ("import re; re.match('(a|a)*b', 'a' * 60)", Ended),
        ("import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass", Ended),

        ("x = []\nwhile True: x.append(b'x' * (1 << 20))", $"MemoryLimit {Ended}"),
        ("x = b'x' * (1 << 40)", "MemoryLimit"),
        ("x = [0]\nwhile True: x += x", $"MemoryLimit {Ended}"),
        ("import sys\nposix = sys.modules['posix']\nposix.write(posix.memfd_create('x'), b'x' * (1 << 20))", $"Raised {Ended}"),

        ("import sys\nsys.modules['posix'].fork()", $"Raised {Ended}"),
        ("import sys\nsys.modules['posix'].setsid()", $"Raised {Ended}"),
        (PastTheHook + "fork()\nattempts()", $"Raised {Ended}"),
        (PastTheHook + "kill(os.getppid(), 9)\nattempts()", $"Raised {Ended}"),
        ("import sys, time\nthread = sys.modules['_thread']\nthread.stack_size(1 << 16)\nfor n in range(100): thread.start_new_thread(time.sleep, (60,))", $"Raised {Ended}"),

        ("def f(): f()\nf()", "Raised"),
        ("import sys\nsys.setrecursionlimit(10 ** 8)\ndef f(): return [f()]\nf()", $"Raised MemoryLimit Crashed {Ended}"),

        ("while True: print('x' * 1000)", $"OutputLimit {Ended}"),
        ("print('x' * 1000000)", $"OutputLimit {Ended}"),
        ("import sys\nwhile True: sys.stderr.write('x' * 1000)", $"OutputLimit {Ended}"),
        ("import logging\nwhile True: logging.warning('x' * 1000)", $"OutputLimit {Ended}"),
        ("result = 'x' * (2 << 20)", $"ResultLimit {Ended}"),
        ("result = [{}] * 100000", $"ResultLimit {Ended}"),
        ("result = {1}", "NoValue"),

        ("import sys; sys.exit('bye')", "Raised"),
        ("import sys; sys.modules['posix']._exit(0)", "Crashed"),
        ("import sys; sys.modules['posix'].abort()", "Crashed"),

        ("import sys\nfor n in range(10):\n    try: sys.modules['posix'].close(n)\n    except OSError: pass", "Crashed"),
        ("import sys\nfor n in range(3): sys.modules['posix'].close(n)\nwhile True: pass", Ended),
        ("import sys; sys.modules['posix'].write(3, b'\\x05\\0\\0\\0\\x09abcd')", "BadAnswer Raised"),

        ("import subprocess", "Raised"),
        ("open('/etc/passwd').read()", "Raised"),
        ("import sys; sys.modules['posix'].open('/etc/passwd', 0)", "Raised"),
        ("import sys; posix = sys.modules['posix']; posix.kill(posix.getppid(), 9)", "Raised"),
        ("import sys; sys.modules['posix'].execv('/bin/sh', ['sh', '-c', 'sleep 60'])", "Raised"),
        ("().__class__.__base__.__subclasses__()[0].__init__.__globals__", "Raised"),
    ];
}
