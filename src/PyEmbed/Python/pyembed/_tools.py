"""Adapters (see _adapters) of the standard library's tools that look for a module's file on the disk.

Each sees the files of mounted trees at the places that ``__file__`` shows; every other path is the disk's, as before.
"""

import io
import os
import sys
from _frozen_importlib_external import decode_source

from ._loaders import TreeLoader, locate
from ._importer import MEMORY, ArchiveError

_namespace_of = type(sys).__dict__['__dict__'].__get__
_NO_LINES = ['\n'] if sys.version_info >= (3, 13) else []       # what linecache makes of an empty file


def _locate(path):
    """What `locate` gives, for all that a function of ``os`` takes for a path."""
    try:
        path = os.fsdecode(path)
        return locate(path if path.startswith(MEMORY) else os.path.abspath(path))
    except TypeError:       # not a path: for the disk's functions to refuse
        return None, None


def find_file(path):
    """(tree, record, archive path) of a file of a tree, else (None, None, None)."""
    tree, inner = _locate(path)
    record = None if tree is None else tree.record(inner)
    return (None, None, None) if record is None else (tree, record, inner)


def find_folder(path):
    """(tree, archive path) of a folder of a tree, else (None, None)."""
    tree, inner = _locate(path)
    return (None, None) if tree is None or inner not in tree.folders else (tree, inner)


class Facade:
    """A module of which some functions are others."""

    def __init__(self, module, **functions):
        self.__dict__.update(functions)
        self._module = module

    def __getattr__(self, name):
        if name == '_module':       # copy and pickle ask an object that is still empty
            raise AttributeError(name)
        return getattr(self._module, name)


def _isfile(path):
    return find_file(path)[1] is not None or os.path.isfile(path)


def _isdir(path):
    return find_folder(path)[0] is not None or os.path.isdir(path)


def _exists(path):
    return _isfile(path) or _isdir(path) or os.path.exists(path)


def _listdir(path='.'):
    tree, inner = find_folder(path)
    if tree is None:
        return os.listdir(path)
    names = {name for name in tree.table(inner) if name}
    if os.path.isdir(path):             # what has been extracted, and what others have put there
        names.update(os.listdir(path))
    return sorted(names)


def _open_code(path):
    tree, record, inner = find_file(path)
    return io.open_code(path) if tree is None else io.BytesIO(tree.read(record, inner))


def _open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, *args, **options):
    if mode in ('r', 'rt', 'rb') and not isinstance(file, int):
        tree, record, inner = find_file(file)
        if tree is not None:
            from ._streams import open_binary
            stream = open_binary(tree, inner, record)
            return stream if mode == 'rb' else io.TextIOWrapper(stream, encoding, errors, newline)
    return open(file, mode, buffering, encoding, errors, newline, *args, **options)


def see_trees(module):
    """Let a module that looks for files by ``os`` find those of trees."""
    path = Facade(os.path, isfile=_isfile, isdir=_isdir, exists=_exists)
    module.os = Facade(os, path=path, listdir=_listdir)


def debug_trees(module):
    """Let a module that looks for programs by ``os``, and reads them by ``io.open_code`` (the first releases of CPython
    3.11: ``io.open``), find and read those of trees."""
    see_trees(module)
    module.io = Facade(io, open=_open, open_code=_open_code)


def read_trees(module):
    """Let a module that looks for files by ``os``, and reads them by ``open`` and ``io.open``, find and read those of
    trees."""
    see_trees(module)
    module.open = _open
    module.io = Facade(io, open=_open)


def open_files_of_trees(module):
    """Let a module that reads code by ``io.open_code`` read that of trees."""
    module.io = Facade(io, open_code=_open_code)


def read_lines_from_trees(linecache):
    """Let linecache read a tree's file by its name alone, as it reads the disk's: warnings give it no more. Asking
    loaders, it also takes a form feed for the end of a line."""
    updatecache = linecache.updatecache

    def updatecache_with_trees(filename, module_globals=None):
        tree, record, inner = find_file(filename) if filename and (os.path.isabs(filename) or filename.startswith(MEMORY)) else (None, None, None)
        if tree is None:
            return updatecache(filename, module_globals)
        try:
            lines = decode_source(tree.read(record, inner)).split('\n')
        except (ArchiveError, SyntaxError, UnicodeDecodeError):
            return []               # there is no line to show, and an error to report, perhaps this one
        if not lines[-1]:
            del lines[-1]
        lines = [line + '\n' for line in lines] or _NO_LINES
        linecache.cache[filename] = record[-1], None, lines, filename
        return lines

    updatecache_with_trees.__doc__ = updatecache.__doc__
    linecache.updatecache = updatecache_with_trees


def show_memory(inspect):
    """Let inspect find the source of classes, modules and frames whose module is in memory and has no ``__file__``."""
    getfile, getmodule = inspect.getfile, inspect.getmodule

    def getfile_with_memory(object):
        try:
            return getfile(object)
        except (TypeError, OSError):
            module = object if inspect.ismodule(object) else sys.modules.get(getattr(object, '__module__', None))
            spec = getattr(module, '__spec__', None)
            if (hasattr(getattr(spec, 'loader', None), 'get_data') and not spec.has_location and spec.origin.__class__ is str
                    and (module is object or inspect.isclass(object))):
                return spec.origin
            raise

    def getmodule_with_memory(object, _filename=None):
        module = getmodule(object, _filename)
        if module is None and (inspect.isframe(object) or inspect.istraceback(object)):
            frame = object if inspect.isframe(object) else object.tb_frame
            module = sys.modules.get(frame.f_globals.get('__name__'))
            if getattr(getattr(module, '__spec__', None), 'origin', None) == frame.f_code.co_filename:
                return module
            return None
        if module is None and inspect.iscode(object) and not os.path.isabs(object.co_filename):
            for module in list(sys.modules.values()):
                try:
                    # Not by an attribute, which may load what importlib.util.LazyLoader has put off.
                    spec = _namespace_of(module).get('__spec__')
                except TypeError:
                    continue
                if getattr(spec, 'origin', None) == object.co_filename and not spec.has_location:
                    return module
            return None
        return module

    getfile_with_memory.__doc__, getmodule_with_memory.__doc__ = getfile.__doc__, getmodule.__doc__
    inspect.getfile, inspect.getmodule = getfile_with_memory, getmodule_with_memory


def read_memory(common):
    """Let CPython 3.9's importlib.resources.files, which looks for a folder beside ``__spec__.origin``, ask the loader where
    that is in memory, or a place where bundles are."""
    from_package = common.from_package

    def from_package_with_memory(package):
        loader = package.__spec__.loader
        if isinstance(loader, TreeLoader) and (package.__spec__.origin.startswith(MEMORY)
                                               or loader._folder is not None and not loader._folder.tree.has_beside):
            from ._resources import reader
            return reader(loader).files()
        return from_package(package)

    common.from_package = from_package_with_memory
