namespace PyEmbed.AspNetCore.Tests;

/// <summary>
/// Scripts that do harm, and the kinds of error that each may end in: several where it depends on what the system does first. What has much to do before it harms may not come to that on a busy machine.
/// </summary>
internal static class HostileScripts
{
    private const string Ended = "CpuLimit TimeLimit";

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
        ("import sys\nposix = sys.modules['posix']\nfor n in range(50): posix.write(posix.memfd_create('x'), b'x' * (1 << 20))", $"Raised Crashed {Ended}"),

        ("import sys\nfor n in range(5): sys.modules['posix'].fork()\nwhile True: pass", $"Raised {Ended}"),
        ("import sys\nposix = sys.modules['posix']\nif not posix.fork():\n    posix.setsid()\n    while True: posix.fork()", $"Raised {Ended}"),
        ("import sys, time\nwhile True: sys.modules['_thread'].start_new_thread(time.sleep, (60,))", $"Raised MemoryLimit Crashed {Ended}"),

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
