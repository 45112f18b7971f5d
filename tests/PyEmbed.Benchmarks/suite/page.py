"""Writes the tables and the plot of the documentation from the rows of a run."""

import datetime
import os
import platform

from . import plot, processes, table, titles
from .rows import AT_LEAST

PERFORMANCE = processes.ROOT / "docs" / "performance.md"
PLOT = processes.ROOT / "docs" / "performance.svg"
README = processes.ROOT / "README.md"


def machine(run):
    """On what a run was measured."""
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), model)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
        "processor": model,
        "processors": os.cpu_count(),
        "system": "%s %s" % (platform.system(), platform.release()),
        "dotnet": processes.run("dotnet", "--version").strip(),
        "pythons": list(dict.fromkeys(python.version for python in run.compared)),
        "load": round(os.getloadavg()[0], 1),
        "quick": run.quick,
        "rounds": run.rounds,
    }


def write(rows, on):
    """Write all that is generated. *rows* are those of bench.json, *on* is what ``machine`` returned."""
    found = {(row["name"], row["python"]): row for row in rows}
    tables = "\n\n".join(text for text in (group(title, names, found, on["pythons"]) for title, names in titles.GROUPS.items()) if text)
    replace(PERFORMANCE, "table", "%s\n\n%s" % (where(on), tables))
    replace(README, "benchmarks", group("", titles.GROUPS[titles.BUDGETS], found, on["pythons"]))
    PLOT.write_text(plot.draw(found, on["pythons"][0]), encoding="utf-8")


def where(on):
    """A sentence on the machine."""
    return "Measured %s: %s, %d processors, %s, .NET SDK %s; load when it began %s%s. In brackets the quartiles." % (
        on["date"], on["processor"], on["processors"], on["system"], on["dotnet"], on["load"], "; a quick run" if on["quick"] else "")


def group(title, names, found, pythons):
    """A table of Markdown; empty where nothing of it was measured."""
    pythons = [python for python in pythons if any((name, python) in found for name in names)]
    lines, budgets = [], []
    for name, what in names.items():
        rows = [found.get((name, python)) for python in pythons]
        if any(rows):
            lines.append([what, *map(cell, rows)])
            budget = next((row["budget"] for row in rows if row and row["budget"] is not None), None)
            budgets.append("" if budget is None else "%s %g" % ("≥" if name in AT_LEAST else "≤", budget))
    if not lines:
        return ""
    head = ["", *("CPython " + python for python in pythons)]
    if any(budgets):
        head.append("budget")
        lines = [[*cells, budget] for cells, budget in zip(lines, budgets)]
    text = "\n".join("| %s |" % " | ".join(cells) for cells in (head, ["---"] * len(head), *lines))
    return ("### %s\n\n" % title if title else "") + text


def cell(row):
    """A figure, with its quartiles."""
    if row is None:
        return ""
    if row.get("unit") == "ns":
        return nanoseconds(row["value"])
    text = "%.2f" % row["ratio"] if "ratio" in row else table.figure(row)
    if "spread" in row:
        text += " (%s)" % " to ".join("%.2f" % end if "ratio" in row else "%.1f" % end for end in row["spread"])
    return text if row["met"] else "**%s**" % text


def nanoseconds(value):
    """A time in the unit that suits it."""
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if value >= size:
            return "%.3g %s" % (value / size, unit)
    return "%.0f ns" % value


def replace(path, name, content):
    """Put *content* between the comments of a page that say where it belongs."""
    text = path.read_text(encoding="utf-8")
    begin, end = "<!-- %s: written by build/bench.sh --page -->\n" % name, "<!-- end of %s -->" % name
    if begin not in text or end not in text:
        raise SystemExit("%s has no place for %s: it lacks %r or %r" % (path, name, begin, end))
    before, rest = text.split(begin, 1)
    path.write_text("%s%s%s\n%s%s" % (before, begin, content, end, rest.split(end, 1)[1]), encoding="utf-8")
