"""The resolution order of interpreters that run another's code: what comes with the interpreter and its host goes before
every finder, so that no tree, finder or folder can stand in for a module of the standard library.

Each name is looked for in ``sys.modules``; the registry (the host's native modules, built-in and frozen modules, the
standard library); the other finders of ``sys.meta_path`` (the host's own, then mounted trees); and the search path.
"""

import os
import sys
import _imp
from _frozen_importlib import BuiltinImporter, FrozenImporter
from _frozen_importlib_external import PathFinder

from . import _importer
from ._adapters import ADAPTERS, find_adapted
from ._finders import path_hook
from ._listing import module_name
from ._mounts import standard_library

library = ()            # the folders of the standard library, and its zip
_OTHERS = 'site-packages', 'dist-packages'      # folders below it that are not its
names = frozenset()     # top-level names that are there
_before = None          # what sys.path and sys.path_hooks were; None where the registry is not in use


class Registry:
    """The finder of what comes with the interpreter."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        if path is None:
            if _imp.is_builtin(fullname):
                return BuiltinImporter.find_spec(fullname)
            if fullname not in names and not _imp.is_frozen(fullname):
                return None
            path = library
        elif fullname.partition('.')[0] in names:
            # A package of the standard library, whose __path__ someone may have added to.
            path = [entry for entry in path if is_library(entry)]
        else:
            return None
        if fullname in ADAPTERS:
            return find_adapted(fullname, path, target)
        return FrozenImporter.find_spec(fullname, path, target) or PathFinder.find_spec(fullname, path, target)

    @staticmethod
    def invalidate_caches():
        """Nothing to do: PathFinder passes it on to the folders. What is in them when the interpreter starts is the
        standard library."""


class BuiltIns:
    """Stands before the host's finders where the registry is not in use: what is built in or frozen is no business of theirs."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        if path is None and _imp.is_builtin(fullname):
            return BuiltinImporter.find_spec(fullname)
        if not _imp.is_frozen(fullname):
            return None
        return find_adapted(fullname, path, target) if fullname in ADAPTERS else FrozenImporter.find_spec(fullname, path, target)

    @staticmethod
    def invalidate_caches():
        """Nothing to do: what the interpreter has never changes."""


def install(allow_files):
    """Put the registry before all finders, once. Without *allow_files* nothing else is found on disk from then on: not by
    sys.path, nor by the ``__path__`` of a package, nor beside a tree; and no file of a tree becomes one."""
    global library, names, _before
    if _before is not None:
        return
    _before = list(sys.path), list(sys.path_hooks)
    library = tuple(standard_library())
    names = frozenset(names_in(library))
    sys.meta_path.insert(0, Registry)
    from . import _errors
    _errors.install()
    if not allow_files:
        _importer.allow_files = False
        sys.path[:] = [entry for entry in sys.path if entry in _importer._trees]
        stock = [hook for hook in sys.path_hooks if hook is not path_hook]
        sys.path_hooks[:] = [path_hook, _library_hook(stock)]
        for entry in list(sys.path_importer_cache):
            if entry not in _importer._trees and not is_library(entry):
                del sys.path_importer_cache[entry]


def installed():
    """The argument of install(); None where the registry is not in use."""
    return None if _before is None else _importer.allow_files


def uninstall():
    """Undo install(), for a host whose start fails later on and that has taken its own mounts off again."""
    global library, names, _before
    if _before is None:
        return
    from . import _errors
    _errors.uninstall()
    sys.meta_path.remove(Registry)
    sys.path[:], sys.path_hooks[:] = _before
    library, names, _before = (), frozenset(), None
    _importer.allow_files = True
    for entry in list(sys.path_importer_cache):     # folders that were refused
        if entry not in _importer._trees:
            del sys.path_importer_cache[entry]


def is_library(path):
    """Whether a path is a folder of the standard library, at or below one of its entries of sys.path."""
    if path.__class__ is not str or os.path.normpath(path) != path:
        return False
    return any(path == folder or path.startswith(folder + os.sep) and not any(
        part in _OTHERS for part in path[len(folder):].split(os.sep)) for folder in library)


def names_in(folders):
    """The names of the modules and packages that lie in folders, or in zips and folders in them."""
    for folder in folders:
        try:
            entries = os.listdir(folder)
        except NotADirectoryError:      # a zip
            from zipimport import zipimporter
            archive = zipimporter(folder)
            entries = {path[len(archive.prefix):].partition(os.sep)[0] for path in archive._files if path.startswith(archive.prefix)}
        except FileNotFoundError:       # sys.path names a zip that is seldom there
            continue
        for entry in entries:
            yield module_name(entry) or entry


def _library_hook(stock):
    """An entry of sys.path_hooks that serves the standard library's folders by the hooks given, and no other path."""
    def library_hook(path):
        if is_library(path):
            for hook in stock:
                try:
                    return hook(path)
                except ImportError:
                    pass
        raise ImportError('PythonOptions.FileSystem is off: modules come from mounted trees only', path=path)

    return library_hook
