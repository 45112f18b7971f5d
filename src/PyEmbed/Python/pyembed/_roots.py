"""The root of one tree on disk: which files have been made there, and how more are made.

Its own folder holds ``lock``, which each process that uses the root holds as long as it does; ``writing``, which keeps the
processes apart that make files; ``state``, the record of what was made (_records); and ``origins``, for people. Units and files are in the record
before they are made, with the size and time that the files will have: what an interrupted process left is known, and a
unit is there when all its files are, as recorded.
"""

import os
import time

from . import _files, _locks, _records
from ._records import LOCK, ORIGINS, OWN_FOLDER, STATE, WRITING, read_state

_SEP = os.sep
_ORIGINS_KEPT = 16


class Root:
    """One root. Its callers keep threads apart."""

    def __init__(self, place, top):
        self.place = place
        self._top = top                     # the first folder that must be private
        self._own = os.path.join(place, OWN_FOLDER)
        self._lock = None
        self.files = {}                     # path in the archive -> (size, time)
        self._folders = set()
        self.units = {}                    # key -> (its files, its folders without files, what else it depends on)

    def path(self, inner):
        """The place of a path of the archive, which its names are known to keep below the root."""
        # Put together by hand: a process that imports a large package asks for thousands.
        return f'{self.place}{_SEP}{inner.replace("/", _SEP)}' if inner else self.place

    def open(self):
        """Hold the root for this process, if it is there; read what has been made."""
        if self._lock is None and _records.is_sound_folder(self._top) and _records.is_sound_folder(self._own):
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
        _records.note_use(path, os.fstat(self._lock))
        return True

    def _read(self):
        self.files, self._folders, self.units = read_state(self.place) or ({}, set(), {})

    def is_sound(self, key, depends=None):
        """Whether all of a unit is there, as it was made, and it *depends* on the same things."""
        if key not in self.units:
            return False
        paths, folders, made_with = self.units[key]
        return ((depends is None or depends(made_with))
                and all([_records.is_sound_folder(self.path(folder)) for folder in folders])
                and all(map(self._is_sound_file, paths)))

    def _is_sound_file(self, path):
        return path in self.files and _records.is_sound_file(self.path(path), *self.files[path])

    def places(self, key):
        """The places of a unit's files."""
        return [self.path(path) for path in self.units[key][0]]

    def writing(self, wait=True):
        """Context manager: this process alone makes files here, and knows what others have made. Gives whether it is
        alone: another one may be at it where it does not *wait*, or where the file system has no locks."""
        return _Writing(self, wait)

    def begin(self, wait):
        """Make the root and its own folder, hold it, and return the lock for writing."""
        _files.make_folder(self._own, self._top, set())
        while not self._hold():
            _files.make_folder(self._own, self._top, set())
        return _locks.Exclusive(os.path.join(self._own, WRITING), wait)

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
            self.units = {other: unit for other, unit in self.units.items() if replaced.isdisjoint(unit[0])}
        self.files.update({path: (items[path][0], now) for path, _ in todo})
        self._folders.update(folders)
        # Of the folders only those without files need a look later: the files tell of the others.
        holding = {above for path in items for above in folders_above(path)}
        self.units[key] = tuple(items), ('', *[folder for folder in folders if folder not in holding]), made_with
        self._save()
        for folder in folders:
            _files.make_folder(self.path(folder), self._top, good)
        for path, read in todo:
            place = self.path(path)
            _files.make_folder(os.path.dirname(place), self._top, good)
            _files.write(place, read(), now, self._own)

    def note_origin(self, origin):
        """Have people told, one a line, of which trees the files here are: equal trees of several programs share a root."""
        path = os.path.join(self._own, ORIGINS)
        known = read_origins(self.place)
        if origin not in known and len(origin.splitlines()) == 1:
            lines = [*known[1 - _ORIGINS_KEPT:], origin, '']
            _files.write(path, '\n'.join(lines).encode('utf-8', 'surrogateescape'), int(time.time()), self._own)

    def drop(self, keys):
        """Remove units whose files no other unit has. A file that cannot be removed, as one that a process has mapped
        cannot on Windows, stays with its unit."""
        for key in keys:
            for path in self.units[key][0]:
                try:
                    os.unlink(self.path(path))
                except FileNotFoundError:
                    pass
                except PermissionError:
                    break
                self.files.pop(path, None)
            else:
                del self.units[key]
        self._save()

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
        state = _records.pack_state(self.files, self._folders, self.units)
        _files.write(os.path.join(self._own, STATE), state, int(time.time()), self._own)


class _Writing:
    def __init__(self, root, wait):
        self._root = root
        self._wait = wait

    def __enter__(self):
        root = self._root
        try:
            self._lock = root.begin(self._wait).__enter__()
            try:
                root.refresh(self._lock.locked)
            except BaseException:
                self._lock.__exit__()
                raise
        except _files.ExtractionError:
            raise
        except OSError as error:
            raise _files.failed(root.place, error) from error
        return self._lock.locked

    def __exit__(self, *_):
        self._lock.__exit__()


def read_origins(place):
    """The origins of the trees that the files in the root at *place* were made of, as far as the root has them."""
    try:
        with open(os.path.join(place, OWN_FOLDER, ORIGINS), encoding='utf-8', errors='surrogateescape') as file:
            return file.read().splitlines()[-_ORIGINS_KEPT:]
    except OSError:
        return []


def folders_above(path):
    """The folders that a file of an archive lies in, without the root."""
    while '/' in path:
        path = path.rpartition('/')[0]
        yield path
