"""source/test_file_loader.py: the loaders of source and of bytecode."""

from suites.loading import tests_of
from suites.mirrored import Machinery


def load(context):
    import unittest.mock                # the tests use it and leave its import to others    # noqa: F401
    from test.test_importlib.source import test_file_loader as module
    machinery = Machinery(context.mirror_areas())
    for name, kind in vars(module).items():
        if name.startswith('Frozen_') and isinstance(kind, type):
            kind.machinery = machinery
    # The classes named Source_ run the same tests over a second copy of importlib in Python, which no program uses.
    return tests_of(module.__name__, keep=lambda test: type(test).__name__.startswith('Frozen_'))
