"""The files that travel with modules: data of packages that are asked for them, and the metadata of distributions.

Folders are read wherever they are: on disk, in mounted trees, in zips.
"""

import os
import re
import sys
import zipfile

from ._bundle_format import BundleError
from ._loaders import locate

#: How the names end of files that are code and not data.
CODE = '.py', '.pyw', '.pyc', '.so', '.pyd', '.dll', '.dylib'
#: What a source says that reads the data of packages, or asks where it lies itself.
ASKS_FOR_DATA = b'importlib.resources', b'importlib_resources', b'import resources', b'get_data', b'pkg_resources', b'__file__', b'__path__'
#: And of one that asks for what is installed.
ASKS_FOR_DISTRIBUTIONS = b'importlib.metadata', b'importlib_metadata', b'import metadata', b'pkg_resources'

_INFORMATION = '.dist-info', '.egg-info'
_QUOTED = re.compile(rb"""(["'])([^\W\d]\w*(?:\.[^\W\d]\w*)*)\1""")
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
            with zipfile.ZipFile(self._zip.archive) as file:
                below = file.namelist()
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


def files_beside(modules, new, sources, place_of):
    """{archive path: (bytes, place)} of the files that travel with modules, {name: Found}, for the sake of those named in *new*:
    the other system has the rest, and what these ask for. *sources* is their ModuleSources, *place_of* gives the entry of sys.path that the module of a Found lies below. Raises BundleError for what cannot be read.

    The data of a package travel with it where a module of the package, or of one below it, asks for data or where it lies
    itself, or where any module that asks names the package; the metadata of distributions where a module asks for what is installed."""
    asking, named, metadata = set(), set(), False
    for name, found in modules.items():
        if name not in new or found.path is None or found.what != 'source':
            continue
        source = sources.read(found)
        metadata = metadata or any(word in source for word in ASKS_FOR_DISTRIBUTIONS)
        if any(word in source for word in ASKS_FOR_DATA):
            package = name if found.locations is not None else name.rpartition('.')[0]
            while package:
                asking.add(package)
                package = package.rpartition('.')[0]
            named.update(text.decode() for _, text in _QUOTED.findall(source))
    files = {}
    try:
        for name, found in modules.items():
            if found.locations and (name in asking or name in named):
                for location in found.locations:
                    inner = name.replace('.', '/')
                    place = place_of(found) if found.path is not None else location[:-len(inner) - 1]
                    for path, content in _data_below(Folder(location), '', True):
                        files.setdefault(f'{inner}/{path}', (content, place))
        if metadata:
            tops = {name.partition('.')[0] for name in modules}
            for place in sorted({place_of(found) for found in modules.values() if found.path is not None}):
                files.update(_metadata_in(Folder(place), tops, place))
    except OSError as error:
        raise BundleError(f'the data of a package cannot be read: {error}; put the file back, or correct its permissions') from error
    return files


def _metadata_in(folder, tops, place):
    """(archive path, (bytes, place)) of the metadata of those distributions in a folder that one of the top-level modules is of."""
    files, folders = folder.names()
    for name in folders:
        if name.endswith(_INFORMATION):
            inner = folder.below(name)
            if _is_of(inner, name, tops):
                for path, content in _everything_below(inner, f'{name}/'):
                    yield path, (content, place)
    for name in files:
        if name.endswith(_INFORMATION[1]) and _plain(name) in set(map(_plain, tops)):
            yield name, (folder.read(name), place)


def _is_of(folder, name, tops):
    files = folder.names()[0]
    if 'RECORD' in files:
        lines = folder.read('RECORD').decode('utf-8', 'replace').splitlines()
        return any(line.partition(',')[0].partition('/')[0].partition('.py,')[0] in tops or line.partition('.py,')[0] in tops for line in lines)
    if 'top_level.txt' in files:
        return not tops.isdisjoint(folder.read('top_level.txt').decode('utf-8', 'replace').split())
    return _plain(name) in set(map(_plain, tops))


def _plain(name):
    """The name of a distribution, of a module or of the metadata's folder or file, as they compare."""
    return re.sub('[-_.]+', '_', re.split(r'-\d|\.(?:dist|egg)-info$', name)[0]).lower()


def _data_below(folder, prefix, is_package):
    """(path below the package, bytes) of each file in a package's folder that is no code, sub-folders that are packages left out."""
    files, folders = folder.names()
    if not is_package and any(name.partition('.')[0] == '__init__' for name in files):
        return
    for name in files:
        if not name.endswith(CODE):
            yield prefix + name, folder.read(name)
    for name in folders:
        if name not in _SKIPPED:
            yield from _data_below(folder.below(name), f'{prefix}{name}/', False)


def _everything_below(folder, prefix):
    files, folders = folder.names()
    for name in files:
        yield prefix + name, folder.read(name)
    for name in folders:
        if name not in _SKIPPED:
            yield from _everything_below(folder.below(name), f'{prefix}{name}/')
