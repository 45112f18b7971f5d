"""Folders of packages, wherever they are: on disk, in mounted trees, in zips; and the data in them."""

import os
import sys

from ._loaders import locate

#: How the names end of files that are code and not data.
CODE = '.py', '.pyw', '.pyc', '.so', '.pyd', '.dll', '.dylib'
#: What a source says that reads the data of packages, or asks where it lies itself.
ASKS_FOR_DATA = b'importlib.resources', b'importlib_resources', b'import resources', b'get_data', b'pkg_resources', b'__file__', b'__path__'
#: And of one that asks for what is installed.
ASKS_FOR_DISTRIBUTIONS = b'importlib.metadata', b'importlib_metadata', b'import metadata', b'pkg_resources'

_SKIPPED = frozenset(['__pycache__', '.git', '.hg', '.svn', '.idea', '.vscode', '.mypy_cache', '.pytest_cache', '.ruff_cache'])


class Folder:
    """A folder by its path: below a mounted tree, in a zip, or on disk; empty where there is none."""

    def __init__(self, path):
        self.path = path
        self._tree, self._inner = locate(path)
        self._zip = None if self._tree is not None or os.path.isdir(path) else _zip_above(path)

    def names(self):
        """(names of the files, names of the folders) directly in it, sorted."""
        if self._tree is not None:
            if self._inner not in self._tree.folders:
                return [], []
            table = self._tree.table(self._inner)
            return (sorted(name for name, record in table.items() if name and record is not None),
                    sorted(name for name, record in table.items() if name and record is None))
        if self._zip is not None:
            prefix = self.path[len(self._zip.archive):].strip(os.sep).replace(os.sep, '/')
            below = [name.replace(os.sep, '/') for name in self._zip._files]
            below = [name[len(prefix) + 1:] if prefix else name for name in below if not prefix or name.startswith(prefix + '/')]
            return (sorted({name for name in below if name and '/' not in name}),
                    sorted({name.partition('/')[0] for name in below if '/' in name}))
        try:
            with os.scandir(self.path) as entries:
                known = [(entry.name, entry.is_dir(), entry.is_file()) for entry in entries]
        except OSError:
            return [], []
        return sorted(name for name, _, is_file in known if is_file), sorted(name for name, is_folder, _ in known if is_folder)

    def folders(self):
        return self.names()[1]

    def below(self, name):
        return Folder(os.path.join(self.path, name))

    def read(self, name):
        """The bytes of a file. Raises OSError."""
        if self._tree is not None:
            inner = f'{self._inner}/{name}' if self._inner else name
            return self._tree.read(self._tree.record(inner), inner)
        path = os.path.join(self.path, name)
        if self._zip is not None:
            return self._zip.get_data(path)
        with open(path, 'rb') as file:
            return file.read()


def _zip_above(path):
    """The zipimporter of the zip that a path leads into; None."""
    import zipimport
    above = path
    while True:
        if os.path.isfile(above):
            known = sys.path_importer_cache.get(above)
            try:
                return known if isinstance(known, zipimport.zipimporter) else zipimport.zipimporter(above)
            except zipimport.ZipImportError:
                return None
        shorter = os.path.dirname(above)
        if shorter == above:
            return None
        above = shorter


def package_data(locations):
    """(path below the package, bytes) of each file in a package's folders that is no code, sub-folders that are packages
    left out. Raises OSError."""
    for location in locations:
        yield from _data_below(Folder(location), '', True)


def _data_below(folder, prefix, is_package):
    files, folders = folder.names()
    if prefix and any(name.partition('.')[0] == '__init__' for name in files):
        return
    for name in files:
        if not name.endswith(CODE):
            yield prefix + name, folder.read(name)
    for name in folders:
        if name not in _SKIPPED:
            yield from _data_below(folder.below(name), f'{prefix}{name}/', False)


def everything_below(folder, prefix=''):
    """(path, bytes) of each file in a folder and below it. Raises OSError."""
    files, folders = folder.names()
    for name in files:
        yield prefix + name, folder.read(name)
    for name in folders:
        yield from everything_below(folder.below(name), f'{prefix}{name}/')
