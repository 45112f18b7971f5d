"""Removes from an extraction directory the roots that nobody has begun to use for long, nor uses.

Only what the records of roots name is removed, never through a link, and never a root that a process holds. What is left
of a root by an interruption is removed the next time, since its record and lock go last.
"""

import os
import re
import stat
import time

from . import _files, _locks
from ._importer import is_safe_name
from ._records import LOCK, ORIGINS, OWN_FOLDER, STATE, WRITING, is_sound_folder, read_state
from ._roots import folders_above

UNUSED = 30 * 86400         # s; a root that no process has begun to use for so long is removed
LIMIT = 4 << 30             # bytes; beyond it the roots whose last use began longest ago are removed
RECENT = 86400              # s; but none that a process has begun to use since

_PRUNED = '.pruned'
_NAME = re.compile(r'.+-[0-9a-f]{20}(\.pruned)?$')


def prune(store):
    """Remove roots in the directory by age, then by size. What cannot be removed, or not be listed, stays; it is for the
    next process to try, and what this one has made is there."""
    try:
        remove_stale(find_roots(store))
    except OSError:
        pass


def find_roots(store):
    """[(when the last use began in s since the epoch, bytes, place)] of the roots in a directory, those whose last use began
    longest ago first; what is none, or has a record that cannot be read, is left out. Raises OSError where it cannot be
    listed."""
    roots = []
    with os.scandir(store) as entries:
        for entry in entries:
            if _NAME.match(entry.name) and entry.is_dir(follow_symlinks=False):
                seen = _look(entry.path)
                if seen is not None:
                    roots.append((*seen, entry.path))
    return sorted(roots)


def remove_stale(roots, older_than=None, remove=None):
    """Remove those of *roots*, as find_roots() gives them, that are stale, and return them.

    Stale is what no process has begun to use for *older_than* seconds; by default for UNUSED, and then what exceeds LIMIT.
    *remove* gets a place and tells whether it could remove that, by default all that no process uses."""
    removed = []
    total = sum([size for _, size, _ in roots])
    now = time.time()
    for root in roots:
        last, size, place = root
        unused = now - last
        due = unused > UNUSED or (total > LIMIT and unused > RECENT) if older_than is None else unused > older_than
        if due and (remove or _remove)(place):
            total -= size
            removed.append(root)
    return removed


def is_used(place):
    """Whether a process uses the root; None where that cannot be told, as on Windows. Where there are no locks, every
    root counts as used."""
    if os.name == 'nt':
        return None
    try:
        with _locks.Alone(os.path.join(place, OWN_FOLDER, LOCK)) as alone:
            return not alone
    except OSError:
        return None


def _look(place):
    """(time when the last use began, size) of a root; None for what is none, or has a record that cannot be read."""
    own = os.path.join(place, OWN_FOLDER)
    if not is_sound_folder(place) or not is_sound_folder(own):
        return None
    try:
        lock = os.lstat(os.path.join(own, LOCK))
    except OSError:
        return None
    state = read_state(place)
    if state is None and not os.path.lexists(os.path.join(own, STATE)):
        state = {}, (), ()                                  # all but the lock was removed
    if state is None or not stat.S_ISREG(lock.st_mode):
        return None
    return lock.st_mtime, sum([size for size, _ in state[0].values()])


def _remove(place):
    """Remove what the record of a root names, and the root; False where a process uses it, or something stays."""
    try:
        if os.name == 'nt' and not place.endswith(_PRUNED):
            os.rename(place, place + _PRUNED)               # which fails while a process has a file of it open
            place += _PRUNED
        own = os.path.join(place, OWN_FOLDER)
        with _locks.Alone(os.path.join(own, LOCK)) as alone:
            if not alone:
                return False
            files, folders, _ = read_state(place) or ({}, set(), {})
            for path in files:
                _unlink(place, path)
            folders.update([above for path in files for above in folders_above(path)])
            for folder in sorted(folders, key=len, reverse=True):
                _remove_folder(place, folder)
            for name in os.listdir(own):
                if name in (STATE, WRITING, ORIGINS) or name.startswith(_files.TEMPORARY):
                    os.unlink(os.path.join(own, name))
            if os.name != 'nt':
                os.unlink(os.path.join(own, LOCK))          # while it is held: who waits for it sees that it is gone
        if os.name == 'nt':
            os.unlink(os.path.join(own, LOCK))
        os.rmdir(own)
        _try(os.rmdir, place)                               # which stays if it holds what others have put there
        return True
    except OSError:
        return False


def _unlink(place, path):
    target = _resolve(place, path)
    if target is not None:
        try:
            if stat.S_ISREG(os.lstat(target).st_mode):
                os.unlink(target)
        except FileNotFoundError:
            pass


def _remove_folder(place, path):
    target = _resolve(place, path) if path else None
    if target is not None:
        _try(os.rmdir, target)


def _resolve(place, path):
    """The place of a path below a root, if its names are safe and no link is on the way."""
    for name in path.split('/'):
        if not is_safe_name(name) or not is_sound_folder(place):
            return None
        place = os.path.join(place, name)
    return place


def _try(function, place):
    try:
        function(place)
    except OSError:
        pass                # it holds something else, or is gone
