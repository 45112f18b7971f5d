"""Mounts what a test would put on disk."""

import importlib.util
import marshal
import os

import pyembed
# And what these tests make it import later: they empty sys.meta_path, so that nothing can be imported, which no host does.
from pyembed import _archive, _bytecode, _finders, _importer, _loaders, _mounts, _places, _source                    # noqa: F401


def flatten(spec, prefix=''):
    """{path: bytes} of a nested dict of names, as CPython's tests describe trees."""
    files = {}
    for name, content in spec.items():
        if isinstance(content, dict):
            files.update(flatten(content, f'{prefix}{name}/'))
        else:
            files[prefix + name] = content.encode() if isinstance(content, str) else bytes(content)
    return files


def read_folder(folder):
    """{path: bytes} of what a folder holds now; nothing where it is no folder. Bytecode that belongs to its source by the
    file system's dates belongs to it by the date that all files of a tree have."""
    files, dates = {}, {}
    for place, folders, names in os.walk(folder, followlinks=True):
        inner = os.path.relpath(place, folder).replace(os.sep, '/')
        for name in names:
            path = name if inner == '.' else f'{inner}/{name}'
            if not os.path.isfile(os.path.join(place, name)):
                continue                # a pipe, which to open waits for ever
            try:
                path.encode()
                with open(os.path.join(place, name), 'rb') as file:
                    files[path] = file.read()
                    dates[path] = os.fstat(file.fileno()).st_mtime
            except (OSError, UnicodeEncodeError):   # gone meanwhile; a name that no archive can hold
                pass
    for path, content in files.items():
        cache, _, name = path.rpartition('/')
        if cache.endswith('__pycache__') and name.endswith('.pyc') and content[4:8] == bytes(4):
            source = f"{cache[:-len('__pycache__')]}{name.partition('.')[0]}.py"
            if source in dates and content[8:12] == _uint32(dates[source]):
                files[path] = content[:8] + _uint32(_loaders.MTIME) + content[12:]
    return files


def _uint32(date):
    return (int(date) & 0xffffffff).to_bytes(4, 'little')


def with_bytecode(files, root):
    """The files, and bytecode as the build compiles it beside each source that compiles and has none."""
    result = dict(files)
    for path, source in files.items():
        if not path.endswith('.py'):
            continue
        folder, _, name = path.rpartition('/')
        cached = f'{folder}/__pycache__/' if folder else '__pycache__/'
        cached += os.path.basename(importlib.util.cache_from_source(name))
        if cached not in files:
            try:
                result[cached] = bytecode(source, os.path.join(root, path))
            except (SyntaxError, ValueError):
                continue
    return result


def bytecode(source, path):
    """The contents of a .pyc of this Python with an unchecked hash (PEP 552)."""
    header = importlib.util.MAGIC_NUMBER + b'\1\0\0\0' + importlib.util.source_hash(source)
    return header + marshal.dumps(compile(source, path, 'exec', dont_inherit=True))


class Mounter:
    """Mounts trees in the way that the mode of the run wants: 'source', 'bytecode' or 'files'."""

    def __init__(self, mode):
        self.mode = mode

    def mount(self, files):
        """Mount the files in the extraction directory; returns the root."""
        if self.mode == 'bytecode':
            files = with_bytecode(files, '')
        if self.mode == 'files':
            return _mount_archive(_archive.write_archive(files, 'files', materialize='all'), None)
        return pyembed.mount(files)

    def mount_over(self, root, files):
        """Mount the files at the folder on disk that they are from; nothing may be written there."""
        if self.mode == 'bytecode':
            files = with_bytecode(files, root)
        _mount_archive(_archive.write_archive(files, 'files', materialize='never'), root)


def mount_zip_over(root):
    """Mount a zip at the path of its file."""
    with open(root, 'rb') as file:
        _mount_archive(file.read(), root, 'never')


def _mount_archive(archive, root, materialize=None):
    tree = _importer.open_tree(memoryview(archive), root or 'conformance')
    tree.materialize = materialize or tree.materialize
    return _mounts.mount(tree, root)


def folder_at(path):
    """The importer's own finder of a mounted folder, as its path hook makes it; ImportError where there is none."""
    return _finders.path_hook(path)


def is_mounted(root):
    return root in _importer._trees


def is_current(finder):
    """Whether a finder of ours belongs to a tree that is still mounted."""
    return _importer._trees.get(finder.tree.root) is finder.tree


def is_ours(finder):
    return isinstance(finder, _finders.Folder)
