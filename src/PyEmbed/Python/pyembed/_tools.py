"""Adapters (see _adapters) of the standard library's tools that look for a module's file on the disk.

Each sees the files of mounted trees at the places that ``__file__`` shows; every other path is the disk's, as before.
"""

import io
import os
from _frozen_importlib_external import decode_source

from ._finders import locate
from ._importer import ArchiveError


def _find(path):
    """(tree, record, archive path) of a file of a tree, else (None, None, None)."""
    try:
        path = os.path.abspath(os.fsdecode(path))
    except TypeError:       # not a path: for the disk's functions to refuse
        return None, None, None
    tree, inner = locate(path)
    record = None if tree is None else tree.record(inner)
    return (None, None, None) if record is None else (tree, record, inner)


def _find_folder(path):
    """(tree, archive path) of a folder of a tree, else (None, None)."""
    try:
        path = os.path.abspath(os.fsdecode(path))
    except TypeError:
        return None, None
    tree, inner = locate(path)
    return (None, None) if tree is None or inner not in tree.folders else (tree, inner)


class _Facade:
    """A module of which some functions are others."""

    def __init__(self, module, **functions):
        self.__dict__.update(functions)
        self._module = module

    def __getattr__(self, name):
        return getattr(self._module, name)


def _isfile(path):
    return _find(path)[1] is not None or os.path.isfile(path)


def _isdir(path):
    return _find_folder(path)[0] is not None or os.path.isdir(path)


def _exists(path):
    return _isfile(path) or _isdir(path) or os.path.exists(path)


def _listdir(path='.'):
    tree, inner = _find_folder(path)
    if tree is None:
        return os.listdir(path)
    names = {name for name in tree.table(inner) if name}
    if os.path.isdir(path):             # what has been extracted, and what others have put there
        names.update(os.listdir(path))
    return list(names)


def _open_code(path):
    tree, record, inner = _find(path)
    return io.open_code(path) if tree is None else io.BytesIO(tree.read(record, inner))


def see_trees(module):
    """Let a module that looks for files by ``os`` find those of trees."""
    path = _Facade(os.path, isfile=_isfile, isdir=_isdir, exists=_exists)
    module.os = _Facade(os, path=path, listdir=_listdir)


def open_files_of_trees(module):
    """Let a module that reads code by ``io.open_code`` read that of trees."""
    module.io = _Facade(io, open_code=_open_code)


def read_lines_from_trees(linecache):
    """Let linecache read a tree's file by its name alone, as it reads the disk's: warnings give it no more."""
    lazycache = linecache.lazycache

    def lazycache_of_trees(filename, module_globals):
        if lazycache(filename, module_globals):
            return True
        tree, record, inner = (None, None, None) if filename in linecache.cache else _find_absolute(filename)
        if tree is None:
            return False
        linecache.cache[filename] = (lambda *_: _decode(tree, record, inner),)
        return True

    lazycache_of_trees.__doc__ = lazycache.__doc__
    linecache.lazycache = lazycache_of_trees


def _find_absolute(filename):
    return _find(filename) if os.path.isabs(filename) else (None, None, None)


def _decode(tree, record, inner):
    try:
        return decode_source(tree.read(record, inner))
    except (ArchiveError, SyntaxError, UnicodeDecodeError):
        return None         # as linecache takes a file that it cannot read or decode: there is no line to show
