"""Mounts trees: where they go on sys.path, and what importlib remembers of them."""

import _imp
import os
import posixpath
import sys

from . import _importer
from ._adapters import ADAPTERS, adapt
from ._finders import Folder
from ._importer import HAS_PATH_FILES, MEMORY, MEMORY_ROOT, NOTHING, root_of

_SEP = os.sep
_ADAPTERS_FOR_BUNDLES = {'importlib._common': 'read_memory'} if sys.version_info < (3, 10) else {}
_ADAPTERS_FOR_MEMORY = {'inspect': 'show_memory', **_ADAPTERS_FOR_BUNDLES}


class _ImportLock:
    """importlib's own lock, which it holds while finders search: sys.path never changes under a search."""

    def __enter__(self):
        _imp.acquire_lock()

    def __exit__(self, *_):
        _imp.release_lock()


import_lock = _ImportLock()


def mount(tree, root=None, files=True):
    """Mount an opened tree, or the bundle that it is, at *root*, and return the root; by default where root_of() has it, and a bundle
    where bundles go. Without *files* it is then in memory only."""
    root = None if root is None else _path_of(root)
    if tree.bundle is not None:
        from . import _bundles
        return _bundles.mount(tree, root, files).root
    return mount_tree(tree, root_of(tree, files) if root is None else root)


def mount_tree(tree, root):
    """Mount an opened tree at a root, and return the root."""
    if root in (os.path.dirname(root), MEMORY_ROOT):
        raise ValueError(f'a tree cannot be mounted at {root!r}, which every path lies below')
    path_files = _has_path_files(tree)
    _open_code_cache(tree, root)
    with import_lock:
        is_new = _put_on(tree, root)
    if is_new:
        _complete(tree, path_files)
    return root


def _path_of(root):
    """The path that a caller names as a root, in the form that _importer._trees has."""
    try:
        path = os.fsdecode(root)
        return MEMORY_ROOT + posixpath.normpath(path[len(MEMORY):]).strip('./') if path.startswith(MEMORY) else os.path.abspath(path)
    except TypeError:
        raise TypeError(f'a root must be a path, not {type(root).__name__!r}') from None


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
    root = _path_of(root)
    bundles = sys.modules.get('pyembed._bundles')
    if bundles is None or not bundles.unmount(root):
        unmount_tree(root)


def unmount_tree(root):
    """Undo one mount of the tree at a root."""
    with import_lock:
        tree = _mounted(root)
        _take_off(root, tree)
        if not tree.mounts:
            forget(_moved_to(root))
            _importer._moved = {old: new for old, new in _importer._moved.items() if new != root}
    _let_go(tree)


def replace(root, tree, files=True, digest=None):
    """Mount an opened tree in the stead of one mount of that at *root*; returns the new root. *files* is as for mount(), *digest* as for
    _importer.replace_view()."""
    root = _path_of(root)
    bundles = sys.modules.get('pyembed._bundles')
    if tree.bundle is not None or bundles is not None and bundles.is_at(root):
        from . import _bundles
        return _bundles.replace(root, tree, files, digest).root
    new = root_of(tree, files)
    path_files = _has_path_files(tree)
    _open_code_cache(tree, new)
    with import_lock:
        old = _mounted(root)
        if new == root:
            return root
        order = [new if other == root else other for other in _importer._trees if other != new]
        keeps_place = tree.placement == old.placement and root in sys.path
        is_new = _put_on(tree, new, sys.path.index(root) if keeps_place else None)
        _take_off(root, old)
        if not old.mounts:
            moved = root, *_moved_to(root)
            forget(moved)
            _importer._moved = {**_importer._moved, **dict.fromkeys(moved, new)}
            _importer._trees = {place: _importer._trees[place] for place in order}
    _let_go(old)
    if is_new:
        _complete(tree, path_files)
    return new


def _let_go(tree):
    """Let the extraction directory forget a tree that was taken off. Not under importlib's lock, which who extracts may
    wait for."""
    if not tree.mounts and 'pyembed._store' in sys.modules:
        from ._store import let_go
        let_go(tree)


def _mounted(root):
    tree, own = _importer._trees.get(root), _importer._own
    if tree is None or (own is not None and own.tree is tree and tree.mounts == 1):
        raise ValueError(f'no tree is mounted at {root!r}')
    return tree


def _moved_to(root):
    """The roots of trees in whose stead that at *root* is mounted."""
    return [old for old, new in _importer._moved.items() if new == root]


def _put_on(tree, root, place=None):
    """Put a tree on sys.path, or count where it is there; whether it is new."""
    there = _importer._trees.get(root)
    if there is not None:
        if there.hash != tree.hash:
            raise ValueError(f'another tree is mounted at {root!r}: {there.origin}')
        there.mounts += 1
        there.source = there.source or tree.source
        return False
    check_apart(root)
    tree.root = root
    tree.in_memory = root.startswith(MEMORY_ROOT)
    if tree.in_memory or not _importer.allow_files:
        tree.materialize = 'never'
    tree.mounts = 1
    tree.triggers = triggers_of(tree)
    forget([root])
    _importer._moved = {old: new for old, new in _importer._moved.items() if old != root}
    _importer._trees = {**_importer._trees, root: tree}
    sys.path_importer_cache[root] = Folder(tree, '', root)
    sys.path.insert(place_of_entry(tree.placement) if place is None else place, root)
    return True


def check_apart(root):
    """Raise ValueError where a root lies above or below that of a mounted tree."""
    for other in _importer._trees:
        if other.startswith(root + _SEP) or root.startswith(other + _SEP):
            raise ValueError(f'{root!r} and the root of a mounted tree, {other!r}, lie within each other')


class _Everything:
    """A container that holds everything."""

    def __contains__(self, _):
        return True


class OnceAFolder:
    """A container of the paths in each folder that is not in `done`, and of those that are *always* in it."""

    __slots__ = 'done', '_always'

    def __init__(self, always):
        self.done = set()
        self._always = always

    def __contains__(self, path):
        return path.rpartition(os.sep)[0] not in self.done or path in self._always


_EVERYTHING = _Everything()


def triggers_of(tree):
    """What the triggers of a tree are, at its root as the process is now."""
    users = tree.file_users
    if tree.materialize == 'never':
        return NOTHING
    if tree.materialize != 'auto' or users is None:
        return _EVERYTHING
    prefix = tree.root + os.sep
    names = map(tree.file_name, users) if tree.stripped else users
    asking = frozenset([prefix + path.replace('/', os.sep) for path in names])
    return OnceAFolder(asking) if _importer._everyone else asking


def _take_off(root, tree):
    tree.mounts -= 1
    if not tree.mounts:
        _importer._trees = {other: there for other, there in _importer._trees.items() if there is not tree}
        for entry in (root, *tree.paths):
            while entry in sys.path:
                sys.path.remove(entry)
        forget([root])


def see_memory():
    """Have tools told of modules that have an origin and no place, from the first of them on: many modules import inspect."""
    _adapt_from_now_on(_ADAPTERS_FOR_MEMORY)


def see_bundles():
    """Have tools told of modules that have a place where nothing can be made."""
    _adapt_from_now_on(_ADAPTERS_FOR_BUNDLES)


def _adapt_from_now_on(adapters):
    for name, function in adapters.items():
        if name not in ADAPTERS:
            ADAPTERS[name] = f'pyembed._tools:{function}'
            if name in sys.modules:
                __import__(name)            # waits for another thread that has begun to
                adapt(sys.modules[name])


def _has_path_files(tree):
    """Whether site would read .pth files, were the tree a folder: it would in site-packages, and an app is not there."""
    return tree.placement == 'library' and tree.table('')[''] & HAS_PATH_FILES


def _open_code_cache(tree, root):
    """Let a tree that is about to be mounted and has no bytecode for this Python use what was compiled before. Not under
    importlib's lock: this imports."""
    if root not in _importer._trees and not tree.has_bytecode():
        try:
            from ._code_cache import open_cache
        except ImportError:         # sys.path does not lead to this package any more, or it is being imported at this moment
            return
        tree.codes = open_cache(tree)


def _complete(tree, path_files):
    """What is left to do for a tree that was put on. Not under importlib's lock: this imports."""
    if tree.in_memory:
        see_memory()
    if path_files:
        from ._paths import read_path_files
        read_path_files(tree)


def place_of_entry(placement):
    """Where on sys.path a tree goes: app trees first, libraries after the standard library, each in mount order."""
    entries = {entry for tree in _importer._trees.values() for entry in tree.entries(placement)}
    seen = set()
    after = 0
    for index, entry in enumerate(sys.path, 1):
        if entry.__class__ is str and entry in entries and entry not in seen:       # where it counts: its first place
            seen.add(entry)
            after = index
    if after:
        return after
    if placement == 'app':
        return 0
    library = standard_library()
    return sys.path.index(library[-1]) + 1 if library else len(sys.path)


def standard_library():
    """The entries of sys.path that are the standard library's: its zip, its folder, the folder of its extension modules."""
    library = os.path.dirname(os.__file__)
    names = 'python{}{}.zip'.format(*sys.version_info), 'lib-dynload', 'DLLs'
    return [entry for entry in sys.path if entry == library or os.path.basename(str(entry)) in names]


def forget(roots):
    """Drop what importlib and linecache remember of the paths at and below *roots*."""
    roots = set(roots)
    below = tuple({root + separator for root in roots for separator in (_SEP, '/')})
    linecache = sys.modules.get('linecache')
    for cache in (sys.path_importer_cache, getattr(linecache, 'cache', {})):
        for path in list(cache):
            if path.__class__ is str and (path.startswith(below) or path in roots):
                cache.pop(path, None)
