"""The extraction directory: where it is, what goes there, how safely."""

import importlib
import importlib.machinery
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
import unittest

from support import CACHE, PACKAGE, TreeCase, _importer, archive, pyembed, run_python

posix_only = unittest.skipUnless(os.name == 'posix', 'users and modes are POSIX')
READS_ITSELF = """import os
with open(os.path.join(os.path.dirname(__file__), "data", "n.txt")) as file:
    TEXT = file.read()
"""


def files_below(place):
    """The files in a root or below a store, but those of the store itself."""
    found = [os.path.relpath(os.path.join(folder, name), place).replace(os.sep, '/')
             for folder, _, names in os.walk(place) for name in names]
    return sorted(path for path in found if '.pyembed/' not in path)


class DefaultTest(unittest.TestCase):
    def store(self, **environment):
        names = 'XDG_CACHE_HOME', 'HOME', 'TMPDIR', 'LOCALAPPDATA'
        return run_python('import pyembed._importer as i; print(i.store())',
                          environment={**dict.fromkeys(names), **environment}).stdout.strip()

    @unittest.skipUnless(sys.platform.startswith('linux'), 'the places of Linux')
    def test_places(self):
        import pwd
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        os.symlink(place, place + '-link')
        self.addCleanup(os.unlink, place + '-link')
        home = os.path.realpath(pwd.getpwuid(os.getuid()).pw_dir)
        for environment, expected in (
                ({'XDG_CACHE_HOME': place}, f'{place}/pyembed'),
                ({'XDG_CACHE_HOME': place + '-link'}, f'{place}/pyembed'),
                ({'XDG_CACHE_HOME': 'relative', 'HOME': place}, f'{place}/.cache/pyembed'),
                ({'HOME': place}, f'{place}/.cache/pyembed'),
                ({}, f'{home}/.cache/pyembed'),
                ({'HOME': 'relative'}, f'{home}/.cache/pyembed'),
                ({'HOME': '/no/such/home', 'TMPDIR': place}, f'{place}/pyembed-{os.getuid()}'),
                ({'HOME': '/no/such/home'}, f'{os.path.realpath("/tmp")}/pyembed-{os.getuid()}')):
            with self.subTest(environment):
                self.assertEqual(self.store(**environment), expected)
        self.assertEqual(os.listdir(place), [])

    def test_boot_takes_one(self):
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        out = run_python(f'import types, sys\nsource = open({os.path.join(PACKAGE, "pyembed", "_importer.py")!r}).read()\n'
                         'module = sys.modules["pyembed._importer"] = types.ModuleType("pyembed._importer")\n'
                         'exec(source, module.__dict__)\n'
                         f'module.boot(None, {place!r})\nimport pyembed\n'
                         'print(pyembed.mount({"m.py": ""}))').stdout.strip()
        self.assertEqual(os.path.dirname(out), place)


class MaterializeTest(TreeCase):
    FILES = {'app/__init__.py': READS_ITSELF, 'app/data/n.txt': 'text', 'app/sub/more.bin': 'b', 'app/m.py': '',
             'other/__init__.py': '', 'other/o.txt': 'o', 'top.txt': 't', 'app-1.0.dist-info/METADATA': 'Name: app\n',
             'templates/page.html': 'p'}

    def import_app(self, **options):
        root = self.mount(self.FILES, name=f'm-{self._testMethodName}', **options)
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        return root, importlib.import_module('app')

    def test_auto_extracts_the_data_of_packages_that_want_files(self):
        root, app = self.import_app(file_users={'app/__init__.py': 1})
        self.assertEqual(app.TEXT, 'text')
        self.assertEqual(files_below(root), ['app/__init__.py', 'app/data/n.txt', 'app/m.py', 'app/sub/more.bin',
                                             'templates/page.html', 'top.txt'])
        places = {os.path.join(root, *path.split('/')) for path in files_below(root)}
        self.assertEqual({path for path in pyembed.report()['extracted'] if path.startswith(root)}, places)

    def test_auto_extracts_nothing_else(self):
        with self.assertRaises(FileNotFoundError):
            self.import_app(file_users={'other/__init__.py': 1})
        self.assertEqual([root for root in pyembed.mounts() if os.path.exists(root)], [])

    def test_finding_extracts_nothing(self):
        root = self.mount(self.FILES, name='finding', file_users={'app/__init__.py': 1})
        self.assertIsNotNone(importlib.util.find_spec('app'))
        self.assertFalse(os.path.exists(root))

    def test_never(self):
        with self.assertRaises(FileNotFoundError):
            self.import_app(materialize='never', file_users={'app/__init__.py': 1})

    def test_data(self):
        root, _ = self.import_app(materialize='data')
        self.assertEqual(files_below(root), ['app/data/n.txt', 'app/sub/more.bin', 'other/o.txt', 'templates/page.html',
                                             'top.txt'])

    def test_all(self):
        root, app = self.import_app(materialize='all')
        below = files_below(root)
        self.assertLessEqual({'app/__init__.py', 'app/m.py', 'other/o.txt', 'top.txt'}, set(below))
        self.assertFalse(any(path.startswith('app-1.0.dist-info') for path in below))
        with open(app.__file__) as file:
            self.assertEqual(file.read(), READS_ITSELF)

    def test_data_beside_a_module(self):
        source = READS_ITSELF.replace('"data", "n.txt"', '"top.txt"')
        root = self.mount({**self.FILES, 'tool.py': source}, name='beside', file_users={'tool.py': 1})
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        self.assertEqual(importlib.import_module('tool').TEXT, 't')
        self.assertEqual(files_below(root), ['templates/page.html', 'tool.py', 'top.txt'])

    def test_namespace_that_wants_files(self):
        root = self.mount({'space/m.py': READS_ITSELF, 'space/data/n.txt': 'ns'}, name='nsdata', file_users={'space/m.py': 1})
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        self.assertEqual(importlib.import_module('space.m').TEXT, 'ns')

    def test_tree_at_a_root_of_its_own(self):
        place = self.folder({})
        self.names.add('app')
        root = pyembed.mount({'app/__init__.py': READS_ITSELF, 'app/data/n.txt': 'here'}, os.path.join(place, 'a', 'b'))
        self.assertEqual(importlib.import_module('app').TEXT, 'here')
        self.assertEqual(files_below(place), ['a/b/app/__init__.py', 'a/b/app/data/n.txt'])
        self.assertTrue(root.startswith(place))


class SafetyTest(TreeCase):
    def extract(self, name='safe', text='text'):
        root = self.mount({'app/__init__.py': READS_ITSELF, 'app/data/n.txt': text}, name=name, file_users={'app/__init__.py': 1})
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        importlib.import_module('app')
        return root

    def again(self, root):
        """A process with the same tree and store, after this one."""
        code = textwrap.dedent('''
            import sys
            sys.path.insert(0, {tests!r})
            import pyembed
            from pyembed import _archive, _importer
            _importer._store = {store!r}
            files = {{'app/__init__.py': {source!r}.encode(), 'app/data/n.txt': b'text'}}
            view = memoryview(_archive.write_archive(files, 'again', file_users={{'app/__init__.py': 1}}))
            root = _importer.mount_view(view, 'x')
            try:
                import app
                print(app.TEXT)
            except OSError as error:
                print(error)
        ''').format(tests=os.path.dirname(os.path.abspath(__file__)), store=os.path.dirname(root), source=READS_ITSELF)
        return run_python(code).stdout.strip()

    def store_of_its_own(self):
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        tree = _importer.open_tree(memoryview(archive({'app/__init__.py': READS_ITSELF, 'app/data/n.txt': 'text'},
                                                      'again', file_users={'app/__init__.py': 1})), 'x')
        return os.path.join(place, f'again-{tree.hash[:20]}')

    @posix_only
    def test_modes(self):
        old = os.umask(0)
        try:
            root = self.extract('modes')
        finally:
            os.umask(old)
        for folder in (root, os.path.join(root, 'app'), os.path.join(root, 'app', 'data')):
            self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(root, 'app', 'data', 'n.txt')).st_mode), 0o644)

    def test_good_files_are_left_and_bad_ones_replaced(self):
        root = self.store_of_its_own()
        self.assertEqual(self.again(root), 'text')
        place = os.path.join(root, 'app', 'data', 'n.txt')
        first = os.stat(place)
        self.assertEqual(self.again(root), 'text')
        self.assertEqual(os.stat(place).st_mtime_ns, first.st_mtime_ns)
        with open(place, 'w') as file:
            file.write('cut')
        self.assertEqual(self.again(root), 'text')
        os.unlink(place)
        self.assertEqual(self.again(root), 'text')
        if os.name == 'posix':
            os.chmod(place, 0o666)
            self.assertEqual(self.again(root), 'text')
            self.assertEqual(stat.S_IMODE(os.stat(place).st_mode), 0o644)
            os.unlink(place)
            os.symlink('/etc/hostname', place)
            self.assertEqual(self.again(root), 'text')
            self.assertFalse(os.path.islink(place))
        self.assertEqual(files_below(root), ['app/__init__.py', 'app/data/n.txt'])

    @posix_only
    def test_a_store_that_others_can_write_to_is_refused(self):
        root = self.store_of_its_own()
        store = os.path.dirname(root)
        os.chmod(store, 0o777)
        for text in (repr(store), 'others may write', 'ExtractionDirectory'):
            self.assertIn(text, self.again(root))
        self.assertEqual(os.listdir(store), [])
        os.chmod(store, 0o700)
        os.makedirs(root)
        os.chmod(root, 0o770)
        self.assertIn('others may write', self.again(root))

    @posix_only
    def test_links_in_place_of_folders_are_refused(self):
        root = self.store_of_its_own()
        elsewhere = self.folder({})
        os.makedirs(root, 0o700)
        os.symlink(elsewhere, os.path.join(root, 'app'))
        self.assertIn('it is not a folder', self.again(root))
        self.assertEqual(os.listdir(elsewhere), [])

    @posix_only
    def test_a_store_of_another_user_is_refused(self):
        if os.getuid() != 0:
            self.skipTest('only root can make one')
        root = self.store_of_its_own()
        os.chown(os.path.dirname(root), 12345, 12345)
        self.assertIn('belongs to another user', self.again(root))

    def test_a_store_that_cannot_be_made(self):
        place = self.folder({'file': ''})
        self.assertIn('ExtractionDirectory', self.again(os.path.join(place, 'file', 'store', 'root')))

    def test_hostile_names_never_leave_the_root(self):
        import marshal
        from test_archives import with_index
        for name in ('..', '../../escape.txt', '/tmp/escape.txt', 'a/b', 'a\\b', 'c:x', 'x\0y', '.'):
            data = with_index(archive({'app/__init__.py': '', 'app/d.txt': 'd'}, file_users={'app/__init__.py': 1}),
                              lambda info, folders: ({**info, 'hash': os.urandom(32).hex()}, {
                                  **folders, 'app': marshal.dumps({'': 0, '__init__.py': (0, 0, 0), name: (0, 0, 4)})}))
            self.names.add('app')
            root = _importer.mount_view(memoryview(data), 'Hostile.dll')
            with self.subTest(name), self.assertRaisesRegex(pyembed.ArchiveError, 'Hostile.dll'):
                importlib.import_module('app')
            self.assertFalse(os.path.exists(root))
            sys.modules.pop('app', None)
            pyembed.unmount(root)

    def test_many_processes_at_once(self):
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        code = textwrap.dedent('''
            import sys
            sys.path.insert(0, {package!r})
            import pyembed, hashlib
            pyembed._importer._store = {store!r}
            pyembed.mount({{'app/__init__.py': 'import os\\nHERE = os.path.dirname(__file__)',
                           **{{f'app/d{{n}}': bytes([n]) * 100000 for n in range(40)}}}})
            import app
            for n in range(40):
                assert open(app.HERE + f'/d{{n}}', 'rb').read() == bytes([n]) * 100000, n
        ''').format(package=PACKAGE, store=os.path.join(place, 's'))
        running = [subprocess.Popen([sys.executable, '-c', code], stderr=subprocess.PIPE) for _ in range(6)]
        for process in running:
            _, error = process.communicate(timeout=120)
            self.assertEqual((process.returncode, error), (0, b''))
        (root,) = os.listdir(os.path.join(place, 's'))
        self.assertEqual(len(files_below(os.path.join(place, 's', root))), 41)


def extension():
    """An extension module of the standard library that is a file and that nothing has loaded; None if there is none."""
    for name in ('_statistics', '_heapq', '_bisect', '_crypt', 'audioop', '_lsprof', '_elementtree', 'mmap', '_queue'):
        spec = importlib.machinery.PathFinder.find_spec(name)
        if spec is not None and spec.origin and spec.origin.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES)):
            return spec
    return None


@unittest.skipUnless(extension(), 'no extension module of the standard library is a file')
class ExtensionModuleTest(TreeCase):
    def files(self):
        spec = extension()
        with open(spec.origin, 'rb') as file:
            binary = file.read()
        return spec.name, {'ext/__init__.py': '', f'ext/{os.path.basename(spec.origin)}': binary,
                           'ext/libneighbour.so.1': b'n', 'ext/data.txt': b'd', 'ext/deep/far.txt': b'f',
                           'ext/.libs/libown.so': b'o', 'ext.libs/libshared.so': b's', 'ext/other.py': ''}

    def test_loads_with_its_neighbours(self):
        name, files = self.files()
        root = self.mount(files, name='extension')
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        import ext                                                                                  # noqa: F401
        self.assertFalse(os.path.exists(root))
        module = importlib.import_module(f'ext.{name}')
        self.assertEqual(module.__name__, f'ext.{name}')
        self.assertTrue(os.path.isfile(module.__file__) and module.__file__.startswith(root))
        self.assertEqual(module.__spec__.origin, module.__file__)
        self.assertEqual(set(files_below(root)), {path for path in files if not path.endswith(('.py', 'far.txt'))})
        self.assertIn(module.__file__, pyembed.report()['extracted'])

    def test_never(self):
        name, files = self.files()
        root = self.mount(files, name='neverext', materialize='never')
        with self.assertRaisesRegex(ImportError, 'Materialize="Never"'):
            importlib.import_module(f'ext.{name}')
        self.assertFalse(os.path.exists(root))


if __name__ == '__main__':
    unittest.main()
