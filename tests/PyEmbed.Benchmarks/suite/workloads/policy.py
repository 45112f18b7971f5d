"""Importing 3,000 modules of 2 KB under a policy and capabilities for code of others, against under a hook in C that does nothing.

"details" has what each of the two costs alone. Time is that of the processor, in fresh processes in turn.
"""

from .. import processes, projects, rounds

ROWS = ("policy-overhead",)
KINDS = ("hooked", "policy", "capabilities", "restricted")


def measure(run):
    library = projects.modules(run)
    kinds = ("hooked", "restricted") if run.quick else KINDS
    figures = rounds.interleave({kind: lambda kind=kind: processes.measure("import", kind, library) for kind in kinds}, 2 * run.rounds)
    details = {**rounds.summary(figures, "ms"), **{"%s/hooked" % kind: rounds.ratio(figures, kind, "hooked")["ratio"] for kind in kinds[1:]}}
    yield "policy-overhead", run.default.version, {**rounds.ratio(figures, "restricted", "hooked"), "details": details}
