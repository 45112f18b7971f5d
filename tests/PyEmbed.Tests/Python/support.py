"""What the tests of the importer share: the package under test, trees mounted for one test, fresh processes."""

import atexit
import importlib.util
import marshal
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

PACKAGE = os.environ.get('PYEMBED_TEST_PACKAGE') or os.path.normpath(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'src', 'PyEmbed', 'Python'))

# The extraction directory of this process: computed at the first mount, never the user's own.
CACHE = os.path.realpath(tempfile.mkdtemp(prefix='pyembed-tests-'))
os.environ['XDG_CACHE_HOME'] = CACHE
os.environ['LOCALAPPDATA'] = CACHE
os.environ['HOME'] = CACHE

sys.dont_write_bytecode = True
if 'pyembed._importer' not in sys.modules:
    sys.path.insert(0, PACKAGE)
import pyembed                                                                                              # noqa: E402
from pyembed import _archive, _finders, _importer                                                                     # noqa: E402


atexit.register(shutil.rmtree, CACHE, ignore_errors=True)


def bytecode(path, source, flags=1):
    """The contents of a hash-based .pyc of this Python, as the build makes it."""
    source = source if isinstance(source, bytes) else source.encode()
    header = importlib.util.MAGIC_NUMBER + flags.to_bytes(4, 'little') + importlib.util.source_hash(source)
    return header + marshal.dumps(compile(source, path, 'exec', dont_inherit=True))


def with_bytecode(files):
    """The files, and the bytecode of the sources among them."""
    result = dict(files)
    for path, content in files.items():
        if path.endswith('.py'):
            folder, name = os.path.split(path)
            cached = os.path.basename(importlib.util.cache_from_source(name))
            result[f'{folder}/__pycache__/{cached}'.lstrip('/')] = bytecode(path, content)
    return result


def archive(files, name='tests', **options):
    """An archive of docs/formats.md with the files, given as str or bytes; by default as of a build that saw no module
    ask for its place."""
    options.setdefault('file_users', {})
    return _archive.write_archive({path: content.encode() if isinstance(content, str) else content
                                   for path, content in files.items()}, name, **options)


class TreeCase(unittest.TestCase):
    """A test that mounts trees; sys.path, sys.modules and the mounts are as before when it ends."""

    def setUp(self):
        super().setUp()
        path, modules, mounted = list(sys.path), set(sys.modules), pyembed.mounts()

        def restore():
            for root in pyembed.mounts():
                while root in pyembed.mounts() and root not in mounted:
                    pyembed.unmount(root)
            sys.path[:] = path
            top = {root for root in self.names}
            for name in set(sys.modules) - modules:
                if name.partition('.')[0] in top:
                    del sys.modules[name]

        self.names = set()
        self.addCleanup(restore)

    def mount(self, files, *, compiled=True, name='tests', origin='tests.dll', **options):
        """Mount the files as an archive with an index; returns the root."""
        self.names.update(path.partition('/')[0].partition('.')[0] for path in files)
        data = archive(with_bytecode(files) if compiled else files, name, **options)
        return _importer.mount_view(memoryview(data), origin)

    def run_threads(self, *targets):
        """Run the functions at the same time, each in a thread; none may fail or hang."""
        errors = []

        def guarded(target):
            try:
                target()
            except BaseException as error:      # noqa: B902: reported by the assertion below
                errors.append(error)

        threads = [threading.Thread(target=guarded, args=(target,)) for target in targets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            self.assertFalse(thread.is_alive())
        self.assertEqual(errors, [])

    def folder(self, files):
        """A real folder with the files, removed after the test."""
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        self.names.update(path.partition('/')[0].partition('.')[0] for path in files)
        for path, content in files.items():
            target = os.path.join(place, *path.split('/'))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, 'wb') as file:
                file.write(content.encode() if isinstance(content, str) else content)
        return place


def run_python(code, *arguments, options=(), environment=None, check=True):
    """Run code in a fresh process of this Python with the package under test on its path."""
    variables = {**os.environ, 'PYTHONDONTWRITEBYTECODE': '1', **(environment or {})}
    prelude = f'import sys; sys.path.insert(0, {PACKAGE!r})\n'
    done = subprocess.run([sys.executable, *options, '-c', prelude + code, *arguments], capture_output=True, text=True,
                          env={name: value for name, value in variables.items() if value is not None}, timeout=120)
    if check and done.returncode:
        raise AssertionError(f'exit code {done.returncode}\n{done.stdout}{done.stderr}')
    return done
