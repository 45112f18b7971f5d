"""What stays in memory: of the process after importing sympy, and of .NET's managed heap after importing 3,000 modules."""

import json
import os

from .. import processes, projects, rounds
from . import packages

ROWS = ("memory-sympy-vs-disk", "memory-sympy-own-vs-disk", "managed-heap-3000")


def measure(run):
    if run.wants(*ROWS[:2]):
        yield from resident(run)
    if run.wants(ROWS[2]):
        yield ROWS[2], run.default.version, managed(run)


def resident(run):
    """Resident bytes after the import against disk: all, which counts what is mapped of the archive's file, and those of the process alone."""
    version = run.default.version
    trees, script = (None, "this system has no /proc/self/status") if not os.path.exists("/proc/self/status") else packages.prepare(run, run.default, "sympy")
    if trees is None:
        yield from ((name, version, {"skipped": script}) for name in ROWS[:2])
        return

    def once(way):
        return json.loads(processes.child(run.default, "memory.py", way, trees.work, "sympy", trees.place, processes.PACKAGE, script))

    found = rounds.interleave({way: lambda way=way: once(way) for way in ("disk", "pyembed")}, run.some(5))
    for name, kind in zip(ROWS, ("resident", "anonymous")):
        figures = {way: [sizes[kind] / (1 << 20) for sizes in each] for way, each in found.items()}
        yield name, version, {**rounds.ratio(figures, "pyembed", "disk"), "details": rounds.summary(figures, "MB")}


def managed(run):
    """How much .NET's heap has grown by, all garbage collected, when 3,000 embedded modules are imported, against the bytes of their archive."""
    library = projects.modules(run)
    figures = rounds.interleave({"heap": lambda: processes.measure("memory", library) / 1024}, 3, warm=0)
    return {"value": round(min(figures["heap"]), 1), "unit": "KB", "details": {"assembly": "%.1f MB" % (library.stat().st_size / (1 << 20))}}
