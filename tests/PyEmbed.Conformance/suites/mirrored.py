"""Loaders for tests that make a loader first and change the files afterwards."""

import os
from functools import partial


class Loader:
    """Stands for a loader of the importer: each use takes the one that its finder now gives for the file."""

    def __init__(self, mirror, kind, name, path):
        self.__dict__.update(_mirror=mirror, _kind=kind, name=name, path=path)

    def _current(self):
        from harness import trees
        if isinstance(self.path, str) and os.path.isabs(self.path) and self._mirror.refresh(os.path.dirname(self.path)):
            try:
                spec = trees.folder_at(os.path.dirname(self.path)).find_spec(self.name)
            except ImportError:
                spec = None
            if spec is not None and spec.origin == self.path:
                return spec.loader
        loader = self._kind(self.name, self.path)
        if loader._folder is None and isinstance(self.path, str) and os.path.exists(self.path):
            raise AssertionError(f'{self.path}: in no tree, so that the disk would serve it')
        return loader

    def __getattr__(self, attribute):
        return getattr(self._current(), attribute)

    def __eq__(self, other):
        return self._current() == other._current()


class Machinery:
    """importlib.machinery with the importer's loaders."""

    def __init__(self, mirror):
        from importlib import machinery
        from pyembed import _loaders
        self._machinery = machinery
        # As partial, which a class does not bind as a method where a test makes it an attribute.
        self.SourceFileLoader = partial(Loader, mirror, _loaders.SourceLoader)
        self.SourcelessFileLoader = partial(Loader, mirror, _loaders.SourcelessLoader)

    def __getattr__(self, attribute):
        return getattr(self._machinery, attribute)
