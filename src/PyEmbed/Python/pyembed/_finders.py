"""The import path of PyEmbed: path hook, finders and loaders over mounted trees.

Roots are entries of ``sys.path``; a path hook serves each folder below them as a path entry finder, as ``FileFinder``
serves a directory, and the loaders derive from importlib's own. So namespaces merge, and pkgutil, runpy, inspect and
their like work, by the standard library's own code. Nothing here imports while it finds: importlib then holds its lock.
"""

import sys
import os
import marshal
import stat
import _frozen_importlib_external as _external
import _imp
from _frozen_importlib import BuiltinImporter, ModuleSpec
from _frozen_importlib_external import (
    BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, MAGIC_NUMBER, SOURCE_SUFFIXES,
    ExtensionFileLoader, PathFinder, SourceFileLoader, SourcelessFileLoader)
try:
    from _frozen_importlib_external import NamespaceLoader as _NamespaceLoader
except ImportError:  # CPython 3.9 and 3.10
    from _frozen_importlib_external import _NamespaceLoader

# By its full name, which is in sys.modules before the package is.
from pyembed._adapters import ADAPTERS, find_adapted
from pyembed._importer import CACHE_SUFFIX, HAS_BYTECODE, HAS_EXTENSIONS, UNCHECKED
_importer = sys.modules['pyembed._importer']

MTIME = 315532800           # every file of a tree dates from 1980-01-01, the first day a zip can name

_SEP = os.sep
_MODULE = type(sys)
_CODE = type((lambda: None).__code__)
_MISSING = object()


# Finders #############################################################################################################

class Folder:
    """Path entry finder for one folder of a tree. Its *path* is absolute and need not exist on disk."""

    __slots__ = ('tree', 'inner', 'path', '_table', '_codes', '_cache', '_beside')

    def __init__(self, tree, inner, path):
        self.tree = tree
        self.inner = inner          # the folder's path in the archive, '' for the root
        self.path = path
        self._table = None
        self._codes = None          # the table of __pycache__, whose path with a separator is _cache
        self._cache = None
        self._beside = None         # the finder of a real folder at this path; False where there is none

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
        self._codes = tree.table(cache) if cache in tree.folders and CACHE_SUFFIX else {}
        self._cache = f'{self.path}{_SEP}__pycache__{_SEP}'
        self._table = table         # last, as another thread may look

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
        if tail not in table:
            spec = self._find_file(fullname, tail)
            return self._find_beside(fullname, target) if spec is None and self._beside is not False else spec
        portion = None
        if table[tail] is None:
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

    if sys.version_info < (3, 12):
        # FileFinder's older methods (PEP 302, PEP 420), which setuptools still calls.
        def find_loader(self, fullname):
            spec = self.find_spec(fullname)
            return (None, []) if spec is None else (spec.loader, spec.submodule_search_locations or [])

        def find_module(self, fullname):
            return self.find_loader(fullname)[0]

    def _find_file(self, fullname, tail):
        """CPython's order within a folder: extension modules, source, bytecode."""
        table = self.table if self._table is None else self._table
        flags = table['']
        if flags & HAS_EXTENSIONS:
            for suffix in EXTENSION_SUFFIXES:
                if table.get(tail + suffix):
                    return self._spec(fullname, tail + suffix, ExtensionLoader)
        for suffix in SOURCE_SUFFIXES:
            if table.get(tail + suffix):
                code = self._codes.get(f'{tail}{CACHE_SUFFIX}')
                path = f'{self.path}{_SEP}{tail}{suffix}'
                spec = ModuleSpec(fullname, SourceLoader(fullname, path, self) if code is None
                                  else CachedLoader(fullname, path, self, code), origin=path)
                spec._set_fileattr = True
                if CACHE_SUFFIX and sys.pycache_prefix is None:        # what ModuleSpec.cached would compute, slowly
                    spec._cached = f'{self._cache}{tail}{CACHE_SUFFIX}'
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

    def _find_beside(self, fullname, target):
        """What lies at the folder's path on disk and is not in the tree, found by the next path hook."""
        beside = self.beside
        return beside.find_spec(fullname, target) if beside else None

    @property
    def beside(self):
        """The finder that the next path hook gives for a real folder at this path, as known since invalidate_caches();
        False where there is no such folder."""
        if self._beside is None:
            self._beside = _next_finder(self.path) if _is_trusted_folder(self.path, self.tree) else False
        return self._beside

    def iter_modules(self, prefix=''):
        """pkgutil's protocol: (name, is a package) for each module of the folder."""
        from pyembed._listing import iter_modules
        return iter_modules(self, prefix)

    def invalidate_caches(self):
        """Forget whether there is a real folder at this path. The tree itself never changes."""
        if self._beside:
            self._beside.invalidate_caches()
        else:
            self._beside = None


def locate(path):
    """(tree, archive path) of an absolute path at or below the root of a mounted tree, else (None, None)."""
    if path.__class__ is str:
        for root, tree in _importer._trees.items():
            if path.startswith(root) and (len(path) == len(root) or path[len(root)] in '/' + _SEP):
                inner = path[len(root):].replace(_SEP, '/').strip('/')
                if '..' in inner or '//' in inner or '/./' in inner:
                    inner = os.path.normpath(inner).replace(_SEP, '/')
                return tree, inner
    return None, None


def _moved_to(path):
    """Where a path lies since its tree was replaced: the ``__path__`` of a package from before still names the old one."""
    if path.__class__ is str:
        for old, new in _importer._moved.items():
            if path.startswith(old) and (len(path) == len(old) or path[len(old)] in '/' + _SEP):
                return new + path[len(old):]
    return path


def path_hook(path):
    """The entry of sys.path_hooks: a Folder for a folder of a mounted tree; ImportError for every other path."""
    tree, inner = locate(path)
    if tree is None and _importer._moved:
        path = _moved_to(path)
        tree, inner = locate(path)
    if tree is None or inner not in tree.folders:
        raise ImportError('not a folder of a mounted tree', path=path)
    return Folder(tree, inner, path.rstrip('/' + _SEP))


def _next_finder(path):
    for hook in sys.path_hooks:
        if hook is not path_hook:
            try:
                return hook(path)
            except ImportError:
                pass
    return False


def _is_trusted_folder(path, tree):
    """Whether a path is a real folder, and, where it is below the extraction directory, one that no other user could
    have put there or write to: nobody has asked for that place."""
    try:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            return False
        store = _importer.store()
        if os.name == 'nt' or not path.startswith(store + _SEP):
            return True
        while True:
            found = os.lstat(path)
            if found.st_uid != os.getuid() or found.st_mode & 0o022:
                return False
            if path == store:
                return True
            path = os.path.dirname(path)
    except OSError:
        return False


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
        if fullname in ADAPTERS:
            return find_adapted(fullname, path, target)
        entries = path
        if path is None:
            if fullname == 'pyembed' and _importer._own is not None:
                return _importer._own.find_spec(fullname)   # the rest of this package, wherever sys.path leads
            if _imp.is_builtin(fullname) or _imp.is_frozen(fullname):
                return None                         # as CPython's own order of finders has it
            entries = sys.path
        cache = sys.path_importer_cache
        if entries.__class__ is list and len(entries) == 1:
            folder = cache.get(entries[0]) if entries[0].__class__ is str else None
            if folder.__class__ is Folder:
                spec = folder.find_spec(fullname)
                if spec is None or spec.loader is not None:
                    return spec
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
        """Nothing to do: PathFinder passes it on to the folders."""

    @staticmethod
    def find_distributions(*args, **kwargs):
        """importlib.metadata's protocol: the distributions in the trees on context.path that match context.name."""
        from pyembed._metadata import find_distributions
        return find_distributions(*args, **kwargs)


# Loaders #############################################################################################################

class TreeLoader:
    """What our loaders share: files come from the tree, and what is not below its root from disk."""

    def __init__(self, fullname, path, folder=None):
        self.name = fullname
        self.path = path
        if folder is None:
            try:
                folder = path_hook(os.path.dirname(path))
            except (ImportError, TypeError):
                pass                    # no path, or no mounted tree has it: every file then comes from disk
        self._folder = folder

    def __eq__(self, other):
        return self.__class__ is other.__class__ and self.name == other.name and self.path == other.path

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def __reduce__(self):
        return self.__class__, (self.name, self.path)

    def find_record(self, path):
        """(tree, record, archive path) of the file at *path*; (None, None, None) where it is not below our root."""
        folder = self._folder
        path = os.fspath(path)
        if folder is not None and path.startswith(folder.tree.root):
            tree = folder.tree
            inner = path[len(tree.root):]
            if '..' in inner:
                plain = os.path.normpath(path)
                inner = plain[len(tree.root):] if plain.startswith(tree.root) else 'elsewhere'
            if inner[:1] in ('', '/', _SEP):
                inner = os.path.normpath(inner[1:]).replace(_SEP, '/') if inner[1:] else ''
                record = tree.record(inner)
                if record is None:
                    import errno
                    code = errno.EISDIR if inner in tree.folders else errno.ENOENT
                    raise OSError(code, os.strerror(code), path)
                return tree, record, inner
        return None, None, None

    def get_filename(self, fullname=None):
        """The module's place. Who asks for it may read what lies there without importing the module, as Flask does."""
        path = super().get_filename(fullname)
        if self._folder is not None and path in self._folder.tree.triggers:
            materialize(self._folder.tree, path)
        return path

    def get_data(self, path):
        """The bytes of a file of the tree, or of a file on disk. Raises OSError."""
        tree, record, inner = self.find_record(path)
        if tree is None:
            return super().get_data(path)
        if path == self.path and path in tree.triggers:     # get_code reads it, for imports and for programs alike
            materialize(tree, path)
        return tree.read(record, inner)

    def get_resource_reader(self, name):
        """importlib.resources' protocol."""
        if self._folder is None:
            return super().get_resource_reader(name)
        from pyembed._resources import reader
        self.get_filename(name)         # refuses a name that is not this loader's
        return reader(self)


    if sys.version_info < (3, 10):
        @property
        def archive(self):
            """CPython 3.9's importlib.resources.files asks for this, and, as there is none, then looks for files
            beside ``__file__``; so the package's data is made files now."""
            folder = self._folder
            if folder is not None and folder.tree.materialize != 'never':
                from pyembed._store import extract_folder
                extract_folder(folder.tree, folder.inner)
            raise AttributeError('archive')


class SourceLoader(TreeLoader, SourceFileLoader):
    """Loads source without bytecode. All of SourceFileLoader's own get_code, so that tracebacks leave it out."""

    def get_source(self, fullname):
        # Up to 3.12 linecache asks for the source of a program that runs as a module by the name __main__, and in a
        # worker process by that which multiprocessing gives it there.
        return super().get_source(self.name if fullname in ('__main__', '__mp_main__') else fullname)

    def path_stats(self, path):
        tree, record, inner = self.find_record(path)
        if tree is None:
            return super().path_stats(path)
        tree.range(record, inner)
        return {'mtime': MTIME, 'size': record[-1]}

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

    def create_module(self, spec):
        module = _MODULE(spec.name)
        if spec.has_location:
            # importlib sets these where they are missing; to find that out costs it more than all else here.
            namespace = module.__dict__
            namespace['__file__'] = spec.origin
            if spec.cached is not None:
                namespace['__cached__'] = spec.cached
        return module

    def get_code(self, fullname):
        if fullname == self.name and _imp.check_hash_based_pycs != 'always':
            try:
                _, start, size = self._code         # a stored file's record has three members
                tree = self._folder.tree
                if self.path in tree.triggers:
                    materialize(tree, self.path)
                view = tree.view
                if 0 <= start and 16 <= size and start + size <= tree.end and view[start:start + 8] == UNCHECKED:
                    code = marshal.loads(view[start + 16:start + size])
                    if code.__class__ is _CODE:
                        _imp._fix_co_filename(code, self.path)
                        return code
            except (TypeError, ValueError, EOFError):
                pass
        return super().get_code(fullname)       # deflated, checked, stale, another Python's, damaged


class SourcelessLoader(TreeLoader, SourcelessFileLoader):
    """Loads bytecode that has no source."""

    def get_code(self, fullname):
        magic = self.get_data(self.path)[:4] if fullname == self.name else MAGIC_NUMBER
        if len(magic) == 4 and magic != MAGIC_NUMBER:
            from pyembed._bytecode import foreign
            raise foreign(fullname, self.path, magic)
        return super().get_code(fullname)


class ExtensionLoader(TreeLoader, ExtensionFileLoader):
    """Loads an extension module, which the system's loader wants as a file, together with what it needs beside it."""

    def create_module(self, spec):
        if self._folder is not None:
            from pyembed._store import extract_extension
            extract_extension(self._folder.tree, self._folder.inner, self)
        return ExtensionFileLoader.create_module(self, spec)


class NamespaceLoader(_NamespaceLoader):
    """Loader of a namespace with at least one portion in a tree."""

    def create_module(self, spec):
        for path in spec.submodule_search_locations:
            tree, _ = locate(path)
            if tree is not None and path in tree.triggers:
                materialize(tree, path)

    def exec_module(self, module):
        module.__file__ = None          # as CPython does for its own

    def get_resource_reader(self, name):
        from pyembed._resources import namespace_reader
        return namespace_reader(self._path)


def materialize(tree, path):
    """Extract what must be files when the module at *path*, one of the tree's triggers, is imported (docs/formats.md,
    section 1). Raises ExtractionError."""
    from pyembed._places import asks
    asked = asks(tree, path)
    if asked:
        from pyembed._store import extract_for
        extract_for(tree, path, asked)


_find_stock_loaders = _external._get_supported_file_loaders
_LOADERS = {SourceFileLoader: CachedLoader, SourcelessFileLoader: SourcelessLoader, ExtensionFileLoader: ExtensionLoader}


def _find_loaders():
    """importlib's list of (loader, suffixes), from which spec_from_file_location takes the loader of a path."""
    return [(_placed(loader), suffixes) for loader, suffixes in _find_stock_loaders()]


def _placed(stock):
    def loader(fullname, path):
        tree, inner = locate(path)
        ours = tree is not None and tree.record(inner) is not None
        return (_LOADERS.get(stock, stock) if ours else stock)(fullname, path)
    return loader


def install():
    """Put the hook and the finder where importlib asks them first."""
    sys.path_hooks.insert(0, path_hook)
    _external._get_supported_file_loaders = _find_loaders
    finders = sys.meta_path
    # Before the finders of built-in and frozen modules, which find nothing below a package of ours: see find_spec.
    place = BuiltinImporter if BuiltinImporter in finders else PathFinder
    finders.insert(finders.index(place) if place in finders else 0, Finder)
