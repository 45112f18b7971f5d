"""Which modules need files: those that ask where they, or other modules, lie on disk.

The build has looked at the sources of its trees, and the index says what it saw. Of other trees, such as zips of other
tools and mappings, each source is searched for the words when its module is imported.
"""

import os

from . import _importer

OWN = 1             # it asks for its own place
CODE = 2            # and lists folders or looks at files of code
OTHERS = 4          # it asks for the places of other modules; with CODE for their files too, else for what lies beside them
DATA = 8            # of no source: others ask for what lies beside it

_PLACES = b'__file__', b'__path__', b'__cached__', b'__spec__'
_LISTINGS = b'listdir', b'scandir', b'walk', b'glob', b'iterdir', b'.py"', b".py'"
_ATTRIBUTES = b'.__file__', b'.__path__', b"'__file__'", b'"__file__"', b"'__path__'", b'"__path__"'
_GETTERS = (b'getfile', b'getabsfile', b'resource_filename', b'import __file__', b'__path__ as',
            b'__loader__.path', b'__loader__.get_filename',
            b'__spec__.loader')
_FRAMES = b'co_filename', b'getframeinfo', b'erframes', b'inspect.stack'
_FRAME_USERS = b'dirname', b'Path(', b'open(', b'listdir'
_RESOURCES = b'importlib.resources', b'importlib_resources', b'import resources'
_TEXTS = b'str(', b'as_posix'
_LOADER_GETTERS = b'find_spec', b'get_loader', b'find_loader'
_LOADERS = b'get_filename', b'.path'
_SHOWN = b'getsourcefile',          # more often to show than to use
_PATHS = b'dirname', b'abspath', b'realpath', b'open(', b'isfile', b'isdir', b'exists', b'Path('
_SPECS = b'origin', b'submodule_search_locations'
_FOLDERS = b'dirname', b'.parent', b'split', b'__path__', b'resource_filename', b'submodule_search_locations'
_FILES = b'stat(', b'getmtime', b'getsize', b'samefile'
_TEST_HELPERS = 'testing', '_testing'       # as in places.py of the build


def asks(tree, path):
    """What the module at *path* asks for, as far as the tree's mode and the process make it matter; 0 for nothing."""
    if tree.materialize != 'auto':
        return OWN
    inner = path[len(tree.root) + 1:].replace(os.sep, '/')
    users = tree.file_users
    if tree.stripped and inner.endswith('.pyc'):
        inner = inner[:-1]
    flags = _search(tree, inner) if users is None else users.get(inner, 0)
    return flags | _importer._everyone


def _search(tree, inner):
    record = tree.record(inner)
    if record is None or not inner.endswith(('.py', '.pyc')):
        return 0
    source = tree.read(record, inner)       # or bytecode, where there is no source: names are plain text in it, too

    def has(words):
        return any([word in source for word in words])

    flags = OWN if has(_PLACES) else 0
    if (flags and has(_ATTRIBUTES) or has(_GETTERS) or has(_SHOWN) and has(_PATHS) or b'find_spec' in source and has(_SPECS)
            or has(_FRAMES) and has(_FRAME_USERS) or has(_LOADER_GETTERS) and has(_LOADERS)
            or b'files(' in source and has(_RESOURCES) and has(_TEXTS)):
        flags |= OWN | OTHERS
    if not {*_TEST_HELPERS}.isdisjoint(inner.rpartition('.')[0].split('/')[1:]):
        return flags & OWN
    top = inner.partition('/')[0].partition('.')[0].encode()
    own = b'from .', b'from ' + top, b'import ' + top, b', ' + top       # whose modules may lie anywhere in the package
    if flags and has(_LISTINGS) or flags & OTHERS and (has(_FILES) or not has(_FOLDERS) or has(own)):
        flags |= CODE
    return flags
