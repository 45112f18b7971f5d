"""source/test_finder.py: the finder of one folder, up to CPython 3.11 with the methods that came before find_spec."""

import os
import types

from suites.loading import tests_of


class PathEntry:
    """An entry of sys.path: each search goes to the finder that the path hook gives for it then, as after
    importlib.invalidate_caches(); for the entry '' that of the current folder."""

    def __init__(self, mirror, path):
        self._mirror = mirror
        self._path = path

    def __getattr__(self, name):
        return getattr(self._mirror.mount(self._path or os.getcwd()), name)


def load(context):
    from importlib.machinery import SOURCE_SUFFIXES, SourceFileLoader
    from test.test_importlib.source import test_finder as module
    mirror = context.mirror_areas()
    # The classes named Source_ run the same tests over a second copy of importlib in Python, which no program uses.
    for name, kind in vars(module).items():
        if name.startswith('Frozen_'):
            kind.get_finder = lambda self, root: PathEntry(mirror, root)
            # The loaders only go to the finder's constructor.
            kind.machinery = types.SimpleNamespace(FileFinder=lambda path, *details: PathEntry(mirror, path),
                                                   SourceFileLoader=SourceFileLoader, SOURCE_SUFFIXES=SOURCE_SUFFIXES)
    return tests_of(module.__name__, keep=lambda test: type(test).__name__.startswith('Frozen_'))
