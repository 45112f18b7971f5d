"""source/test_finder.py: the finder of one folder."""

import os
import types
import unittest

from suites.loading import tests_of_classes


class WorkingFolder:
    """The entry '' of sys.path: at each search importlib asks the finder of the folder that then is the current one."""

    def __init__(self, mirror):
        self._mirror = mirror

    def find_spec(self, name):
        return self._mirror.mount(os.getcwd()).find_spec(name)

    def invalidate_caches(self):
        self._mirror.mount(os.getcwd()).invalidate_caches()


def load(context):
    from importlib.machinery import SOURCE_SUFFIXES, SourceFileLoader
    from test.test_importlib.source import test_finder
    mirror = context.mirror_areas()

    class FinderTest(test_finder.FinderTests, unittest.TestCase):
        NOT_FOUND = None

        def get_finder(self, root):
            return mirror.mount(root)

        # Of the classes that the tests name, the finder is replaced; the loaders only go to its constructor.
        machinery = types.SimpleNamespace(
            FileFinder=lambda path, *details: WorkingFolder(mirror),
            SourceFileLoader=SourceFileLoader, SOURCE_SUFFIXES=SOURCE_SUFFIXES)

        def _find(self, finder, name, loader_only=False):
            spec = finder.find_spec(name)
            return spec.loader if spec is not None else spec

    class PortionTest(FinderTest):
        NOT_FOUND = (None, [])

        def _find(self, finder, name, loader_only=False):
            spec = finder.find_spec(name)
            if spec is None:
                return self.NOT_FOUND
            return spec.loader if loader_only else (spec.loader, spec.submodule_search_locations)

        def test_failure(self):
            self.NOT_FOUND = None       # what find_spec gives; up to 3.11 this test asks find_loader, PEP 420's draft
            FinderTest.test_failure(self)

    FinderTest.__qualname__ = 'FinderTest'
    PortionTest.__qualname__ = 'PortionTest'

    return tests_of_classes(FinderTest, PortionTest)
