"""Says of a module that was not found where it was looked for and who asked, where the host's order of resolution applies."""

import os
import sys
import _frozen_importlib as _bootstrap

from . import _importer, _registry
from ._finders import Finder
from ._importer import MEMORY
from ._loaders import locate, origin_of
from ._origins import BUILTIN

_IMPORTLIB = '_frozen_importlib', '_frozen_importlib_external', 'importlib._bootstrap', 'importlib._bootstrap_external', 'pyembed._native'
_IMPORT_SYSTEM = 'importlib', 'importlib.util', 'importlib._bootstrap', 'importlib._bootstrap_external', 'runpy', 'pkgutil'


def install():
    """Let importlib complete the error for a module that is not found, once. The traceback stays as it is without."""
    find_and_load = _bootstrap._find_and_load
    if getattr(find_and_load, '__module__', None) == __name__:
        return

    def _find_and_load(name, import_):
        try:
            return find_and_load(name, import_)
        except ModuleNotFoundError as error:
            explain(error, name, sys._getframe())
            raise

    # CPython knows importlib's frames by the file's name, and leaves them out of tracebacks.
    _find_and_load.__code__ = _find_and_load.__code__.replace(co_filename=find_and_load.__code__.co_filename)
    _find_and_load.__wrapped__ = find_and_load
    _bootstrap._find_and_load = _find_and_load


def uninstall():
    """Undo install()."""
    _bootstrap._find_and_load = _bootstrap._find_and_load.__wrapped__


def explain(error, name, frame):
    """Complete the error of an import of *name* that has failed, where importlib itself says that there is no such module.
    *frame* is the function that stands for importlib's own."""
    if error.name == name and name not in sys.modules and not hasattr(error, 'origins') and _is_importlibs(error):
        complete(error, name, frame)


def _is_importlibs(error):
    """Whether importlib itself has raised an error, and no module that it runs."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_globals is vars(_bootstrap)


def complete(error, name, frame):
    """Add the origins that were tried and who asked, that is the nearest frame from *frame* on that is not importlib's."""
    error.origins = tuple(origins_tried(name))
    while frame is not None and _is_import_system(frame):
        frame = frame.f_back
    error.asked_by = site(frame)
    error.msg = f'{error.msg}; looked in: {", ".join(error.origins)}; asked for by {describe(frame)}'
    error.args = error.msg,


def origins_tried(name):
    """The origins that a module of a name is looked for in."""
    parent = name.rpartition('.')[0]
    if parent:
        module = sys.modules.get(parent)
        path = getattr(module, '__path__', None)
        if path is None:
            path = [getattr(getattr(module, '__spec__', None), 'origin', None)]
        origins = [origin_of(entry) if '/' in entry or '\\' in entry else entry for entry in path if entry.__class__ is str and _is_searched(entry)]
        return origins + _finders()
    origins = [BUILTIN, *map(origin_of, _registry.library), *_finders()]
    for entry in sys.path:
        if entry.__class__ is str and _is_searched(entry) and origin_of(entry) not in origins:
            origins.append(origin_of(entry))
    return origins


def _is_searched(entry):
    """Whether modules come from an entry of sys.path or of a package's __path__, or from the origin of what is no package."""
    return (_importer.allow_files or locate(entry)[0] is not None or _registry.is_library(entry) or not os.path.isabs(entry) and '/' not in entry
            or entry.startswith(MEMORY))


def _finders():
    """What stands on sys.meta_path besides importlib's finders and ours: the host's, and those of scripts."""
    others = [finder for finder in sys.meta_path if finder is not Finder and finder is not _registry.Registry
              and getattr(finder, '__module__', '') not in _IMPORTLIB]
    return [f'finder:/{getattr(finder, "name", None) or getattr(finder, "__qualname__", None) or type(finder).__qualname__}'
            for finder in others]


def _is_import_system(frame):
    return (frame.f_code.co_filename.startswith('<frozen importlib') or frame.f_globals.get('__name__') in _IMPORT_SYSTEM)


def site(frame):
    """Who runs a frame: (module, file, line, function); None, which is the host, where there is none."""
    if frame is None:
        return None
    return str(frame.f_globals.get('__name__', '?')), frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name


def describe(frame):
    """Who runs a frame: module, file, line and, from CPython 3.11 on, column; the host where there is none."""
    if frame is None:
        return 'the host program'
    module, file, line, _ = site(frame)
    text = f'{module} ({file}, line {line}'
    if sys.version_info >= (3, 11):
        from itertools import islice
        column = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)[2]
        if column is not None:
            text += f', column {column + 1}'
    return text + ')'
