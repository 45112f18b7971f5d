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
_checked = set()        # folders known to exist and to be private
_count = 0              # of temporary files, for their names


class StoreError(OSError):
    """The extraction directory cannot be used."""

    __module__ = 'pyembed'


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
        return _extract(tree, path, tree.record(path))


def extract_folder(tree, folder):
    """A folder of the tree with all below it; returns its place on disk."""
    _extract_unit(tree, folder, _walk)
    place = os.path.join(tree.root, *folder.split('/'))
    with _lock:
        _ensure_folder(place)
    return place


def _extract_unit(tree, folder, select):
    with _lock:
        done = tree.state
        if done is None:
            done = tree.state = set()
        key = select, folder
        if key not in done:
            for path, record in select(tree, folder):
                _extract(tree, path, record)
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
        if record is not None and name and _is_data(name) and is_safe_name(name):
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

def _extract(tree, path, record):
    place = os.path.join(tree.root, *path.split('/'))
    folder = os.path.dirname(place)
    size = record[-1]
    _ensure_folder(folder)
    if not _is_sound(place, size):
        _write(place, tree.read(record, path), size)
    if place not in _importer.extracted:
        _importer.extracted[place] = None
    return place


def _is_sound(place, size):
    """Whether the file is there, ours, not writable to others, and of the size that it must have."""
    try:
        found = os.lstat(place)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unusable(place, error) from error
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
            raise _unusable(place, error) from error


def _ensure_folder(folder):
    """Make the folder and those above it up to the extraction directory's parent, private to the user."""
    if folder in _checked:
        return
    try:
        try:
            found = os.lstat(folder)
        except FileNotFoundError:
            parent = os.path.dirname(folder)
            if folder == _importer.store() or not _is_inside(folder):
                os.makedirs(parent, 0o700, exist_ok=True)
            else:
                _ensure_folder(parent)
            try:
                os.mkdir(folder, 0o700)
            except FileExistsError:         # made by another process meanwhile
                pass
            found = os.lstat(folder)
        else:
            if _is_inside(folder):
                _ensure_folder(os.path.dirname(folder))
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        raise _unusable(folder, error) from error
    if not stat.S_ISDIR(found.st_mode):
        raise _unusable(folder, 'it is not a folder')
    if not _is_private(found):
        raise _unusable(folder, 'it belongs to another user, or others may write to it')
    _checked.add(folder)


def _is_inside(folder):
    return folder.startswith(_importer.store() + os.sep)


def _unusable(place, why):
    why = why.strerror or str(why) if isinstance(why, OSError) else why
    return StoreError(f'PyEmbed cannot extract to {place!r}: {why}. Set ExtractionDirectory to a folder that this user '
                      'alone can write to.')
