"""What the tests of the extraction directory share: a small app, stores of their own, processes that use them."""

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

from support import CACHE, PACKAGE, TreeCase, _importer, archive

posix_only = unittest.skipUnless(os.name == 'posix', 'users, modes and signals are POSIX')
READS_ITSELF = """import os
with open(os.path.join(os.path.dirname(__file__), "data", "n.txt")) as file:
    TEXT = file.read()
"""
APP = {'app/__init__.py': READS_ITSELF, 'app/data/n.txt': 'text'}
USERS = {'app/__init__.py': 1}


def files_below(place):
    """The files in a root or below a store, but those of the store itself."""
    return [path for path in all_below(place) if '.pyembed/' not in path]


def all_below(place):
    return sorted(os.path.relpath(os.path.join(folder, name), place).replace(os.sep, '/')
                  for folder, _, names in os.walk(place) for name in names)


def mounts_possible():
    """Whether file systems can be mounted for one process."""
    return (sys.platform.startswith('linux') and shutil.which('unshare') is not None and not subprocess.run(
        ['unshare', '-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], capture_output=True).returncode)


needs_mounts = unittest.skipUnless(mounts_possible(), 'file systems cannot be mounted here')


def dies_at(name, number):
    """Python code after which the process kills itself at the so-manieth call of a function of os."""
    return textwrap.dedent(f'''
        real, count = os.{name}, 0
        def deadly(*args, **options):
            global count
            count += 1
            if count == {number}:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)
        os.{name} = deadly
    ''')


class StoreCase(TreeCase):
    """Tests with stores of their own and processes that mount the app there."""

    def place(self):
        """A real folder of this test."""
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        return place

    def store(self):
        return os.path.join(self.place(), 'store')

    def root(self, store, files=APP, name='app', users=USERS):
        """The root that a tree of these files gets in a store."""
        tree = _importer.open_tree(memoryview(archive(files, name, file_users=users)), name)
        return os.path.join(store, f'{name}-{tree.hash[:20]}')

    def program(self, store, files=APP, name='app', users=USERS, before='', after='', use=None):
        """Python code that mounts the files, imports the app, and prints what it finds, or the error.

        *before* runs before it all, *after* when that is done; *use* is another use of the app than to print its text."""
        def indented(code):
            return textwrap.indent(textwrap.dedent(code).strip('\n'), '    ')

        data = archive(files, name, file_users=users)
        path = os.path.join(self.place(), 'archive.zip')
        with open(path, 'wb') as file:
            file.write(data)
        os.chmod(os.path.dirname(path), 0o711)          # for tests that act as another user
        setting = '' if store is None else f'_importer._store = {store!r}\n'
        return (f'import os, signal, sys\nsys.path.insert(0, {PACKAGE!r})\nsys.dont_write_bytecode = True\n'
                f'import pyembed\nfrom pyembed import _importer\n{setting}{textwrap.dedent(before)}\n'
                f'with open({path!r}, "rb") as file:\n    data = file.read()\n'
                'root = _importer.mount_view(memoryview(data), "App.dll")\n'
                f'try:\n    import app\n{indented(use or "print(app.TEXT)")}\n'
                'except (OSError, ImportError) as error:\n    print(type(error).__name__, error)\n'
                f'sys.stdout.flush()\n{textwrap.dedent(after)}\n')

    def start(self, program, *command, **options):
        options.setdefault('env', {name: value for name, value in {**os.environ, **(options.pop('environment', None) or {})}.items()
                                   if value is not None})
        process = subprocess.Popen([*command, sys.executable, '-c', program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, **options)
        self.addCleanup(process.communicate)
        return process

    def output(self, program, *command, code=0, **options):
        process = self.start(program, *command, **options)
        out, error = process.communicate(timeout=120)
        self.assertEqual((process.returncode, error), (code, ''), out)
        return out.strip()

    def again(self, store, **options):
        """What a process finds, or the error that it gets."""
        return self.output(self.program(store, **options))
