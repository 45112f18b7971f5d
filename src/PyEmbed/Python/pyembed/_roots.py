"""The root of one tree on disk: which files have been made there, and how more are made.

A root's own folder ``.pyembed`` (a name that no archive has) holds ``lock``, which each process that uses the root holds
as long as it does; ``writing``, which keeps the processes apart that make files; and ``state``, the record of what was
made: four bytes of CRC-32, then marshal data of (version, files, folders, units). Units and files are in the record
before they are made, with the size and time that the files will have: what an interrupted process left is known, and a
unit is there when all its files are, as recorded.
"""

import marshal
import os
import time

from . import _files, _locks
try:
    from zlib import crc32
except ImportError:     # a CPython built without zlib
    from binascii import crc32

OWN_FOLDER = '.pyembed'
LOCK = 'lock'
WRITING = 'writing'
STATE = 'state'
_VERSION = 1
_SEP = os.sep
_TOUCH = 3600           # s; how exact the time is when a root's last use began


class Root:
    """One root. Its callers keep threads apart."""

    def __init__(self, place, top):
        self.place = place
        self._top = top                     # the first folder that must be private
        self._own = os.path.join(place, OWN_FOLDER)
        self._lock = None
        self.files = {}                     # path in the archive -> (size, time)
        self._folders = set()
        self._units = {}                    # key -> (its files, its folders without files, what else it depends on)

    def path(self, inner):
        """The place of a path of the archive, which its names are known to keep below the root."""
        # Put together by hand: a process that imports a large package asks for thousands.
        return f'{self.place}{_SEP}{inner.replace("/", _SEP)}' if inner else self.place

    def open(self):
        """Hold the root for this process, if it is there; read what has been made."""
        if self._lock is None and _files.is_sound_folder(self._top) and _files.is_sound_folder(self._own):
            if self._hold():
                self._read()

    def close(self):
        """Hold the root no longer: from now on others may remove it. A forked child that held it still does."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _hold(self):
        """Hold the lock that keeps others from pruning the root, anew where it was removed; False where the folder was."""
        path = os.path.join(self._own, LOCK)
        try:
            if self._lock is not None:
                if os.fstat(self._lock).st_nlink:
                    return True
                self.close()
            self._lock = _locks.hold(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _files.failed(path, error) from error
        if time.time() - os.fstat(self._lock).st_mtime > _TOUCH:
            try:
                os.utime(path)
            except OSError:
                pass                    # a place that cannot be written to, where nothing is pruned either
        return True

    def _read(self):
        self.files, self._folders, self._units = read_state(self.place) or ({}, set(), {})

    def is_sound(self, key, depends=None):
        """Whether all of a unit is there, as it was made, and it *depends* on the same things."""
        if key not in self._units:
            return False
        paths, folders, made_with = self._units[key]
        return ((depends is None or depends(made_with))
                and all([_files.is_sound_folder(self.path(folder)) for folder in folders])
                and all(map(self._is_sound_file, paths)))

    def _is_sound_file(self, path):
        return path in self.files and _files.is_sound_file(self.path(path), *self.files[path])

    def places(self, key):
        """The places of a unit's files."""
        return [self.path(path) for path in self._units[key][0]]

    def writing(self):
        """Context manager: this process alone makes files here, and knows what others have made."""
        return _Writing(self)

    def begin(self):
        """Make the root and its own folder, hold it, and return the lock for writing."""
        _files.make_folder(self._own, self._top, set())
        while not self._hold():
            _files.make_folder(self._own, self._top, set())
        return _locks.Exclusive(os.path.join(self._own, WRITING))

    def refresh(self, alone):
        """Read what others have made; *alone* tells that none of them is at it, so that temporary files are left over."""
        self._read()
        if alone:
            for name in os.listdir(self._own):
                if name.startswith(_files.TEMPORARY):
                    os.unlink(os.path.join(self._own, name))

    def make(self, key, items, folders=(), made_with=None):
        """Make a unit: the files of *items*, a dict of path to (size, function that reads, whether the root's name tells the
        content, so that it never changes), and the folders."""
        now = int(time.time()) & ~1         # a time that every file system can express
        good = set()
        _files.make_folder(self.place, self._top, good)
        todo = [(path, read) for path, (_, read, own) in items.items()
                if not (self._is_sound_file(path) if own else self._holds(path, read))]
        replaced = {path for path, _ in todo if path in self.files and not items[path][2]}
        if replaced:                        # of these, units of other trees are no more
            self._units = {other: unit for other, unit in self._units.items() if replaced.isdisjoint(unit[0])}
        self.files.update({path: (items[path][0], now) for path, _ in todo})
        self._folders.update(folders)
        # Of the folders only those without files need a look later: the files tell of the others.
        holding = {above for path in items for above in folders_above(path)}
        self._units[key] = tuple(items), ('', *[folder for folder in folders if folder not in holding]), made_with
        self._save()
        for folder in folders:
            _files.make_folder(self.path(folder), self._top, good)
        for path, read in todo:
            place = self.path(path)
            _files.make_folder(os.path.dirname(place), self._top, good)
            _files.write(place, read(), now, self._own)

    def _holds(self, path, read):
        """Whether a file that the root's name does not tell is there. Another version is not taken from a process."""
        place = self.path(path)
        if not self._is_sound_file(path):
            return False
        with open(place, 'rb') as file:
            if file.read() == read():
                return True
        alone = _locks.is_alone(self._lock)
        _locks.share(self._lock)            # also where the attempt failed, which may have lost it
        if not alone:
            raise _files.failed(place, 'a running process uses another version of this file here')
        return False

    def _save(self):
        body = marshal.dumps((_VERSION, self.files, tuple(self._folders), self._units), 2)
        _files.write(os.path.join(self._own, STATE), crc32(body).to_bytes(4, 'little') + body, int(time.time()), self._own)


class _Writing:
    def __init__(self, root):
        self._root = root

    def __enter__(self):
        root = self._root
        try:
            self._lock = root.begin().__enter__()
            try:
                root.refresh(self._lock.locked)
            except BaseException:
                self._lock.__exit__()
                raise
        except _files.ExtractionError:
            raise
        except OSError as error:
            raise _files.failed(root.place, error) from error
        return root

    def __exit__(self, *_):
        self._lock.__exit__()


def folders_above(path):
    """The folders that a file of an archive lies in, without the root."""
    while '/' in path:
        path = path.rpartition('/')[0]
        yield path


def read_state(place):
    """(files, folders, units) of the root at *place*; None where there is no record, or none to be trusted."""
    path = os.path.join(place, OWN_FOLDER, STATE)
    try:
        found = os.lstat(path)
        if not _files.is_private(found):
            return None
        with open(path, 'rb') as file:
            data = file.read()
        body = memoryview(data)[4:]
        if crc32(body).to_bytes(4, 'little') != data[:4]:
            return None
        version, files, folders, units = marshal.loads(body)
    except (OSError, ValueError, EOFError, TypeError):
        return None
    sound = version == _VERSION and (files.__class__, folders.__class__, units.__class__) == (dict, tuple, dict)
    return (files, set(folders), units) if sound else None
