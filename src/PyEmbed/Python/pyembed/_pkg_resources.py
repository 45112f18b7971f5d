"""Adapter (see _adapters) of setuptools' pkg_resources, which keeps registers of loaders and finders, and looks at the disk.

Its providers and finders for folders serve trees too, once they see the files; only what must be a file is made one.
"""

import os
import sys
from pkgutil import get_importer

from ._finders import Folder
from ._loaders import TreeLoader
from ._tools import find_file, find_folder, read_trees


def register(pkg_resources):
    """Register trees, and let the working set, which pkg_resources builds while it is imported, find their distributions."""
    read_trees(pkg_resources)
    pkg_resources.register_loader_type(TreeLoader, _provider(pkg_resources.DefaultProvider))
    pkg_resources.register_finder(Folder, pkg_resources.find_on_path)
    pkg_resources.register_namespace_handler(Folder, pkg_resources.file_ns_handler)
    trees = {entry for entry in sys.path if isinstance(entry, str) and isinstance(get_importer(entry), Folder)}
    working_set = pkg_resources.working_set
    if trees.intersection(working_set.entries):
        callbacks = working_set.callbacks
        working_set.__init__(working_set.entries)       # anew, so that of two distributions the one first on the path counts
        working_set.callbacks = callbacks
        for distribution in list(working_set):
            if distribution.location in trees:
                distribution.activate(replace=False)


def _provider(base):
    class TreeProvider(base):
        """Resources of modules in trees."""

        def get_resource_filename(self, manager, resource_name):
            """The place of a file or folder, which is there from now on."""
            path = super().get_resource_filename(manager, resource_name)
            tree, _, inner = find_file(path)
            if tree is None:
                tree, inner = find_folder(path)
            if tree is not None:
                if tree.materialize == 'never':
                    raise NotImplementedError(f'{path} cannot be made a file: {tree.never} forbids it for {tree.origin}')
                from ._store import extract_file, extract_folder
                place = extract_folder(tree, inner) if inner in tree.folders else extract_file(tree, inner)
                return os.fspath(place)
            return path

    return TreeProvider
