"""Mounts trees: where they go on sys.path, and what importlib remembers of them."""

import _imp
import os
import sys

from . import _importer
from ._finders import Folder
from ._importer import root_of

_SEP = os.sep


class _ImportLock:
    """importlib's own lock, which it holds while finders search: sys.path never changes under a search."""

    def __enter__(self):
        _imp.acquire_lock()

    def __exit__(self, *_):
        _imp.release_lock()


_lock = _ImportLock()


def mount(tree, root=None):
    """Mount an opened tree at *root*, by default below the extraction directory, and return the root."""
    root = root_of(tree) if root is None else os.path.abspath(root)
    with _lock:
        there = _importer._trees.get(root)
        if there is not None:
            if there.hash != tree.hash:
                raise ValueError(f'another tree is mounted at {root!r}: {there.origin}')
            there.mounts += 1
            there.source = there.source or tree.source
            return root
        for other in _importer._trees:
            if other.startswith(root + _SEP) or root.startswith(other + _SEP):
                raise ValueError(f'{root!r} and the root of a mounted tree, {other!r}, lie within each other')
        tree.root = root
        tree.mounts = 1
        tree.triggers = tree.find_triggers()
        _forget(root)
        _importer._trees = {**_importer._trees, root: tree}
        sys.path_importer_cache[root] = Folder(tree, '', root)
        sys.path.insert(_position(tree), root)
    return root


def mount_all(trees, root=None):
    """Mount the trees of one source in order, all or none, and return the root of the first."""
    if root is not None and len(trees) > 1:
        raise ValueError(f'a root was given for {len(trees)} trees: {", ".join(tree.origin for tree in trees)}')
    roots = []
    try:
        for tree in trees:
            roots.append(mount(tree, root))
    except BaseException:
        for done in reversed(roots):
            unmount(done)
        raise
    return roots[0]


def unmount(root):
    """Undo one mount; with the last one take the tree off."""
    with _lock:
        tree = _importer._trees.get(root)
        own = _importer._own
        if tree is None or (own is not None and own.tree is tree and tree.mounts == 1):
            raise ValueError(f'no tree is mounted at {root!r}')
        tree.mounts -= 1
        if tree.mounts:
            return
        _importer._trees = {other: tree for other, tree in _importer._trees.items() if other != root}
        while root in sys.path:
            sys.path.remove(root)
        _forget(root)


def _position(tree):
    """Where on sys.path a tree goes: app trees first, libraries after the standard library, each in mount order."""
    before = [sys.path.index(root) for root, other in _importer._trees.items()
              if other.placement == tree.placement and root in sys.path]
    if before:
        return max(before) + 1
    if tree.placement == 'app':
        return 0
    # The standard library's entries: its zip, its folder, the folder of its extension modules.
    library = os.path.dirname(os.__file__)
    names = 'python{}{}.zip'.format(*sys.version_info), 'lib-dynload', 'DLLs'
    own = [index for index, entry in enumerate(sys.path)
           if entry == library or os.path.basename(str(entry)) in names]
    return own[-1] + 1 if own else len(sys.path)


def _forget(root):
    """Drop what importlib remembers of the paths at and below *root*."""
    for path in list(sys.path_importer_cache):
        if path.__class__ is str and (path == root or path.startswith(root + _SEP)):
            sys.path_importer_cache.pop(path, None)
