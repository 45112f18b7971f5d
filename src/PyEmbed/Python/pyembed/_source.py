"""Opens what ``pyembed.mount`` takes: mappings, zips, assemblies and folders."""

import os
import re
from collections.abc import Mapping

from ._archive import write_archive
from ._importer import MEMORY, ArchiveError, open_tree
from ._loaders import origin_of
from ._origins import of_resource

# Left out of the snapshot of a folder, as the build leaves them out of a tree.
_SKIPPED = {'__pycache__', '.git', '.hg', '.svn', '.idea', '.vscode', '.mypy_cache', '.pytest_cache', '.ruff_cache'}


def open_source(source):
    """The trees of a mapping, a zip's path or contents, an assembly's path, or a folder. See ``pyembed.mount``."""
    if isinstance(source, Mapping):
        files = {path: _contents(path, content) for path, content in source.items()}
        return [_tree_of(files, 'files', MEMORY + 'files')]
    if isinstance(source, (bytes, bytearray, memoryview)):
        return [open_tree(memoryview(bytes(source)), MEMORY + 'archive')]
    try:
        path = os.path.abspath(os.fsdecode(source))
    except TypeError:
        raise TypeError(f'cannot mount {type(source).__name__!r}: a mapping, the path or contents of a zip, or the '
                        'path of an assembly or a folder is needed') from None
    if os.path.isdir(path):
        return [_tree_of(_read_folder(path), os.path.basename(path), origin_of(path))]
    with open(path, 'rb') as file:
        if file.read(2) == b'MZ':
            return _open_program(file, path)
        file.seek(0)
        tree = open_tree(memoryview(file.read()), origin_of(path))
    tree.source = path
    return [tree]


def _contents(path, content):
    """What a mapping has for a path, as a buffer."""
    try:
        return content.encode() if isinstance(content, str) else memoryview(content)
    except TypeError:
        raise TypeError(f'cannot mount {path!r}: its contents are {type(content).__name__!r}; bytes or str are '
                        'needed') from None
    except UnicodeEncodeError as error:
        raise ValueError(f'cannot mount {path!r}: its contents are not Unicode text: {error}') from None


def _open_program(file, path):
    """The trees of an assembly; that of a native program that a zip is appended to, as installers and zipapps are."""
    from mmap import mmap, ACCESS_READ
    from ._assembly import find_archives, is_assembly
    # The map stays as long as a view of it does.
    view = memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))
    if not is_assembly(view):
        try:
            tree = open_tree(view, origin_of(path))
        except ArchiveError as error:
            raise ArchiveError(f'{path}: this is no .NET assembly, but a native or damaged one, and as a zip it cannot be '
                               f'read either: {error}') from None
        tree.source = path
        return [tree]
    trees = []
    for name, offset, size in find_archives(view, path):
        tree = open_tree(view[offset:offset + size], of_resource(path, name))
        tree.source = path, offset, size
        trees.append(tree)
    return trees


def _tree_of(files, name, origin):
    distribution = re.sub(r'[^\w.-]+', '_', name).strip('.') or 'files'
    return open_tree(memoryview(write_archive(files, distribution)), origin)


def _read_folder(folder):
    """The regular files below a folder: what else is there, as a named pipe, could have no end."""
    def fail(error):
        raise error

    files = {}
    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        prefix = os.path.relpath(place, folder).replace(os.sep, '/')
        for name in names:
            path = os.path.join(place, name)
            if os.path.isfile(path):
                with open(path, 'rb') as file:
                    files[name if prefix == '.' else f'{prefix}/{name}'] = file.read()
    return files
