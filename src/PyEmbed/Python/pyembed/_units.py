"""What belongs together on disk: which files and folders of trees make up a unit."""

from . import _importer, _libraries
from ._importer import is_safe_name

_CODE = '.py', '.pyc', '.pyw'
_CACHE = '__pycache__'
_METADATA = '.dist-info', '.egg-info'
_PLACES = b'__file__', b'__path__', b'dladdr'


def select(tree, key):
    """The unit of a tree that a key (kind, path in the archive) names."""
    return _KINDS[key[0]](tree, key[1])


class Unit:
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
            own = root.place == tree.root == _importer.root_of(tree)
            items[path] = record[-1], lambda tree=tree, record=record, path=path: tree.read(record, path), own
        root.make(key, items, self._folders, self._made_with)


class ContentUnit:
    """One file with this content, a buffer, as a unit."""

    def __init__(self, name, content):
        self._name = name
        self._content = content

    def make(self, root, key):
        root.make(key, {self._name: (len(self._content), lambda: bytes(self._content), True)})


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
    return Unit([item for item in _walk(tree, '') if not item[0].partition('/')[0].endswith(_METADATA)
                  and (_is_data(item[0]) or tree.materialize == 'all' and _is_code(item[0]))], _folders(tree, ''))


def _data(tree, top):
    """Data of a top-level package; for '' that of top-level modules: files beside them, and folders without modules."""
    if not top:
        return _data_beside_modules(tree)
    templates = tuple([folder + '/' for folder in _folders(tree, top) if _is_outside_packages(tree, folder)])
    files = [item for item in _walk(tree, top) if _is_data(item[0]) or item[0].startswith(templates) and _is_code(item[0])]
    if any([_libraries.is_library(item[0]) for item in files]):
        files += _in_folders(tree, _libraries.usual_folders(tree, top))
    return Unit(files, _folders(tree, top))


def _is_outside_packages(tree, folder):
    """Whether a folder is below a package and is none: sources in it are templates and the like, data to the package."""
    below = False
    names = folder.split('/')
    for depth in range(1, len(names) + 1):
        inner = '/'.join(names[:depth])
        if '__init__.py' in tree.table(inner) or tree.tags(inner, '__init__'):
            below = True
        elif below:
            return True
    return False


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
    return Unit(found, folders)


def _code_below(tree, top):
    """All sources of a top-level package; for '' all of the tree."""
    return Unit([item for item in _walk(tree, top) if _is_code(item[0])])


def _code_in(tree, folder):
    """The sources directly in a folder."""
    return Unit([item for item in _files_in(tree, folder) if _is_code(item[0])])


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
            other = _libraries.tree_with(tree, target)
            made_with[target] = other and other.hash
            for item in _files_in(other, target) if other else ():
                if _is_data(item[0]) and item[0] not in files:
                    files[item[0]] = item
                    if _libraries.is_library(item[0]):
                        open_.append(item)
    top = folder.partition('/')[0]
    if asks and top:
        files.update({item[0]: item for item in _walk(tree, top) if _is_data(item[0]) and not _libraries.is_library(item[0])})
    return Unit(files.values(), made_with=made_with)


def _file(tree, path):
    return Unit([(path, tree, tree.record(path))])


def _folder(tree, folder):
    # Of the root without metadata, as _whole_tree has it.
    return Unit([item for item in _walk(tree, folder) if folder or not item[0].partition('/')[0].endswith(_METADATA)],
                _folders(tree, folder))


_KINDS = {'whole data': _whole_tree, 'whole all': _whole_tree, 'data': _data, 'code': _code_below, 'folder code': _code_in,
          'extension': _neighbours, 'file': _file, 'folder': _folder}
