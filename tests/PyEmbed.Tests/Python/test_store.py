"""The extraction directory: where it is, what goes there, how safely."""

import importlib
import importlib.machinery
import importlib.util
import marshal
import os
import shutil
import sys
import tempfile
import textwrap
import unittest

from storesupport import READS_ITSELF, files_below
from support import CACHE, PACKAGE, TreeCase, pyembed, run_python


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

    def test_bytecode_without_a_source_asks_too(self):
        code = compile(READS_ITSELF, 'bare/__init__.py', 'exec')
        pyc = importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)
        root = self.mount({'bare/__init__.pyc': pyc, 'bare/data/n.txt': 'text', 'other.pyc': pyc}, name='bare', file_users=None)
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        self.assertEqual(importlib.import_module('bare').TEXT, 'text')
        self.assertEqual(files_below(root), ['bare/__init__.pyc', 'bare/data/n.txt'])

    def test_what_everyone_gets_loads_no_module_that_was_put_off(self):
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        out = run_python(textwrap.dedent(f'''
            import sys, importlib.util
            sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})
            import support
            from pyembed import _importer
            _importer._store = {place!r}
            _importer.mount_view(memoryview(support.archive(
                {{'late/__init__.py': 'print("loaded")', 'late/data.txt': '', 'asks.py': ''}}, 'lazy', file_users={{'asks.py': 4}})), 'lazy')
            spec = importlib.util.find_spec('late')
            spec.loader = importlib.util.LazyLoader(spec.loader)
            late = sys.modules['late'] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(late)
            class Api(type(sys)):
                @property
                def __dict__(self):
                    print("all of it loaded")
            sys.modules['api'] = Api('api')
            import asks
            print(object.__getattribute__(late, '__class__').__name__)
        ''')).stdout.strip()
        self.assertEqual(out, '_LazyModule')

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


    def test_the_mode_changes_and_the_content_does_not(self):
        root, _ = self.import_app(file_users={'app/__init__.py': 1})
        self.assertFalse(os.path.exists(os.path.join(root, 'other')))
        pyembed.unmount(root)
        del sys.modules['app']
        self.assertEqual(self.import_app(materialize='data')[0], root)
        self.assertTrue(os.path.exists(os.path.join(root, 'other', 'o.txt')))

    def test_another_tree_at_a_place_that_was_chosen(self):
        place = os.path.join(self.folder({}), 'root')
        for text in ('one', 'two', 'one'):
            out = run_python(
                'import sys, pyembed\n'
                'pyembed.mount({"app/__init__.py": sys.argv[2], "app/data/n.txt": sys.argv[3]}, sys.argv[1])\n'
                'import app\nprint(app.TEXT)', place, READS_ITSELF, text).stdout
            self.assertEqual(out, text + '\n')


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
