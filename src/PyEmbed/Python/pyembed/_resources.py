"""Resources of trees: importlib.resources' Traversable and readers over folders in memory.

A namespace's portions, in trees, on disk and in zips, appear as one folder. ``as_file`` gives a file's own place in the
extraction directory, so that it stays valid; where a tree forbids files, a temporary copy.
"""

import contextlib
import errno
import importlib.resources
import io
import os
import pathlib
import posixpath
import zipfile

from ._loaders import locate
from ._streams import open_binary
try:
    from importlib.resources.abc import Traversable, TraversableResources
except ImportError:  # CPython 3.9 and 3.10
    from importlib.abc import Traversable, TraversableResources


def reader(loader):
    """The resource reader of a module of a tree: the folder that the module's file lies in."""
    tree, inner = loader._folder.tree, loader._folder.inner
    return Reader(TreePath(tree, inner))


def namespace_reader(paths):
    """The resource reader of a namespace with the given portions."""
    portions = [portion for portion in map(_portion, dict.fromkeys(paths)) if portion.is_dir()]
    return Reader(MergedFolder(portions))


def _portion(path):
    tree, inner = locate(path)
    if tree is not None:
        return TreePath(tree, inner)
    if not os.path.isdir(path):
        head = os.path.dirname(path)
        while head != os.path.dirname(head) and not os.path.isfile(head):
            head = os.path.dirname(head)
        if os.path.isfile(head) and zipfile.is_zipfile(head):
            return zipfile.Path(head, os.path.relpath(path, head).replace(os.sep, '/') + '/')
    return pathlib.Path(path)


class Reader(TraversableResources):
    """Serves both interfaces, ``files`` and the older one by names."""

    def __init__(self, folder):
        self._folder = folder

    def files(self):
        return self._folder

    def is_resource(self, path):
        return self._folder.joinpath(path).is_file()

    def resource_path(self, resource):
        """The place of the file on disk; FileNotFoundError where it may not be there, as the protocol wants."""
        found = self._folder.joinpath(resource)
        if isinstance(found, pathlib.Path) and found.is_file():
            return str(found)
        if isinstance(found, TreePath) and found.is_file() and found.may_extract:
            return str(found.extract())
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(found))


class TreePath(Traversable):
    """A path in a tree, there or not. Its text is the absolute path that ``__file__`` shows, where nothing needs to be;
    as an os.PathLike it is the same path, where then is what the tree has."""

    def __init__(self, tree, inner):
        self._tree = tree
        self._inner = inner         # the path in the archive, '' for the root

    def __str__(self):
        root = self._tree.root
        return os.path.join(root, *self._inner.split('/')) if self._inner else root

    def __fspath__(self):
        """The path for the system: the file, or the folder with all below it, is extracted. Where the tree has nothing
        there, only the text. PermissionError where the tree may not be extracted."""
        if not self.exists():
            return str(self)
        if not self.may_extract:
            raise PermissionError(errno.EPERM, f'{self._tree.never} forbids to make a file of what is embedded; read it '
                                  'with open() or read_bytes(), or by importlib.resources.as_file', str(self))
        return str(self.extract())

    def __repr__(self):
        return f'{type(self).__name__}({str(self)!r})'

    def __eq__(self, other):
        return isinstance(other, TreePath) and (self._tree.root, self._inner) == (other._tree.root, other._inner)

    def __lt__(self, other):
        return str(self) < str(other) if isinstance(other, TreePath) else NotImplemented

    def __hash__(self):
        return hash((self._tree.root, self._inner))

    @property
    def name(self):
        return posixpath.basename(self._inner) or os.path.basename(self._tree.root)

    @property
    def stem(self):
        return pathlib.PurePosixPath(self.name).stem

    @property
    def suffix(self):
        return pathlib.PurePosixPath(self.name).suffix

    @property
    def suffixes(self):
        return pathlib.PurePosixPath(self.name).suffixes

    @property
    def parent(self):
        """The folder above; of the root, a real path."""
        if not self._inner:
            return pathlib.Path(self._tree.root).parent
        return TreePath(self._tree, posixpath.dirname(self._inner))

    def as_posix(self):
        return str(self).replace(os.sep, '/')

    def resolve(self, strict=False):
        """Itself: paths in a tree have no links."""
        if strict and not self.exists():
            raise self._missing()
        return self

    def relative_to(self, *other, **options):
        """The pure path from another path, of this tree or in text, to this one; options as pathlib's (``walk_up``)."""
        return pathlib.PurePath(str(self)).relative_to(*map(str, other), **options)

    def joinpath(self, *descendants):
        inner = self._inner
        for descendant in descendants:
            text = str(descendant) if isinstance(descendant, TreePath) else os.fspath(descendant)
            inner = posixpath.join(inner, text.replace(os.sep, '/').lstrip('/'))
        inner = posixpath.normpath(inner)
        return TreePath(self._tree, '' if inner == '.' else inner)

    def __truediv__(self, child):
        return self.joinpath(child)

    def is_dir(self):
        return self._inner in self._tree.folders

    def is_file(self):
        return self._tree.record(self._inner) is not None

    def exists(self):
        return self.is_dir() or self.is_file()

    def iterdir(self):
        if not self.is_dir():
            raise self._wrong(errno.ENOTDIR) if self.is_file() else self._missing()
        prefix = self._inner and self._inner + '/'
        return (TreePath(self._tree, prefix + name) for name in self._tree.table(self._inner) if name)

    def open(self, mode='r', buffering=-1, encoding=None, errors=None, newline=None):
        """A stream for reading, of text ('r') or bytes ('rb'). Large files that are stored are read where they lie, part by part."""
        if mode not in ('r', 'rt', 'rb'):
            raise ValueError(f'mode {mode!r}: a tree can only be read')
        if mode == 'rb':
            if (encoding, errors, newline) != (None, None, None):
                raise ValueError('binary mode takes no encoding, errors or newline')
            return open_binary(self._tree, self._inner, self._record())
        return io.TextIOWrapper(open_binary(self._tree, self._inner, self._record()), encoding, errors, newline)

    def read_bytes(self):
        return self._tree.read(self._record(), self._inner)

    def _record(self):
        record = self._tree.record(self._inner)
        if record is None:
            raise self._wrong(errno.EISDIR) if self.is_dir() else self._missing()
        return record

    def read_text(self, encoding=None, errors=None, newline=None):
        with self.open('r', -1, encoding, errors, newline) as stream:
            return stream.read()

    @property
    def may_extract(self):
        return self._tree.materialize != 'never'

    def extract(self):
        """Make the file, or the folder with all below it, a real one at its own place; returns its pathlib.Path."""
        from ._store import extract_file, extract_folder
        if self.is_dir():
            return pathlib.Path(extract_folder(self._tree, self._inner))
        if not self.is_file():
            raise self._missing()
        return pathlib.Path(extract_file(self._tree, self._inner))

    def _missing(self):
        inner = posixpath.dirname(self._inner)
        while inner:
            if self._tree.record(inner) is not None:
                return self._wrong(errno.ENOTDIR)
            inner = posixpath.dirname(inner)
        return self._wrong(errno.ENOENT)

    def _wrong(self, code):
        return OSError(code, os.strerror(code), str(self))      # Python picks the subclass by the code


class MergedFolder(Traversable):
    """Folders of one place in several portions, as one: the first portion that has a file wins, folders merge."""

    def __init__(self, portions):
        if not portions:
            raise FileNotFoundError('a namespace without a folder')
        self._portions = portions

    def __repr__(self):
        return f'{type(self).__name__}({", ".join(str(portion) for portion in self._portions)})'

    def __str__(self):
        return str(self._portions[0])

    def __eq__(self, other):
        return isinstance(other, MergedFolder) and self._portions == other._portions

    def __hash__(self):
        return hash(tuple(map(str, self._portions)))

    @property
    def name(self):
        return self._portions[0].name

    def is_dir(self):
        return True

    def is_file(self):
        return False

    def exists(self):
        return True

    def iterdir(self):
        names = dict.fromkeys(child.name for portion in self._portions for child in portion.iterdir())
        return (self._child(name) for name in names)

    def joinpath(self, *descendants):
        parts = [part for descendant in descendants
                 for part in posixpath.normpath(os.fspath(descendant).replace(os.sep, '/')).lstrip('/').split('/')
                 if part not in ('', '.')]
        if not parts:
            return self
        if parts[0] == '..':
            return self._portions[0].joinpath(*parts)
        found = self._child(parts[0])
        return found.joinpath('/'.join(parts[1:])) if parts[1:] else found

    def __truediv__(self, child):
        return self.joinpath(child)

    def _child(self, name):
        children = [portion.joinpath(name) for portion in self._portions]
        there = [child for child in children if child.exists()]
        if not there:
            return children[0]
        folders = [child for child in there if child.is_dir()]
        return MergedFolder(folders) if there[0].is_dir() and len(folders) > 1 else there[0]

    def open(self, mode='r', *args, **options):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(self))

    def read_bytes(self):
        return self.open('rb')

    def read_text(self, encoding=None, errors=None):
        return self.open()


@importlib.resources.as_file.register(TreePath)
@contextlib.contextmanager
def _(path):
    if path.may_extract:
        yield path.extract()
        return
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        yield _copy(path, pathlib.Path(folder))


@importlib.resources.as_file.register(MergedFolder)
@contextlib.contextmanager
def _(path):
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        yield _copy(path, pathlib.Path(folder))


def _copy(source, folder):
    target = folder / source.name
    if source.is_dir():
        target.mkdir()
        for child in source.iterdir():
            _copy(child, target)
    else:
        target.write_bytes(source.read_bytes())
    return target
