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


def settle(loader):
    """Let what a loader reads by be plain strings: one of another type may be read as another text than was looked at."""
    for attribute, value in ('path', getattr(loader, 'path', None)), ('prefix', loader.__dict__.get('prefix')), ('archive', loader.__dict__.get('archive')):
        if value is not None and type(value) is not str:
            value = os.fspath(value) if hasattr(type(value), '__fspath__') else value
            setattr(loader, attribute, str.__str__(value) if isinstance(value, str) else value)


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
    """Whether the path of a loader is where it reads from: a script may have given it a path that is none, or changed what a
    tree's loader has."""
    path = getattr(loader, 'path', None)
    folder = getattr(loader, '_folder', None)
    if type(path) is not str:
        return path is None and folder is None
    if folder is None:
        return True
    place, name = os.path.split(path)
    code = getattr(loader, '_code', None)
    if code is not None and type(code) is not memoryview:       # what a code cache has is of one source only
        if type(code) is not str or code != f'{name.rpartition(".")[0]}{folder.tree.suffix}':
            return False
    place = place.replace(os.sep, '/')
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
        return folder.tree.package(folder.inner)
    if (place + '/').startswith(MEMORY):                # a source that the host gave
        return place[len(MEMORY):].replace('/', '.')
    place = os.path.abspath(place)
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
