"""Archives in memory, and the start of PyEmbed's import system from one.

A tree is one archive (docs/formats.md), mounted at an absolute folder path, its root, that need not exist on disk. The
host runs this file alone, before anything can find the rest of the package; ``boot`` then loads the finders from the
package's own tree, and what importing does not need comes in on demand. Until then there is only what CPython has
built in or frozen.
"""

import sys
import os
import stat
import marshal
import _imp
import _thread
from _frozen_importlib_external import MAGIC_NUMBER

FORMAT_VERSION = 1          # the newest format version this reader knows
HAS_EXTENSIONS = 1          # folder flag: a file here ends in .so or .pyd
HAS_BYTECODE = 2            # folder flag: a .pyc file lies directly here
HAS_PATH_FILES = 4          # folder flag: a .pth file lies directly here
IS_STRIPPED = 8             # folder flag: sources were left out here, and what is left is in __pycache__

MEMORY = 'memory:/'         # how the origins begin of what is in memory: an archive's path follows
MEMORY_ROOT = 'memory://'   # how the roots begin of trees that are in memory only: a name follows

UNCHECKED = MAGIC_NUMBER + b'\x01\0\0\0'        # how bytecode begins that is not to be checked (PEP 552)
_INDEX_MAGIC = b'PYEMBED\0'


def bytecode_suffix(tag, optimize):
    """What follows a module's name in the name of its bytecode file, for a cache tag and an optimisation level."""
    return f'.{tag}.opt-{optimize}.pyc' if optimize else f'.{tag}.pyc'


_tag = sys.implementation.cache_tag
# What follows a module's name in the name of its bytecode file; None where this Python has no such files.
CACHE_SUFFIX = _tag and bytecode_suffix(_tag, sys.flags.optimize)

_lock = _thread.RLock()     # held while starting
_trees = {}                 # root -> Tree, in mount order; replaced, never changed, so that readers need no lock
_moved = {}                 # root of a tree that was replaced -> that of the tree in its place; replaced like _trees
_own = None                 # the finder of this package's own tree, if it came from a tree
_booted = False
_store = None               # the extraction directory; None until first asked for
_code_cache = None          # the folder of the code cache; None for the extraction directory, '' where there is to be none
_passed_over = ()           # (place, why not) of each default extraction directory that cannot be used
allow_files = True          # whether trees may become files, and modules be imported from folders that a script names
_everyone = 0               # flags of _places: what every module counts as asking for, since others look at where it lies
extracted = {}              # path of each file materialised for this process -> None, in order


class ArchiveError(ValueError):
    """An archive is damaged, hostile, or of a format that this version does not read. Nothing of it is mounted."""

    __module__ = 'pyembed'


class ExtractionError(OSError):
    """What must be a file cannot be made one. ``filename`` is the place, ``strerror`` the reason, ``errno`` the system's
    code for it, or None. An import that ends with it leaves nothing half written. Where an extension module cannot be
    loaded for it, the import raises ImportError, and this is its ``__cause__``."""

    __module__ = 'pyembed'

    def __str__(self):
        from pyembed._files import remedy
        return f'PyEmbed cannot extract to {self.filename!r}: {self.strerror}. {remedy(self)}'


NOTHING = frozenset()


# Archives ############################################################################################################

class Tree:
    """One mounted archive: a view of its bytes, and the folder tables of its index, unmarshalled when first used."""

    __slots__ = ('view', 'end', 'origin', 'folders', 'distribution', 'hash', 'placement', 'materialize',
                 'file_users', 'optimize', 'stripped', 'suffix', 'codes', 'triggers', 'root', 'in_memory', 'mounts', 'paths', 'state', 'source',
                 'bundle')

    def __init__(self, view, end, origin, folders, distribution, hash, placement='app', materialize='auto',
                 file_users=None, optimize=0, stripped=()):
        self.view = view
        self.end = end                      # no record may reach beyond this offset
        self.origin = origin
        self.folders = folders              # folder path -> marshalled table, or the table itself
        self.distribution = distribution
        self.hash = hash
        self.placement = placement
        self.materialize = materialize
        self.file_users = file_users        # archive path of a source -> what it asks for; None where no build has looked
        self.optimize = optimize            # the level at which all its code is compiled; 0 for the interpreter's own
        self.stripped = stripped            # cache tags of the versions it has bytecode for, where it has no sources
        # What follows a module's name in the name of its bytecode; None where this Python has no such files.
        self.suffix = bytecode_suffix(_tag, optimize) if optimize and _tag else CACHE_SUFFIX
        self.codes = None                   # its CodeCache, where it has no bytecode for this Python
        self.triggers = NOTHING             # paths of the modules whose import must make files; set where it is mounted
        self.root = None
        self.in_memory = False              # whether it was mounted in memory only: its modules have an origin and no place
        self.mounts = 0
        self.paths = []                     # what its .pth files have put on sys.path
        self.state = None                   # the files of it that are on disk; belongs to _store
        self.source = None                  # where another process finds the archive; belongs to _workers
        self.bundle = None                  # of a bundle: path of each file of its own -> record, see _bundle_format

    has_beside = True                       # whether a real folder at the place of one of its own is looked into, too
    never = 'Materialize="Never"'           # what forbids files of it where its mode is 'never'

    def entries(self, placement):
        """What it has put on sys.path before the standard library ('app') or after it ('library')."""
        return (self.root, *self.paths) if placement == self.placement else ()

    def package(self, inner):
        """The dotted name of the package in a folder."""
        return inner.replace('/', '.')

    def archived(self, inner):
        """(tree of an archive, path there) of what is at a path of this one."""
        return self, inner

    def has_bytecode(self):
        """Whether it has bytecode for this Python, as far as the first of its folders tells: a build compiles all."""
        for folder in self.folders:
            if folder == '__pycache__' or folder.endswith('/__pycache__'):
                return self.suffix is not None and any([name.endswith(self.suffix) for name in self.table(folder)])
        return False

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
        """The record of the file at an archive path, None if there is no such file.

        A module whose source was left out has its bytecode at ``pkg/mod.pyc``, too, where CPython has that of modules
        without sources."""
        folder, _, name = path.rpartition('/')
        if not name or folder not in self.folders:
            return None
        table = self.table(folder)
        found = table.get(name)
        if found is None and table[''] & IS_STRIPPED and name.endswith('.pyc') and self.file_name(path[:-1]) == path:
            return self.bytecode(folder).get(f'{name[:-4]}{self.suffix}')
        return found

    def bytecode(self, folder):
        """The table of the bytecode of the modules in a folder."""
        cache = f'{folder}/__pycache__' if folder else '__pycache__'
        return self.table(cache) if cache in self.folders else {}

    def file_name(self, source):
        """The archive path that a module shows whose source has this one: another where that was left out."""
        folder, _, name = source.rpartition('/')
        if folder in self.folders and name not in self.table(folder) and self.tags(folder, name[:-3]):
            return source + 'c'
        return source

    def tags(self, folder, module):
        """The cache tags of the versions that a module in a folder has bytecode for, of those that the tree names."""
        codes = self.bytecode(folder)
        return [tag for tag in self.stripped if codes.get(module + bytecode_suffix(tag, self.optimize))]

    def range(self, record, name):
        """(compression method, offset, size in the archive) of a file, checked.

        *name* is for the message of the ArchiveError that a bad record raises."""
        try:
            method, start, size = record[:3]
            sound = (method in (0, 1) and len(record) == 3 + method and 0 <= start and 0 <= size and 0 <= record[-1]
                     and start + size <= self.end)
        except (TypeError, ValueError):
            sound = False
        if not sound:
            raise self.damaged(f'the record of {name!r} is not a range within it')
        return method, start, size

    def read(self, record, name):
        """The contents of a file; *name* as for range()."""
        method, start, size = self.range(record, name)
        data = self.view[start:start + size]
        if not method:
            return bytes(data)
        from zlib import decompressobj, error as zlib_error     # by name: ImportError while a deflated zlib.py is imported
        try:
            # One byte more than announced is enough to see that there is too much.
            inflater = decompressobj(-15)
            content = inflater.decompress(data, record[3] + 1)
        except (zlib_error, TypeError, ValueError) as error:
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
    if size >= 42 and view[size - 22:size - 18] == b'PK\x05\x06' and view[size - 2:] == b'\0\0':
        end = _integer(view, size - 6, 4)           # the central directory begins where the index ends
        rest = size - end - _integer(view, size - 10, 4)
        # What follows the directory: the end record, or, with very many entries, the zip64 records and the end record.
        if rest in (22, 98) and end >= 20 and view[end - 8:end] == _INDEX_MAGIC:
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
        distribution, digest, users = info['distribution'], info['hash'], info.get('file_users')
        placement, materialize = info['placement'], info['materialize']
        optimize, stripped, bundle = info.get('optimize', 0), info.get('stripped', ()), info.get('bundle')
        sound = (folders.__class__ is dict and '' in folders and digest.__class__ is str and len(digest) == 64
                 and not digest.strip('0123456789abcdef') and (users is None or users.__class__ is dict and all(
                     [path.__class__ is str and 0 < asked < 8 for path, asked in users.items()]))
                 and placement in ('app', 'library') and materialize in ('auto', 'never', 'data', 'all')
                 and optimize.__class__ is int and 0 <= optimize <= 2
                 and stripped.__class__ is tuple and all([tag.__class__ is str for tag in stripped])
                 and (bundle is None or bundle.__class__ is dict and all([path.__class__ is str for path in bundle]))
                 and is_safe_name(distribution))
    except (ValueError, EOFError, TypeError, KeyError) as error:
        raise damaged(f'bad index: {error}') from error
    if not sound:
        raise damaged('bad index')
    tree = Tree(view, start, origin, folders, distribution, digest, placement, materialize, users, optimize, stripped)
    tree.bundle = bundle
    return tree


def is_safe_name(name):
    """Whether *name* names something directly in a folder, on every system, whoever wrote it."""
    return (name.__class__ is str and name not in ('', '.', '..') and not name.strip().endswith('.')
            and not any(character in '/\\:\0' for character in name))


# Mounts ##############################################################################################################

def mount_view(view, origin, source=None, files=True):
    """Mount the archive in a memoryview and return its root, the path that then is on sys.path.

    *origin* is text for messages and reports. Without *files* it is in memory only, see pyembed.mount. *source* is the path of a file that holds the archive's bytes somewhere, a
    zip, an assembly or a program, from which worker processes can take it; None where there is none. The view must stay
    valid as long as the process lives, or until the tree is unmounted and every module of it gone. Mounting the same
    tree again counts. Raises ArchiveError for an archive that is damaged or of a newer format; then nothing is mounted.
    Any thread may call it, also while others import."""
    from pyembed._mounts import mount
    tree = open_tree(view, origin)
    tree.source = source
    return mount(tree, None, files)


def replace_view(root, view, origin, source=None, files=True, digest=None):
    """Mount the archive in a memoryview in the stead of one mount of the tree at *root*; returns the new root.

    *origin*, *source* and *files* are as for mount_view. The new tree takes the place of the old one on sys.path. Packages of
    the old one that stay imported find their submodules in the new one from then on, so that importlib.reload does. Of several
    bundles at *root* the one with the hash *digest* is replaced, by default the last.
    Raises ArchiveError as mount_view does, and ValueError where no tree is mounted at *root*; then the old one stays."""
    from pyembed._mounts import replace
    tree = open_tree(view, origin)
    tree.source = source
    return replace(root, tree, files, digest)


def unmount(root):
    """Undo one mount. With the last one of a tree its root leaves sys.path; modules imported from it keep working.

    Raises ValueError where no tree is mounted at *root*, TypeError where that is no path."""
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
    """The extraction directory: an absolute, real path that need not exist. See boot().

    By default the first of the user's places that looks usable, for libraries too. Roots follow from it, so it is never
    changed again."""
    global _store, _passed_over
    if _store is None:
        places = [os.path.realpath(place) for place in _default_stores()]
        refused = [(place, unusable(place)) for place in places]
        usable = [place for place, why in refused if why is None] or places
        _passed_over = tuple([item for item in refused if item[1] is not None])
        _store = next(filter(_lets_load, usable), usable[0])
    return _store


def code_cache():
    """The folder of the code cache, which need not exist; '' where there is to be none. See boot()."""
    return store() if _code_cache is None else _code_cache


def unusable(place):
    """Why files cannot go below *place*, as far as looking tells; None if they can. Creates nothing."""
    near = _existing(place)
    try:
        found = os.stat(near)
        if not stat.S_ISDIR(found.st_mode):
            return f'{near!r} is not a folder'
        if not os.access(near, os.W_OK | os.X_OK):
            return f'{near!r} cannot be written to'
        if os.name == 'nt':
            return None
        if near == place:
            if found.st_uid != os.getuid():
                return 'it belongs to another user'
            if found.st_mode & 0o022:
                return 'others may write to it'
        elif found.st_uid and not os.getuid():
            return f'{near!r} belongs to another user'      # who could replace what root puts there
        elif found.st_mode & 0o002 and not found.st_mode & stat.S_ISVTX:
            return f'anyone may write to {near!r}'
    except OSError as error:
        return error.strerror
    return None


def _existing(place):
    """The place, or the nearest folder above it that exists."""
    while not os.path.lexists(place) and place != os.path.dirname(place):
        place = os.path.dirname(place)
    return place


def _lets_load(place):
    """Whether shared libraries can be loaded from below *place*: it is not mounted noexec."""
    try:
        return not os.statvfs(_existing(place)).f_flag & os.ST_NOEXEC
    except (AttributeError, OSError):       # not on this system
        return True


def _default_stores():
    """Places of the user's own for what can be made again: the cache, and one in the folder for temporary files."""
    environment = os.environ
    if os.name == 'nt':
        cache = environment.get('LOCALAPPDATA', '')
        temporary = environment.get('TEMP') or environment.get('TMP') or 'C:\\Temp'
        return [os.path.join(place, 'pyembed') for place in (cache, temporary) if os.path.isabs(place)]
    temporary = environment.get('TMPDIR', '')
    temporary = os.path.join(temporary if os.path.isabs(temporary) else '/tmp', f'pyembed-{os.getuid()}')
    if sys.platform != 'darwin' and os.path.isabs(environment.get('XDG_CACHE_HOME', '')):
        return [os.path.join(environment['XDG_CACHE_HOME'], 'pyembed'), temporary]
    home = environment.get('HOME', '')
    if not os.path.isabs(home):
        try:
            from pwd import getpwuid
            home = getpwuid(os.getuid()).pw_dir
        except (ImportError, KeyError):
            home = ''
    if not (os.path.isabs(home) and os.path.isdir(home)):
        return [temporary]
    cache = ('Library', 'Caches') if sys.platform == 'darwin' else ('.cache',)
    return [os.path.join(home, *cache, 'pyembed'), temporary]


def boot(view=None, store=None, source=None, codes=None):
    """Install the path hook and the finder, once.

    *view* is the archive that holds this package; None where it was imported in another way. *store* is the extraction
    directory; None means the user's own, see store(). *source* is as for mount_view(). *codes* is the folder of the code
    cache; None means the extraction directory, and '' that there is to be none. Later calls change nothing; one that asks
    for other folders than those in use raises ValueError."""
    global _booted, _own, _store, _code_cache, _trees
    with _lock:
        if store is not None:
            place = os.path.realpath(store)
            if _booted and _store not in (None, place):
                raise ValueError(f'PythonOptions.ExtractionDirectory cannot be {store!r}: the importer runs in this process '
                                 f'already and extracts to {_store!r}')
            _store = place
        if codes is not None:
            place = codes and os.path.realpath(codes)
            if _booted and code_cache() != place:
                raise ValueError(f'PythonOptions.BytecodeCacheDirectory cannot be {codes!r}: the importer runs in this process '
                                 'already and keeps ' + (f'bytecode in {code_cache()!r}' if code_cache() else 'no bytecode'))
            _code_cache = place
        if _booted:
            return
        if view is None:
            from pyembed import _finders
        else:
            own = open_tree(view, 'assembly:/PyEmbed.dll/pyembed.zip')
            root = own.root = root_of(own)
            own.mounts = 1
            own.source = source
            own_modules = []
            if not own.has_bytecode():
                own_modules += [_run_own(own, 'pyembed._records'), _run_own(own, 'pyembed._code_cache')]
                own.codes = own_modules[-1].open_cache(own)
            own_modules += [_run_own(own, f'pyembed.{name}') for name in ('_adapters', '_loaders', '_finders')]
            _finders = own_modules[-1]
            _trees = {root: own}
            _own = sys.path_importer_cache[root] = _finders.Folder(own, '', root)
            for module in (sys.modules[__name__], *own_modules):
                spec = module.__spec__ = _own.folder('pyembed').find_spec(module.__name__)
                module.__loader__, module.__file__, module.__package__ = spec.loader, spec.origin, spec.parent
        _finders.install()
        _booted = True
        sys.modules['pyembed._adapters'].adapt_imported()


def _run_own(tree, name):
    """Load a module of this package from its tree, before there is a finder."""
    inner = name.replace('.', '/') + '.py'
    path = os.path.join(tree.root, inner.replace('/', os.sep))
    folder, _, tail = name.rpartition('.')
    cached = f'{folder}/__pycache__/{tail}{CACHE_SUFFIX}'
    record = CACHE_SUFFIX and tree.record(cached)
    data = tree.read(record, path) if record else b''
    if data[:8] == UNCHECKED:
        code = marshal.loads(data[16:])
        _imp._fix_co_filename(code, path)
    else:
        record = tree.record(inner)
        if record is None:
            raise tree.damaged(f'{name} is not in it')
        code = _compile_own(tree, tree.read(record, path), inner, path, cached)
    module = sys.modules[name] = type(sys)(name)
    exec(code, module.__dict__)
    return module


def _compile_own(tree, source, inner, path, cached):
    """The code of a module of this package for which its tree has no bytecode."""
    data = tree.codes and tree.codes.find(cached)
    code = data and sys.modules['pyembed._code_cache'].load(data, source)
    if code is None:
        code = compile(source, path, 'exec', dont_inherit=True)
        if tree.codes is not None and not sys.dont_write_bytecode:
            tree.codes.keep(inner, marshal.dumps(code))
    return code


def root_of(tree, files=True):
    """The place of a tree: below the extraction directory, or in memory only, as what comes from memory is where nothing may
    become a file."""
    name = f'{tree.distribution}-{tree.hash[:20]}'
    return os.path.join(store(), name) if files and (allow_files or not tree.origin.startswith(MEMORY)) else MEMORY_ROOT + name
