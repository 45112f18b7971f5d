"""Calls, conversions and exceptions, both ways, by BenchmarkDotNet in one process; nanoseconds."""

import json

from .. import processes

ROWS = ("call-to-python-*", "call-to-csharp-*", "raise-to-csharp", "raise-to-python", "convert-*")


def measure(run):
    """The rows of one run of BenchmarkDotNet: the median, with its quartiles, and in "details" the bytes of managed memory that a call leaves."""
    lengths = ("short",) if run.quick else ()
    for line in processes.run("dotnet", processes.BENCHMARKS, "calls", *lengths).splitlines():
        found = json.loads(line)
        yield found["name"], run.default.version, {
            "value": found["median"], "unit": "ns", "spread": found["quartiles"], "least": found["least"], "details": {"managed": "%d B" % found["allocated"]}}
