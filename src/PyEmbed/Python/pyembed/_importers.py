"""Finders that the host gives (``PythonOptions.Importers``): objects of Python, and functions of .NET that know sources by
module name. They stand on ``sys.meta_path`` after the registry, or where that is not in use after what is built in or frozen,
and before mounted trees, in the host's order."""

import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import SourceLoader

from ._finders import Finder
from ._importer import MEMORY
from ._mounts import see_memory
from ._registry import BuiltIns, installed


def install(importers):
    """Put importers on ``sys.meta_path``, in order: (name, find) for a function of the host, (reference, None) for a finder
    that Python code has, ``module:attribute``. Returns them. Raises TypeError for what is no finder (PEP 451); then none is
    there."""
    policy = sys.modules.get('pyembed._policy')
    exempt = policy and policy.exempt       # the host has named the module, and so what that imports
    finders = []
    for name, find in importers:
        finder = SourceImporter(name, find) if find is not None else exempt(_resolve, name) if exempt else _resolve(name)
        if not callable(getattr(finder, 'find_spec', None)):
            raise TypeError(f'PythonOptions.Importers: {name!r} is no finder: {type(finder).__name__!r} has no method find_spec (PEP 451)')
        finders.append(finder)
    if any(isinstance(finder, SourceImporter) for finder in finders):
        see_memory()
    if finders and installed() is None:
        finders.insert(0, BuiltIns())
    place = sys.meta_path.index(Finder) if Finder in sys.meta_path else 0
    sys.meta_path[place:place] = finders
    return finders


def uninstall(finders):
    """Take off what install() returned, as far as it is there."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not any(finder is own for own in finders)]


def _resolve(reference):
    module, _, attribute = reference.partition(':')
    from importlib import import_module
    found = import_module(module)
    for name in attribute.split('.'):
        found = getattr(found, name)
    return found


class SourceImporter:
    """Finds what a function of the host has a source for: find(full name) -> (source, is a package, origin or None), or None."""

    def __init__(self, name, find):
        self.name = name
        self._find = find

    def __repr__(self):
        return f'{type(self).__name__}({self.name!r})'

    def find_spec(self, fullname, path=None, target=None):
        """PEP 451. It finds no module of this package, and in a forked child, where .NET code must not run, nothing."""
        if fullname.partition('.')[0] == 'pyembed' or sys.modules['pyembed._native'].is_forked():
            return None
        found = self._find(fullname)
        if found is None:
            return None
        source, is_package, origin = found
        if origin is None:
            origin = MEMORY + fullname.replace('.', '/') + ('/__init__.py' if is_package else '.py')
        return ModuleSpec(fullname, HostLoader(fullname, origin, source, is_package), origin=origin, is_package=is_package)

    @staticmethod
    def invalidate_caches():
        """Nothing to do: the host is asked each time."""


class HostLoader(SourceLoader):
    """Loads a source that the host gave. It keeps the text for tracebacks and ``inspect``."""

    def __init__(self, name, origin, source, is_package):
        self.name = name
        self.path = origin
        self._source = source
        self._is_package = is_package

    def is_package(self, fullname):
        self._check(fullname)
        return self._is_package

    def get_filename(self, fullname):
        """The origin. Nothing needs to be there."""
        self._check(fullname)
        return self.path

    def get_source(self, fullname):
        self._check(fullname)
        return self._source

    def get_data(self, path):
        """The source, as importlib reads it; OSError for every other path."""
        if path != self.path:
            import errno
            import os
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self._source.encode('utf-8', 'surrogatepass')

    def source_to_code(self, data, path, *, _optimize=-1):
        """Compiled from text, which no encoding declaration in it concerns."""
        return super().source_to_code(self._source, path, _optimize=_optimize)

    def _check(self, fullname):
        if fullname not in (self.name, '__main__', '__mp_main__'):
            raise ImportError(f'loader for {self.name} cannot handle {fullname}', name=fullname)
