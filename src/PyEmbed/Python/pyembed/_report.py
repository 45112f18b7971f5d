"""What ``pyembed.report`` tells: mounts, modules, extracted files, shadowed names."""

import sys

from . import _importer
from ._finders import Folder
from ._loaders import TreeLoader, imported, locate


def report():
    """A dict as docs/formats.md section 4 describes."""
    trees = _importer._trees
    modules = _modules_by_root(trees)
    return {
        'mounts': [{'root': root, 'origin': tree.origin, 'distribution': tree.distribution, 'hash': tree.hash,
                    'placement': tree.placement, 'modules': modules[root]} for root, tree in trees.items()],
        'native': _native_modules(),
        'extracted': list(_importer.extracted),
        'shadowed': _shadowed(trees),
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
    names, native = {}, {name: origin for name, origin, _ in _native_modules()}
    for root in trees:
        finder = sys.path_importer_cache.get(root)
        if root in sys.path and isinstance(finder, Folder):
            names.update(dict.fromkeys(name for name, _ in finder.iter_modules()))
    found = []
    for name in names:
        # (origin, whether it is one of our trees), in the order of the search.
        places = [(native[name], False)] if name in native else []
        if name in sys.builtin_module_names:
            places.append(('built-in', False))
        for entry in sys.path:
            finder = sys.path_importer_cache.get(entry)
            spec = finder.find_spec(name) if finder is not None else None
            if spec is not None and spec.loader is not None:
                ours = isinstance(spec.loader, TreeLoader)     # and not of a real folder at the tree's place
                places.append((finder.tree.origin if ours else spec.origin, ours))
        used, used_ours = places[0] if places else (None, False)
        # Of two places outside our trees, which one wins is not our business.
        found += [(name, used, hidden) for hidden, ours in places[1:] if ours or used_ours]
    return found
