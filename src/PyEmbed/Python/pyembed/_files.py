"""Writes files and folders that are this user's alone.

A folder of another user, one that others may write to, and a link or anything else in its place are refused. Each file is written beside the tree's own and renamed into its place, so a reader sees all of it
or none.
"""

import errno
import os
import stat
import sys

from . import _importer
from ._importer import ExtractionError
from ._records import is_private

_PROGRAMS = b'\x7fELF', b'#!', b'\xcf\xfa\xed\xfe', b'\xca\xfe\xba\xbe'
_POSIX = os.name == 'posix'

_count = 0              # of temporary files, for their names


def failed(place, error):
    """The ExtractionError for *place*: of an OSError, or for a reason in words."""
    code, why = (error.errno, error.strerror or str(error)) if isinstance(error, OSError) else (None, error)
    others = [f'{other!r} ({reason})' for other, reason in _importer._passed_over if not _below(place, other)]
    if others:
        why += '; passed over before: ' + ', '.join(others)
    return ExtractionError(code, why, place)


def remedy(error):
    """What to do about an ExtractionError, in a sentence."""
    store = _importer.store()
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return 'Close files, or raise the limit on open files (ulimit -n).'
    if not _below(error.filename, store) and not _below(store, error.filename):
        elsewhere = 'mount the tree at a folder'            # a root of the caller's choice
    elif _importer._own is not None:
        elsewhere = 'set ExtractionDirectory to a folder'
    else:                                                   # under plain python, where there is no such option
        name = {'nt': 'LOCALAPPDATA', 'darwin': 'HOME'}.get(os.name if os.name == 'nt' else sys.platform, 'XDG_CACHE_HOME')
        elsewhere = f'set the environment variable {name} to a folder'
    if error.errno in (errno.ENOSPC, getattr(errno, 'EDQUOT', None)):
        return f'Free space there, or {elsewhere} on another disk that only this user can write to.'
    return f'{elsewhere[0].upper()}{elsewhere[1:]} that only this user can write to.'


def _below(place, folder):
    return place == folder or place.startswith(folder + os.sep)


def make_folder(folder, top, good):
    """Make a folder and those above it up to *top*, private to the user; refuse one that is not. *good* is the set of
    those known to be so, which grows; not to be kept for long, as others may remove folders."""
    if folder in good:
        return
    try:
        if folder != top:
            make_folder(os.path.dirname(folder), top, good)
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
    except ExtractionError:
        raise
    except OSError as error:
        raise failed(folder, error) from error
    if not stat.S_ISDIR(found.st_mode):
        raise failed(folder, 'it is not a folder')
    if not is_private(found):
        raise failed(folder, 'it belongs to another user, or others may write to it')
    good.add(folder)


def write(place, content, mtime, beside):
    """Put a file with these contents and this time (s) at *place*, by way of a temporary one in the folder *beside*.

    Programs and libraries become executable, as installers make them."""
    global _count
    _count += 1
    temporary = os.path.join(beside, f'{TEMPORARY}{os.getpid()}-{_count}')
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_BINARY', 0)
    try:
        handle = os.open(temporary, flags, 0o600)
        try:
            with open(handle, 'wb') as file:
                file.write(content)
                if _POSIX:
                    os.fchmod(handle, 0o755 if content[:4].startswith(_PROGRAMS) else 0o644)
            os.utime(temporary, (mtime, mtime))
            os.replace(temporary, place)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        # Windows does not replace a library that a process has loaded, nor need it where that is the same.
        if _POSIX or not _holds(place, content):
            raise failed(place, error) from error


TEMPORARY = 'new-'          # how the names of temporary files begin


def _holds(place, content):
    try:
        with open(place, 'rb') as file:
            return file.read() == content
    except OSError:
        return False
