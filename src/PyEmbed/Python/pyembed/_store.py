"""The extraction directory: what must be a file, materialised at the place where the tree's ``__file__`` says it is.

Roots are content-addressed, so a file is written once and never changes. Each is written beside its place and renamed
into it: a reader in this or another process sees all of a file or none, and an import goes on only when everything it
needs is there. The directory is private to the user; one that another could write to is refused.
"""

import os
import stat
import _thread

from . import _importer
from ._importer import is_safe_name

_SHARED_LIBRARIES = ('.so', '.pyd', '.dll', '.dylib')
_CODE = ('.py', '.pyc', '.pyw')
_METADATA = ('.dist-info', '.egg-info')

_lock = _thread.RLock()
_count = 0              # of temporary files, for their names


def extract_for(tree, fullname):
    """What the first import of a top-level module needs as files, for a tree whose mode is not 'never'."""
    if '.' in fullname:
        return
    if tree.materialize != 'auto':
        _extract_unit(tree, '', _whole_tree)
    elif fullname in tree.folders:
        _extract_unit(tree, fullname, _data_of_package)
    else:
        _extract_unit(tree, '', _data_beside_modules)


def extract_extension(tree, folder):
    """An extension module's folder, and the folders of shared libraries that its distribution keeps."""
    if tree.materialize == 'never':
        raise ImportError(f'the extension modules of {tree.origin} cannot be loaded: Materialize="Never" forbids the '
                          'files that the system\'s loader needs', path=os.path.join(tree.root, folder))
    _extract_unit(tree, folder, _neighbours)


def extract_file(tree, path):
    """One file of the tree; returns its place on disk."""
    with _lock:
        return _extract(tree, path, tree.record(path), set())


def extract_folder(tree, folder):
    """A folder of the tree with all below it; returns its place on disk."""
    _extract_unit(tree, folder, _walk)
    place = _place(tree, folder)
    with _lock:
        _ensure_folder(place, _top(tree), set())
    return place


def _extract_unit(tree, folder, select):
    with _lock:
        done = tree.state
        if done is None:
            done = tree.state = set()
        key = select, folder
        if key not in done:
            folders = set()             # those found good; not for longer, as others may remove them
            for path, record in select(tree, folder):
                _extract(tree, path, record, folders)
            done.add(key)


# What belongs together ###############################################################################################

def _walk(tree, folder):
    """(archive path, record) of each file in a folder and below it."""
    prefix = folder and folder + '/'
    for name, record in tree.table(folder).items():
        if name == '':
            continue
        if not is_safe_name(name):
            raise tree.damaged(f'{prefix + name!r} is not a name that a file can have')
        if record is not None:
            yield prefix + name, record
        elif prefix + name in tree.folders:
            yield from _walk(tree, prefix + name)


def _is_data(path):
    return not path.endswith(_CODE)


def _whole_tree(tree, _):
    # Metadata is read from memory; on disk it would make importlib.metadata find each distribution twice.
    return [(path, record) for path, record in _walk(tree, '')
            if not path.partition('/')[0].endswith(_METADATA) and (tree.materialize == 'all' or _is_data(path))]


def _data_of_package(tree, package):
    files = [(path, record) for path, record in _walk(tree, package) if _is_data(path)]
    if any(_is_shared_library(path) for path, _ in files):
        files += _library_folders(tree, package)
    return files


def _data_beside_modules(tree, _):
    """Data of top-level modules: files beside them, and folders beside them that hold no modules."""
    for name, record in tree.table('').items():
        if record is not None and name and _is_data(name):
            yield name, record
        elif record is None and name in tree.folders and not name.endswith(_METADATA):
            files = list(_walk(tree, name))
            if all(_is_data(path) for path, _ in files):
                yield from files


def _neighbours(tree, folder):
    files = [(path, record) for path, record in _walk(tree, folder)
             if path.rpartition('/')[0] == folder and _is_data(path)]
    return files + _library_folders(tree, folder)


def _library_folders(tree, folder):
    """The files of the folders where wheels keep shared libraries: x.libs beside packages, .libs, .dylibs, lib below."""
    names = [name for name in tree.table('') if name.endswith('.libs')]
    top = folder.partition('/')[0]
    names += [inner for inner in tree.folders if top and inner.startswith(top + '/')
              and inner.rpartition('/')[2] in ('.libs', '.dylibs', 'lib', 'libs')]
    return [item for name in names if name in tree.folders for item in _walk(tree, name) if _is_data(item[0])]


def _is_shared_library(path):
    name = path.rpartition('/')[2]
    return name.endswith(_SHARED_LIBRARIES) or '.so.' in name


# Files ###############################################################################################################

def _place(tree, path):
    """Where a file or folder goes, which is below the root, whatever the index says."""
    names = path.split('/') if path else []
    for name in names:
        if not is_safe_name(name):
            raise tree.damaged(f'{path!r} is not a path that a file can have')
    return os.path.join(tree.root, *names)


def _extract(tree, path, record, folders):
    place = _place(tree, path)
    _, _, size = tree.range(record, path)
    if record[0]:
        size = record[-1]
    _ensure_folder(os.path.dirname(place), _top(tree), folders)
    if not _is_sound(place, size):
        _write(place, tree.read(record, path), size)
    _importer.extracted[place] = None
    return place


def _top(tree):
    """The first folder that must be private: the extraction directory, or the root of a tree mounted elsewhere."""
    store = _importer.store()
    return store if tree.root.startswith(store + os.sep) else tree.root


def _is_sound(place, size):
    """Whether the file is there, ours, not writable to others, and of the size that it must have."""
    try:
        found = os.lstat(place)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unusable(place, error.strerror) from error
    return stat.S_ISREG(found.st_mode) and found.st_size == size and _is_private(found)


def _is_private(found):
    return os.name == 'nt' or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _write(place, content, size):
    global _count
    _count += 1
    temporary = f'{place}.{os.getpid()}-{_count}.tmp'
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_BINARY', 0)
    try:
        try:
            handle = os.open(temporary, flags, 0o600)
        except FileExistsError:             # left by a process that had our number and was killed
            os.unlink(temporary)
            handle = os.open(temporary, flags, 0o600)
        try:
            with open(handle, 'wb') as file:
                file.write(content)
            os.replace(temporary, place)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        # Windows does not replace a library that another process has loaded; it then is the same one.
        if os.name != 'nt' or not _is_sound(place, size):
            raise _unusable(place, error.strerror) from error


def _ensure_folder(folder, top, good):
    """Make a folder, and those above it up to *top*, private to the user; refuse one that is not. Adds them to *good*."""
    if folder in good:
        return
    try:
        if folder != top:
            _ensure_folder(os.path.dirname(folder), top, good)
        elif not os.path.isdir(os.path.dirname(top)):
            os.makedirs(os.path.dirname(top), 0o700, exist_ok=True)
        try:
            found = os.lstat(folder)
        except FileNotFoundError:
            try:
                os.mkdir(folder, 0o700)
            except FileExistsError:         # made by another process meanwhile
                pass
            found = os.lstat(folder)
    except _Unusable:
        raise
    except OSError as error:
        raise _unusable(folder, error.strerror) from error
    if not stat.S_ISDIR(found.st_mode):
        raise _unusable(folder, 'it is not a folder')
    if not _is_private(found):
        raise _unusable(folder, 'it belongs to another user, or others may write to it')
    good.add(folder)


class _Unusable(OSError):
    """The extraction directory cannot be used; users see an OSError."""


def _unusable(place, why):
    return _Unusable(f'PyEmbed cannot extract to {place!r}: {why}. Set ExtractionDirectory to a folder that only this '
                     'user can write to.')
