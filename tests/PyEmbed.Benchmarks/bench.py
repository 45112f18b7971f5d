"""Measures what the project promises: ratios, each from paired and interleaved runs on this machine.

Run by build/bench.sh. Prints a table and writes artifacts/bench.json: rows {"name", "python", "ratio" or
"value" with "unit", "budget", "met"}. Rows without a budget inform only. A row of several measurements has
"details"; of calls, these are nanoseconds [least, median] of each shape, and the ratio of the least. Rows that this machine cannot have are named
in the table, with the reason, and are not in the file.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUDGETS = {
    "import-3000-vs-disk": 0.65,
    "import-3000-vs-minimal": 1.10,
    "import-real-vs-disk": 0.80,
    "import-deflated-vs-stored": 1.5,
    "code-cache-vs-bytecode": 1.2,
    "start-and-mount": 10.0,
    "policy-overhead": 1.03,
    "noop-build-vs-plain": 1.05,
    "clean-build-3000": 1.0,
    "call-csharp-to-python-vs-pythonnet": 0.5,
    "call-python-to-csharp-vs-pythonnet": 0.2,
    "isolates-two-vs-one": 1.7,
    "start-vs-pythonnet": None,
    "import-vs-pythonnet": None,
}
AT_LEAST = {"isolates-two-vs-one"}       # of the others the budget is the most


def run(*command, cwd=None, **variables):
    """Runs a command to its end and returns its standard output; a failure shows everything it said."""
    environment = dict(os.environ, MSBUILDDISABLENODEREUSE="1", DOTNET_CLI_USE_MSBUILD_SERVER="0", **variables)
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit("%s\nexit code %d\n%s%s" % (" ".join(map(str, command)), done.returncode, done.stdout, done.stderr))
    return done.stdout


def seconds(*command, cwd=None):
    """How long a command takes, by the wall clock."""
    begin = time.perf_counter()
    run(*command, cwd=cwd)
    return time.perf_counter() - begin


def write_modules(folder, count, per_package=100, lines=1):
    """Writes packages with *count* modules in all."""
    for number in range(count):
        package = folder / ("pkg%03d" % (number // per_package))
        if not package.is_dir():
            package.mkdir(parents=True)
            (package / "__init__.py").write_text("")
        (package / ("mod%05d.py" % number)).write_text("VALUE = %d\n" % number * lines)


def imports():
    """The rows of import_ratio.py, which times fresh CPython processes."""
    figures = json.loads(run(sys.executable, ROOT / "tests" / "PyEmbed.Benchmarks" / "import_ratio.py", "--rounds", "15"))
    for name, ratio in figures.items():
        yield name, {"ratio": ratio}


def start_and_mount(work, restore, repeats):
    """Start and mount of 30,000 modules, beyond Py_Initialize: two kinds of fresh processes in turn."""
    library = work / "tree"
    write_modules(library / "py", 30_000)
    write_project(library, "<TargetFramework>net8.0</TargetFramework>", restore)
    run("dotnet", "build", "--nologo", "-v", "quiet", "-o", library / "out", cwd=library)
    benchmarks = ROOT / "artifacts" / "bin" / "PyEmbed.Benchmarks" / "release" / "PyEmbed.Benchmarks.dll"
    whole, initialize = [], []
    for _ in range(repeats + 1):
        whole.append(float(run("dotnet", benchmarks, "start", library / "out" / "tree.dll")))
        initialize.append(float(run("dotnet", benchmarks, "initialize")))
    # The first pair fills the discovery cache and the disk's.
    value = statistics.median(whole[1:]) - statistics.median(initialize[1:])
    yield "start-and-mount", {"value": round(value, 2), "unit": "ms"}


def policy_overhead(work, restore, repeats):
    """Importing 3,000 modules of 2 KB under a policy and capabilities for code of others, against under a hook in C that
    does nothing; "details" has what each of the two costs alone. Fresh processes in turn, the order changing with each
    round; of each kind the least time of the processor counts, since others only ever add to it."""
    library = work / "restricted"
    write_modules(library / "py", 3_000, lines=150)
    write_project(library, "<TargetFramework>net8.0</TargetFramework>", restore)
    run("dotnet", "build", "--nologo", "-v", "quiet", "-o", library / "out", cwd=library)
    names = sorted("%s.%s" % (file.parent.name, file.stem) for file in (library / "py").glob("*/mod*.py"))
    (library / "out" / "modules.txt").write_text("\n".join(names))
    benchmarks = ROOT / "artifacts" / "bin" / "PyEmbed.Benchmarks" / "release" / "PyEmbed.Benchmarks.dll"
    times = {"hooked": [], "policy": [], "capabilities": [], "restricted": []}
    for number in range(4 * repeats):
        for kind in sorted(times, reverse=number % 2):
            times[kind].append(float(run("dotnet", benchmarks, "import", kind, library / "out" / "restricted.dll")))
    ratios = {kind: round(min(spent) / min(times["hooked"]), 3) for kind, spent in times.items()}
    yield "policy-overhead", {"ratio": ratios["restricted"], "details": {kind: ratios[kind] for kind in ("policy", "capabilities")}}


def isolates(repeats):
    """Two isolates with GILs of their own against one, on the newest CPython found that has such."""
    name = "isolates-two-vs-one"
    found = {}
    for library in run("bash", ROOT / "build" / "libpythons.sh").split():
        version = re.search(r"libpython3\.(\d+)", library)
        if version and int(version[1]) >= 12:
            found[int(version[1])] = library
    if not found or os.cpu_count() < 2:
        yield name, {"skipped": "it needs CPython 3.12 or later, with a shared library, and two processors"}
        return
    minor = max(found)
    benchmarks = ROOT / "artifacts" / "bin" / "PyEmbed.Benchmarks" / "release" / "PyEmbed.Benchmarks.dll"
    ratio = float(run("dotnet", benchmarks, "isolates", repeats, PYEMBED_LIBRARY=found[minor]))
    yield name, {"ratio": ratio, "python": "3.%d" % minor}


def write_project(folder, properties, items):
    """Writes a project, named after its folder, that compiles C# of its own only."""
    (folder / (folder.name + ".csproj")).write_text(
        '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><NuGetAudit>false</NuGetAudit><EnableDefaultItems>false</EnableDefaultItems>'
        "%s</PropertyGroup><ItemGroup>%s</ItemGroup></Project>" % (properties, items))


def noop_build(work, restore, repeats):
    """A build with nothing to do, with 3,000 modules embedded and without PyEmbed, in turn."""
    projects = {"plain": "", "embedding": restore}
    for name, items in projects.items():
        write_modules(work / name / "py", 3_000)
        (work / name / "Program.cs").write_text("System.Console.WriteLine();\n")
        write_project(work / name, "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>",
                      '<Compile Include="Program.cs" />' + items)
        run("dotnet", "build", "--nologo", "-v", "quiet", cwd=work / name)
    embedding, plain = [], []
    for _ in range(repeats):
        for name, times in (("embedding", embedding), ("plain", plain)):
            times.append(seconds("dotnet", "build", "--no-restore", "--nologo", "-v", "quiet", cwd=work / name))
    yield "noop-build-vs-plain", {"ratio": round(statistics.median(embedding) / statistics.median(plain), 3)}


def clean_build(work, restore, repeats):
    """A clean build with 3,000 modules of 2 KB, beyond one without PyEmbed and beyond compileall, in turn."""
    times = {"clean-plain": [], "clean-embedding": [], "compileall": []}
    for name, items in (("clean-plain", ""), ("clean-embedding", restore)):
        write_modules(work / name / "py", 3_000, lines=150)
        (work / name / "Program.cs").write_text("System.Console.WriteLine();\n")
        write_project(work / name, "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>",
                      '<Compile Include="Program.cs" />' + items)
        run("dotnet", "build", "--nologo", "-v", "quiet", cwd=work / name)
    for _ in range(repeats):
        for name in ("clean-embedding", "clean-plain"):
            # Not Rebuild: a clean build finds no cache and none of the last build's files.
            for left in (*(work / name / "obj").glob("Debug"), *(work / name / "obj").glob("pyembed"), work / name / "bin"):
                shutil.rmtree(left, ignore_errors=True)
            times[name].append(seconds("dotnet", "build", "--no-restore", "--nologo", "-v", "quiet", cwd=work / name))
        times["compileall"].append(seconds(sys.executable, "-m", "compileall", "-q", "-f", work / "clean-plain" / "py"))
    plain, embedding, compiling = (statistics.median(times[name]) for name in ("clean-plain", "clean-embedding", "compileall"))
    yield "clean-build-3000", {"value": round(embedding - plain - compiling, 2), "unit": "s"}


def pythonnet_reason():
    """Why nothing can be compared with pythonnet; empty where it can."""
    project = ROOT / "tests" / "PyEmbed.PythonNet.Benchmarks"
    return run("dotnet", "msbuild", project, "-nologo", "-getProperty:PyEmbedPythonNetLeftOut").strip()


def pythonnet(work, restore, repeats):
    """PyEmbed's own API against pythonnet's: calls in one process, start and import in two kinds of processes in turn."""
    names = [name for name in BUDGETS if name.endswith("-vs-pythonnet")]
    reason = pythonnet_reason()
    host = ("dotnet", ROOT / "artifacts" / "bin" / "PyEmbed.PythonNet.Benchmarks" / "release" / "PyEmbed.PythonNet.Benchmarks.dll")
    if not reason:
        # Exit code 3: pythonnet does not support this CPython.
        probe = subprocess.run([*map(str, host), "library"], capture_output=True, text=True)
        if probe.returncode not in (0, 3):
            sys.exit("%s library\nexit code %d\n%s" % (host[1], probe.returncode, probe.stderr))
        reason, python_library = probe.stderr.strip(), probe.stdout.strip()
    if reason:
        yield from ((name, {"skipped": reason}) for name in names)
        return

    # Of all shapes of a call the geometric mean, so that none weighs more because it is slow.
    calls = [json.loads(line) for line in run(*host, "calls", 10 * repeats + 1).splitlines()]
    for direction in ("csharp-to-python", "python-to-csharp"):
        shapes = [call for call in calls if call["direction"] == direction]
        yield "call-%s-vs-pythonnet" % direction, {"ratio": round(statistics.geometric_mean(shape["ratio"] for shape in shapes), 3), "details": shapes}

    # The same modules embedded, and on disk with warm bytecode.
    library = work / "embedded"
    write_modules(library / "py", 3_000, lines=150)
    write_project(library, "<TargetFramework>net8.0</TargetFramework>", restore)
    run("dotnet", "build", "--nologo", "-v", "quiet", "-o", library / "out", cwd=library)
    run(sys.executable, "-m", "compileall", "-q", library / "py")
    (work / "one.txt").write_text("pkg000.mod00000\n")
    (work / "all.txt").write_text("".join("pkg%03d.mod%05d\n" % (number // 100, number) for number in range(3_000)))
    ways = {"core": (library / "out" / "embedded.dll",), "bridge": (library / "out" / "embedded.dll",), "pythonnet": (python_library, library / "py")}
    whole, importing = {way: [] for way in ways}, {way: [] for way in ways}
    for _ in range(repeats + 1):
        for way, places in ways.items():
            begin = time.perf_counter()
            run(*host, way, *places, work / "one.txt")
            whole[way].append(time.perf_counter() - begin)
            importing[way].append(float(run(*host, way, *places, work / "all.txt")))
    for name, times in (("start-vs-pythonnet", whole), ("import-vs-pythonnet", importing)):
        # The first round fills caches.
        ratios = {"%s/%s" % pair: round(statistics.median(a / b for a, b in list(zip(times[pair[0]], times[pair[1]]))[1:]), 3)
                  for pair in (("core", "pythonnet"), ("bridge", "pythonnet"), ("bridge", "core"))}
        yield name, {"ratio": ratios["core/pythonnet"], "details": ratios}


def describe(details):
    """The lines of the measurements that a row is made of."""
    if isinstance(details, list):
        return ["%(shape)s: %(core)s ns, pythonnet %(pythonnet)s ns, ratio %(ratio)s" % shape for shape in details]
    return ["%s %.3f" % detail for detail in details.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feed", required=True, help="folder with the packed PyEmbed")
    parser.add_argument("--repeats", type=int, default=11, help="pairs a figure")
    parser.add_argument("--verbose", action="store_true", help="print the measurements that a row is made of")
    options = parser.parse_args()
    package = max(pathlib.Path(options.feed).glob("PyEmbed.[0-9]*.nupkg"), key=os.path.getmtime)
    version = package.stem[len("PyEmbed."):]

    rows, skipped = [], {}
    work = pathlib.Path(tempfile.mkdtemp(prefix="pyembed-bench-"))
    try:
        (work / "nuget.config").write_text(
            '<configuration><config><add key="globalPackagesFolder" value="%s" /></config><packageSources><clear />'
            '<add key="pyembed" value="%s" /><add key="nuget.org" value="https://api.nuget.org/v3/index.json" />'
            "</packageSources></configuration>" % (work / "packages", options.feed))
        restore = '<PackageReference Include="PyEmbed" Version="%s" /><PythonPackage Include="py" />' % version
        for part in (
            imports(),
            start_and_mount(work, restore, options.repeats),
            policy_overhead(work, restore, options.repeats),
            isolates(options.repeats),
            noop_build(work, restore, options.repeats),
            clean_build(work, restore, options.repeats),
            pythonnet(work, restore, options.repeats),
        ):
            for name, figure in part:
                if "skipped" in figure:
                    skipped[name] = figure["skipped"]
                    continue
                budget = BUDGETS[name]
                measured = figure.get("ratio", figure.get("value"))
                rows.append({"name": name, "python": platform.python_version(), **figure,
                             "budget": budget, "met": budget is None or (measured >= budget if name in AT_LEAST else measured <= budget)})
    finally:
        shutil.rmtree(work)

    (ROOT / "artifacts").mkdir(exist_ok=True)
    (ROOT / "artifacts" / "bench.json").write_text(json.dumps(rows, indent=1) + "\n")
    print("%-35s %10s %10s  %s" % ("name", "measured", "budget", "met"))
    for row in rows:
        measured = "%.3f" % row["ratio"] if "ratio" in row else "%.1f %s" % (row["value"], row["unit"])
        met = "" if row["budget"] is None else "yes" if row["met"] else "NO"
        print("%-35s %10s %10s  %s" % (row["name"], measured, row["budget"] or "", met))
        if options.verbose:
            for line in describe(row.get("details", {})):
                print("    " + line)
    for name, reason in skipped.items():
        print("%-35s skipped: %s" % (name, reason))


if __name__ == "__main__":
    main()
