"""Loads CPython's test modules for the adapters."""

import importlib
import unittest


def tests_of(*names, keep=None):
    """The tests of the modules of those names; *keep* takes a test and says whether it runs."""
    suite = unittest.TestSuite()
    for name in names:
        module = importlib.import_module(name)
        suite.addTests(test for test in flatten(unittest.defaultTestLoader.loadTestsFromModule(module))
                       if keep is None or keep(test))
    return suite


def tests_of_classes(*classes):
    loader = unittest.defaultTestLoader
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in classes)


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def exists(name):
    """Whether this Python has a module of that name."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
