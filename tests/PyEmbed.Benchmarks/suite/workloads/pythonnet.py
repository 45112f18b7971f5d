"""PyEmbed's own API against pythonnet's: calls in one process, start and import in kinds of processes in turn."""

import json
import statistics
import subprocess
import sys
import time

from .. import generated, processes, projects, rounds

ROWS = ("call-csharp-to-python-vs-pythonnet", "call-python-to-csharp-vs-pythonnet", "start-vs-pythonnet", "import-vs-pythonnet")
PROJECT = processes.ROOT / "tests" / "PyEmbed.PythonNet.Benchmarks"
PROGRAM = processes.ROOT / "artifacts" / "bin" / "PyEmbed.PythonNet.Benchmarks" / "release" / "PyEmbed.PythonNet.Benchmarks.dll"


def measure(run):
    reason, library = find()
    if reason:
        yield from ((name, run.default.version, {"skipped": reason}) for name in ROWS)
        return
    if run.wants(*ROWS[:2]):
        yield from calls(run)
    if run.quick and not run.only:
        yield from ((name, run.default.version, {"skipped": "a quick run leaves it out"}) for name in ROWS[2:])
    elif run.wants(*ROWS[2:]):
        yield from starts(run, library)


def find():
    """(why nothing can be compared with pythonnet, or an empty text; CPython's library)."""
    reason = processes.run("dotnet", "msbuild", PROJECT, "-nologo", "-getProperty:PyEmbedPythonNetLeftOut").strip()
    if reason:
        return reason, ""
    # Exit code 3: pythonnet does not support this CPython.
    probe = subprocess.run(["dotnet", str(PROGRAM), "library"], capture_output=True, text=True, timeout=processes.LIMIT)
    if probe.returncode not in (0, 3):
        sys.exit("%s library\nexit code %d\n%s" % (PROGRAM, probe.returncode, probe.stderr))
    return ("", probe.stdout.strip()) if probe.returncode == 0 else (probe.stderr.strip(), "")


def calls(run):
    """Of all shapes of a call the geometric mean, so that none weighs more because it is slow."""
    shapes = [json.loads(line) for line in processes.run("dotnet", PROGRAM, "calls", 10 * run.rounds + 1).splitlines()]
    for direction in ("csharp-to-python", "python-to-csharp"):
        found = [shape for shape in shapes if shape["direction"] == direction]
        ratio = round(statistics.geometric_mean(shape["ratio"] for shape in found), 3)
        yield "call-%s-vs-pythonnet" % direction, run.default.version, {"ratio": ratio, "details": found}


def starts(run, python_library):
    """The same modules embedded, and on disk with warm bytecode."""
    library = projects.modules(run)
    place, every, one = library.parent.parent / "py", library.with_name("modules.txt"), library.with_name("one.txt")
    processes.run(run.default.program, "-m", "compileall", "-q", place)
    one.write_text(generated.name_of(0) + "\n")
    ways = {"core": (library,), "bridge": (library,), "pythonnet": (python_library, place)}

    def whole(way):
        begin = time.perf_counter()
        processes.run("dotnet", PROGRAM, way, *ways[way], one)
        return 1000 * (time.perf_counter() - begin)

    def importing(way):
        return float(processes.run("dotnet", PROGRAM, way, *ways[way], every))

    for name, once in (("start-vs-pythonnet", whole), ("import-vs-pythonnet", importing)):
        if run.wants(name):
            figures = rounds.interleave({way: lambda way=way, once=once: once(way) for way in ways}, run.some(11))
            ratios = {"%s/%s" % pair: rounds.ratio(figures, *pair)["ratio"] for pair in (("bridge", "pythonnet"), ("bridge", "core"))}
            yield name, run.default.version, {**rounds.ratio(figures, "core", "pythonnet"), "details": {**rounds.summary(figures, "ms"), **ratios}}
