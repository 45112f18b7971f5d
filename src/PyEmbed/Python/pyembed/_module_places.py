"""The absolute name of a module by the place that it is loaded from, whatever the name is that it is loaded by."""

import os
import posixpath

from ._importer import MEMORY

_roots = ()         # folders that absolute names begin at, the longest first
_prefixes = {}      # folder -> dotted name of the package there; None where no root is above it


def set_roots(folders):
    """Name the folders that absolute names begin at, besides the roots of trees."""
    global _roots
    _roots = tuple(sorted({os.path.realpath(folder) for folder in folders if folder}, key=len, reverse=True))
    _prefixes.clear()


def roots():
    """The folders that absolute names begin at, besides the roots of trees."""
    return _roots


def place_name(loader, name):
    """The name of what a loader loads; *name* is what it is asked for, and given back where its place tells none."""
    path = getattr(loader, 'path', None)
    if type(path) is not str:
        prefix = getattr(loader, 'prefix', None)        # a zipimporter
        return f'{prefix.replace(os.sep, ".")}{name.rpartition(".")[2]}' if type(prefix) is str else name
    prefix = package_of(loader)
    if prefix is None:
        return name
    tail = os.path.basename(path).partition('.')[0]
    if tail == '__init__':
        return prefix or name
    return f'{prefix}.{tail}' if prefix else tail


def is_in_place(loader):
    """Whether the path of a loader lies in what it reads from: a script may have changed the one of a tree's loader. True for
    every other loader."""
    folder = getattr(loader, '_folder', None)
    if folder is None:
        return True
    place = os.path.dirname(loader.path).replace(os.sep, '/') if type(loader.path) is str else ''
    for root in (folder.tree.root.replace(os.sep, '/'), MEMORY[:-1]):
        if f'{place}/'.startswith(root + '/'):
            return posixpath.normpath(place[len(root):] + '/').strip('/.') == folder.inner.strip('/.')
    return False


def package_of(loader):
    """The name of the package in the folder of what a loader loads, '' for a root; None where the place tells none."""
    path = getattr(loader, 'path', None)
    if type(path) is not str:
        return None
    place = os.path.dirname(path)
    folder = getattr(loader, '_folder', None)
    if folder is not None:
        for entry in folder.tree.paths:                 # on sys.path by a .pth file
            if place == entry or place.startswith(entry + os.sep):
                return place[len(entry) + 1:].replace(os.sep, '.')
        return folder.inner.replace('/', '.')
    if (place + '/').startswith(MEMORY):                # a source that the host gave
        return place[len(MEMORY):].replace('/', '.')
    if not os.path.isabs(place):
        return None
    if place not in _prefixes:
        _prefixes[place] = _package_at(place)
    return _prefixes[place]


def _package_at(folder):
    real = os.path.realpath(folder)
    if os.path.basename(real) == '__pycache__':
        real = os.path.dirname(real)
    for root in _roots:
        if real == root:
            return ''
        if real.startswith(root + os.sep):
            return real[len(root) + 1:].replace(os.sep, '.')
    return None
