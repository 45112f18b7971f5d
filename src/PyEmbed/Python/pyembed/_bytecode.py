"""Says which CPython bytecode is for."""

import sys

from _frozen_importlib_external import MAGIC_NUMBER

# The last magic number of each minor version before its first release candidate, and after: importlib/_bootstrap_external.py.
_FIRST = ((3600, '3.14'), (3550, '3.13'), (3500, '3.12'), (3450, '3.11'), (3430, '3.10'), (3420, '3.9'), (3400, '3.8'))


def describe(magic):
    """The magic number that bytecode begins with, in words."""
    if len(magic) < 4 or magic[2:4] != b'\r\n':
        return f'{bytes(magic[:4])!r}, which is no magic number'
    number = int.from_bytes(magic[:2], 'little')
    minor = next((minor for first, minor in _FIRST if first <= number), None)
    return f'{number}' if minor is None or number >= 3650 else f'{number} (CPython {minor})'


def foreign(fullname, path, magic):
    """The ImportError for bytecode without a source that is not for this Python."""
    return ImportError(f'{path}: the module has no source, and its bytecode is for another Python: its magic number is '
                       f'{describe(magic)}, that of this one is {describe(MAGIC_NUMBER)}. Build the tree with the '
                       'sources, or with bytecode for this version (PyEmbedBytecode)', name=fullname, path=path)


def stripped(fullname, path, tree, tags):
    """The ImportError for a module of a tree without sources that has no bytecode for this Python, but for those of *tags*."""
    running = sys.implementation.cache_tag or sys.implementation.name
    return ImportError(f'{fullname} cannot be imported: {tree.origin} holds no sources, and bytecode of this module for '
                       f'{", ".join(map(_version, tags))} only; this is {_version(running)}. Run it on one of these, or build '
                       f'the tree with bytecode for this version too (PyEmbedBytecode), or with the sources '
                       '(PyEmbedSource=Include)', name=fullname, path=path)


def _version(tag):
    """A cache tag, in words."""
    name, _, digits = tag.partition('-')
    return f'CPython {digits[0]}.{digits[1:]}' if name == 'cpython' and digits[1:].isdigit() else tag
