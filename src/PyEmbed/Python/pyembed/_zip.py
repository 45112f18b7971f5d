"""Opens a zip that has no index of ours through its central directory: wheels, zipapps, archives of merged assemblies.

It follows APPNOTE.TXT, and supports what Python's own zipimport does: stored and deflated members, a file comment, data
before the archive, zip64; not encryption and archives of several volumes, which it refuses by name.
"""

import hashlib
import os
import re

from ._importer import HAS_BYTECODE, HAS_EXTENSIONS, HAS_PATH_FILES, ArchiveError, Tree, _integer

_END = b'PK\x05\x06'
_CENTRAL = b'PK\x01\x02'
_LOCAL = b'PK\x03\x04'
_END64 = b'PK\x06\x06'
_LOCATOR64 = b'PK\x06\x07'
_ZIP64 = 0xffffffff         # instead of a number that needs 64 bits


def open_zip(view, origin):
    """The Tree of a zip in a memoryview of bytes. Raises ArchiveError."""
    def refused(why):
        return ArchiveError(f'{origin}: {why}')

    at, size = _find_end(view), len(view)
    if at is None:
        raise refused('the archive is damaged or cut short: no zip ends here')
    length, start, end = _integer(view, at + 12, 4), _integer(view, at + 16, 4), at
    if view[max(at - 20, 0):max(at - 16, 0)] == _LOCATOR64:
        end = at - 76                   # of the directory: the record of 56 bytes and its locator of 20 follow
        if end < 0 or view[end:end + 4] != _END64:
            raise refused('the archive is damaged: no zip64 end record where its locator wants it')
        length, start = _integer(view, end + 40, 8), _integer(view, end + 48, 8)
    elif _ZIP64 in (length, start):
        raise refused('the archive is damaged: its zip64 end record is missing')
    if _integer(view, at + 4, 2) or _integer(view, at + 6, 2):
        raise refused('archives of several volumes are not supported')
    shift = end - length - start            # what lies before the archive, such as a zipapp's first line
    if shift < 0:
        raise refused('the archive is damaged: its central directory lies outside')
    folders = {'': {'': 0}}
    position = end - length
    digest = hashlib.sha256(view[position:end])
    while position < end:
        if view[position:position + 4] != _CENTRAL or position + 46 > end:
            raise refused('the archive is damaged: bad central directory')
        flags, method = _integer(view, position + 8, 2), _integer(view, position + 10, 2)
        packed, plain = _integer(view, position + 20, 4), _integer(view, position + 24, 4)
        name_size, extra_size = _integer(view, position + 28, 2), _integer(view, position + 30, 2)
        extra = position + 46 + name_size
        after = extra + extra_size + _integer(view, position + 32, 2)
        local = _integer(view, position + 42, 4)
        if after > end:
            raise refused('the archive is damaged: bad central directory')
        try:
            name = str(view[position + 46:extra], 'utf-8' if flags & 0x800 else 'cp437')
        except UnicodeDecodeError as error:
            raise refused(f'the archive is damaged: a name is not UTF-8: {error}') from error
        position = after
        if name == '.pyembed/index':
            raise refused('the archive is damaged: its index is not where it ends')
        if _ZIP64 in (packed, plain, local):
            try:
                plain, packed, local = _read_zip64(view[extra:extra + extra_size], plain, packed, local)
            except StopIteration:
                raise refused(f'the archive is damaged: {name!r} lacks its zip64 field') from None
        if flags & 1:
            raise refused(f'{name!r} is encrypted')
        if method not in (0, 8) or (method == 0 and packed != plain):
            raise refused(f'{name!r} is compressed by method {method}, which is not supported')
        parts = name.rstrip('/').split('/')
        if '\\' in name or '\0' in name or any(part in ('', '.', '..') for part in parts):
            raise refused(f'{name!r} does not name a place within the archive')
        local += shift
        if local + 30 > size or view[local:local + 4] != _LOCAL:
            raise refused(f'the archive is damaged: {name!r} is not where the central directory says')
        data = local + 30 + _integer(view, local + 26, 2) + _integer(view, local + 28, 2)
        if data + packed > end - length:
            raise refused(f'the archive is damaged: {name!r} reaches beyond the data')
        record = None if name.endswith('/') else (1, data, packed, plain) if method else (0, data, plain)
        if not add_to_tables(folders, parts, record):
            raise refused(f'{name!r} is a file and a folder')
    stem = os.path.basename(origin.replace('\\', '/'))
    distribution = re.sub(r'[^\w.-]+', '_', os.path.splitext(stem)[0]).strip('.') or 'archive'
    return Tree(view, end - length, origin, folders, distribution, digest.hexdigest())


def _read_zip64(extra, *numbers):
    """Those of the numbers that the central directory gives as _ZIP64, from the extra field; StopIteration where they lack."""
    position = 0
    while position + 4 <= len(extra) and _integer(extra, position, 2) != 1:
        position += 4 + _integer(extra, position + 2, 2)
    size = _integer(extra, position + 2, 2)
    places = iter(range(position + 4, min(position + 4 + size, len(extra)) - 7, 8))
    return [_integer(extra, next(places), 8) if number == _ZIP64 else number for number in numbers]


def _find_end(view):
    """The offset of the end-of-central-directory record, which a comment may follow."""
    size = len(view)
    if size < 22:
        return None
    low = max(size - 22 - 0xffff, 0)
    tail = bytes(view[low:])
    found = tail.rfind(_END)
    while found >= 0:
        if found + 22 <= len(tail) and low + found + 22 + _integer(tail, found + 20, 2) == size:
            return low + found
        found = tail.rfind(_END, 0, found + 3)
    return None


def add_to_tables(folders, parts, record):
    """Enter a file, or a folder (record None), with the folders above it. False if it is a file and a folder."""
    inner = ''
    for part in parts[:-1] if record else parts:
        if folders[inner].setdefault(part, None) is not None:
            return False
        inner = f'{inner}/{part}' if inner else part
        folders.setdefault(inner, {'': 0})
    if record:
        table, name = folders[inner], parts[-1]
        if name in table and table[name] is None:
            return False
        table[name] = record            # of two members of one name the later counts, as everywhere
        if name.endswith(('.so', '.pyd')):
            table[''] |= HAS_EXTENSIONS
        elif name.endswith('.pyc') and parts[-2:-1] != ['__pycache__']:
            table[''] |= HAS_BYTECODE
        elif name.endswith('.pth'):
            table[''] |= HAS_PATH_FILES
    return True
