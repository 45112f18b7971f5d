"""What the own folder of a root says, and whether what is on disk is as it says.

A root's own folder ``.pyembed`` (a name that no archive has) holds ``lock``, ``writing``, ``state``, the record of what was
made there (four bytes of CRC-32, then marshal data of (version, files, folders, units)), and ``origins``, those of the trees
that it was made of. See _roots, which writes them.

Like _loaders this runs before anything can find the package, so it depends on no other module of it.
"""

import marshal
import os
import stat
import time
try:
    from zlib import crc32
except ImportError:     # a CPython built without zlib
    from binascii import crc32

OWN_FOLDER = '.pyembed'
LOCK = 'lock'
WRITING = 'writing'
STATE = 'state'
ORIGINS = 'origins'
_VERSION = 1
_TOUCH = 3600           # s; how exact the time is when a root's last use began
_WRITERS = 0o022 if os.name == 'posix' else 0       # Windows has none of this, and its own rules for a user's folders
_KIND_AND_WRITERS = 0o170000 | _WRITERS
_user = getattr(os, 'getuid', int)


def is_private(found):
    """Whether a file or folder is this user's, or the administrator's, and nobody else may write to it."""
    return not found.st_mode & _WRITERS and found.st_uid in (_user(), 0)


def is_sound_file(place, size, mtime):
    """Whether the file is there, this user's, and as it was written: of that size, and not changed since *mtime* (s)."""
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return (found.st_size == size and found.st_mtime == mtime and found.st_mode & _KIND_AND_WRITERS == stat.S_IFREG
            and found.st_uid in (_user(), 0))


def is_sound_folder(place):
    """Whether the folder is there, no link, and this user's alone."""
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and is_private(found)


def note_use(lock, found):
    """Give the lock of a root, whose stat is *found*, the time of this use, to the hour."""
    if time.time() - found.st_mtime > _TOUCH:
        try:
            os.utime(lock)
        except OSError:
            pass                    # a place that cannot be written to, where nothing is pruned either


def pack_state(files, folders, units):
    """The contents of a record."""
    body = marshal.dumps((_VERSION, files, tuple(folders), units), 2)
    return crc32(body).to_bytes(4, 'little') + body


def read_state(place):
    """(files, folders, units) of the root at *place*; None where there is no record, or none to be trusted."""
    path = os.path.join(place, OWN_FOLDER, STATE)
    try:
        if not is_private(os.lstat(path)):
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
