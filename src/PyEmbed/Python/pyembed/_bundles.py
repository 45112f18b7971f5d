"""Bundles that are mounted: what system B has received (docs/formats.md, section 7).

Those that are mounted without a root share one, ``<working directory>/.pyembed``: their files show the places that they had on A,
below it, and nothing is made there. Packages of a later bundle extend those of earlier ones, imported or not. Mounted at a root
of the caller's choice a bundle is a tree like others. Its data and requirements hold as long as it is mounted, wherever.
"""

import os
import sys
import _thread
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import PathFinder

from . import _importer
from ._bundle_format import BundleError, check, module_file, read, read_data
from ._bundle_tree import BundleTree, place_of
from ._finders import Folder
from ._importer import MEMORY, MEMORY_ROOT
from ._loaders import NamespaceLoader, TreeLoader, imported, locate
from ._mounts import check_apart, forget, import_lock, mount_tree, place_of_entry, see_bundles, see_memory, unmount_tree

_FOLDER = '.pyembed'

_lock = _thread.RLock()  # held while bundles come and go
_bundles = ()           # the Bundle objects in mount order; replaced, never changed
_data = {}              # identifier -> bytes, of all of them; replaced, never changed


def _renew_lock():
    global _lock
    _lock = _thread.RLock()         # another thread of the parent may have had it


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_renew_lock)


class Bundle:
    """One mount of a bundle."""

    __slots__ = 'archive', 'manifest', 'digests', 'data', 'root', 'shared', 'entries'

    def __init__(self, archive, root, shared):
        self.archive = archive              # its Tree; mounted itself where the bundle has a root of its own
        self.manifest = read(archive)
        self.digests = check(archive, self.manifest)    # path in the archive -> hash
        self.data = read_data(archive, self.manifest)
        self.root = root
        self.shared = shared                # whether the root is one that bundles share
        # The entries of sys.path that it has files at.
        self.entries = [place_of(root, entry) for entry in self.manifest.entries] if shared else [root]


def mounted():
    """(root, Manifest) of each bundle that is mounted, in mount order."""
    return [(bundle.root, bundle.manifest) for bundle in _bundles]


def archives():
    """(root, the archive's Tree, whether the root is one that bundles share) of each bundle that is mounted, in mount order."""
    return [(bundle.root, bundle.archive, bundle.shared) for bundle in _bundles]


def data():
    """The data of all bundles that are mounted, a dict from identifiers to bytes."""
    return _data


def is_at(root):
    """Whether a bundle is mounted at a root."""
    return any([bundle.root == root for bundle in _bundles])


def mount(archive, root=None, files=True, instead_of=None):
    """Mount the bundle in an opened tree and return its Bundle. *root* and *files* are as for _mounts.mount; *instead_of* is a Bundle
    that is taken off at the same moment; packages of it that stay imported find their submodules in the new one.

    Raises BundleError for a damaged or newer bundle, and for one with a file or data that differ from those of another that is
    mounted; ValueError where the root overlaps that of a tree. Then everything is as before."""
    shared = root is None
    return _mount_at(archive, _shared_root(archive.origin, files) if shared else root, shared, instead_of)


def _mount_at(archive, root, shared, instead_of=None):
    bundle = Bundle(archive, root, shared)
    if bundle.manifest.requirements:
        from . import _require
    with _lock:
        others = [other for other in _bundles if other is not instead_of]
        for other in others:
            _compare_data(bundle, other)
            if shared and other.shared:
                _compare_files(bundle, other)
        if shared:
            _share(root, [*[other for other in others if other.shared and other.root == root], bundle])
        else:
            mount_tree(archive, root)
        for module, pair in bundle.manifest.requirements.items():
            _require.add(module, *pair)
        if instead_of is not None:
            if not (shared and instead_of.shared and instead_of.root == root):
                _leave(instead_of, others)
            _end(instead_of, others)
        _set([*others, bundle])
    if bundle.root.startswith(MEMORY_ROOT):
        see_memory()
    elif shared:
        see_bundles()
    return bundle


def mount_in_worker(archive, root, shared):
    """Mount a bundle in a worker process as it is mounted in the parent. A worker that a fork server forked may have it."""
    if not any([bundle.root == root and bundle.archive.hash == archive.hash for bundle in _bundles]):
        _mount_at(archive, root, shared)


def take_off(bundle, drop_modules=False):
    """Take one bundle off, whichever was mounted after it. With *drop_modules* those of its modules that no other bundle has are
    forgotten, too: the next import looks for them anew."""
    with _lock:
        if not any([other is bundle for other in _bundles]):
            raise ValueError(f'the bundle {bundle.archive.origin} is not mounted')
        others = [other for other in _bundles if other is not bundle]
        dropped = _modules_of(bundle) if drop_modules else ()
        _leave(bundle, others, not drop_modules)
        _end(bundle, others, dropped)
        _set(others)


def unmount(root, digest=None):
    """Take off the bundle that was mounted last at a root, of those with that hash where one is given; False where none is."""
    with _lock:
        last = _last(root, digest)
        if last is None:
            return False
        take_off(last)
    return True


def replace(root, archive, files=True, digest=None):
    """Mount the bundle in an opened tree in the stead of the one that unmount() would take off, and return its Bundle."""
    with _lock:
        last = _last(root, digest)
        if last is None or not last.shared:
            raise BundleError(f'{archive.origin}: only a bundle can be replaced by a bundle, and only where bundles go by default: '
                              f'unmount {root!r}, and mount the other one')
        return mount(archive, None, files, last)


def _last(root, digest):
    return next((bundle for bundle in reversed(_bundles) if bundle.root == root and digest in (None, bundle.archive.hash)), None)


def _leave(bundle, others, keep=True):
    """Take the files of a bundle off."""
    if bundle.shared:
        _share(bundle.root, [other for other in others if other.shared and other.root == bundle.root], keep)
    else:
        unmount_tree(bundle.root)


def _end(bundle, others, dropped=()):
    """Take back what else a bundle has brought, and of its modules those named that others do not have."""
    for module, pair in bundle.manifest.requirements.items():
        sys.modules['pyembed._require'].remove(module, *pair)
    for name in dropped:
        path = module_file(name, bundle.digests)
        if not any([name in other.manifest.modules and other.digests.get(path) == bundle.digests.get(path) for other in others]):
            module = sys.modules.pop(name, None)
            parent, _, tail = name.rpartition('.')
            if parent in sys.modules and vars(sys.modules[parent]).get(tail) is module:
                delattr(sys.modules[parent], tail)


def _modules_of(bundle):
    """The names of the modules in sys.modules that are this bundle's, those with submodules last."""
    found = []
    for name, loader in imported():
        paths = list(loader._path) if not isinstance(loader, TreeLoader) else [loader.path] if loader._folder is not None else []
        places = [tree.archived(inner) for tree, inner in map(locate, paths) if tree is not None]
        if places and all([archive is bundle.archive for archive, _ in places]):
            found.append(name)
    return sorted(found, key=lambda name: -name.count('.'))


def _set(bundles):
    global _bundles, _data
    _bundles = tuple(bundles)
    _data = {name: content for bundle in bundles for name, content in bundle.data.items()}
    if _bundles and Extender not in sys.meta_path:
        finders = sys.meta_path
        finders.insert(finders.index(PathFinder) + 1 if PathFinder in finders else len(finders), Extender)
    elif not _bundles and Extender in sys.meta_path:
        sys.meta_path.remove(Extender)


# The root that bundles share #########################################################################################

def _shared_root(origin, files):
    if files and (_importer.allow_files or not origin.startswith(MEMORY)):
        try:
            return os.path.join(os.getcwd(), _FOLDER)
        except OSError:             # there is none, or it was removed
            pass
    return f'{MEMORY_ROOT}bundles'


def _share(root, bundles, keep=True):
    """Let these bundles, in mount order, be those at a root that they share."""
    tree = _importer._trees.get(root)
    if tree is None:
        check_apart(root)
        tree = BundleTree(root)
    elif not isinstance(tree, BundleTree):
        raise BundleError(f'a tree is mounted at {root!r}, where bundles go, {tree.origin}: unmount it, or mount the bundle at a '
                          'root of its own')
    before = tree.search
    with import_lock:
        if bundles:
            try:
                tree.hold(bundles, keep)
            except ValueError as error:
                raise BundleError(f'{bundles[-1].archive.origin}: {error}: mount the bundle at a root of its own') from error
        tree.mounts = len(bundles)
        others = {place: other for place, other in _importer._trees.items() if place != root}
        _importer._trees = {**_importer._trees, root: tree} if bundles else others      # anew, also where it was there
        forget([root])
        search = tree.search if bundles else {}
        sys.path[:] = [entry for entry in sys.path if entry not in before or entry in search]
        for entry, placement in search.items():
            sys.path_importer_cache[entry] = Folder(*locate(entry), entry)
            if entry not in sys.path:
                sys.path.insert(place_of_entry(placement), entry)


def _compare_files(bundle, other):
    for path, digest in bundle.digests.items():
        there = other.digests.get(path)
        if there is not None and there != digest:
            name = next((name for name in bundle.manifest.modules if module_file(name, (path,))), path)
            raise _refusal(
                bundle, other, f'{name} (SHA-256 {digest.hex()[:12]}) differs from the one that is mounted ({there.hex()[:12]}, of '
                f'{other.archive.origin})', 'mount this one at a root of its own')


def _compare_data(bundle, other):
    for name, content in bundle.data.items():
        if other.data.get(name, content) != content:
            raise _refusal(bundle, other, f'the data {name!r} differ from those of {other.archive.origin}, which is mounted',
                           'register the data by another identifier')


def _refusal(bundle, other, reason, remedy):
    error = BundleError(f'{bundle.archive.origin}: {reason}: unmount that bundle first, or {remedy}')
    error.reason, error.other = reason, other       # for those that have other remedies
    return error


# Modules of packages that lead elsewhere ############################################################################

class Extender:
    """A member of sys.meta_path, after PathFinder: finds the modules of bundles whose package is B's own, or another bundle's, and
    does not lead to them by its ``__path__``."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        registry = sys.modules.get('pyembed._registry')
        if path is None or registry is not None and fullname.partition('.')[0] in registry.names:
            return None                     # what is below the standard library's packages is the interpreter's alone there
        portions = []
        for bundle in _bundles:
            if fullname in bundle.manifest.modules:
                for entry in bundle.entries:
                    spec = _find_at(os.path.join(entry, *fullname.split('.')[:-1]), fullname)
                    if spec is not None and spec.loader is not None:
                        return spec
                    portions += spec.submodule_search_locations if spec is not None else ()
        if not portions:
            return None
        loader = NamespaceLoader.__new__(NamespaceLoader)
        spec = ModuleSpec(fullname, loader, is_package=True)
        spec.submodule_search_locations = loader._path = list(dict.fromkeys(portions))
        return spec

    @staticmethod
    def invalidate_caches():
        """Nothing to do: PathFinder passes it on to the folders."""


def _find_at(place, fullname):
    """The spec of a module in the folder of a tree at a place; None."""
    tree, inner = locate(place)
    return Folder(tree, inner, place).find_spec(fullname) if tree is not None and inner in tree.folders else None
