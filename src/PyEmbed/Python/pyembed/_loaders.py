"""The loaders of modules of trees. They derive from importlib's own, and read from memory what those read from disk."""

import sys
import os
import marshal
import _frozen_importlib_external as _external
import _imp
from _frozen_importlib_external import MAGIC_NUMBER, ExtensionFileLoader, SourceFileLoader, SourcelessFileLoader
try:
    from _frozen_importlib_external import NamespaceLoader as _NamespaceLoader
except ImportError:  # CPython 3.9 and 3.10
    from _frozen_importlib_external import _NamespaceLoader

from pyembed._importer import MEMORY, MEMORY_ROOT, UNCHECKED
_importer = sys.modules['pyembed._importer']

MTIME = 315532800           # every file of a tree dates from 1980-01-01, the first day a zip can name

_SEP = os.sep
_MODULE = type(sys)
_CODE = type((lambda: None).__code__)


def locate(path):
    """(tree, archive path) of an absolute path at or below the root of a mounted tree, or of the origin of a module in memory;
    else (None, None)."""
    if path.__class__ is str:
        for root, tree in _importer._trees.items():
            if path.startswith(root) and (len(path) == len(root) or path[len(root)] in '/' + _SEP):
                inner = path[len(root):].replace(_SEP, '/').strip('/')
                if '..' in inner or '//' in inner or '/./' in inner:
                    inner = os.path.normpath(inner).replace(_SEP, '/')
                return tree, inner
        if path.startswith(MEMORY):
            inner = os.path.normpath(path[len(MEMORY):]).replace(_SEP, '/')
            for tree in _importer._trees.values():
                if tree.in_memory and (inner in tree.folders or tree.record(inner) is not None):
                    return tree, inner
    return None, None


def origin_in(tree, inner):
    """The origin of what is at an archive path of a tree, see _origins. In memory there is no other place than that path."""
    tree, inner = tree.archived(inner)
    if not inner:
        return tree.origin
    return MEMORY + inner if tree.origin.startswith(MEMORY) else f'{tree.origin}/{inner}'


def find_above(roots, path):
    """The one of *roots*, keys of a dict, that a path is or lies below; None. There may be very many."""
    end = len(path)
    while end > 0:
        if path[:end] in roots:
            return path[:end]
        end = max(path.rfind('/', 0, end), path.rfind(_SEP, 0, end))
    return None


def current_place(path):
    """Where a path lies since its tree was replaced: the ``__path__`` of a package from before still names the old one."""
    moved = _importer._moved
    old = find_above(moved, path) if moved and path.__class__ is str else None
    return path if old is None else moved[old] + path[len(old):]


def origin_of(path):
    """The origin of a path: what it is in a mounted tree, or was in one in memory that is gone; else the file or folder on
    disk."""
    path = current_place(path)
    tree, inner = locate(path)
    if tree is not None:
        return origin_in(tree, inner)
    if path.startswith(MEMORY):
        return MEMORY + path[len(MEMORY_ROOT):].partition('/')[2] if path.startswith(MEMORY_ROOT) else path
    path = path.replace(_SEP, '/')
    return f'fs:{path}' if path.startswith('/') else f'fs:/{path}'


class TreeLoader:
    """What our loaders share: files come from the tree, and what is not below its root from disk."""

    def __init__(self, fullname, path, folder=None):
        self.name = fullname
        self.path = path
        if folder is None:
            try:
                from pyembed._finders import path_hook
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
        root = None if folder is None else folder.tree.root
        if root is not None and not path.startswith(root) and folder.tree.in_memory:
            root = MEMORY[:-1]          # how the origins of its modules begin
        if root is not None and path.startswith(root):
            tree = folder.tree
            inner = path[len(root):]
            if '..' in inner:
                plain = os.path.normpath(path)
                inner = plain[len(root):] if plain.startswith(root) else 'elsewhere'
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
        """Nothing is written: a tree is read-only."""

    def _cache_bytecode(self, source_path, cache_path, data):
        """What importlib has compiled, into the code cache, where the tree has one."""
        folder = self._folder
        if folder is not None and folder.tree.codes is not None and source_path == self.path:
            _, inner = locate(source_path)
            if inner is not None:
                folder.tree.codes.keep(inner, memoryview(data)[16:])


def source_loader(fullname, path, folder):
    """A SourceLoader that compiles at the level that its tree is compiled at."""
    loader = SourceLoader(fullname, path, folder)
    compile_at_level(loader, folder.tree.optimize)
    return loader


def compile_at_level(loader, optimize):
    """Let a loader compile at a tree's level; 0 is the interpreter's own."""
    if optimize:
        from _functools import partial
        # By no Python function, whose frame would be in the tracebacks of sources that do not compile.
        loader.source_to_code = partial(SourceLoader.source_to_code, loader, _optimize=optimize)


class CachedLoader(SourceLoader):
    """Loads source with bytecode."""

    def __init__(self, fullname, path, folder=None, code=None):
        if folder is None:
            super().__init__(fullname, path)
        else:
            self.name = fullname
            self.path = path
            self._folder = folder
        self._code = code               # the name of the bytecode's file in the folder's __pycache__; or its bytes

    def create_module(self, spec):
        module = _MODULE(spec.name)
        if spec._set_fileattr:      # what has_location and cached give, by properties
            # importlib sets these where they are missing; to find that out costs it more than all else here.
            namespace = module.__dict__
            namespace['__file__'] = spec.origin
            if spec._cached is not None:
                namespace['__cached__'] = spec._cached
        return module

    def get_code(self, fullname):
        if self._code is not None and fullname == self.name and _imp.check_hash_based_pycs != 'always':
            try:
                folder = self._folder
                _, start, size = folder._codes[self._code]      # a stored file's record has three members
                tree = folder.tree
                triggers, path = tree.triggers, self.path
                if triggers and path in triggers:       # mostly there are none, and a path's hash takes time
                    materialize(tree, path)
                view = tree.view
                if 0 <= start and 16 <= size and start + size <= tree.end and view[start:start + 8] == UNCHECKED:
                    code = marshal.loads(view[start + 16:start + size])
                    if code.__class__ is _CODE:
                        _imp._fix_co_filename(code, path)
                        return code
            except (TypeError, ValueError, KeyError, EOFError):
                pass
            except PermissionError:
                return self._compile(fullname)
            code = self._inflate(fullname)
            if code is not None:
                return code
        if self._folder is not None:
            compile_at_level(self, self._folder.tree.optimize)
        try:
            return super().get_code(fullname)   # checked, stale, another Python's, damaged
        except PermissionError:
            if fullname != self.name:
                raise
            return self._compile(fullname)

    def _compile(self, fullname):
        """The code of the source: where a host has set capabilities, bytecode of doubtful origin does not run."""
        if self._folder is not None:
            compile_at_level(self, self._folder.tree.optimize)
        return self.source_to_code(self.get_data(self.path), self.path)

    def _inflate(self, fullname):
        """The code of bytecode that is deflated and not to be checked; None."""
        record = self._folder._codes.get(self._code) if self._code.__class__ is str else None
        if record.__class__ is tuple and len(record) == 4:
            data = self._folder.tree.read(record, self.path)
            if data[:8] == UNCHECKED:
                try:
                    code = marshal.loads(memoryview(data)[16:])
                except (TypeError, ValueError, EOFError):
                    return None
                except PermissionError:
                    return self._compile(fullname)
                if code.__class__ is _CODE:
                    _imp._fix_co_filename(code, self.path)
                    return code
        return None


class CompiledLoader(CachedLoader):
    """Loads source with bytecode that an earlier process has compiled and kept in the code cache."""

    def get_code(self, fullname):
        if fullname == self.name and self._code is not None:
            tree, path = self._folder.tree, self.path
            if path in tree.triggers:
                materialize(tree, path)
            record = self._folder.table[os.path.basename(path)]
            code = sys.modules['pyembed._code_cache'].load(self._code, tree.read(record, path))
            if code is not None:
                _imp._fix_co_filename(code, path)
                return code
        return super().get_code(fullname)       # damaged: compiled, and kept anew


class SourcelessLoader(TreeLoader, SourcelessFileLoader):
    """Loads bytecode that has no source."""

    def get_code(self, fullname):
        magic = self.get_data(self.path)[:4] if fullname == self.name else MAGIC_NUMBER
        if len(magic) == 4 and magic != MAGIC_NUMBER:
            from pyembed._bytecode import foreign
            raise foreign(fullname, self.path, magic)
        return super().get_code(fullname)


class StrippedLoader(SourcelessLoader):
    """Loads a module whose source was left out. Its place is that of bytecode without a source, ``pkg/mod.pyc``."""

    create_module = CachedLoader.create_module

    def get_code(self, fullname):
        if self._folder is None or fullname != self.name:
            return super().get_code(fullname)
        folder, path = self._folder, self.path
        tree, tail = folder.tree, os.path.basename(path)[:-4]
        record = tree.bytecode(folder.inner).get(f'{tail}{tree.suffix}')
        if record is None:
            from pyembed._bytecode import stripped
            raise stripped(fullname, path, tree, tree.tags(folder.inner, tail))
        if path in tree.triggers:
            materialize(tree, path)
        data = tree.read(record, path)
        if data[:8] != UNCHECKED:
            return super().get_code(fullname)       # which says what it is
        code = marshal.loads(memoryview(data)[16:])
        if code.__class__ is not _CODE:
            raise ImportError(f'{path}: the bytecode of {fullname} is damaged', name=fullname, path=path)
        _imp._fix_co_filename(code, path[:-1])      # where the source would be, as in tracebacks of all others
        return code


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


_namespace_of = _MODULE.__dict__['__dict__'].__get__


def imported():
    """(name, loader) of each module in sys.modules that is of a tree, namespaces included."""
    for name, module in list(sys.modules.items()):
        try:
            # Neither an attribute nor the class's own __dict__: both may load what importlib.util.LazyLoader, or a module
            # that gives itself such a class, has put off.
            loader = _namespace_of(module)['__spec__'].loader
        except (AttributeError, TypeError, KeyError):
            continue
        if isinstance(loader, (TreeLoader, NamespaceLoader)):
            yield name, loader


def materialize(tree, path):
    """Extract what must be files when the module at *path*, one of the tree's triggers, is imported (docs/formats.md,
    section 1). Raises ExtractionError."""
    from pyembed._places import asks        # waits where another thread imports that module at this moment
    asked = asks(tree, path)
    if asked:
        from pyembed._store import extract_for
        extract_for(tree, path, asked)


_find_stock_loaders = _external._get_supported_file_loaders
_LOADERS = {SourceFileLoader: CachedLoader, SourcelessFileLoader: SourcelessLoader, ExtensionFileLoader: ExtensionLoader}


def find_loaders():
    """importlib's list of (loader, suffixes), from which spec_from_file_location takes the loader of a path."""
    return [(_placed(loader), suffixes) for loader, suffixes in _find_stock_loaders()]


def _placed(stock):
    def loader(fullname, path):
        tree, inner = locate(path)
        if tree is None or tree.record(inner) is None:
            return stock(fullname, path)
        if stock is SourcelessFileLoader and inner.rpartition('/')[2] not in tree.table(inner.rpartition('/')[0]):
            return StrippedLoader(fullname, path)
        return _LOADERS.get(stock, stock)(fullname, path)
    return loader
