"""Where an import that failed has looked: worked out here alone, for what Python prints and for what .NET is told.

Where Python's own order of resolution applies, nothing imports this before an import has failed.
"""

import os
import sys
from opcode import opmap

from . import _importer, _registry
from ._finders import Finder
from ._importer import MEMORY
from ._loaders import current_place, locate, origin_of
from ._origins import BUILTIN, of_spec

_RAISE = opmap['RAISE_VARARGS']
_BUILT_IN = '_frozen_importlib', 'importlib._bootstrap', 'pyembed._native'              # modules of finders that search no path
_PATH = '_frozen_importlib_external', 'importlib._bootstrap_external'                   # of those that search one
_IMPORT_SYSTEM = 'importlib', 'importlib.util', 'importlib._bootstrap', 'importlib._bootstrap_external', 'runpy', 'pkgutil'
_namespace_of = type(sys).__dict__['__dict__'].__get__


def of_error(error):
    """A tuple of the origins that an ImportError is about which says nothing of them: those that were searched for a module
    that was not found, and that of a module which lacks a name or does not load. Empty for an error that other code than the
    import system's has raised."""
    if not _is_import_systems(error):
        return ()
    if error.path.__class__ is str and error.path:
        return origin_of(error.path),
    name = error.name
    if name.__class__ is not str or not name:
        return ()
    if not isinstance(error, ModuleNotFoundError):
        return tuple(_of_module(sys.modules.get(name)))
    return () if name in sys.modules else tuple(tried(name))        # it is there as None: nothing was searched


def _is_import_systems(error):
    """Whether the import system has raised an error, and no module that it runs. CPython leaves importlib's frames out of
    tracebacks: the last one left is then that of the import, and there is none where the host imports."""
    trace = error.__traceback__
    if trace is None:
        return True
    while trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame
    return (frame.f_code.co_code[trace.tb_lasti] != _RAISE or is_import_system(frame)
            or str(frame.f_globals.get('__name__')).startswith('pyembed.'))


def is_import_system(frame):
    """Whether a frame is one of importlib, or of what imports for others by it."""
    return frame.f_code.co_filename.startswith('<frozen importlib') or frame.f_globals.get('__name__') in _IMPORT_SYSTEM


def tried(name):
    """The origins that a module of a name is looked for in, in order."""
    parent = name.rpartition('.')[0]
    if not parent:
        return _in_order(sys.path, True)
    module = sys.modules.get(parent)
    path = getattr(module, '__path__', None)
    if path is None:
        return _of_module(module)                   # no package: no finder was asked
    known = _of_module(module)
    return list(dict.fromkeys([*(known if known == [BUILTIN] else ()), *_in_order(path, False)]))


def _of_module(module):
    try:
        # Not by an attribute, which may load what importlib.util.LazyLoader has put off.
        return of_spec(_namespace_of(module).get('__spec__'))
    except TypeError:
        return []


def _in_order(path, top):
    """The origins that the finders of sys.meta_path search for a name that is at the top level, or else in a package."""
    origins = []
    for finder in list(sys.meta_path):
        module = getattr(finder, '__module__', None)
        if module == 'pyembed._require':
            continue                    # it searches nothing itself
        if finder is _registry.Registry:
            origins += [BUILTIN, *map(origin_of, _registry.library)] if top else [
                origin_of(entry) for entry in path if _registry.is_library(entry)]
        elif module in _BUILT_IN or isinstance(finder, _registry.BuiltIns):
            origins += [BUILTIN] if top else []
        elif finder is Finder or module in _PATH:
            # Finder leaves to those of importlib what is built in or frozen.
            origins += [BUILTIN] if top and finder is Finder else []
            origins += _of_path(path)
        else:
            name = getattr(finder, 'name', None) or getattr(finder, '__qualname__', None) or type(finder).__qualname__
            origins.append(f'finder:/{name}')
    return list(dict.fromkeys(origins))


def _of_path(path):
    for entry in path:
        if entry.__class__ is not str:
            continue
        place = current_place(entry)
        if (_importer.allow_files or locate(place)[0] is not None or _registry.is_library(entry)
                or place.startswith(MEMORY)):
            yield origin_of(entry) if '/' in entry or os.sep in entry else entry or 'the working directory'
