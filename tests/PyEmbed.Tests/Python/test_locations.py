"""Code found by its path instead of its name: spec_from_file_location, run_path, discovery, source lines."""

import bdb
import contextlib
import importlib
import importlib.machinery
import importlib.util
import io
import linecache
import os
import pdb
import pkgutil
import runpy
import sys
import textwrap
import tracemalloc
import unittest
import warnings
import zipimport

from support import TreeCase, _finders, bytecode, pyembed

from pyembed import _loaders

PACKAGE = {
    'app/__init__.py': 'X = 1\n', 'app/m.py': 'from app import X\nY = X + 1\n', 'app/sub/__init__.py': 'from .n import Z\n',
    'app/sub/n.py': 'Z = __name__\n', 'app/text.txt': 'text',
}


class SpecFromFileLocationTest(TreeCase):
    def load(self, name, path, **options):
        spec = importlib.util.spec_from_file_location(name, path, **options)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        self.names.add(name)
        spec.loader.exec_module(module)
        return module

    def test_module(self):
        for compiled in (True, False):
            with self.subTest(compiled=compiled):
                root = self.mount(PACKAGE, compiled=compiled, name=f'spec{compiled}')
                path = os.path.join(root, 'app', 'm.py')
                module = self.load('other_name', path)
                self.assertEqual((module.Y, module.__name__, module.__file__), (2, 'other_name', path))
                self.assertIsInstance(module.__loader__, _loaders.SourceLoader)
                self.assertEqual(module.__spec__.cached, importlib.util.cache_from_source(path))
                self.assertEqual(module.__loader__.get_source('other_name'), PACKAGE['app/m.py'])
                self.assertIsNone(module.__spec__.submodule_search_locations)
                pyembed.unmount(root)
                for name in ('app', 'other_name'):
                    del sys.modules[name]

    def test_package_and_its_modules(self):
        root = self.mount(PACKAGE)
        folder = os.path.join(root, 'app', 'sub')
        for options in ({}, {'submodule_search_locations': [folder]}, {'submodule_search_locations': []}):
            with self.subTest(options):
                module = self.load('renamed', os.path.join(folder, '__init__.py'), **options)
                self.assertEqual((module.Z, module.__path__), ('renamed.n', [folder]))
                del sys.modules['renamed'], sys.modules['renamed.n']

    def test_bytecode_and_extension_modules(self):
        suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
        root = self.mount({'flat.pyc': bytecode('flat.py', 'X = 5'), f'native{suffix}': b''})
        self.assertEqual(self.load('pyc_by_path', os.path.join(root, 'flat.pyc')).X, 5)
        spec = importlib.util.spec_from_file_location('native', os.path.join(root, f'native{suffix}'))
        self.assertIs(type(spec.loader), _finders.ExtensionLoader)

    def test_as_on_disk(self):
        """What is no module, what is not in the tree, what is on disk."""
        root = self.mount(PACKAGE)
        self.assertIsNone(importlib.util.spec_from_file_location('text', os.path.join(root, 'app', 'text.txt')))
        spec = importlib.util.spec_from_file_location('none', os.path.join(root, 'app', 'none.py'))
        self.assertIs(type(spec.loader), importlib.machinery.SourceFileLoader)
        with self.assertRaises(FileNotFoundError):
            spec.loader.get_code('none')
        place = self.folder({'real.py': 'X = 9'})
        module = self.load('real', os.path.join(place, 'real.py'))
        self.assertIs(type(module.__loader__), importlib.machinery.SourceFileLoader)
        self.assertEqual(module.X, 9)
        with open(os.path.join(self.folder({'x': ''}), 'x')) as file:
            self.assertIsNone(importlib.util.spec_from_file_location('x', file.name))

    def test_loaders_of_importlib_read_the_disk(self):
        """Built by hand, they are what they say: they find no file, and say which. docs/hosting.md tells the way."""
        root = self.mount(PACKAGE)
        path = os.path.join(root, 'app', 'm.py')
        with self.assertRaises(FileNotFoundError) as caught:
            importlib.machinery.SourceFileLoader('m', path).get_code('m')
        self.assertEqual(caught.exception.filename, path)
        with self.assertRaisesRegex(zipimport.ZipImportError, 'not a Zip file'):
            zipimport.zipimporter(root)
        if sys.version_info < (3, 12):
            with warnings.catch_warnings():
                warnings.simplefilter('ignore')
                import imp
                with self.assertRaises(FileNotFoundError):
                    imp.load_source('m', path)
                with self.assertRaisesRegex(ImportError, "No module named 'm'"):
                    imp.find_module('m', [os.path.dirname(path)])


class RunPathTest(TreeCase):
    def test_file(self):
        root = self.mount({**PACKAGE, 'flat.pyc': bytecode('flat.py', 'X = __name__')})
        path = os.path.join(root, 'app', 'm.py')
        scope = runpy.run_path(path, {'given': 3}, run_name='__main__')
        self.assertEqual((scope['Y'], scope['given'], scope['__name__'], scope['__file__']), (2, 3, '__main__', path))
        self.assertEqual(runpy.run_path(os.path.join(root, 'flat.pyc'))['X'], '<run_path>')
        with self.assertRaises(FileNotFoundError):
            runpy.run_path(os.path.join(root, 'app', 'none.py'))

    def test_disk_as_before(self):
        place = self.folder({'script.py': 'X = 4'})
        self.assertEqual(runpy.run_path(os.path.join(place, 'script.py'))['X'], 4)

    def test_reload_of_runpy(self):
        root = self.mount(PACKAGE)
        again = importlib.reload(runpy)
        self.assertEqual(again.run_path(os.path.join(root, 'app', 'm.py'))['Y'], 2)


CASE = textwrap.dedent('''
    import unittest
    class {name}(unittest.TestCase):
        def test_one(self):
            pass
        def test_two(self):
            self.assertEqual(__name__, {module!r})
''')

TESTS = {
    'suite/__init__.py': '', 'suite/helper.py': '',
    'suite/test_a.py': CASE.format(name='A', module='suite.test_a'),
    'suite/deep/__init__.py': '', 'suite/deep/test_b.py': CASE.format(name='B', module='suite.deep.test_b'),
    'suite/custom/__init__.py': textwrap.dedent('''
        def load_tests(loader, tests, pattern):
            import os
            found = loader.discover(os.path.dirname(__file__), 'check*.py', os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
            tests.addTests(found)
            return tests
    '''),
    'suite/custom/check_c.py': CASE.format(name='C', module='suite.custom.check_c'),
    'suite/data/test_not_a_package.py': 'raise AssertionError', 'suite/test-dash.py': 'raise AssertionError',
    'test_top.py': CASE.format(name='Top', module='test_top'),
}


class DiscoveryTest(TreeCase):
    def run_suite(self, suite):
        result = unittest.TestResult()
        suite.run(result)
        self.assertEqual([text for _, text in result.errors + result.failures], [])
        return result.testsRun

    def test_from_root_folder_and_name(self):
        root = self.mount(TESTS)
        for start, expected in ((root, 8), ('suite', 6), ('suite.deep', 2)):
            with self.subTest(start):
                self.assertEqual(self.run_suite(unittest.TestLoader().discover(start)), expected)
        folder = os.path.join(root, 'suite')
        self.assertEqual(self.run_suite(unittest.TestLoader().discover(folder, top_level_dir=root)), 6)
        self.assertEqual(self.run_suite(unittest.TestLoader().discover(folder, 'test_b.py', root)), 4)

    def test_as_on_disk(self):
        """The same names from a folder."""
        def names(start):
            found = []

            def walk(suite):
                for test in suite:
                    walk(test) if isinstance(test, unittest.TestSuite) else found.append(test.id())
            walk(unittest.TestLoader().discover(start))
            for name in [name for name in sys.modules if name.partition('.')[0] in ('suite', 'test_top')]:
                del sys.modules[name]
            return found
        place = self.folder(TESTS)
        on_disk = names(place)
        sys.path.remove(place)
        root = self.mount(TESTS)
        self.assertEqual(names(root), on_disk)
        self.assertEqual(len(on_disk), 8)

    def test_command(self):
        root = self.mount(TESTS)
        stream = io.StringIO()
        with contextlib.redirect_stderr(stream):
            program = unittest.main(None, argv=['python -m unittest', 'discover', '-s', root, '-q'], exit=False,
                                    testLoader=unittest.TestLoader())
        self.assertTrue(program.result.wasSuccessful(), stream.getvalue())
        self.assertEqual(program.result.testsRun, 8)

    def test_broken_module_is_reported(self):
        root = self.mount({'test_bad.py': 'import no_such_module_here'})
        result = unittest.TestResult()
        unittest.TestLoader().discover(root).run(result)
        self.assertIn('no_such_module_here', result.errors[0][1])

    def test_folder_that_is_none(self):
        root = self.mount(TESTS)
        for start in (os.path.join(root, 'none'), os.path.join(root, 'suite', 'helper.py')):
            with self.subTest(start), self.assertRaises(ImportError):
                unittest.TestLoader().discover(start, top_level_dir=root)

    def test_tests_that_someone_put_beside(self):
        root = self.mount(TESTS)
        os.makedirs(root)
        self.addCleanup(__import__('shutil').rmtree, root)
        with open(os.path.join(root, 'test_beside.py'), 'w') as file:
            file.write(CASE.format(name='Beside', module='test_beside'))
        importlib.invalidate_caches()
        self.names.add('test_beside')
        self.assertEqual(self.run_suite(unittest.TestLoader().discover(root)), 10)


class SourceLineTest(TreeCase):
    def test_warning_shows_its_line(self):
        self.mount({'tool.py': 'import warnings\ndef warn():\n    warnings.warn("careful")   # here\n'})
        import tool
        linecache.clearcache()
        stream = io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stderr(stream):
            warnings.simplefilter('always')
            tool.warn()
        self.assertEqual(stream.getvalue(), f'{tool.__file__}:3: UserWarning: careful\n'
                                            '  warnings.warn("careful")   # here\n')

    def test_linecache_by_name_alone(self):
        root = self.mount({'tool/__init__.py': 'X = 1\nY = 2', 'tool/page.html': '<p>\n{{ x }}\n',
                           'tool/latin.py': '# coding: latin-1\n# \xe4\r\n'.encode('latin-1'), 'tool/b.bin': b'\xff\xfe\0'})
        linecache.clearcache()

        def lines(*path):
            return linecache.getlines(os.path.join(root, *path))
        self.assertEqual(lines('tool', '__init__.py'), ['X = 1\n', 'Y = 2\n'])
        self.assertEqual(lines('tool', 'page.html'), ['<p>\n', '{{ x }}\n'])
        self.assertEqual(lines('tool', 'latin.py'), ['# coding: latin-1\n', '# \xe4\n'])
        for path in (('tool', 'b.bin'), ('tool', 'none.py'), ('tool',), ('tool', 'x', '__init__.py')):
            self.assertEqual(lines(*path), [], path)
        linecache.checkcache()
        self.assertEqual(lines('tool', 'page.html')[0], '<p>\n')
        self.assertEqual(linecache.getlines('tool/__init__.py'), [])

    def test_code_without_a_module(self):
        """Frames whose globals say nothing: the file's name is enough."""
        root = self.mount({'tool.py': 'def fail():\n    raise KeyError   # marked\n'})
        scope = {}
        path = os.path.join(root, 'tool.py')
        exec(compile('def fail():\n    raise KeyError   # marked\n', path, 'exec'), scope)
        import traceback
        try:
            scope['fail']()
        except KeyError:
            self.assertIn('raise KeyError   # marked', traceback.format_exc())

    def test_tracemalloc(self):
        self.mount({'tool.py': 'def allocate():\n    return bytearray(1000)   # marked\n'})
        import tool
        tracemalloc.start()
        try:
            kept = tool.allocate()                                                                  # noqa: F841
            snapshot = tracemalloc.take_snapshot()
        finally:
            tracemalloc.stop()
        traces = snapshot.filter_traces([tracemalloc.Filter(True, tool.__file__)]).statistics('lineno')
        self.assertIn(['    return bytearray(1000)   # marked'], [trace.traceback.format()[1:] for trace in traces])


class DebuggerTest(TreeCase):
    SOURCE = 'def work(n):\n    m = n + 1\n    return m * 2   # marked\n\n\ndef run():\n    return work(1)\n'

    def debug(self, *commands):
        self.mount({'tool/__init__.py': '', 'tool/m.py': self.SOURCE})
        import tool.m
        output = io.StringIO()
        debugger = pdb.Pdb(stdin=io.StringIO('\n'.join((*commands, 'q', ''))), stdout=output, nosigint=True, readrc=False)
        debugger.use_rawinput = False
        with contextlib.suppress(bdb.BdbQuit):
            debugger.runcall(tool.m.run)
        return output.getvalue()

    def test_list_step_and_where(self):
        text = self.debug('b work', 'c', 'n', 'l', 'w', 'p m')
        self.assertIn('Breakpoint', text)
        self.assertIn('->\t    return m * 2   # marked', text)
        self.assertIn('-> return work(1)', text)
        self.assertTrue(text.rstrip().endswith('(Pdb)'), text)
        self.assertIn('\n(Pdb) 2\n', text)

    def test_break_at_a_line_of_a_file(self):
        path = os.path.join('tool', 'm.py')
        text = self.debug(f'b {path}:3', 'c', 'p m', 'll')
        self.assertIn('Breakpoint 1 at', text)
        self.assertIn('\n(Pdb) 2\n', text)
        self.assertIn('3 B->\t    return m * 2   # marked', text)

    def test_trace_function_sees_places(self):
        root = self.mount({'tool.py': self.SOURCE})
        import tool
        seen = []

        def trace(frame, event, _):
            seen.append((frame.f_code.co_filename, frame.f_lineno, event))
            return trace
        old = sys.gettrace()
        sys.settrace(trace)
        try:
            tool.run()
        finally:
            sys.settrace(old)
        path = os.path.join(root, 'tool.py')
        self.assertEqual([line for file, line, event in seen if event == 'line' and file == path], [7, 2, 3])


class WalkTest(TreeCase):
    def test_namespaces_and_errors(self):
        self.mount({'tool/__init__.py': '', 'tool/bad/__init__.py': 'raise ImportError', 'tool/worse/__init__.py': '1/0',
                    'tool/good/m.py': '', 'tool/fine/__init__.py': '', 'tool/fine/deep/__init__.py': ''})
        import tool
        failed = []
        found = [info.name for info in pkgutil.walk_packages(tool.__path__, 'tool.', failed.append)]
        self.assertEqual(found, ['tool.bad', 'tool.fine', 'tool.fine.deep', 'tool.worse'])
        self.assertEqual(failed, ['tool.bad', 'tool.worse'])


if __name__ == '__main__':
    unittest.main()
