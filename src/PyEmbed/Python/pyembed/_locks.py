"""Locks between processes that use one extraction directory, which the system releases when a process dies.

POSIX: flock, which a forked child inherits with the file. Windows: a file that a process has open cannot be removed,
and a range of bytes keeps writers apart. Where neither is to be had (a file system without locks, a Python without
fcntl), files are still whole, for they are renamed into place, and nothing is pruned.
"""

import os

try:
    import fcntl
except ImportError:
    fcntl = None
    try:
        import msvcrt
    except ImportError:     # neither Windows nor, with sys.path blanked, to be found
        msvcrt = None

_NO_LINKS = getattr(os, 'O_NOFOLLOW', 0)
_FLAGS = os.O_RDWR | os.O_CREAT | _NO_LINKS


def hold(path):
    """A handle on the file at *path*, made if need be, that shows as long as it is open that this process uses it.

    Raises FileNotFoundError where its folder is gone, perhaps with a process that pruned."""
    while True:
        try:
            handle = os.open(path, _FLAGS, 0o600)
        except OSError as error:
            try:
                handle = os.open(path, os.O_RDONLY | _NO_LINKS)     # which will do on a file system that is read-only
            except OSError:
                raise error from None
        if fcntl is not None:
            _flock(handle, fcntl.LOCK_SH)
            if not os.fstat(handle).st_nlink:
                os.close(handle)        # removed by a process that pruned, before the lock was ours
                continue
        return handle


def is_alone(handle):
    """Make a handle of `hold` exclusive, until `share`; False where another process, or another handle, holds the file."""
    return fcntl is not None and _flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def share(handle):
    """Let others hold the file again."""
    if fcntl is not None:
        _flock(handle, fcntl.LOCK_SH)


class Alone:
    """Context manager that holds an existing file which no process holds, and keeps others from it; gives whether it could."""

    def __init__(self, path):
        self._path = path

    def __enter__(self):
        self._handle = os.open(self._path, os.O_RDWR | _NO_LINKS)
        return os.name == 'nt' or (is_alone(self._handle) and os.fstat(self._handle).st_nlink > 0)

    def __exit__(self, *_):
        os.close(self._handle)


class Exclusive:
    """Context manager that keeps other processes out while it holds the file at a path; `locked` tells whether it does:
    not where it does not *wait* and another process has the file, nor where there are no locks."""

    def __init__(self, path, wait=True):
        self._path = path
        self._wait = wait
        self._handle = None
        self.locked = False

    def __enter__(self):
        handle = self._handle = os.open(self._path, _FLAGS, 0o600)
        _held.append(handle)
        if fcntl is not None:
            self.locked = _flock(handle, fcntl.LOCK_EX if self._wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        elif msvcrt is not None:
            while not self.locked:
                try:
                    msvcrt.locking(handle, msvcrt.LK_LOCK if self._wait else msvcrt.LK_NBLCK, 1)
                    self.locked = True
                except OSError as error:        # it gives up after ten seconds
                    if not self._wait or error.errno != 36:     # EDEADLOCK
                        break
        return self

    def __exit__(self, *_):
        handle = self._handle
        if handle not in _held:
            return                              # in a child, forked meanwhile by another thread
        _held.remove(handle)
        if self.locked:
            # By name: a child that was forked meanwhile may have the file open too.
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_UN)
            else:
                os.lseek(handle, 0, 0)
                msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        os.close(handle)


def _flock(handle, how):
    """Whether the lock was taken; a file system may have none."""
    try:
        fcntl.flock(handle, how)
        return True
    except OSError:
        return False


_held = []


def _forget_in_child():
    for handle in _held:
        os.close(handle)
    _held.clear()


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_forget_in_child)
