#!/usr/bin/env python3
"""Runs CPython's own suites against the importer: ``run.py [--suite NAME]… [--measure] PYTHON…``.

Writes artifacts/conformance.json, prints a table, the known failures with their reasons and what is wrong; the last line is
"N passed, N failed, N skipped", where known failures count as skipped. Exit code 1 where a test fails that is not on the list
of known failures, one on it does not fail or does not exist, or fewer tests pass than floors.json says. ``--measure`` rewrites
floors.json for the interpreters and suites that run.
"""

import argparse
import concurrent.futures
import os
import sys
import time

from harness import expectations, processes, report
from suites.registry import SUITES

ARTIFACT = os.path.join(processes.ROOT, 'artifacts', 'conformance.json')


def main():
    parser = argparse.ArgumentParser(description='CPython\'s own suites against the importer.')
    parser.add_argument('pythons', nargs='+', metavar='PYTHON', help='an interpreter')
    parser.add_argument('--suite', action='append', choices=[suite.name for suite in SUITES])
    parser.add_argument('--measure', action='store_true', help='rewrite floors.json')
    options = parser.parse_args()
    started = time.monotonic()
    found = [processes.Interpreter(python) for python in options.pythons]
    interpreters = [interpreter for interpreter in found if interpreter.has_suites]
    without = [interpreter for interpreter in found if not interpreter.has_suites]
    host = processes.host_program()
    suites = [suite for suite in SUITES if not options.suite or suite.name in options.suite]
    runs = [(interpreter, suite, mode, program) for interpreter in interpreters for suite in suites
            for mode, program in suite.runs(host if interpreter.library else None)]
    known, floors = expectations.KnownFailures(), expectations.Floors()
    rows, problems, outcomes = [], [], {}
    if host is None:
        problems.append(('', 'all suites in .NET', 'PyEmbed.TestHost', 'is not built: dotnet build tests/PyEmbed.TestHost'))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        pending = [pool.submit(processes.run_suite, interpreter, suite, mode, program)
                   for interpreter, suite, mode, program in runs]
        for (interpreter, suite, mode, program), future in zip(runs, pending):
            outcome = future.result()
            name = suite.row_name(mode, program)
            row, wrong = expectations.judge(name, suite.name, mode, interpreter.version, outcome, known, floors)
            rows.append(row)
            outcomes[name, interpreter.version] = len(outcome['passed'])
            problems += [(interpreter.version, name, test, reason) for test, reason in wrong]
    report.write(rows, ARTIFACT, {name for suite in suites for name in suite.row_names()})
    report.print_table(rows)
    print_known(rows)
    for interpreter in without:
        print(f'skipped: all suites, CPython {interpreter.version}: {interpreter.executable} has no package test.test_importlib '
              f'(Debian: libpython{".".join(interpreter.version.split(".")[:2])}-testsuite)')
    for python, name, test, reason in problems:
        print(f'FAILED {name}, CPython {python}: {test}: {reason}')
    if options.measure:
        floors.measured(outcomes)
    print(f'{time.monotonic() - started:.0f} s; details in {os.path.relpath(ARTIFACT)}')
    known_failed = sum(1 for row in rows for test in row['failed'] if test['reason'].startswith('known: '))
    print(f'{sum(row["passed"] for row in rows)} passed, {len(problems)} failed, '
          f'{sum(row["skipped"] for row in rows) + known_failed + len(without) * len(suites)} skipped')
    return 1 if problems else 0


def print_known(rows):
    """Each reason once, with the tests that fail for it."""
    reasons = {}
    for row in rows:
        for failure in row['failed']:
            if failure['reason'].startswith('known: '):
                tests = reasons.setdefault((row['suite'], failure['reason'][7:]), {})
                tests.setdefault(failure['test'].rpartition('.')[2], []).append(row['python'])
    for (suite, reason), tests in reasons.items():
        print(f'known: {suite}: {", ".join(tests)}: {reason}')


if __name__ == '__main__':
    sys.exit(main())
