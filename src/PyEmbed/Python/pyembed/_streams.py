"""Binary streams over files of trees. A large file is read where it lies, so that a part of it costs only that part."""

import io

_LARGE = 1 << 18            # bytes; below, a copy costs less than a stream over the archive
_BUFFER = 1 << 16


def open_binary(tree, inner, record):
    """A stream over the bytes of the file at a path of a tree, whose record this is: seekable, for reading.

    Files that are small or deflated are read whole. Closing the stream lets go of the archive's memory, which stays until then,
    whatever is unmounted. Raises ArchiveError as Tree.read does."""
    archive, there = tree.archived(inner)
    method, start, size = archive.range(archive.record(there), inner)
    if method or size < _LARGE:
        return io.BytesIO(tree.read(record, inner))
    return io.BufferedReader(_Stored(archive.view[start:start + size]), _BUFFER)


class _Stored(io.RawIOBase):
    """A view of bytes as a stream."""

    def __init__(self, view):
        self._view = view
        self._at = 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def readinto(self, buffer):
        self._check()
        with memoryview(buffer) as target, target.cast('B') as target:
            part = self._view[self._at:self._at + len(target)]
            target[:len(part)] = part
        self._at += len(part)
        return len(part)

    def readall(self):
        self._check()
        rest = bytes(self._view[self._at:])
        self._at += len(rest)
        return rest

    def seek(self, offset, whence=io.SEEK_SET):
        self._check()
        if whence not in (io.SEEK_SET, io.SEEK_CUR, io.SEEK_END):
            raise ValueError(f'whence is {whence!r}: it is 0, 1 or 2')
        at = offset + (0, self._at, len(self._view))[whence]
        if at < 0:
            raise ValueError(f'negative seek position {at}')
        self._at = at
        return at

    def tell(self):
        self._check()
        return self._at

    def close(self):
        if not self.closed:
            self._view = None
        super().close()

    def _check(self):
        if self.closed:
            raise ValueError('I/O operation on closed file.')
