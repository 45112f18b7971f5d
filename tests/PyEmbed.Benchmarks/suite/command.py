"""Measures what PyEmbed promises: ratios, each from paired and interleaved rounds on this machine. Run by build/bench.sh.

Prints a table and writes artifacts/bench.json: rows {"name", "python", "ratio" or "value" with "unit", "budget", "met"}, and where there are
several rounds "spread", the quartiles of the rounds' ratios (or differences), whose median is the figure, and "least", the ratio of the
least figures, which load on the machine disturbs less. "details" has the measurements that a row is made of. Rows that this machine cannot
have are named in the table, with the reason, and are not in the file. A run of some rows only leaves the others of the file as they are.
"""

import argparse
import fnmatch
import importlib
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

from . import context, page, processes, rows, table

WORKLOADS = ("modules", "packages", "resources", "metadata", "memory", "start", "calls", "pythonnet", "policy", "isolates", "builds", "script_host")


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="build/bench.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--feed", type=pathlib.Path, help="folder with the packed PyEmbed; build/bench.sh gives it")
    parser.add_argument("--quick", action="store_true", help="less than five minutes: fewer rounds, and without what takes long")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="rows, or workloads: %s" % ", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, help="how often each contender is measured; 15, and 5 in a quick run")
    parser.add_argument("--check", action="store_true", help="exit code 1 where a budget is missed, or a ratio is worse than in %s" % rows.PINNED.name)
    parser.add_argument("--pin", action="store_true", help="measure nothing: pin the ratios of the last run in %s" % rows.PINNED.name)
    parser.add_argument("--page", action="store_true", help="measure nothing: write the table and the plot of the documentation from the last run")
    parser.add_argument("--verbose", action="store_true", help="print the measurements that a row is made of")
    parser.add_argument("--output", type=pathlib.Path, default=processes.ROOT / "artifacts" / "bench.json", help="the file of rows")
    options = parser.parse_args(given)
    for name in options.only:
        if name not in WORKLOADS and not any(fnmatch.fnmatchcase(name, pattern) for one in WORKLOADS for pattern in workload(one).ROWS):
            parser.error("no row or workload is called %r; the workloads are %s" % (name, ", ".join(WORKLOADS)))
    return options


def workload(name):
    return importlib.import_module(".workloads." + name, __package__)


def measure(run):
    """(rows, {name: why it is not there})."""
    found, skipped = [], {}
    for name in WORKLOADS:
        part = workload(name)
        if run.only and name not in run.only and not any(fnmatch.fnmatchcase(one, pattern) for one in run.only for pattern in part.ROWS):
            continue
        run.workload, begin = name, time.monotonic()
        for row_name, python, figure in part.measure(run):
            if not run.wants(row_name):
                continue
            if "skipped" in figure:
                skipped[row_name, python] = figure["skipped"]
            else:
                found.append(rows.row(row_name, python, figure, python == run.default.version or row_name in rows.AT_LEAST))
        shutil.rmtree(run.work / name, ignore_errors=True)
        print("%s: %.0f s" % (name, time.monotonic() - begin), file=sys.stderr, flush=True)
    if run.only and not found and not skipped:
        sys.exit("nothing was measured: no workload has a row %s" % " or ".join(sorted(run.only)))
    return found, skipped


def main(given=None):
    options = arguments(given)
    machine_file = options.output.with_name(options.output.stem + "-machine.json")
    if options.pin or options.page:
        if not options.output.exists():
            sys.exit("%s is not there: run build/bench.sh first" % options.output)
        found, machine = read(options.output), read(machine_file)
        if options.pin:
            write(rows.PINNED, rows.pin(found, machine["pythons"][0], rows.read_pinned()))
        if options.page:
            page.write(found, machine)
        return 0

    work = pathlib.Path(tempfile.mkdtemp(prefix="pyembed-bench-"))
    try:
        run = context.start(work, options.feed, options.quick, options.rounds, options.only)
        machine = page.machine(run)
        found, skipped = measure(run)
    finally:
        shutil.rmtree(work)

    options.output.parent.mkdir(parents=True, exist_ok=True)
    write(options.output, rows.merge(read(options.output) if options.only and options.output.exists() else [], found))
    write(machine_file, machine)
    table.show(found, skipped, options.verbose)
    wrong = list(rows.complaints(found, run.default.version, rows.read_pinned())) if options.check else []
    for sentence in wrong:
        print("FAILED: " + sentence, file=sys.stderr)
    return 1 if wrong else 0


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
