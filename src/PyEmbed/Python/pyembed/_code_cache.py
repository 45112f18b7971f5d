"""The code cache: bytecode of trees that have none for this Python, which an earlier process has compiled.

Each tree has a root there for each kind of bytecode, ``<distribution>.<cache tag>-<first 20 digits of hash>``, that holds
segments: archives as docs/formats.md section 1 describes, mapped here, written by _code_writer and never changed. Their
files are bytecode with checked hashes (PEP 552), followed by a hash of all before it, so that neither a damaged file nor
one of another source is ever run.

Like _loaders this runs before anything can find the package: it is what spares PyEmbed's own modules being compiled, too.
"""

import atexit
import marshal
import os
import sys
import time
import _imp
import _io
import _thread
from _frozen_importlib import _verbose_message
from _frozen_importlib_external import MAGIC_NUMBER

from pyembed._records import LOCK, OWN_FOLDER, is_sound_file, is_sound_folder, note_use, read_state
_importer = sys.modules['pyembed._importer']

_CHECKED = MAGIC_NUMBER + b'\x03\0\0\0'     # how bytecode begins that holds for one source only
_KEY = int.from_bytes(MAGIC_NUMBER, 'little')
_HEADER = 16
_SEAL = 8               # bytes of the hash that follows
_DELAY = 1.0            # s; what was compiled is written when more is compiled so long after, or at exit,
_ROOM = 1 << 19         # bytes; or when it is more than this
_PATIENCE = 1.0         # s; at exit, for another thread that is writing
_CODE = type((lambda: None).__code__)

_lock = _thread.allocate_lock()         # held for an instant
_writing = _thread.allocate_lock()      # held by the thread that writes
_unwritten = []         # caches that have kept something since the last time
_since = 0.0            # when the first of that was
_size = 0               # bytes of it
_usable = True          # until it turns out that nothing can be written
_exiting = False        # what functions of atexit import is written at once


def open_cache(tree):
    """The code cache of a tree; None where the host wants none, and for a Python that has no bytecode files."""
    top = _importer.code_cache()
    return CodeCache(tree, top) if top and tree.suffix else None


class CodeCache:
    """The bytecode of one tree's sources: what there is, and what this process compiles."""

    __slots__ = 'tree', 'top', 'place', 'kept', '_segments'

    def __init__(self, tree, top):
        self.tree = tree
        self.top = top                  # the first folder that must be private
        self.place = os.path.join(top, f'{tree.distribution}{tree.suffix[:-4]}-{tree.hash[:20]}')
        self.kept = {}                  # archive path of a source -> marshalled code that is not written yet
        self._segments = [segment for _, segment in sorted(read_segments(self.place, top).items())]

    def find(self, path):
        """The bytes of the file of bytecode at an archive path; None. They may be damaged, or of another source."""
        for segment in reversed(self._segments):
            record = segment.record(path)
            if record is not None:
                return segment.view[record[1]:record[1] + record[2]]
        return None

    def keep(self, path, code):
        """Have the marshalled code of the source at an archive path written, soon or at exit."""
        global _since, _size
        if not _usable:
            return
        now = time.monotonic()
        with _lock:
            self.kept[path] = code
            if not _unwritten:
                _since, _size = now, 0
            if self not in _unwritten:
                _unwritten.append(self)
            _size += len(code)
            due = _exiting or _size > _ROOM or now - _since > _DELAY
        if due:
            write_kept()


def load(data, source):
    """The code object that sealed bytecode holds; None if it is damaged, or was not compiled from this source."""
    end = len(data) - _SEAL
    if (end > _HEADER and data[:8] == _CHECKED and data[8:_HEADER] == _imp.source_hash(_KEY, source)
            and data[end:] == _imp.source_hash(_KEY, data[:end])):
        try:
            code = marshal.loads(data[_HEADER:end])
        except PermissionError:     # a host with capabilities has not seen it read
            return None
        if code.__class__ is _CODE:
            return code
    return None


def seal(code, source):
    """A file of bytecode: what importlib reads, of that source only, and a hash of it."""
    data = b''.join((_CHECKED, _imp.source_hash(_KEY, source), code))
    return data + _imp.source_hash(_KEY, data)


def is_whole(data):
    """Whether sealed bytecode is what was once written."""
    return len(data) > _HEADER + _SEAL and data[-_SEAL:] == _imp.source_hash(_KEY, data[:-_SEAL])


def read_segments(place, top):
    """{key of the unit: Tree} of each segment of the root at *place* that is there as it was written."""
    own = os.path.join(place, OWN_FOLDER)
    found = {}
    if not (is_sound_folder(top) and is_sound_folder(place) and is_sound_folder(own)):
        return found
    for _ in range(3):              # another process may put segments together meanwhile
        files, _, units = read_state(place) or ({}, (), {})
        missing = [key for key in units if key not in found and not _add_segment(found, key, place, files, units[key][0])]
        if all([os.path.lexists(os.path.join(place, path)) for key in missing for path in units[key][0]]):
            break
    lock = os.path.join(own, LOCK)
    try:
        note_use(lock, os.lstat(lock))
    except OSError:
        pass                        # removed meanwhile: what was opened stays readable
    return found


def _add_segment(found, key, place, files, paths):
    for name in paths:
        path = os.path.join(place, name)
        if name not in files or not is_sound_file(path, *files[name]):
            return False
        try:
            found[key] = _importer.open_tree(_map(path), path)
        except (OSError, _importer.ArchiveError):
            return False
    return True


def _map(path):
    with _io.open_code(path) as file:
        if file.__class__ is _io.BytesIO:       # of a host with capabilities: it lets run what it has read itself
            return memoryview(file.read())
        try:
            from mmap import mmap, ACCESS_READ
        except ImportError:         # a host may have emptied sys.path
            return memoryview(file.read())
        return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))


def write_kept(patience=0):
    """Write what this process has compiled since the last time. Where that fails, it is not tried again: the modules
    work, and the next process compiles them again; ``python -v`` tells why. *patience* is for how many seconds to wait
    for another thread that is writing."""
    global _usable
    if not _writing.acquire(patience > 0, patience or -1):
        return                      # another thread is at it
    try:
        with _lock:
            caches = [(cache, cache.kept) for cache in _unwritten]
            for cache in _unwritten:
                cache.kept = {}
            _unwritten.clear()
        if _usable and caches:
            from pyembed._code_writer import write
            for cache, kept in caches:
                write(cache, kept)
    except Exception as error:      # also MemoryError, RecursionError: it must not be the import's that was under way
        _usable = False
        _verbose_message('# PyEmbed keeps no bytecode: {}', error)
    finally:
        _writing.release()


def _write_at_exit():
    global _exiting
    _exiting = True
    write_kept(_PATIENCE)


def _start_anew():
    """In a forked child: what the parent has compiled, the parent writes."""
    global _lock, _writing
    _lock, _writing = _thread.allocate_lock(), _thread.allocate_lock()
    for cache in _unwritten:
        cache.kept = {}
    _unwritten.clear()


atexit.register(_write_at_exit)
if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_start_anew)
