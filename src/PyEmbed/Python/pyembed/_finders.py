"""The import path of PyEmbed: path hook and finders over mounted trees.

Roots are entries of ``sys.path``; a path hook serves each folder below them as a path entry finder, as ``FileFinder``
serves a directory, and _loaders derive from importlib's own. So namespaces merge, and pkgutil, runpy, inspect and
their like work, by the standard library's own code. Nothing here imports while it finds: importlib then holds its lock.
"""

import sys
import os
import stat
import _frozen_importlib_external as _external
import _imp
from _frozen_importlib import BuiltinImporter, ModuleSpec
from _frozen_importlib_external import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, SOURCE_SUFFIXES, PathFinder

# By their full names, which are in sys.modules before the package is.
from pyembed._adapters import ADAPTERS, find_adapted
from pyembed._importer import HAS_BYTECODE, HAS_EXTENSIONS, IS_STRIPPED, MEMORY
from pyembed._loaders import (
    CachedLoader, CompiledLoader, ExtensionLoader, NamespaceLoader, SourcelessLoader, StrippedLoader, current_place, find_loaders,
    locate, source_loader)
_importer = sys.modules['pyembed._importer']

_SEP = os.sep
_MISSING = object()
_new = object.__new__


class Folder:
    """Path entry finder for one folder of a tree. Its *path* is absolute and need not exist on disk."""

    __slots__ = ('tree', 'inner', 'path', '_table', '_codes', '_shown', '_located', '_cache', '_suffix', '_beside')

    def __init__(self, tree, inner, path):
        self.tree = tree
        self.inner = inner          # the folder's path in the archive, '' for the root
        self.path = path
        self._table = None
        self._codes = None          # the table of __pycache__, whose path with a separator is _cache
        self._shown = None          # what precedes a file's name in its module's origin
        self._located = True        # whether that is a place, where a file might be
        self._cache = None
        self._suffix = tree.suffix
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
        self._codes = tree.table(cache) if cache in tree.folders and tree.suffix else {}
        self._shown = f'{self.path}{_SEP}'
        if tree.in_memory:
            self._shown, self._located = f'{MEMORY}{self.inner}/' if self.inner else MEMORY, False
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
                path = f'{self._shown}{tail}{suffix}'
                code = f'{tail}{self._suffix}'
                if code in self._codes:
                    loader = _new(CachedLoader)         # with no frame for its __init__
                    loader.name = fullname
                    loader.path = path
                    loader._folder = self
                    loader._code = code
                else:
                    loader = self._source_loader(fullname, path, tail)
                spec = ModuleSpec(fullname, loader, origin=path)
                if self._located:
                    spec._set_fileattr = True
                    if self._suffix and sys.pycache_prefix is None:    # what ModuleSpec.cached would compute, slowly
                        spec._cached = self._cache + code
                return spec
        if flags & HAS_BYTECODE:
            for suffix in BYTECODE_SUFFIXES:
                if table.get(tail + suffix):
                    return self._spec(fullname, tail + suffix, SourcelessLoader)
        if flags & IS_STRIPPED and self.tree.tags(self.inner, tail):
            return self._spec(fullname, f'{tail}.pyc', StrippedLoader)
        return None

    def _source_loader(self, fullname, path, tail):
        """The loader of a source for which the tree has no bytecode; an earlier process may have kept some."""
        codes = self.tree.codes
        code = None if codes is None else codes.find(
            f'{self.inner}/__pycache__/{tail}{self._suffix}' if self.inner else f'__pycache__/{tail}{self._suffix}')
        return source_loader(fullname, path, self) if code is None else CompiledLoader(fullname, path, self, code)

    def _spec(self, fullname, name, loader):
        path = self._shown + name
        spec = ModuleSpec(fullname, loader(fullname, path, self), origin=path)
        spec.has_location = self._located
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
            near = not self.tree.in_memory and self.tree.has_beside and _importer.allow_files and _is_trusted_folder(self.path, self.tree)
            self._beside = _next_finder(self.path) if near else False
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


def path_hook(path):
    """The entry of sys.path_hooks: a Folder for a folder of a mounted tree; ImportError for every other path."""
    tree, inner = locate(path)
    if tree is None and _importer._moved:
        path = current_place(path)
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
        cache = sys.path_importer_cache
        if path.__class__ is list and len(path) == 1:
            entry = path[0]
            folder = cache.get(entry) if entry.__class__ is str else None
            if folder.__class__ is Folder:
                spec = folder.find_spec(fullname)
                if spec is None or spec.loader is not None:
                    return spec
        entries = path
        if path is None:
            if fullname == 'pyembed' and _importer._own is not None:
                return _importer._own.find_spec(fullname)   # the rest of this package, wherever sys.path leads
            if _imp.is_builtin(fullname) or _imp.is_frozen(fullname):
                return None                         # as CPython's own order of finders has it
            entries = sys.path
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


def install():
    """Put the hook and the finder where importlib asks them first."""
    sys.path_hooks.insert(0, path_hook)
    _external._get_supported_file_loaders = find_loaders
    finders = sys.meta_path
    # Before the finders of built-in and frozen modules, which find nothing below a package of ours: see find_spec.
    place = BuiltinImporter if BuiltinImporter in finders else PathFinder
    finders.insert(finders.index(place) if place in finders else 0, Finder)
