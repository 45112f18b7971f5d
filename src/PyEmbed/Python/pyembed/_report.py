"""What ``pyembed.report`` tells: mounts, modules, extracted files, shadowed names, and what was received in bundles."""

import sys

from . import _importer
from ._finders import Folder
from ._loaders import TreeLoader, imported, locate, origin_of
from ._origins import BUILTIN, of_modules, of_spec
from ._received import received


def report():
    """A dict as docs/formats.md section 4 describes."""
    trees = _importer._trees
    modules = _modules_by_root(trees)
    return {
        'mounts': [{'root': root, 'origin': tree.origin, 'distribution': tree.distribution, 'hash': tree.hash,
                    'placement': tree.placement, 'modules': modules[root]} for root, tree in trees.items()],
        'native': _native_modules(),
        'extracted': list(_importer.extracted),
        'modules': of_modules(),
        'shadowed': _shadowed(trees),
        'received': received(),
    }


def _native_modules():
    """(name, origin, whether it is imported) of the host's own modules; without any, what knows them is not imported."""
    native = sys.modules.get('pyembed._native')
    return native.modules() if native is not None else []


def _modules_by_root(trees):
    """Names in sys.modules by the root that they were loaded from; a namespace counts for each of its portions."""
    modules = {root: [] for root in trees}
    for name, loader in imported():
        if isinstance(loader, TreeLoader):
            roots = {loader._folder.tree.root} if loader._folder is not None else ()
        else:
            roots = {tree.root for tree, _ in map(locate, loader._path) if tree is not None}
        for root in roots:
            if root in modules:
                modules[root].append(name)
    return {root: sorted(names) for root, names in modules.items()}


def _shadowed(trees):
    """(name, used origin, hidden origin) for each top-level name of a tree that the search path has twice."""
    registry = sys.modules.get('pyembed._registry')
    names, native = {}, {name: origin for name, origin, _ in _native_modules()}
    for entry in [entry for tree in trees.values() for entry in (*tree.entries('app'), *tree.entries('library'))]:
        finder = sys.path_importer_cache.get(entry)
        if entry in sys.path and isinstance(finder, Folder):
            names.update(dict.fromkeys(name for name, _ in finder.iter_modules()))
    found = []
    for name in names:
        # (origin, whether it is one of our trees), in the order of the search.
        places = [(native[name], False)] if name in native else []
        if registry is not None:
            spec = registry.Registry.find_spec(name)
            places += [(origin, False) for origin in of_spec(spec)]
        elif name in sys.builtin_module_names:
            places.append((BUILTIN, False))
        for entry in sys.path:
            finder = sys.path_importer_cache.get(entry)
            spec = finder.find_spec(name) if finder is not None else None
            if spec is not None and spec.loader is not None:
                ours = isinstance(spec.loader, TreeLoader)     # and not of a real folder at the tree's place
                place = finder.tree.archived(spec.loader._folder.inner)[0].origin if ours else origin_of(spec.origin), ours
                if place not in places:         # the standard library may be there already
                    places.append(place)
        used, used_ours = places[0] if places else (None, False)
        # Of two places outside our trees, which one wins is not our business.
        found += [(name, used, hidden) for hidden, ours in places[1:] if ours or used_ours]
    return found
