"""The workloads. Each has ROWS, patterns of the names of its rows, and ``measure(run)``, which yields (name, python, figure).

A figure is what ``rounds.ratio`` and ``rounds.difference`` return, with "details" where there are more measurements,
or {"skipped": why this machine cannot have it}.
"""
