"""Finds the trees in a .NET assembly: the manifest resources ``PyEmbed/<distribution>.zip`` of a PE file.

It reads what ECMA-335 part II describes: the PE headers and the CLI header (25), the metadata root, the streams ``#~`` and
``#Strings`` (24.2), and of the tables (22) the sizes of those before ManifestResource. ReadyToRun images have the same.
Every offset is checked against the file before it is followed; nothing is copied but names.
"""

from struct import Struct, error as _CutShort

from ._importer import ArchiveError

PREFIX = 'PyEmbed/'
SUFFIX = '.zip'

_U16, _U32, _TWO32 = Struct('<H'), Struct('<I'), Struct('<II')
_TABLES_HEADER = Struct('<6xBxQ8x')     # the sizes of heap indexes, and which tables there are
_SECTION = Struct('<8xIIII')            # virtual size and address, raw size and offset; 40 bytes with what follows
_SECTION_SIZE = 40
_CLI_DIRECTORY = 14                     # of the optional header's data directories
_MAX_NAME = 1024                        # bytes of a resource's name

_MANIFEST_RESOURCE = 0x28

# The columns of the tables up to ManifestResource: a size in bytes; S, G, B for an index into the heap of strings, GUIDs
# or blobs; @xx for an index into that table; else the coded index of that name (22 and 24.2.6).
_TABLES = {
    0x00: '2 S G G G', 0x01: 'ResolutionScope S S', 0x02: '4 S S TypeDefOrRef @04 @06', 0x03: '@04', 0x04: '2 S B',
    0x05: '@06', 0x06: '4 2 2 S B @08', 0x07: '@08', 0x08: '2 2 S', 0x09: '@02 TypeDefOrRef', 0x0a: 'MemberRefParent S B',
    0x0b: '2 HasConstant B', 0x0c: 'HasCustomAttribute CustomAttributeType B', 0x0d: 'HasFieldMarshal B',
    0x0e: '2 HasDeclSecurity B', 0x0f: '2 4 @02', 0x10: '4 @04', 0x11: 'B', 0x12: '@02 @14', 0x13: '@14',
    0x14: '2 S TypeDefOrRef', 0x15: '@02 @17', 0x16: '@17', 0x17: '2 S B', 0x18: '2 @06 HasSemantics',
    0x19: '@02 MethodDefOrRef MethodDefOrRef', 0x1a: 'S', 0x1b: 'B', 0x1c: '2 MemberForwarded S @1a', 0x1d: '4 @04',
    0x1e: '4 4', 0x1f: '4', 0x20: '4 2 2 2 2 4 B S S', 0x21: '4', 0x22: '4 4 4', 0x23: '2 2 2 2 4 B S S B', 0x24: '4 @23',
    0x25: '4 4 4 @23', 0x26: '4 S B', 0x27: '4 4 S S Implementation', 0x28: '4 4 S Implementation',
}
# Coded indexes: the bits of the tag, and the tables that it tells apart.
_CODED = {
    'TypeDefOrRef': (2, (0x02, 0x01, 0x1b)),
    'HasConstant': (2, (0x04, 0x08, 0x17)),
    'HasCustomAttribute': (5, (0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20,
                               0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b)),
    'HasFieldMarshal': (1, (0x04, 0x08)),
    'HasDeclSecurity': (2, (0x02, 0x06, 0x20)),
    'MemberRefParent': (3, (0x02, 0x01, 0x1a, 0x06, 0x1b)),
    'HasSemantics': (1, (0x14, 0x17)),
    'MethodDefOrRef': (1, (0x06, 0x0a)),
    'MemberForwarded': (1, (0x04, 0x06)),
    'Implementation': (2, (0x26, 0x23, 0x27)),
    'CustomAttributeType': (3, (0x06, 0x0a)),
    'ResolutionScope': (2, (0x00, 0x1a, 0x23, 0x01)),
}


def is_assembly(view):
    """Whether a file is a PE file with a CLI header: an assembly or a netmodule, as opposed to a native program."""
    try:
        return bytes(view[:2]) == b'MZ' and _directories(view)[0][0] != 0
    except (_CutShort, ArchiveError):
        return False


def find_archives(view, origin):
    """[(resource name, offset, size)] of the trees in an assembly, in the order of its manifest; offsets count from the
    file's first byte. The list is never empty. Raises ArchiveError for a file that is not, or not wholly, an assembly,
    or embeds no tree."""
    try:
        found = list(_find_archives(view))
    except _CutShort:
        raise ArchiveError(f'{origin}: the assembly is damaged: it is cut short, or refers to places outside') from None
    except ArchiveError as error:
        raise ArchiveError(f'{origin}: the assembly is damaged: {error}') from None
    if not found:
        raise ArchiveError(f'{origin}: the assembly embeds no Python tree: it has no resource named '
                           f'{PREFIX}<distribution>{SUFFIX}')
    names = {name for name, _, _ in found}
    if len(names) != len(found):
        raise ArchiveError(f'{origin}: the assembly is damaged: two of its resources have one name')
    return found


def _find_archives(view):
    (cli_address, _), sections = _directories(view)
    header, _ = _locate(view, sections, cli_address, 72)
    metadata_address, metadata_size = _TWO32.unpack_from(view, header + 8)
    resources_address, resources_size = _TWO32.unpack_from(view, header + 24)
    metadata, _ = _locate(view, sections, metadata_address, metadata_size)
    streams = _streams(view, metadata, metadata_size)
    if '#~' not in streams:
        raise ArchiveError('it has no metadata tables')
    rows = list(_resource_rows(view, streams['#~']))
    if not rows:
        return
    strings, strings_end = streams.get('#Strings', (0, 0))
    resources, room = _locate(view, sections, resources_address, resources_size) if resources_size else (0, 0)
    for offset, name, implementation in rows:
        if implementation:
            continue                    # a resource of another file
        text = _name(view, strings + name, strings_end)
        if text is None:
            continue
        if offset + 4 > room:
            raise ArchiveError(f'the resource {text!r} lies outside of its resources')
        size, = _U32.unpack_from(view, resources + offset)
        if offset + 4 + size > room:
            raise ArchiveError(f'the resource {text!r} lies outside of its resources')
        yield text, resources + offset + 4, size


def _directories(view):
    """((address, size) of the CLI header, zeros where there is none; [(address, raw size, raw offset)] of the sections)."""
    at, = _U32.unpack_from(view, 0x3c)
    if bytes(view[at:at + 4]) != b'PE\0\0':
        raise ArchiveError('it has no PE header')
    count, = _U16.unpack_from(view, at + 6)
    optional_size, = _U16.unpack_from(view, at + 20)
    optional = at + 24
    magic, = _U16.unpack_from(view, optional)
    if magic not in (0x10b, 0x20b):
        raise ArchiveError('it is neither PE32 nor PE32+')
    first = 96 if magic == 0x10b else 112
    directories, = _U32.unpack_from(view, optional + first - 4)
    place = first + 8 * _CLI_DIRECTORY
    if directories <= _CLI_DIRECTORY or place + 8 > optional_size:
        cli = 0, 0
    else:
        cli = _TWO32.unpack_from(view, optional + place)
    table = optional + optional_size
    sections = []
    for index in range(count):
        _, address, size, offset = _SECTION.unpack_from(view, table + _SECTION_SIZE * index)
        sections.append((address, size, offset))
    return cli, sections


def _locate(view, sections, address, size):
    """(offset in the file, size) of a range of the loaded image; it must lie within one section, and within the file."""
    for start, length, offset in sections:
        if start <= address and address - start + size <= length:
            place = offset + address - start
            if place + size <= len(view):
                return place, size
    raise _CutShort


def _streams(view, root, size):
    """{name: (first offset, offset after the last byte)} of the metadata's streams (24.2.1, 24.2.2)."""
    if bytes(view[root:root + 4]) != b'BSJB':
        raise ArchiveError('its metadata is not where the CLI header says')
    version, = _U32.unpack_from(view, root + 12)
    at, end = root + 16 + version, root + size
    count, = _U16.unpack_from(view, at + 2)
    at += 4
    streams = {}
    for _ in range(count):
        offset, length = _TWO32.unpack_from(view, at)
        name = bytes(view[at + 8:at + 8 + 32]).partition(b'\0')[0]
        at += 8 + (len(name) // 4 + 1) * 4
        if at > end or offset + length > size:
            raise ArchiveError('a stream lies outside of its metadata')
        streams[name.decode('latin-1')] = root + offset, root + offset + length
    return streams


def _resource_rows(view, stream):
    """(offset, name's offset, implementation) of each row of the table ManifestResource (22.24, 24.2.6)."""
    start, end = stream
    wide, valid = _TABLES_HEADER.unpack_from(view, start)
    at, counts = start + _TABLES_HEADER.size, {}
    for table in range(64):
        if valid >> table & 1:
            counts[table], = _U32.unpack_from(view, at)
            at += 4
    if wide & 0x40:
        at += 4                         # extra data, which the compilers' debug metadata may have
    if _MANIFEST_RESOURCE not in counts:
        return
    for table in sorted(counts):
        if table == _MANIFEST_RESOURCE:
            break
        if table not in _TABLES:
            raise ArchiveError(f'it has a metadata table 0x{table:02x}, which is not of ECMA-335')
        at += counts[table] * sum(_columns(table, counts, wide))
    offset_size, flags_size, name_size, implementation_size = _columns(_MANIFEST_RESOURCE, counts, wide)
    row = offset_size + flags_size + name_size + implementation_size
    if at + counts[_MANIFEST_RESOURCE] * row > min(end, len(view)):
        raise ArchiveError('its metadata tables lie outside of their stream')
    for place in range(at, at + counts[_MANIFEST_RESOURCE] * row, row):
        offset, = _U32.unpack_from(view, place)
        name = int.from_bytes(view[place + 8:place + 8 + name_size], 'little')
        yield offset, name, int.from_bytes(view[place + 8 + name_size:place + row], 'little')


def _columns(table, counts, wide):
    """The sizes of a table's columns."""
    sizes = []
    for column in _TABLES[table].split():
        if column in 'SGB':
            size = 4 if wide & 1 << 'SGB'.index(column) else 2
        elif column[0] == '@':
            size = 2 if counts.get(int(column[1:], 16), 0) < 1 << 16 else 4
        elif column in _CODED:
            bits, tables = _CODED[column]
            size = 2 if all(counts.get(other, 0) < 1 << 16 - bits for other in tables) else 4
        else:
            size = int(column)
        sizes.append(size)
    return sizes


def _name(view, at, end):
    """The string of the heap at an offset if it is a tree's name, else None."""
    limit = min(end, len(view))
    if at >= limit or bytes(view[at:at + len(PREFIX)]) != PREFIX.encode():
        return None
    text, terminator, _ = bytes(view[at:min(at + _MAX_NAME, limit)]).partition(b'\0')
    if not terminator:
        raise ArchiveError('the name of a resource does not end')
    if not text.endswith(SUFFIX.encode()):
        return None
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise ArchiveError(f'the name of a resource is not UTF-8: {text!r}') from None
