"""The rows of artifacts/bench.json, their budgets, and the ratios that no change may make worse."""

import json
import pathlib

# Where a figure may be no more (of AT_LEAST: no less). They hold for the default CPython; a row without one informs.
BUDGETS = {
    "import-3000-vs-disk": 0.65,
    "import-3000-vs-minimal": 1.10,
    "import-real-vs-disk": 0.80,
    "import-deflated-vs-stored": 1.5,
    "start-and-mount": 10.0,
    "code-cache-vs-bytecode": 1.2,
    "call-csharp-to-python-vs-pythonnet": 0.5,
    "call-python-to-csharp-vs-pythonnet": 0.2,
    "noop-build-vs-plain": 1.05,
    "clean-build-3000": 1.0,
    "import-flatness": 1.1,
    "policy-overhead": 1.03,
    "isolates-two-vs-one": 1.7,
    "script-host-vs-fresh-python": 5.0,
}
AT_LEAST = {"isolates-two-vs-one", "script-host-vs-fresh-python"}
PINNED = pathlib.Path(__file__).resolve().parents[1] / "pinned.json"


def row(name, python, figure, holds=True):
    """A row: *figure* has "ratio", or "value" and "unit", and may have "spread", "least" and "details".

    *holds* says whether a budget of that name is one for this row: not for those of other CPythons than the default one."""
    budget = BUDGETS.get(name) if holds else None
    measured = figure.get("ratio", figure.get("value"))
    met = budget is None or (measured >= budget if name in AT_LEAST else measured <= budget)
    return {"name": name, "python": python, **figure, "budget": budget, "met": met}


def merge(old, new):
    """The rows of an earlier run with those of this one in the place of their like: of the same name and CPython."""
    rows = {(one["name"], one["python"]): one for one in old}
    rows.update({(one["name"], one["python"]): one for one in new})
    return list(rows.values())


def read_pinned(path=PINNED):
    """{name: {"ratio": figure, "margin": how much worse it may be}}."""
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def pin(rows, default, pinned):
    """*pinned* with the ratios of *rows* of the default CPython; margins stay, and a new one is a tenth."""
    found = dict(pinned)
    for one in rows:
        if one["python"] == default and "ratio" in one:
            margin = pinned.get(one["name"], {}).get("margin", max(0.02, round(one["ratio"] / 10, 2)))
            found[one["name"]] = {"ratio": one["ratio"], "margin": margin}
    return dict(sorted(found.items()))


def complaints(rows, default, pinned):
    """A sentence for each budget that is missed and each ratio that is worse than pinned."""
    for one in rows:
        measured = one.get("ratio", one.get("value"))
        at_least = one["name"] in AT_LEAST
        if not one["met"]:
            yield "%s on CPython %s is %s, and its budget is at %s %s" % (
                one["name"], one["python"], measured, "least" if at_least else "most", one["budget"])
        limit = pinned.get(one["name"]) if "ratio" in one and (one["python"] == default or at_least) else None
        if limit and (measured < limit["ratio"] - limit["margin"] if at_least else measured > limit["ratio"] + limit["margin"]):
            yield "%s on CPython %s is %s; it was %s, and the margin is %s (%s)" % (
                one["name"], one["python"], measured, limit["ratio"], limit["margin"], PINNED.name)
