"""Data files: ten thousand small ones, and a large one that is read in parts."""

import os

from .. import imports, processes, rounds

ROWS = ("resources-10000-vs-disk", "resource-100-mb-*")
COUNT = 10_000
MEGABYTE = bytes(range(256)) * 4096


def measure(run):
    trees = imports.Trees(run.default, run.folder("packed"), run.folder("place"))
    package = trees.place / "holder"
    package.mkdir()
    for name in ("__init__.py", "first.txt"):
        (package / name).write_text("")
    for number in range(COUNT):
        (package / ("r%05d.txt" % number)).write_text("x" * 1000)
    with open(package / "large.bin", "wb") as file:
        for _ in range(100):
            file.write(MEGABYTE)
    trees.pack({"holder": {"tops": ["holder"], "kinds": ["zip-stored"]}})

    def once(what, way):
        return float(processes.child(run.default, "resources.py", what, way, trees.work, "holder", trees.place, processes.PACKAGE))

    version = run.default.version
    if run.wants("resources-10000-vs-disk"):
        ways = {way: lambda way=way: 1000 * once("small", way) for way in ("disk", "pyembed", "zip-stored")}
        figures = rounds.interleave(ways, run.rounds)
        yield "resources-10000-vs-disk", version, {**rounds.ratio(figures, "pyembed", "disk"), "details": imports.details(figures)}
    for what in ("part", "whole"):
        name = "resource-100-mb-%s" % what
        if not run.wants(name):
            continue
        if not os.path.exists("/proc/self/status"):
            yield name, version, {"skipped": "this system has no /proc/self/status"}
        else:
            ways = {way: lambda way=way: once(what, way) / (1 << 20) for way in ("disk", "pyembed", "zip-stored")}
            figures = rounds.interleave(ways, 3)
            yield name, version, {"value": round(max(figures["pyembed"]), 1), "unit": "MB", "details": rounds.summary(figures, "MB")}
