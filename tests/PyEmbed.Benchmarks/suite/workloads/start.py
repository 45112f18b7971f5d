"""Start and mount of 30,000 modules, beyond Py_Initialize: two kinds of fresh processes in turn."""

from .. import processes, projects, rounds

ROWS = ("start-and-mount",)


def measure(run):
    library = projects.library(run, run.folder("tree"), projects.tiny(30_000))
    # The round that does not count fills the discovery cache and the disk's.
    figures = rounds.interleave({
        "start": lambda: processes.measure("start", library),
        "initialize": lambda: processes.measure("initialize"),
    }, 2 * run.rounds)
    yield "start-and-mount", run.default.version, {**rounds.difference(figures, "start", "initialize", "ms"), "details": rounds.summary(figures, "ms")}
