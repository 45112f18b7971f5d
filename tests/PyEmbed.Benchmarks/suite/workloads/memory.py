"""What stays in memory: of the process after importing sympy, and of .NET's managed heap after importing 3,000 modules."""

import json
import os

from .. import generated, processes, projects, rounds
from . import packages

ROWS = ("memory-sympy-vs-disk", "managed-heap-3000")


def measure(run):
    if run.wants("memory-sympy-vs-disk"):
        yield "memory-sympy-vs-disk", run.default.version, resident(run)
    if run.wants("managed-heap-3000"):
        yield "managed-heap-3000", run.default.version, managed(run)


def resident(run):
    """Resident bytes after the import, against disk; "details" has them in megabytes, with those of the process alone."""
    if not os.path.exists("/proc/self/status"):
        return {"skipped": "this system has no /proc/self/status"}
    trees, script = packages.prepare(run, run.default, "sympy")
    if trees is None:
        return {"skipped": script}
    found = []

    def once(way):
        found.append((way, json.loads(processes.child(run.default, "memory.py", way, trees.work, "sympy", trees.place, processes.PACKAGE, script))))
        return found[-1][1]["resident"] / (1 << 20)

    figures = rounds.interleave({way: lambda way=way: once(way) for way in ("disk", "pyembed")}, run.some(5))
    details = rounds.summary(figures, "MB")
    for way, sizes in found:
        least = details[way].get("anonymous", sizes["anonymous"])
        details[way]["anonymous"] = min(least, sizes["anonymous"])
    for way in details:
        details[way]["anonymous"] = round(details[way]["anonymous"] / (1 << 20), 1)
    return {**rounds.ratio(figures, "pyembed", "disk"), "details": details}


def managed(run):
    """How much .NET's heap has grown by, all garbage collected, when 3,000 embedded modules are imported, against the bytes of their archive."""
    library = projects.library(run, "managed", lambda place: generated.write(place, 3_000))
    names = library.with_name("modules.txt")
    names.write_text("\n".join(generated.name_of(number) for number in range(3_000)))
    figures = rounds.interleave({"heap": lambda: processes.measure("memory", library) / 1024}, 3, warm=0)
    return {"value": round(min(figures["heap"]), 1), "unit": "KB", "details": {"assembly": "%.1f MB" % (library.stat().st_size / (1 << 20))}}
