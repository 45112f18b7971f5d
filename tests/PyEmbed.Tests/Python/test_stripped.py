"""Trees whose code is optimised, whose sources were left out, whose files are deflated: as the build makes them."""

import importlib
import importlib.util
import inspect
import marshal
import os
import pkgutil
import subprocess
import sys
import textwrap
import traceback
import unittest
from importlib import resources

from deflating import deflate
from storesupport import StoreCase
from support import PACKAGE, TreeCase, _importer, archive, pyembed, run_python
from test_archives import with_index

TAG = sys.implementation.cache_tag
OTHER = 'cpython-39' if TAG != 'cpython-39' else 'cpython-312'
SOURCES = {
    'pkg/__init__.py': 'from . import mod\nTEXT = mod.text()\n',
    'pkg/mod.py': 'def text():\n    return "text"\n\n\ndef fail():\n    raise LookupError("failed")\n\n\nclass Kind:\n    pass\n',
    'pkg/sub/__init__.py': 'import os\nPLACE = os.path.dirname(__file__)\n',
    'pkg/sub/deep.py': 'X = 1\n',
    'pkg/__main__.py': 'import sys\nprint("ran", sys.argv[1:], __file__)\n',
    'top.py': 'X = 2\n',
}
DATA = {'pkg/data.txt': 'data'}


def compiled(path, optimize=0):
    """Bytecode as the build makes it, compiled under the path in the archive."""
    source = SOURCES[path].encode() if path in SOURCES else path
    code = compile(source, path, 'exec', dont_inherit=True, optimize=optimize)
    return importlib.util.MAGIC_NUMBER + b'\1\0\0\0' + importlib.util.source_hash(source) + marshal.dumps(code)


def cached(path, tag=TAG, optimize=0):
    folder, _, name = path.rpartition('/')
    return f'{folder}{folder and "/"}__pycache__/{name[:-3]}' + _importer.bytecode_suffix(tag, optimize)


def stripped(tags=(TAG,), kept=(), optimize=0, users=None, data=None):
    """An archive of the sources, of which only the *kept* are there, with bytecode for each tag."""
    files = dict(DATA if data is None else data)
    for path, source in SOURCES.items():
        if path in kept:
            files[path] = source
        files.update({cached(path, tag, optimize): compiled(path, optimize) if tag == TAG else b'bytecode of another'
                      for tag in tags})
    modules = {path.rpartition('/')[0] for path in SOURCES}

    def change(info, folders):
        tables = {}
        for folder, table in folders.items():
            table = marshal.loads(table)
            if folder in modules and any(f'{folder}/{name}'.lstrip('/') not in files
                                         for name in (path.rpartition('/')[2] for path in SOURCES if path.rpartition('/')[0] == folder)):
                table[''] |= _importer.IS_STRIPPED
            tables[folder] = marshal.dumps(table, 2)
        info = {**info, **({'optimize': optimize} if optimize else {}), 'stripped': tuple(tags)}
        return info, tables

    return with_index(archive(files, 'stripped', file_users=users or {}), change)


class StrippedCase(TreeCase):
    def mount_stripped(self, *args, **options):
        self.names.update(('pkg', 'top'))
        return _importer.mount_view(memoryview(stripped(*args, **options)), 'App.dll!PyEmbed/stripped.zip')


class StrippedTest(StrippedCase):
    def test_modules_are_those_without_sources(self):
        root = self.mount_stripped((OTHER, TAG) if OTHER < TAG else (TAG, OTHER))
        import pkg.sub.deep
        import top
        self.assertEqual((pkg.TEXT, pkg.sub.deep.X, top.X), ('text', 1, 2))
        for module, path in ((pkg, 'pkg/__init__.pyc'), (pkg.mod, 'pkg/mod.pyc'), (top, 'top.pyc')):
            place = os.path.join(root, *path.split('/'))
            spec = module.__spec__
            self.assertEqual((module.__file__, module.__cached__, spec.origin, spec.cached, spec.has_location), (place,) * 4 + (True,))
            self.assertIsNone(spec.loader.get_source(module.__name__))
            self.assertEqual(spec.loader.get_data(place)[:4], importlib.util.MAGIC_NUMBER)
        self.assertEqual(pkg.__path__, [os.path.join(root, 'pkg')])
        self.assertEqual(pkg.sub.PLACE, os.path.join(root, 'pkg', 'sub'))
        self.assertTrue(pkg.__spec__.loader.is_package('pkg'))

    def test_sources_are_missing_as_on_disk(self):
        """The same errors as for sourceless modules of a folder."""
        self.mount_stripped()
        import pkg.mod as ours
        disk = self.folder({'ondisk.pyc': compiled('pkg/mod.py')})
        sys.path.insert(0, disk)
        import ondisk
        for module in (ours, ondisk):
            for thing in (module, module.Kind, module.text):
                with self.subTest(thing), self.assertRaises(OSError) as caught:
                    inspect.getsource(thing)
                self.assertIn(str(caught.exception), ('could not get source code', 'source code not available'))
            try:
                module.fail()
            except LookupError as error:
                frame = traceback.extract_tb(error.__traceback__)[-1]
                self.assertEqual((frame.name, frame.lineno, frame.line or ''), ('fail', 6, ''))

    def test_tracebacks_name_the_place_of_the_source(self):
        root = self.mount_stripped()
        import pkg.mod
        self.assertEqual(pkg.mod.fail.__code__.co_filename, os.path.join(root, 'pkg', 'mod.py'))

    def test_it_is_listed_read_and_reloaded(self):
        self.mount_stripped((OTHER, TAG))
        import pkg.mod
        self.assertEqual(sorted(name for _, name, _ in pkgutil.walk_packages(pkg.__path__, 'pkg.')),
                         ['pkg.__main__', 'pkg.mod', 'pkg.sub', 'pkg.sub.deep'])
        self.assertEqual(pkgutil.get_data('pkg', 'data.txt').decode(), 'data')
        self.assertEqual(importlib.reload(pkg.mod).text(), 'text')
        spec = importlib.util.spec_from_file_location('again', pkg.mod.__file__)
        again = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(again)
        self.assertEqual(again.text(), 'text')
        self.assertIsNone(importlib.util.find_spec('pkg.missing'))
        import pickle
        loader = pickle.loads(pickle.dumps(pkg.mod.__loader__))
        self.assertEqual(loader.get_code('pkg.mod').co_filename, pkg.mod.text.__code__.co_filename)
        with self.assertRaises(ImportError):
            pkg.mod.__loader__.get_code('other')

    def test_sources_that_stayed_are_used(self):
        root = self.mount_stripped(kept=('pkg/mod.py',))
        import pkg.mod
        self.assertEqual((pkg.TEXT, pkg.mod.__file__), ('text', os.path.join(root, 'pkg', 'mod.py')))
        self.assertEqual(inspect.getsource(pkg.mod.Kind), 'class Kind:\n    pass\n')

    def test_another_python(self):
        self.mount_stripped(('cpython-38', OTHER))
        running = '{}.{}'.format(*sys.version_info)
        for name in ('top', 'pkg'):
            with self.subTest(name), self.assertRaises(ImportError) as caught:
                importlib.import_module(name)
            error = caught.exception
            for text in (f'{name} cannot be imported', 'App.dll!PyEmbed/stripped.zip', f'CPython 3.8, CPython 3.{OTHER[9:]} only',
                         f'this is CPython {running}', 'PyEmbedBytecode', 'PyEmbedSource=Include'):
                self.assertIn(text, str(error))
            self.assertNotIsInstance(error, ModuleNotFoundError)
            self.assertEqual(error.name, name)
            self.assertNotIn(name, sys.modules)
        self.assertEqual(sorted(module.name for module in pkgutil.iter_modules([pyembed.mounts()[-1]])), ['pkg', 'top'])

    def test_damage(self):
        data = stripped()
        good = compiled('top.py')
        at = data.index(good)
        for bad in (b'\0\0\r\n' + good[4:], good[:16] + b'\xff' * (len(good) - 16), good[:4] + b'\3' + good[5:16] + b'N' * (len(good) - 16)):
            self.names.add('top')
            root = _importer.mount_view(memoryview(data[:at] + bad + data[at + len(good):]), 'Damaged.dll')
            with self.subTest(bad[:8]), self.assertRaises((ImportError, ValueError, EOFError)):
                importlib.import_module('top')
            self.assertNotIn('top', sys.modules)
            pyembed.unmount(root)

    def test_an_index_with_bad_values_is_refused(self):
        for key, value in (('optimize', 3), ('optimize', '1'), ('stripped', ['cpython-311']), ('stripped', (311,))):
            data = with_index(archive({'a.py': ''}), lambda info, folders: ({**info, key: value}, folders))
            with self.subTest(value), self.assertRaises(pyembed.ArchiveError):
                _importer.mount_view(memoryview(data), 'Bad.dll')


class FilesTest(StoreCase):
    def test_data_is_extracted_for_modules_without_sources(self):
        place = self.folder({'app.zip': stripped(users={'pkg/sub/__init__.py': 1})})
        out = run_python(f'''
import os
from pyembed import _importer
_importer._store = {os.path.join(place, 'store')!r}
root = _importer.mount_view(memoryview(open({os.path.join(place, 'app.zip')!r}, 'rb').read()), 'App.dll')
import pkg
print(os.path.exists(os.path.join(root, 'pkg', 'data.txt')))
import pkg.sub
print(open(os.path.join(pkg.sub.PLACE, '..', 'data.txt')).read())
''').stdout
        self.assertEqual(out.split(), ['False', 'data'])

    def test_python_dash_m(self):
        place = os.path.join(self.folder({'App.zip': stripped(), 'Other.zip': stripped((OTHER,))}), '')
        environment = {**os.environ, 'PYTHONPATH': PACKAGE, 'PYTHONDONTWRITEBYTECODE': '1'}

        def run(file):
            return subprocess.run([sys.executable, '-m', 'pyembed', place + file, '-m', 'pkg', 'one'], capture_output=True, text=True,
                                  env=environment, timeout=60)

        done = run('App.zip')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertRegex(done.stdout, r"^ran \['one'\] .*__main__\.pyc$")
        done = run('Other.zip')
        self.assertEqual(done.returncode, 1)
        for text in (f'CPython 3.{OTHER[9:]} only', 'this is CPython {}.{}'.format(*sys.version_info), 'PyEmbedBytecode'):
            self.assertIn(text, done.stderr)


class OptimizeTest(StrippedCase):
    ASSERTING = 'def text():\n    "doc"\n    assert False\n    return __debug__\n'

    def optimised(self, level, bytecode=True, path='asserting.py'):
        files = {path: self.ASSERTING}
        if bytecode:
            source = self.ASSERTING.encode()
            code = compile(source, path, 'exec', dont_inherit=True, optimize=level)
            files[cached(path, optimize=level)] = (importlib.util.MAGIC_NUMBER + b'\1\0\0\0' + importlib.util.source_hash(source)
                                                   + marshal.dumps(code))
        return with_index(archive(files), lambda info, folders: ({**info, 'optimize': level}, folders))

    def test_the_trees_level_counts_not_the_interpreters(self):
        for level in (1, 2):
            for bytecode in (True, False):
                self.names.add('asserting')
                root = _importer.mount_view(memoryview(self.optimised(level, bytecode)), 'x')
                with self.subTest(level=level, bytecode=bytecode):
                    import asserting
                    self.assertEqual((asserting.text(), asserting.text.__doc__), (False, 'doc' if level == 1 else None))
                    self.assertTrue(asserting.__cached__.endswith(f'asserting.{TAG}.opt-{level}.pyc'))
                    self.assertEqual(importlib.reload(asserting).text(), False)
                pyembed.unmount(root)
                del sys.modules['asserting']

    def test_under_every_mode_of_the_interpreter(self):
        place = os.path.join(self.folder({'one.zip': self.optimised(1), 'source.zip': self.optimised(1, False)}), '')
        for file in ('one.zip', 'source.zip'):
            for options in ((), ('-O',), ('-OO',), ('--check-hash-based-pycs', 'always')):
                with self.subTest(file=file, options=options):
                    out = run_python(f'import pyembed; pyembed.mount({place + file!r}); import asserting\n'
                                     'print(asserting.text(), asserting.text.__doc__)', options=options).stdout
                    self.assertEqual(out, 'False doc\n')

    def test_a_syntax_error_shows_no_frame_of_the_importer(self):
        self.names.add('bad')
        data = with_index(archive({'bad.py': 'def\n'}), lambda info, folders: ({**info, 'optimize': 1}, folders))
        _importer.mount_view(memoryview(data), 'x')
        try:
            importlib.import_module('bad')
        except SyntaxError as error:
            frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
            self.assertFalse([name for name in frames if 'pyembed' + os.sep in name], frames)
        else:
            self.fail('it was imported')

    def test_stripped_and_optimised(self):
        self.mount_stripped(optimize=2)
        import pkg.mod
        self.assertEqual(pkg.TEXT, 'text')


class DeflatedTest(StrippedCase):
    BIG = 'TABLE = [\n' + ''.join(f'    {number!r},\n' for number in range(400)) + ']\n'

    def test_modules_and_data(self):
        from support import with_bytecode
        files = {'big/__init__.py': self.BIG.encode(), 'big/data.txt': b'datum ' * 1000, 'big/small.py': b'X = 1\n'}
        for name, content in (('with bytecode', with_bytecode(files)), ('sources', files)):
            self.names.add('big')
            data = deflate(archive(content))
            tree = _importer.open_tree(memoryview(data), 'x')
            self.assertEqual((tree.record('big/__init__.py')[0], tree.record('big/small.py')[0]), (1, 0))
            root = _importer.mount_view(memoryview(data), 'x')
            with self.subTest(name):
                import big.small
                self.assertEqual((len(big.TABLE), big.small.X), (400, 1))
                self.assertEqual(inspect.getsource(big), self.BIG)
                self.assertEqual(pkgutil.get_data('big', 'data.txt'), b'datum ' * 1000)
                self.assertEqual(type(big.__loader__).__name__, 'CachedLoader' if name == 'with bytecode' else 'SourceLoader')
                self.assertEqual(importlib.reload(big).TABLE[-1], 399)
                with resources.as_file(resources.files('big') / 'data.txt') as path:
                    self.assertEqual(path.read_bytes(), b'datum ' * 1000)
            pyembed.unmount(root)
            for module in ('big', 'big.small'):
                del sys.modules[module]

    def test_deflated_bytecode_is_not_compiled(self):
        from unittest import mock
        import builtins
        from support import with_bytecode
        self.names.add('big')
        data = deflate(archive(with_bytecode({'big.py': self.BIG.encode()})))
        _importer.mount_view(memoryview(data), 'x')
        with mock.patch.object(builtins, 'compile', side_effect=AssertionError):
            import big
        self.assertEqual(len(big.TABLE), 400)
        self.assertEqual(big.__spec__.loader.get_code('big').co_filename, big.__file__)

    def test_damaged_deflated_bytecode_is_an_error_that_names_it(self):
        from support import with_bytecode
        self.names.add('big')
        data = bytearray(deflate(archive(with_bytecode({'big.py': self.BIG.encode()}))))
        tree = _importer.open_tree(memoryview(bytes(data)), 'x')
        _, start, size, _ = tree.record(cached('big.py'))
        data[start:start + size] = b'\xff' * size
        _importer.mount_view(memoryview(bytes(data)), 'Damaged.dll')
        with self.assertRaisesRegex(pyembed.ArchiveError, 'Damaged.dll.*does not inflate'):
            importlib.import_module('big')

    def test_stripped_and_deflated(self):
        self.names.update(('pkg', 'top'))
        _importer.mount_view(memoryview(deflate(stripped(), least=1)), 'x')
        import pkg.sub
        self.assertEqual(pkg.TEXT, 'text')


if __name__ == '__main__':
    unittest.main()
