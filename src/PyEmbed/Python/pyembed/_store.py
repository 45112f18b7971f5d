"""The extraction directory: what must be a file, materialised at the place where the tree's ``__file__`` says it is.

What belongs together is a unit, which is there whole or not at all. Roots are content-addressed, so a file is written
once and never changes; later processes only look whether it is as it was written. An import goes on only when everything
that it needs is there.
"""

import os
import sys
import _thread

from . import _files, _importer, _libraries
from ._loaders import NamespaceLoader, TreeLoader, locate, materialize
from ._importer import is_safe_name
from ._places import CODE, OTHERS, OWN
from ._roots import Root

_CODE = '.py', '.pyc', '.pyw'
_CACHE = '__pycache__'
_METADATA = '.dist-info', '.egg-info'
_PLACES = b'__file__', b'__path__', b'dladdr'

_lock = _thread.RLock()
_roots = {}             # place -> Root, of each root that this process has used
_made_something = False


def _renew_lock():
    global _lock
    _lock = _thread.RLock()         # another thread of the parent may have had it


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_renew_lock)


def extract_for(tree, path, asked):
    """What the import of the module at *path* needs as files; *asked* are the flags of _places."""
    if asked & OTHERS and not _importer._everyone:
        extract_for_everyone()
    if tree.materialize != 'auto':
        _extract(tree, (tree.materialize, ''), _whole_tree)
        tree.triggers = _importer.NOTHING
        return
    inner = path[len(tree.root) + 1:].replace(os.sep, '/')
    folder = inner if inner in tree.folders else inner.rpartition('/')[0]
    top = folder.partition('/')[0]
    _extract(tree, ('data', top), _data)
    if top and tree.placement == 'app':         # whose packages look for what lies beside them, too
        _extract(tree, ('data', ''), _data)
    if asked & CODE:
        _extract(tree, ('code', top), _code_below)
    elif asked & OWN:
        _extract(tree, ('folder code', folder), _code_in)


def extract_for_everyone():
    """From now on every module of a tree in mode 'auto' counts as one that asks for its place, those imported too."""
    _importer._everyone = True
    for tree in _importer._trees.values():
        if tree.materialize == 'auto' and tree is not getattr(_importer._own, 'tree', None):
            tree.triggers = _importer.EVERYTHING
    for module in list(sys.modules.values()):
        try:
            # Not getattr, which would load a module that importlib.util.LazyLoader has put off.
            loader = object.__getattribute__(module, '__dict__')['__spec__'].loader
        except (AttributeError, TypeError, KeyError):
            continue
        if isinstance(loader, TreeLoader):
            places = [loader.path]
        elif isinstance(loader, NamespaceLoader):
            places = list(loader._path)
        else:
            continue
        for place in places:
            tree, _ = locate(place)
            if tree is not None and tree.triggers is _importer.EVERYTHING and tree.materialize == 'auto':
                extract_for(tree, place, OWN)


def extract_extension(tree, folder, loader):
    """An extension module with its folder, and the shared libraries that it may need. *loader* is the module's."""
    if tree.materialize == 'never':
        raise ImportError(f'{loader.name}: the extension modules of {tree.origin} cannot be loaded: Materialize="Never" '
                          'forbids the files that the system\'s loader needs', name=loader.name, path=loader.path)
    try:
        if loader.path in tree.triggers:
            materialize(tree, loader.path)
        _extract(tree, ('extension', folder), _neighbours, _depends(tree))
    except _importer.ExtractionError as error:
        raise ImportError(str(error), name=loader.name, path=loader.path) from error


def extract_file(tree, path):
    """One file of the tree; returns its place on disk."""
    _extract(tree, ('file', path), lambda tree, path: _Unit([(path, tree, tree.record(path))]), again=True)
    return _place(tree, path)


def extract_folder(tree, folder):
    """A folder of the tree with all below it; returns its place on disk."""
    _extract(tree, ('folder', folder), lambda tree, folder: _Unit(_walk(tree, folder), _folders(tree, folder)), again=True)
    return _place(tree, folder)


def keep_archive(distribution, view):
    """Have an archive that lies in no file as one, for worker processes to read; returns its place. It is a root of its
    own, named by the archive's bytes, which every process with this archive shares."""
    from hashlib import sha256
    place = os.path.join(_importer.store(), f'{distribution}-{sha256(view).hexdigest()[:20]}')
    name = f'{distribution}.zip'
    with _lock:
        root = _make_sound(place, _importer.store(), ('archive', ''), lambda: _Archive(name, view))
    return root.path(name)


def _extract(tree, key, select, depends=None, again=False):
    """Have a unit on disk: look, once a process or each time, whether it is there, and make it where it is not."""
    with _lock:
        if tree.state is None:
            tree.state = set()
        if key in tree.state and not again:
            return
        recorded = key if _is_named_by_content(tree) else (*key, tree.hash)
        root = _make_sound(tree.root, _top(tree), recorded, lambda: select(tree, key[1]), depends)
        tree.state.add(key)
        _importer.extracted.update(dict.fromkeys(root.paths(recorded)))


def _make_sound(place, top, key, select, depends=None):
    """The root at *place*, where the unit *key* is whole; *select* gives it for the case that it is not. The lock is held."""
    global _made_something
    root = _roots.get(place)
    if root is None:
        root = _roots[place] = Root(place, top)
    root.open()
    if not root.is_sound(key, depends):
        unit = select()
        with root.writing():
            if not root.is_sound(key, depends):
                unit.make(root, key)
        if not _made_something:
            _made_something = True
            _prune()
    return root


def _prune():
    from ._pruning import prune
    try:
        prune(_importer.store())
    except OSError:
        pass                    # it is for the next process to try; what was asked for is there


def _top(tree):
    """The first folder that must be private: the extraction directory, or the root of a tree mounted elsewhere."""
    store = _importer.store()
    return store if tree.root.startswith(store + os.sep) else tree.root


def _is_named_by_content(tree):
    """Whether only this tree can be at its root; where the caller chose the place, another one may have been before."""
    return tree.root == _importer.root_of(tree)


def _place(tree, path):
    return os.path.join(tree.root, *path.split('/')) if path else tree.root


# What belongs together ###############################################################################################

class _Unit:
    """Files and folders that are on disk together: (path in the archive, tree, record) of each file."""

    def __init__(self, files, folders=(), made_with=None):
        self._files = list(files)
        self._folders = folders
        self._made_with = made_with     # what else than the tree it depends on, for the record

    def make(self, root, key):
        items = {}
        for path, tree, record in self._files:
            if not all([is_safe_name(name) for name in path.split('/')]):
                raise tree.damaged(f'{path!r} is not a path that a file can have')
            tree.range(record, path)
            own = tree.root == root.place and _is_named_by_content(tree)
            items[path] = record[-1], lambda tree=tree, record=record, path=path: tree.read(record, path), own
        root.make(key, items, self._folders, self._made_with)


class _Archive:
    """A whole archive as a unit."""

    def __init__(self, name, view):
        self._name = name
        self._view = view

    def make(self, root, key):
        root.make(key, {self._name: (len(self._view), lambda: bytes(self._view), True)})


def _walk(tree, folder):
    """(archive path, tree, record) of each file in a folder and below it."""
    prefix = folder and folder + '/'
    for name, record in tree.table(folder).items():
        if name == '':
            continue
        if not is_safe_name(name):
            raise tree.damaged(f'{prefix + name!r} is not a name that a file can have')
        if record is not None:
            yield prefix + name, tree, record
        elif prefix + name in tree.folders:
            yield from _walk(tree, prefix + name)


def _folders(tree, folder):
    """The folder and those below it, as they would be installed: without those of bytecode."""
    return [inner for inner in tree.folders if inner and (not folder or inner == folder or inner.startswith(folder + '/'))
            and inner.rpartition('/')[2] != _CACHE and not inner.partition('/')[0].endswith(_METADATA)]


def _is_data(path):
    return not path.endswith(_CODE)


def _is_code(path):
    return path.endswith(_CODE) and path.rpartition('/')[0].rpartition('/')[2] != _CACHE


def _whole_tree(tree, _):
    # Metadata is read from memory; on disk it would make importlib.metadata find each distribution twice.
    return _Unit([item for item in _walk(tree, '') if not item[0].partition('/')[0].endswith(_METADATA)
                  and (_is_data(item[0]) or tree.materialize == 'all' and _is_code(item[0]))], _folders(tree, ''))


def _data(tree, top):
    """Data of a top-level package; for '' that of top-level modules: files beside them, and folders without modules."""
    if not top:
        return _data_beside_modules(tree)
    files = [item for item in _walk(tree, top) if _is_data(item[0])]
    if any([_libraries.is_library(item[0]) for item in files]):
        files += _in_folders(tree, _libraries.usual_folders(tree, top))
    return _Unit(files, _folders(tree, top))


def _data_beside_modules(tree):
    found, folders = [], []
    for name, record in tree.table('').items():
        if record is not None and name and _is_data(name):
            found.append((name, tree, record))
        elif record is None and name in tree.folders and not name.endswith((*_METADATA, '.libs')):
            files = list(_walk(tree, name))
            if all([_is_data(item[0]) for item in files]):
                found += files
                folders += _folders(tree, name)
    return _Unit(found, folders)


def _code_below(tree, top):
    """All sources of a top-level package; for '' all of the tree."""
    return _Unit([item for item in _walk(tree, top) if _is_code(item[0])])


def _code_in(tree, folder):
    """The sources directly in a folder."""
    return _Unit([item for item in _files_in(tree, folder) if _is_code(item[0])])


def _files_in(tree, folder):
    prefix = folder and folder + '/'
    return [(prefix + name, tree, record) for name, record in tree.table(folder).items() if name and record is not None]


def _in_folders(tree, folders):
    return [item for folder in folders for item in _walk(tree, folder) if _is_data(item[0])]


def _neighbours(tree, folder):
    """What an extension module in the folder may need: its neighbours, shared libraries wherever wheels put them or run
    paths lead, in this tree or another, and, where a library asks for its place, the data of its package."""
    files = {item[0]: item for item in _files_in(tree, folder) + _in_folders(tree, _libraries.usual_folders(tree, folder))
             if _is_data(item[0])}
    made_with = {}
    asks = False
    open_ = [item for item in files.values() if _libraries.is_library(item[0])]
    while open_:
        path, source, record = open_.pop()
        content = source.read(record, path)
        above = path.rpartition('/')[0]
        asks = asks or above == folder and any([word in content for word in _PLACES])
        for target in _libraries.run_path(content, above):
            if target in made_with:
                continue
            other = _tree_with(tree, target)
            made_with[target] = other and other.hash
            for item in _files_in(other, target) if other else ():
                if _is_data(item[0]) and item[0] not in files:
                    files[item[0]] = item
                    if _libraries.is_library(item[0]):
                        open_.append(item)
    top = folder.partition('/')[0]
    if asks and top:
        files.update({item[0]: item for item in _walk(tree, top) if _is_data(item[0]) and not _libraries.is_library(item[0])})
    return _Unit(files.values(), made_with=made_with)


def _tree_with(tree, folder):
    """The tree that has a folder: the tree itself, or the first other that is mounted. (Installed, all share one.)"""
    if folder in tree.folders:
        return tree
    return next((other for other in _importer._trees.values() if folder in other.folders), None)


def _depends(tree):
    """Whether a unit with libraries of other trees was made with those that are mounted now."""
    def same(made_with):
        for folder, digest in made_with.items():
            other = _tree_with(tree, folder)
            if (other and other.hash) != digest:
                return False
        return True
    return same
