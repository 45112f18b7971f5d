"""Two isolates with GILs of their own against one, on the newest CPython found that has such."""

import json
import os

from .. import processes, rounds

ROWS = ("isolates-two-vs-one",)


def measure(run):
    name, python = ROWS[0], run.compared[-1]
    libraries = processes.run("bash", processes.ROOT / "build" / "libpythons.sh").split()
    library = next((path for path in libraries if "libpython%d.%d" % python.minor in path), None)
    if python.minor < (3, 12) or os.cpu_count() < 2 or library is None and python != run.default:
        yield name, python.version, {"skipped": "it takes CPython 3.12 or later, with a shared library, and two processors"}
        return
    variables = {} if library is None else {"PYEMBED_LIBRARY": library}
    found = json.loads(processes.run("dotnet", processes.BENCHMARKS, "isolates", run.rounds, **variables))
    # The rate of two is twice the work in the time of both.
    figures = {"one after the other": [2 * each for each in found["one"]], "side by side": found["two"]}
    yield name, python.version, {**rounds.ratio(figures, "one after the other", "side by side"), "details": rounds.summary(figures, "ms")}
