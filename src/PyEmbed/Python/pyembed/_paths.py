"""The .pth files of trees that stand for what an installer puts into site-packages: read as ``site`` reads those there.

They lie in the root of a tree that is mounted as a library. A line is a path, relative to the root, of a folder of the
tree or on disk; where it exists it goes on sys.path behind the root. A line that begins with ``import`` is executed. An
error ends the file, not the mount, and is told on stderr.
"""

import os
import sys

from . import _importer
from ._loaders import locate
from ._host import say


def read_path_files(tree):
    """Do what the .pth files of a mounted tree say, in the order of their names. Not under importlib's lock: they import."""
    for name, record in sorted(tree.table('').items()):
        if record and name.endswith('.pth') and not name.startswith('.'):
            _read(tree, name)


def _read(tree, name):
    number, place = 0, os.path.join(tree.root, name)
    try:
        for number, line in enumerate(_decode(tree.read(tree.record(name), name)).splitlines(), 1):
            if line.strip() and not line.startswith('#'):
                _process(tree, tree.root, name, line)
    except Exception:
        import traceback
        lines = traceback.format_exc().splitlines()
        say('\n'.join((f'Error processing line {number} of {place}:\n', *('  ' + line for line in lines),
                       '\nRemainder of file ignored')))


def _process(tree, sitedir, name, line):
    # The files that setuptools writes for namespaces look for the variable sitedir of the frame that executes them.
    if line.startswith(('import ', 'import\t')):
        exec(line)
    else:
        _add(tree, os.path.abspath(os.path.join(sitedir, line.rstrip())))


def _decode(data):
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError:
        import locale
        return data.decode(locale.getpreferredencoding(False))


def _add(tree, path):
    from ._mounts import import_lock
    there, inner = locate(path)
    if there is not None and inner in there.folders or os.path.exists(path):
        with import_lock:
            if path not in sys.path and _importer._trees.get(tree.root) is tree:
                sys.path.insert(_last(tree) + 1, path)
                tree.paths.append(path)


def _last(tree):
    """The index on sys.path of the last entry that is the tree's."""
    places = [sys.path.index(path) for path in (tree.root, *tree.paths) if path in sys.path]
    return max(places, default=len(sys.path) - 1)
