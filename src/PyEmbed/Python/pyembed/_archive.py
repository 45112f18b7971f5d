"""Writes archives: one standard zip with an index, as docs/formats.md section 1 describes.

The bytes are those that the build writes for the same files, so hash and root of a tree do not depend on who packed it.
"""

import hashlib
import marshal
from zlib import crc32

from ._importer import FORMAT_VERSION, HAS_BYTECODE, HAS_EXTENSIONS, HAS_PATH_FILES

_OWN_FOLDER = '.pyembed/'
INDEX = _OWN_FOLDER + 'index'

_LOCAL = 0x04034b50
_CENTRAL = 0x02014b50
_END = 0x06054b50
_END64 = 0x06064b50
_LOCATOR64 = 0x07064b50
_DATE = (0 << 9) | (1 << 5) | 1         # 1980-01-01
_LIMIT = 2**31 - 1


def write_archive(files, distribution, placement='app', materialize='auto', file_users=None, own=None):
    """The archive, as bytes, of *files*: a mapping of path ('/' between folders, no '..') to bytes. All are stored.

    *file_users* is the index's key of that name; None where nobody has looked at the files. *own* are the files of a bundle
    that are not of its tree, by their paths below the index's folder; with them an empty file ``'pkg/'`` is an entry for a folder.
    Raises ValueError for a path that is not relative, not Unicode, or a file and a folder, and for more than 2 GiB."""
    entries = [(_encode(path, own is not None), path, memoryview(content).cast('B')) for path, content in files.items()]
    for path, content in (own or {}).items():
        entries.append((f'{_OWN_FOLDER}{path}'.encode(), f'{_OWN_FOLDER}{path}', memoryview(content).cast('B')))
    entries.sort(key=lambda entry: entry[0])
    parts, central, offset, records = [], [], 0, {}
    digest = hashlib.sha256()
    for name, path, content in entries:
        size = len(content)
        digest.update(name + b'\0' + size.to_bytes(8, 'little') + hashlib.sha256(content).digest())
        header, entry = _headers(name, crc32(content), size, offset)
        records[path] = (0, offset + len(header), size)
        parts += header, content
        central.append(entry)
        offset += len(header) + size
        if offset > _LIMIT:
            raise ValueError(f'{distribution}: a tree is limited to 2 GiB less one byte')
    info = {'distribution': distribution, 'hash': digest.hexdigest(), 'placement': placement,
            'materialize': materialize}
    if file_users is not None:
        info['file_users'] = {path: file_users[path] for path in sorted(file_users, key=str.encode)}
    if own is not None:
        info['bundle'] = {path[len(_OWN_FOLDER):]: record for path, record in records.items() if path.startswith(_OWN_FOLDER)}
        records = {path: record for path, record in records.items() if not path.startswith(_OWN_FOLDER) and path[-1] != '/'}
    body = marshal.dumps((info, _tables(records)), 2)
    trailer = b''.join((len(body).to_bytes(4, 'little'), crc32(body).to_bytes(4, 'little'),
                        FORMAT_VERSION.to_bytes(2, 'little'), b'\0\0', b'PYEMBED\0'))
    index = body + trailer
    header, entry = _headers(INDEX.encode(), crc32(index), len(index), offset)
    central.append(entry)
    directory = b''.join(central)
    start = offset + len(header) + len(index)
    end = _end_records(len(central), len(directory), start)
    if start + len(directory) + len(end) > _LIMIT:
        raise ValueError(f'{distribution}: a tree is limited to 2 GiB less one byte')
    return b''.join((*parts, header, index, directory, end))


def difference(view, entries, end):
    """What of a zip in memory is not as write_archive has it, in words; None where every byte is.

    *entries* are (name as bytes, offset of the content, size) of all but the index, in order; *end* is where the content of the
    index begins. Other readers of the zip go by its directory and its local headers, and see what the index has."""
    central, offset = [], 0
    start = int.from_bytes(view[-6:-2], 'little')           # of the central directory
    for name, content, size in (*entries, (INDEX.encode(), end, start - end)):
        if len(name) > 0xffff:
            return f'the name of {name[:100].decode(errors="replace")!r} is longer than that of a zip can be'
        header, entry = _headers(name, crc32(view[content:content + size]) if size else 0, size, offset)
        place = offset + len(header)
        if view[offset:place] != header or size and content != place:
            return f'the local header of {name.decode()!r} does not tell of the file that the index has'
        central.append(entry)
        offset = place + size
    directory = b''.join(central)
    if offset != start or view[start:] != directory + _end_records(len(central), len(directory), start):
        return 'its central directory does not tell of the files that its index has'
    return None


def _encode(path, with_folders):
    if (path.__class__ is not str or '\\' in path or '\0' in path
            or any(part in ('', '.', '..') for part in (path[:-1] if with_folders and path[-1:] == '/' else path).split('/'))):
        raise ValueError(f'{path!r} is not a relative path with "/" between folders')
    if path.partition('/')[0] == _OWN_FOLDER[:-1]:
        raise ValueError(f'{path!r}: the folder .pyembed belongs to the index')
    try:
        return path.encode()
    except UnicodeEncodeError:
        raise ValueError(f'{path!r}: a path of an archive is Unicode text, which has no surrogates') from None


def _headers(name, checksum, size, offset):
    """The local header of an entry and its entry of the central directory."""
    flags = 0 if name.isascii() else 1 << 11
    common = b''.join((
        (20).to_bytes(2, 'little'), flags.to_bytes(2, 'little'), b'\0\0', b'\0\0', _DATE.to_bytes(2, 'little'),
        checksum.to_bytes(4, 'little'), size.to_bytes(4, 'little'), size.to_bytes(4, 'little'),
        len(name).to_bytes(2, 'little'), b'\0\0'))
    local = _LOCAL.to_bytes(4, 'little') + common + name
    central = b''.join((
        _CENTRAL.to_bytes(4, 'little'), (3 << 8 | 20).to_bytes(2, 'little'), common, b'\0\0', b'\0\0', b'\0\0',
        (0o100644 << 16).to_bytes(4, 'little'), offset.to_bytes(4, 'little'), name))
    return local, central


def _end_records(count, length, start):
    """The end record, after the zip64 records where the number of entries does not fit it."""
    short = min(count, 0xffff).to_bytes(2, 'little')
    end = b''.join((_END.to_bytes(4, 'little'), b'\0\0\0\0', short, short, length.to_bytes(4, 'little'),
                    start.to_bytes(4, 'little'), b'\0\0'))
    if count < 0xffff:
        return end
    return b''.join((
        _END64.to_bytes(4, 'little'), (44).to_bytes(8, 'little'), (3 << 8 | 45).to_bytes(2, 'little'),
        (45).to_bytes(2, 'little'), bytes(8), count.to_bytes(8, 'little'), count.to_bytes(8, 'little'),
        length.to_bytes(8, 'little'), start.to_bytes(8, 'little'),
        _LOCATOR64.to_bytes(4, 'little'), bytes(4), (start + length).to_bytes(8, 'little'), (1).to_bytes(4, 'little'),
        end))


def _tables(records):
    """The index's dict of folder path to marshalled table, for a dict of path to record."""
    folders = {'': {}}
    for path, record in records.items():
        child = path
        while child:
            folder, _, name = child.rpartition('/')
            known = folder in folders
            if folders.setdefault(folder, {}).setdefault(name, record) is not record:
                raise ValueError(f'{child!r} is a file and a folder')
            if known:
                break
            child, record = folder, None        # name the new folder in its own parent
    return {folder: marshal.dumps(_sorted_table(folder, table), 2)
            for folder, table in sorted(folders.items(), key=lambda item: item[0].encode())}


def _sorted_table(folder, table):
    flags = 0
    cache = folder.rpartition('/')[2] == '__pycache__'
    for name, record in table.items():
        if record is not None:
            if name.endswith(('.so', '.pyd')):
                flags |= HAS_EXTENSIONS
            elif name.endswith('.pyc') and not cache:
                flags |= HAS_BYTECODE
            elif name.endswith('.pth'):
                flags |= HAS_PATH_FILES
    return {'': flags, **{name: table[name] for name in sorted(table, key=str.encode)}}
