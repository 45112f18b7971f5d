"""A run over tests that lie in the assembly, with fixtures, parameters, explained assertions, output caught, doctests."""

import contextlib
import io
import os

import pytest

import embedded_tests


class Listener:
    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            crash = getattr(getattr(report.longrepr, "reprcrash", None), "message", "")
            seen.append((report.nodeid.rpartition("/")[2], report.when, report.outcome, crash, report.capstdout.split()))


folder = os.path.dirname(embedded_tests.__file__)
for options in ([], ["--doctest-modules"], ["-k", "product"], ["--collect-only"]):
    seen = []
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = pytest.main([folder, "-p", "no:cacheprovider", "--rootdir", folder, "-c", os.devnull, *options], plugins=[Listener()])
    print(options, int(code), *seen, sep="\n")
    print(said.getvalue().strip().splitlines()[-1].rpartition(" in ")[0].strip("= "))
