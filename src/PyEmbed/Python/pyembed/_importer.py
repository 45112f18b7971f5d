"""The import path of PyEmbed: archives, the path hook, the finder and the loaders.

A tree is one archive in memory (docs/formats.md), mounted at an absolute folder path, its root, that need not exist on
disk. Roots are entries of ``sys.path``; a path hook serves each folder below them as a path entry finder, as
``FileFinder`` serves a directory, and the loaders derive from importlib's own. So namespaces merge, and pkgutil, runpy,
inspect and their like work, by the standard library's own code.

The host runs this file alone, before anything can find the rest of the package. It uses what CPython has built in or
frozen; whatever is not needed to import a module lives in other modules of the package and comes in on demand.
"""

import sys
import os
import marshal
import _imp
import _thread
from _frozen_importlib import BuiltinImporter, ModuleSpec
from _frozen_importlib_external import (
    BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, MAGIC_NUMBER, SOURCE_SUFFIXES,
    ExtensionFileLoader, PathFinder, SourceFileLoader, SourcelessFileLoader)
try:
    from _frozen_importlib_external import NamespaceLoader as _NamespaceLoader
except ImportError:  # CPython 3.9 and 3.10
    from _frozen_importlib_external import _NamespaceLoader

FORMAT_VERSION = 1          # the newest format version this reader knows
HAS_EXTENSIONS = 1          # folder flag: a file here ends in .so or .pyd
HAS_BYTECODE = 2            # folder flag: a .pyc file lies directly here
MTIME = 315532800           # every file of a tree dates from 1980-01-01, the first day a zip can name

_INDEX_MAGIC = b'PYEMBED\0'
_UNCHECKED = MAGIC_NUMBER + b'\x01\0\0\0'       # PEP 552: hash-based, not to be checked
_SEP = os.sep
_CODE = type((lambda: None).__code__)
_MISSING = object()

_tag = sys.implementation.cache_tag
# What follows a module's name in the name of its bytecode file; None where this Python has no such files.
_CACHE_SUFFIX = None if _tag is None else '.{}{}.pyc'.format(
    _tag, f'.opt-{sys.flags.optimize}' if sys.flags.optimize else '')

_lock = _thread.RLock()     # mounts and the list of extracted files; never held while a module is imported
_trees = {}                 # root -> Tree, in mount order; replaced, never changed, so that readers need no lock
_own = None                 # the root folder of the tree that holds this package, if it came from a tree
_store = None               # the extraction directory; None until first asked for
extracted = {}              # path of each file materialised for this process -> None, in order


class ArchiveError(ValueError):
    """An archive is damaged, hostile, or of a format that this version does not read. Nothing of it is mounted."""

    __module__ = 'pyembed'


# Archives ############################################################################################################

class Tree:
    """One mounted archive: a view of its bytes, and the folder tables of its index, unmarshalled when first used."""

    __slots__ = ('view', 'end', 'origin', 'folders', 'distribution', 'hash', 'placement', 'materialize',
                 'file_users', 'root', 'mounts', 'state')

    def __init__(self, view, end, origin, folders, distribution, hash, placement='app', materialize='auto',
                 file_users=()):
        self.view = view
        self.end = end                      # no record may reach beyond this offset
        self.origin = origin
        self.folders = folders              # folder path -> marshalled table, or the table itself
        self.distribution = distribution
        self.hash = hash
        self.placement = placement
        self.materialize = materialize
        self.file_users = frozenset(file_users)
        self.root = None
        self.mounts = 0
        self.state = None                   # what has been extracted; belongs to _store

    def damaged(self, why):
        return ArchiveError(f'{self.origin}: the archive is damaged: {why}')

    def table(self, inner):
        """The table of a folder that is in the archive: name -> None (a folder) or record; '' -> flags."""
        table = self.folders[inner]
        if table.__class__ is bytes:
            try:
                table = marshal.loads(table)
                if table.__class__ is not dict or table[''].__class__ is not int:
                    raise ValueError('not a folder table')
            except (ValueError, EOFError, TypeError, KeyError) as error:
                raise self.damaged(f'index of folder {inner!r}: {error}') from error
            self.folders[inner] = table
        return table

    def record(self, path):
        """The record of the file at an archive path, None if there is no such file."""
        folder, _, name = path.rpartition('/')
        return self.table(folder).get(name) if name and folder in self.folders else None

    def read(self, record, name):
        """The contents of a file. *name* is for the message of the ArchiveError that a bad record raises."""
        try:
            method, start, size = record[:3]
            sound = 0 <= start and 0 <= size and start + size <= self.end and len(record) == (4 if method else 3)
        except (TypeError, ValueError):
            sound = False
        if not sound or method not in (0, 1):
            raise self.damaged(f'the record of {name!r} is not a range within it')
        data = self.view[start:start + size]
        if not method:
            return bytes(data)
        import zlib
        try:
            # One byte more than announced is enough to see that there is too much.
            inflater = zlib.decompressobj(-15)
            content = inflater.decompress(data, record[3] + 1)
        except (zlib.error, TypeError, ValueError) as error:
            raise self.damaged(f'{name!r} does not inflate: {error}') from error
        if len(content) != record[3] or not inflater.eof:
            raise self.damaged(f'{name!r} does not inflate to the {record[3]} bytes that its record announces')
        return content


def _integer(view, offset, size):
    return int.from_bytes(view[offset:offset + size], 'little')


def open_tree(view, origin):
    """Read an archive's index, or the central directory of a zip that has none. Raises ArchiveError."""
    view = memoryview(view)
    if view.format != 'B' or view.ndim != 1 or not view.c_contiguous:
        view = view.cast('B')
    size = len(view)
    if size >= 42 and view[size - 22:size - 18] == b'PK\x05\x06':
        end = _integer(view, size - 6, 4)           # the central directory begins where the index ends
        if end + _integer(view, size - 10, 4) + 22 == size and end >= 20 and view[end - 8:end] == _INDEX_MAGIC:
            return _open_index(view, end, origin)
    from pyembed._zip import open_zip
    return open_zip(view, origin)


def _open_index(view, end, origin):
    def damaged(why):
        return ArchiveError(f'{origin}: the archive is damaged: {why}')

    version = _integer(view, end - 12, 2)
    if version > FORMAT_VERSION:
        raise ArchiveError(f'{origin}: the archive has format version {version}, this PyEmbed reads versions up to '
                           f'{FORMAT_VERSION}: update PyEmbed, or build the archive with the version in use here')
    length = _integer(view, end - 20, 4)
    start = end - 20 - length
    if version < 1 or _integer(view, end - 10, 2) or start < 0:
        raise damaged('bad index trailer')
    body = view[start:end - 20]
    try:
        from zlib import crc32
    except ImportError:  # a CPython built without zlib
        from binascii import crc32
    if crc32(body) != _integer(view, end - 16, 4):
        raise damaged('bad index checksum')
    try:
        info, folders = marshal.loads(body)
        distribution, digest, users = info['distribution'], info['hash'], info['file_users']
        placement, materialize = info['placement'], info['materialize']
        sound = (folders.__class__ is dict and '' in folders and digest.__class__ is str and len(digest) == 64
                 and not digest.strip('0123456789abcdef') and users.__class__ is tuple
                 and placement in ('app', 'library') and materialize in ('auto', 'never', 'data', 'all')
                 and is_safe_name(distribution))
    except (ValueError, EOFError, TypeError, KeyError) as error:
        raise damaged(f'bad index: {error}') from error
    if not sound:
        raise damaged('bad index')
    return Tree(view, start, origin, folders, distribution, digest, placement, materialize, users)


def is_safe_name(name):
    """Whether *name* names something directly in a folder, on every system, whoever wrote it."""
    return (name.__class__ is str and name not in ('', '.', '..') and not name.strip().endswith('.')
            and not any(character in '/\\:\0' for character in name))


# Finders #############################################################################################################

class Folder:
    """Path entry finder for one folder of a tree. Its *path* is absolute and need not exist on disk."""

    __slots__ = ('tree', 'inner', 'path', '_table', '_codes')

    def __init__(self, tree, inner, path):
        self.tree = tree
        self.inner = inner          # the folder's path in the archive, '' for the root
        self.path = path
        self._table = None
        self._codes = None          # the table of __pycache__

    def __repr__(self):
        return f'{type(self).__name__}({self.path!r})'

    @property
    def table(self):
        if self._table is None:
            self._read_tables()
        return self._table

    def _read_tables(self):
        tree, cache = self.tree, f'{self.inner}/__pycache__' if self.inner else '__pycache__'
        table = tree.table(self.inner)
        self._codes = tree.table(cache) if cache in tree.folders and _CACHE_SUFFIX else {}
        self._table = table

    def folder(self, name):
        """The finder of a sub-folder that the table names."""
        tree, inner = self.tree, f'{self.inner}/{name}' if self.inner else name
        if inner not in tree.folders:
            raise tree.damaged(f'folder {inner!r} has no table')
        return Folder(tree, inner, self.path + _SEP + name)

    def find_spec(self, fullname, target=None):
        """PEP 451: the spec of a module of this folder; one without a loader for a namespace portion; None."""
        table = self._table
        if table is None:
            table = self.table
        tail = fullname.rpartition('.')[2]
        portion = None
        if table.get(tail, _MISSING) is None:
            package = self.folder(tail)
            spec = package._find_file(fullname, '__init__')
            if spec is not None:
                spec.submodule_search_locations = [package.path]
                sys.path_importer_cache[package.path] = package
                return spec
            portion = package
        spec = self._find_file(fullname, tail)
        if spec is None and portion is not None:
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations.append(portion.path)
            sys.path_importer_cache[portion.path] = portion
        return spec

    def _find_file(self, fullname, tail):
        """CPython's order within a folder: extension modules, source, bytecode."""
        table = self._table
        if table is None:
            table = self.table
        flags = table['']
        if flags & HAS_EXTENSIONS:
            for suffix in EXTENSION_SUFFIXES:
                if table.get(tail + suffix):
                    return self._spec(fullname, tail + suffix, ExtensionLoader)
        for suffix in SOURCE_SUFFIXES:
            if table.get(tail + suffix):
                path = f'{self.path}{_SEP}{tail}{suffix}'
                if _CACHE_SUFFIX is None:
                    return self._spec(fullname, tail + suffix, SourceLoader)
                code = self._codes.get(tail + _CACHE_SUFFIX)
                if code is None:
                    spec = ModuleSpec(fullname, SourceLoader(fullname, path, self), origin=path)
                else:
                    spec = ModuleSpec(fullname, CachedLoader(fullname, path, self, code), origin=path)
                spec._set_fileattr = True
                if sys.pycache_prefix is None:
                    spec._cached = f'{self.path}{_SEP}__pycache__{_SEP}{tail}{_CACHE_SUFFIX}'
                return spec
        if flags & HAS_BYTECODE:
            for suffix in BYTECODE_SUFFIXES:
                if table.get(tail + suffix):
                    return self._spec(fullname, tail + suffix, SourcelessLoader)
        return None

    def _spec(self, fullname, name, loader):
        path = self.path + _SEP + name
        spec = ModuleSpec(fullname, loader(fullname, path, self), origin=path)
        spec.has_location = True
        return spec

    def iter_modules(self, prefix=''):
        """pkgutil's protocol: (name, is a package) for each module of the folder."""
        from pyembed._listing import iter_modules
        return iter_modules(self, prefix)

    def invalidate_caches(self):
        """Nothing to do: a mounted tree never changes."""


def locate(path):
    """(tree, archive path) of an absolute path at or below the root of a mounted tree, else (None, None)."""
    if path.__class__ is str:
        for root, tree in _trees.items():
            if path.startswith(root) and (len(path) == len(root) or path[len(root)] in '/' + _SEP):
                inner = path[len(root):].replace(_SEP, '/').strip('/')
                if '..' in inner or '//' in inner or '/./' in inner:
                    inner = os.path.normpath(inner).replace(_SEP, '/')
                return tree, inner
    return None, None


def path_hook(path):
    """The entry of sys.path_hooks: a Folder for a folder of a mounted tree; ImportError for every other path."""
    tree, inner = locate(path)
    if tree is None or inner not in tree.folders:
        raise ImportError('not a folder of a mounted tree', path=path)
    return Folder(tree, inner, path.rstrip('/' + _SEP))


def _folder_at(entry):
    """The finder of a search path's entry that importlib has not yet looked at, if the entry is ours."""
    try:
        finder = sys.path_importer_cache[entry] = path_hook(entry)
        return finder
    except ImportError:
        return entry


class Finder:
    """The one member of sys.meta_path. It answers, without the cost of PathFinder, what PathFinder would answer as far
    as a search path consists of our folders, and gives namespaces with portions of ours a loader that knows them."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        entries = path
        if path is None:
            if fullname == 'pyembed' and _own is not None:
                return _own.find_spec(fullname)     # the rest of this package, wherever sys.path leads
            if _imp.is_builtin(fullname) or _imp.is_frozen(fullname):
                return None                         # as CPython's own order of finders has it
            entries = sys.path
        cache = sys.path_importer_cache
        first = True                                # until an entry that is not ours may have the name
        for entry in entries:
            if entry.__class__ is not str:
                first = False
                continue
            folder = cache.get(entry, _MISSING)
            if folder is None:
                continue                            # importlib found no finder for it: it cannot have the name
            if folder is _MISSING:
                folder = _folder_at(entry)
            if folder.__class__ is not Folder:
                first = False
                continue
            spec = folder.find_spec(fullname)
            if spec is None:
                continue
            if spec.loader is None:
                spec = PathFinder.find_spec(fullname, path, target)
                if spec is not None and spec.loader is None:
                    loader = spec.loader = NamespaceLoader.__new__(NamespaceLoader)
                    loader._path = spec.submodule_search_locations
                return spec
            return spec if first else None
        return None

    @staticmethod
    def invalidate_caches():
        """Nothing to do: PathFinder passes it on to the folders, and they never change."""

    @staticmethod
    def find_distributions(*args, **kwargs):
        """importlib.metadata's protocol: the distributions in the trees on context.path that match context.name."""
        from pyembed._metadata import find_distributions
        return find_distributions(*args, **kwargs)


# Loaders #############################################################################################################

class _TreeLoader:
    """What our loaders share: files come from the tree, and what is not below its root from disk."""

    def __init__(self, fullname, path, folder=None):
        self.name = fullname
        self.path = path
        if folder is None:
            try:
                folder = path_hook(os.path.dirname(path))
            except ImportError:
                pass                    # the tree is not mounted here: every file then comes from disk
        self._folder = folder

    def __eq__(self, other):
        return self.__class__ is other.__class__ and self.name == other.name and self.path == other.path

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def __reduce__(self):
        return self.__class__, (self.name, self.path)

    def create_module(self, spec):
        if '.' not in self.name and self._folder is not None:
            _materialize(self._folder.tree, self.name)

    def find_record(self, path):
        """(tree, record, archive path) of the file at *path*; (None, None, None) where it is not below our root."""
        folder = self._folder
        path = os.fspath(path)
        if folder is not None and path.startswith(folder.tree.root + _SEP):
            tree = folder.tree
            inner = os.path.normpath(path[len(tree.root) + 1:]).replace(_SEP, '/')
            record = tree.record(inner)
            if record is None:
                import errno
                code = errno.EISDIR if inner in tree.folders else errno.ENOENT
                raise OSError(code, os.strerror(code), path)
            return tree, record, inner
        return None, None, None

    def get_data(self, path):
        """The bytes of a file of the tree, or of a file on disk. Raises OSError."""
        tree, record, inner = self.find_record(path)
        if tree is None:
            return super().get_data(path)
        return tree.read(record, inner)

    def get_resource_reader(self, name):
        """importlib.resources' protocol."""
        from pyembed._resources import reader
        return reader(self, name)


class SourceLoader(_TreeLoader, SourceFileLoader):
    """Loads source without bytecode. All of SourceFileLoader's own get_code, so that tracebacks leave it out."""

    def get_source(self, fullname):
        # Up to 3.12 linecache asks for the source of a program that runs as a module by the name __main__.
        return super().get_source(self.name if fullname == '__main__' else fullname)

    def path_stats(self, path):
        tree, record, _ = self.find_record(path)
        return super().path_stats(path) if tree is None else {'mtime': MTIME, 'size': record[-1]}

    def set_data(self, path, data, *, _mode=0o666):
        """Bytecode is never written: a tree is read-only."""


class CachedLoader(SourceLoader):
    """Loads source with bytecode."""

    def __init__(self, fullname, path, folder=None, code=None):
        if folder is None:
            super().__init__(fullname, path)
        else:
            self.name = fullname
            self.path = path
            self._folder = folder
        self._code = code               # the bytecode's record

    def get_code(self, fullname):
        record = self._code
        if record is not None and fullname == self.name and _imp.check_hash_based_pycs != 'always':
            tree = self._folder.tree
            view = tree.view
            method, start, size = record[:3]
            if not method and 0 <= start and 16 <= size and start + size <= tree.end:
                if view[start:start + 8] == _UNCHECKED:
                    code = marshal.loads(view[start + 16:start + size])
                    if code.__class__ is _CODE:
                        _imp._fix_co_filename(code, self.path)
                        return code
        return super().get_code(fullname)       # deflated, checked, stale, another Python's, damaged


class SourcelessLoader(_TreeLoader, SourcelessFileLoader):
    """Loads bytecode that has no source."""


class ExtensionLoader(_TreeLoader, ExtensionFileLoader):
    """Loads an extension module, which the system's loader wants as a file, together with what it needs beside it."""

    def create_module(self, spec):
        _TreeLoader.create_module(self, spec)
        if self._folder is not None:
            from pyembed._store import extract_extension
            extract_extension(self._folder.tree, self._folder.inner)
        return ExtensionFileLoader.create_module(self, spec)


class NamespaceLoader(_NamespaceLoader):
    """Loader of a namespace with at least one portion in a tree."""

    def create_module(self, spec):
        for path in spec.submodule_search_locations:
            tree, _ = locate(path)
            if tree is not None:
                _materialize(tree, spec.name)

    def exec_module(self, module):
        module.__file__ = None          # as CPython does for its own

    def get_resource_reader(self, name):
        from pyembed._resources import namespace_reader
        return namespace_reader(self._path)


def _materialize(tree, fullname):
    """Extract what the import of a module must find as files (docs/formats.md, `materialize` and `file_users`)."""
    mode = tree.materialize
    if mode != 'never' and (mode != 'auto' or fullname in tree.file_users):
        from pyembed._store import extract_for
        extract_for(tree, fullname)


# Mounts ##############################################################################################################

def mount_view(view, origin):
    """Mount the archive in a memoryview and return its root, the path that then is on sys.path.

    *origin* is text for messages and reports. The view must stay valid as long as the process lives, or until the tree
    is unmounted and every module of it gone. Mounting the same tree again counts. Raises ArchiveError for an archive
    that is damaged or of a newer format; then nothing is mounted. Any thread may call it, also while others import."""
    from pyembed._mounts import mount
    return mount(open_tree(view, origin))


def unmount(root):
    """Undo one mount. With the last one of a tree its root leaves sys.path; modules imported from it keep working.

    Raises ValueError where no tree is mounted at *root*."""
    from pyembed._mounts import unmount
    unmount(root)


def mounts():
    """The roots of the mounted trees, in mount order; the first is PyEmbed's own, where a host has booted it."""
    return list(_trees)


def report():
    """What is mounted, imported, extracted and shadowed: a dict as docs/formats.md section 4 describes."""
    from pyembed._report import report
    return report()


def store():
    """The extraction directory: an absolute, real path that need not exist. See boot()."""
    global _store
    if _store is None:
        _store = os.path.realpath(_default_store())
    return _store


def _default_store():
    """A place of the user's own for what can be made again. Looks, and creates nothing."""
    environment = os.environ
    if os.name == 'nt':
        place = environment.get('LOCALAPPDATA')
        if place and os.path.isabs(place):
            return os.path.join(place, 'pyembed')
        return os.path.join(environment.get('TEMP') or environment.get('TMP') or 'C:\\Temp', 'pyembed')
    if sys.platform != 'darwin' and os.path.isabs(environment.get('XDG_CACHE_HOME', '')):
        return os.path.join(environment['XDG_CACHE_HOME'], 'pyembed')
    home = environment.get('HOME', '')
    if not os.path.isabs(home):
        try:
            from pwd import getpwuid
            home = getpwuid(os.getuid()).pw_dir
        except (ImportError, KeyError):
            home = ''
    if os.path.isabs(home) and os.path.isdir(home):
        return os.path.join(home, *(('Library', 'Caches') if sys.platform == 'darwin' else ('.cache',)), 'pyembed')
    temporary = environment.get('TMPDIR', '')
    return os.path.join(temporary if os.path.isabs(temporary) else '/tmp', f'pyembed-{os.getuid()}')


def boot(view=None, store=None):
    """Install the path hook and the finder, once.

    *view* is the archive that holds this package; None where it was imported in another way. *store* is the extraction
    directory; None means the user's cache folder. Later calls change nothing."""
    global _own, _store, _trees
    with _lock:
        if path_hook in sys.path_hooks:
            return
        if store is not None:
            _store = os.path.realpath(store)
        own = None if view is None else open_tree(view, 'pyembed')
        sys.path_hooks.insert(0, path_hook)
        finders = sys.meta_path
        # Before the finders of built-in and frozen modules, which find nothing below a package of ours: see find_spec.
        place = BuiltinImporter if BuiltinImporter in finders else PathFinder
        finders.insert(finders.index(place) if place in finders else 0, Finder)
        if own is not None:
            root = own.root = root_of(own)
            _trees = {root: own}
            _own = sys.path_importer_cache[root] = Folder(own, '', root)
            module = sys.modules[__name__]
            spec = module.__spec__ = _own.folder('pyembed').find_spec(__name__)
            module.__loader__, module.__file__, module.__package__ = spec.loader, spec.origin, spec.parent


def root_of(tree):
    """The place of a tree below the extraction directory."""
    return os.path.join(store(), f'{tree.distribution}-{tree.hash[:20]}')
