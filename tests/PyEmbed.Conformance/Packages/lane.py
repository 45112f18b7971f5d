#!/usr/bin/env python3
"""Real packages from a .NET assembly: each of their roots imported, many of them used, compared with the same from disk.

    lane.py            every distribution of distributions.txt
    lane.py --dozen    those marked with a star

Last line: ``N passed, N failed, N skipped``. The rows also go into artifacts/conformance.json.
"""

import builtins
import concurrent.futures
import itertools
import json
import os
import pathlib
import subprocess
import sys
import time

import debian
import host

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
ENOUGH_MODULES = 10         # of the package in use, for a use to count
LEAST = 60, 40              # distributions whose roots all import, and uses, in a run of all where nothing is missing

# What must be said of each script in controls/, or the comparison is blind. Some are imported, some run.
CONTROLS = {
    ("import", "controls.absent"): "no_such_module",
    ("import", "controls.names"): "names that differ: ['more']",
    ("import", "controls.modules"): "modules loaded by one side only: ['controls.few']",
    ("run", "controls.output"): "printed",
    ("run", "controls.code"): "exit code 1 instead of 0",
    ("run", "controls.elsewhere"): "from elsewhere than the assembly",
    ("run", "controls.few"): "only 0 modules",
}


def table():
    """The lines of distributions.txt: (package, uses, whether it is one of the dozen)."""
    for line in (HERE / "distributions.txt").read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line:
            name, _, uses = line.lstrip("* ").partition(":")
            yield name.strip(), uses.split(), line.startswith("*")


def pack():
    """Pack PyEmbed as users get it."""
    feed = REPOSITORY / "artifacts" / "packages"
    subprocess.run(["dotnet", "pack", "src/PyEmbed/PyEmbed.csproj", "-c", "Release", "--nologo", "-v", "quiet", "-o", str(feed)],
                   cwd=REPOSITORY, check=True, stdout=sys.stderr)
    return max(feed.glob("PyEmbed.[0-9]*.nupkg"), key=lambda package: package.stat().st_mtime)


def differences(disk, embedded):
    """What the embedded run did otherwise than the one from disk: a list of sentences, empty where all is alike."""
    if embedded.report is None:
        return ["the process ended with code %s and no report: %s" % (embedded.code, embedded.why())]
    found, wanted, words = embedded.report, disk.report, []
    if embedded.code != disk.code:
        words.append("exit code %s instead of %s: %s" % (embedded.code, disk.code, embedded.why()))
    if embedded.output != disk.output:
        pairs = itertools.zip_longest(disk.output.splitlines(), embedded.output.splitlines(), fillvalue="(the end)")
        expected, printed = next(((one, other) for one, other in pairs if one != other), ("", "other line ends"))
        words.append("printed %.300r instead of %.300r" % (printed, expected))
    # PyEmbed gives some modules a built-in function of their own, such as open; their code sees that name anyway.
    names = {name for name in set(found["names"]) ^ set(wanted["names"]) if not hasattr(builtins, name)}
    if names:
        words.append("names that differ: %s" % sorted(names)[:8])
    modules = set(found["embedded"]) | set(found["files"])
    if modules != set(wanted["files"]):
        words.append("modules loaded by one side only: %s" % sorted(modules ^ set(wanted["files"]))[:8])
    return words + leaks(found)


def leaks(found):
    """What in an embedded run's report did not come from the assembly."""
    words, store = [], found["store"] + os.sep
    if os.path.dirname(found["store"]) != found["scratch"]:
        words.append("extracts to %s" % store)
    beside = sorted(item for item in found["files"].items() if not item[1].startswith(store))
    if beside:
        words.append("from elsewhere than the assembly: %s" % beside[:3])
    folders = [entry for entry in found["path"] if entry.startswith(debian.DIST_PACKAGES) or "trees" in pathlib.Path(entry).parts]
    if folders:
        words.append("sys.path holds %s" % folders)
    return words


def in_use(outcome, roots):
    """How many modules below *roots* a PyEmbed loader has loaded."""
    return sum(1 for name in outcome.report["embedded"]
               if any(name == root or name.startswith(root + ".") for root in roots))


class Lane:
    """What is tried with one program; each method gives a row (test, outcome, words)."""

    def __init__(self, program):
        self.program = program

    def compare(self, kind, name):
        """(disk, embedded, differences) of one probe; embedded is None where it fails from disk already."""
        disk = self.program.on_disk(kind, name)
        if disk.report is None or disk.report["error"]:
            return disk, None, []
        embedded = self.program.embedded(kind, name)
        return disk, embedded, differences(disk, embedded)

    def import_root(self, root):
        """The root imports from disk and from the assembly alike."""
        disk, embedded, words = self.compare("import", root)
        if embedded is None:
            return root, "skipped", "does not import from disk: " + disk.why()
        return root, "failed" if words else "passed", "; ".join(words)

    def use(self, script, package, roots):
        """The script does the same from disk and from the assembly, with enough modules of the package."""
        disk, embedded, words = self.compare("run", "uses." + script)
        test = "%s (%s)" % (script, package)
        if embedded is None:
            return test, "skipped", "does not run from disk: " + disk.why()
        words += too_few(embedded, roots)
        return test, "failed" if words else "passed", "; ".join(words)

    def control(self, kind, name, wanted):
        """The comparison sees what the script does otherwise."""
        _, embedded, words = self.compare(kind, name)
        if kind == "run" and embedded is not None and not words:
            words = too_few(embedded, [name])       # it runs as __main__
        seen = any(wanted in sentence for sentence in words)
        return name, "passed" if seen else "failed", "" if seen else "not seen: %s" % words


def too_few(outcome, roots):
    """A sentence where fewer modules below *roots* come from the assembly than a use must have."""
    count = sum(1 for name in (outcome.report or {}).get("embedded", ())
                if any(name == root or name.startswith(root + ".") for root in roots))
    return [] if count >= ENOUGH_MODULES else ["only %d modules of the package are in use" % count]


def main():
    if sys.argv[1:] not in ([], ["--dozen"]):
        print(__doc__, file=sys.stderr)
        return 2
    dozen = sys.argv[1:] == ["--dozen"]
    suite = "packages-dozen-%s" if dozen else "packages-%s"
    rows = {suite % kind: [] for kind in ("controls", "import", "use")}
    controls, imports, uses = rows.values()
    reason = debian.reason_for_none()
    if reason is not None:
        imports.append(("all packages", "skipped", reason))
        return finish(rows, "")
    started = time.monotonic()
    try:
        library, version = debian.library()
    except RuntimeError as error:
        imports.append(("all packages", "skipped", str(error)))
        return finish(rows, "")
    listed = [(name, scripts) for name, scripts, starred in table() if starred or not dozen]
    missing = debian.install([name for name, _ in listed])
    imports += [(name, "skipped", why) for name, why in missing.items()]
    held = debian.units(debian.closure(name for name, _ in listed if name not in missing))
    roots = {name: [root for root in map(debian.root_of, units) if root] for name, units in held.items()}
    say(started, "%d distributions with %d importable roots" % (len(held), sum(map(len, roots.values()))))

    program = host.Host(REPOSITORY / "artifacts" / ("packages-dozen" if dozen else "packages-all"), library, held, HERE)
    try:
        program.build(pack())
    except host.BuildError as error:
        controls.append(("build", "failed", str(error)))
        return finish(rows, version)
    say(started, "built %s, %.0f MB; dist-packages is %s for it" % (
        program.assembly.name, program.assembly.stat().st_size / 1e6, "an empty folder" if program.hidden else "not hidden"))

    lane = Lane(program)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tried = [
            (controls, [pool.submit(lane.control, kind, name, wanted) for (kind, name), wanted in CONTROLS.items()]),
            (imports, [pool.submit(lane.import_root, root) for name in roots for root in roots[name]]),
            (uses, [pool.submit(lane.use, script, name, roots[name]) for name, scripts in listed if name in roots for script in scripts]),
        ]
        for suite_rows, pending in tried:
            suite_rows += [done.result() for done in pending]
    good = {root for root, outcome, _ in imports if outcome == "passed"}
    whole = sum(1 for name in roots if roots[name] and good.issuperset(roots[name]))
    used = sum(1 for _, outcome, _ in uses if outcome == "passed")
    say(started, "all roots of %d distributions import; %d uses do the same as from disk" % (whole, used))
    if not dozen:
        enough = "passed" if whole >= LEAST[0] and used >= LEAST[1] else "skipped" if missing else "failed"
        controls.append(("at least %d distributions and %d uses" % LEAST, enough, "there are %d and %d" % (whole, used)))
    return finish(rows, version)


def say(started, words):
    """A line of progress, with the seconds since the start."""
    print("%5.0f s  %s" % (time.monotonic() - started, words), flush=True)


def finish(rows, python):
    """Write the rows, print what did not pass, and return the exit code."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    written = []
    for suite, results in rows.items():
        of = {outcome: [result for result in results if result[1] == outcome] for outcome in counts}
        written.append({
            "suite": suite, "python": python, "run": len(results), "passed": len(of["passed"]), "skipped": len(of["skipped"]),
            "failed": [{"test": test, "reason": words} for test, _, words in of["failed"]]})
        print("%-26s %4d passed" % (suite, len(of["passed"])))
        for outcome, found in of.items():
            counts[outcome] += len(found)
            for test, _, words in found if outcome != "passed" else ():
                print("%s: %s: %s" % (outcome, test, words))
    save(written)
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
    return 1 if counts["failed"] or not counts["passed"] + counts["skipped"] else 0


def save(written):
    """Put the rows into artifacts/conformance.json, beside those of other suites."""
    place = REPOSITORY / "artifacts" / "conformance.json"
    place.parent.mkdir(exist_ok=True)
    others = json.loads(place.read_text(encoding="utf-8")) if place.exists() else []
    suites = {row["suite"] for row in written}
    kept = [row for row in others if row["suite"] not in suites]
    place.write_text(json.dumps(kept + written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
