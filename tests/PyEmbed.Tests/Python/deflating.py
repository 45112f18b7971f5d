"""Deflates the entries of archives, as the build does where it is told to. Tests and benchmarks use it."""

import marshal
import zlib

from pyembed._importer import open_tree


def deflate(data, least=128):
    """An archive with an index, with its entries deflated where they become smaller by so many bytes and by 10 %."""
    tree = open_tree(memoryview(data), 'x')
    parts, position, records = [], 0, {}
    for folder in tree.folders:
        for name, record in tree.table(folder).items():
            if name and record:
                content = tree.read(record, name)
                deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
                packed = deflater.compress(content) + deflater.flush()
                small = len(packed) <= min(len(content) - least, 0.9 * len(content))
                records[folder, name] = (1, position, len(packed), len(content)) if small else (0, position, len(content))
                parts.append(packed if small else content)
                position += len(parts[-1])
    tables = {folder: marshal.dumps({name: records.get((folder, name), record) for name, record in tree.table(folder).items()}, 2)
              for folder in tree.folders}
    info = {'distribution': tree.distribution, 'hash': tree.hash, 'placement': tree.placement, 'materialize': tree.materialize,
            'file_users': tree.file_users, **({'optimize': tree.optimize} if tree.optimize else {}),
            **({'stripped': tree.stripped} if tree.stripped else {})}
    body = marshal.dumps((info, tables), 2)
    trailer = b''.join((len(body).to_bytes(4, 'little'), zlib.crc32(body).to_bytes(4, 'little'), b'\1\0\0\0PYEMBED\0'))
    end = position + len(body) + 20
    # The central directory, which other zip tools read, is not there: the index counts.
    return b''.join((*parts, body, trailer, b'PK\5\6', bytes(8), bytes(4), end.to_bytes(4, 'little'), bytes(2)))
