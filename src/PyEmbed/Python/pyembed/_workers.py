"""Lets the workers of ``multiprocessing`` (spawn, forkserver) import the mounted trees.

A worker is a plain ``python`` process, which knows of no tree. The first thing it takes from its parent is the preparation
data, and of that it needs ``sys.path`` before all else. So the parent sends in its place an expression: evaluated, with
builtins alone, it starts the importer from the file where the parent's own lies, mounts the trees at the same roots, in
the same order of resolution and under the same import policy, and gives the list. Pickle evaluates it for a worker, and the command line of the fork server, which holds a repr, for that;
where there are so many trees that it would be too long for a command line, it lies in a file of the extraction directory.

The archives are read where they are: ``Tree.source`` is the path of a file that holds the archive's bytes somewhere (a zip,
an assembly, a single-file program), or (path, offset, size). A tree without one, or whose file was changed since, is
written to the extraction directory, as one file, when the first worker starts.
"""

import os
import sys

from . import _importer
from ._bootstrap import BOOT

_NEEDLE = 4096      # bytes of an archive's end that are looked for in a file
_LONGEST = 1 << 16  # bytes of an expression on a command line; Linux has 128 KiB for one argument
_versions = {}      # executable -> the version it says it is of

# What a worker runs before anything of ours can be imported there. `own` tells where the importer is: the folder to import
# it from, or the file, offset and size of its archive, and those of its first module's bytecode and source in it.
_START = BOOT + '''
import sys
if 'pyembed._importer' not in sys.modules:
    if len(own) == 1:
        sys.path.insert(0, own[0])
        import pyembed
        sys.path.remove(own[0])
    else:
        import mmap
        file, offset, size, cached, source = own
        with open(file, 'rb') as stream:
            view = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))[offset:offset + size]
        boot_from(view, cached, source, store, own[:3], codes)
if 'pyembed._workers' not in sys.modules:
    import pyembed._workers
sys.modules['pyembed._workers'].join(store, codes, trees, order, policy, bundles)
sys.path[:] = path
'''

# And what it runs where that is too long.
_READ = '''
with open(file, encoding='ascii') as stream:
    path = eval(stream.read())
'''


class SearchPath(list):
    """``sys.path`` as multiprocessing hands it on; pickle and repr make of it the expression that mounts the trees too."""

    def __init__(self, path, **names):
        super().__init__(path)
        names['path'] = list(path)
        self._expression = f'(lambda names: exec({_START!r}, names) or names["path"])({names!a})'

    def __reduce__(self):
        return eval, (self._expression,)

    def __repr__(self):
        if len(self._expression) <= _LONGEST:
            return self._expression
        from ._store import keep
        file = keep('workers', '.txt', self._expression.encode('ascii'))
        return f'(lambda names: exec({_READ!r}, names) or names["path"])({{"file": {file!a}}})'


def install(spawn):
    """The adapter of ``multiprocessing.spawn``: makes it hand the trees on. All users call the two functions by their
    names in that module."""
    preparation_data, executable = spawn.get_preparation_data, spawn.get_executable

    def get_preparation_data(name):
        data = {'sys_path': None, **preparation_data(name)}     # a policy applies before a worker makes any other object
        data['sys_path'] = search_path(data['sys_path'])
        return data

    def get_executable():
        return worker_executable(executable())

    spawn.get_preparation_data, spawn.get_executable = get_preparation_data, get_executable


def search_path(path):
    """The SearchPath for a list that is to be a worker's ``sys.path``. Archives without a file are written now.

    Raises OSError where the extraction directory cannot be used."""
    bundles = sys.modules.get('pyembed._bundles')
    bundles = [(*_range(tree), tree.origin, root, tree.hash, shared) for root, tree, shared in bundles.archives()] if bundles else []
    apart = {root for *_, root, _, _ in bundles}
    trees = [(*_range(tree), tree.origin, root, tree.hash)
             for root, tree in _importer._trees.items() if not _is_own(tree) and root not in apart]
    registry, policy = sys.modules.get('pyembed._registry'), sys.modules.get('pyembed._policy')
    return SearchPath(path, store=_importer.store(), codes=_importer.code_cache(), own=_own(), trees=trees, bundles=bundles,
                      order=registry and registry.installed(), policy=policy and policy.applied())


def join(store, codes, trees, order, policy, bundles=()):
    """Mount in a worker what search_path() lists, where modules are looked for in the same order and the same policy applies:
    *order* is the argument of _registry.install(), *policy* are those of _policy.apply(), each None where there is none. A
    worker that a fork server forked has what was there before."""
    from ._mounts import mount, unmount
    if _importer._store is None:
        _importer._store = store
        _importer._code_cache = codes
    if order is not None:
        from ._registry import install
        install(order)
    for file, offset, size, origin, root, digest in trees:
        there = _importer._trees.get(root)
        if there is not None and there.hash == digest:
            continue
        tree = _open(file, offset, size, origin, digest)
        while root in _importer._trees:     # another one, which was mounted there when the fork server started
            unmount(root)
        mount(tree, root)
    for file, offset, size, origin, root, digest, shared in bundles:
        from ._bundles import mount_in_worker
        mount_in_worker(_open(file, offset, size, origin, digest), root, shared)
    if policy is not None:
        from ._policy import apply_to_worker
        apply_to_worker(*policy)


def _open(file, offset, size, origin, digest):
    tree = _importer.open_tree(map_file(file)[offset:offset + size], origin)
    if tree.hash != digest:
        raise _importer.ArchiveError(f'{origin}: {file} was changed while a worker process started')
    tree.source = file, offset, size
    return tree


def map_file(path):
    """A view of a file, which is mapped as long as any slice of the view lives."""
    from mmap import mmap, ACCESS_READ
    with open(path, 'rb') as file:
        return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))


# The program that workers run ########################################################################################

def worker_executable(executable):
    """What workers run: multiprocessing's choice, unless that is none, the program that hosts CPython here, or, where
    another host started CPython, by its default another Python.

    Raises RuntimeError where no other is found: a host's program started as a worker would start workers itself."""
    name = os.fsdecode(executable) if executable else ''
    if name and not _is_host(name) and (name != sys.executable or _is_this_python(name)):
        return executable
    inner = 'python.exe' if os.name == 'nt' else 'bin/python{}.{}'.format(*sys.version_info)
    for prefix in (sys.exec_prefix, sys.base_exec_prefix):
        place = os.path.join(prefix, inner)
        if os.access(place, os.X_OK) and not _is_host(place):
            return place if os.name == 'nt' else os.fsencode(place)
    raise RuntimeError(
        'multiprocessing needs a python program to run its workers; '
        + (f'sys.executable, {name!r}, is the program that hosts Python or another Python' if name
           else 'sys.executable is empty')
        + f', and there is no {inner} in {sys.exec_prefix!r}: install the interpreter that belongs to this Python '
        f'{sys.version_info[0]}.{sys.version_info[1]}, or name it with multiprocessing.set_executable')


def _is_this_python(executable):
    """Whether sys.executable is of this Python's version: other hosts may leave there whatever PATH has."""
    host = sys.modules.get('pyembed._host')
    if host is None or not host.program or executable == host.interpreter:
        return True
    if executable not in _versions:
        from subprocess import DEVNULL, PIPE, run
        try:
            _versions[executable] = run([executable, '-I', '-S', '-c', 'import sys; print(sys.version_info[:2])'],
                                        stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL).stdout.decode().strip()
        except OSError:
            _versions[executable] = None
    return _versions[executable] == str(sys.version_info[:2])


def _is_host(executable):
    """Whether this is the program of the .NET process that CPython runs in; it may be a python that has loaded .NET."""
    host = sys.modules.get('pyembed._host')
    program = host.program if host is not None else ''
    if not program or os.path.basename(program).lower().replace('.exe', '').rstrip('.0123456789dtw_') == 'python':
        return False
    try:
        return os.path.samefile(executable, program)
    except OSError:
        return False


# Where archives are ##################################################################################################

def _is_own(tree):
    return _importer._own is not None and _importer._own.tree is tree


def _own():
    """Where a worker finds this package; see _START."""
    if _importer._own is None:
        return os.path.dirname(os.path.dirname(os.path.abspath(_importer.__file__))),
    tree = _importer._own.tree
    cached = _importer.CACHE_SUFFIX and tree.record(f'pyembed/__pycache__/_importer{_importer.CACHE_SUFFIX}')
    source = tree.record('pyembed/_importer.py')
    return (*_range(tree), *(tree.range(record, name)[1:] if record else None
                             for record, name in ((cached, '_importer.pyc'), (source, '_importer.py'))))


def _range(tree):
    """(path, offset, size): where on disk the archive's bytes are, now."""
    source = tree.source
    if source.__class__ is str:
        source = _search(source, tree)
    if source is None or not _holds(source, tree):
        source = _stored(tree)
    tree.source = source
    return source


def _holds(source, tree):
    """Whether a file still has the archive, by the part of it that tells archives apart: the index, with its hash."""
    path, offset, size = source
    end = tree.view[tree.end:]
    try:
        with open(path, 'rb') as file:
            file.seek(offset + tree.end)
            return size == len(tree.view) and file.read(len(end)) == end
    except OSError:
        return False


def _search(path, tree):
    """Where in a file the archive lies, byte for byte, or None: it may be compressed there, or the file another one now."""
    size, end = len(tree.view), bytes(tree.view[tree.end:])
    try:
        view = map_file(path)
    except (OSError, ValueError):       # gone, unreadable; empty
        return None
    if len(view) == size and view[tree.end:] == end:
        return path, 0, size
    needle, at = end[-_NEEDLE:], 0
    while True:
        at = view.obj.find(needle, at)
        if at < 0:
            return None
        offset = at + len(needle) - size
        if offset >= 0 and view[offset + tree.end:offset + size] == end:
            return path, offset, size
        at += 1


def _stored(tree):
    """The archive as a file of the extraction directory, written once."""
    from ._store import keep
    return keep(tree.distribution, '.zip', tree.view, tree.origin), 0, len(tree.view)
