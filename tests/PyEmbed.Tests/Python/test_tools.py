"""The standard library's tools over modules of a tree: tracebacks, inspect, doctest, pkgutil, runpy, pickle and so on."""

import contextlib
import copy
import doctest
import importlib
import importlib.util
import inspect
import io
import linecache
import os
import pickle
import pkgutil
import runpy
import sys
import textwrap
import time
import traceback
import unittest
import warnings

from support import TreeCase, bytecode, pyembed, run_python

SOURCE = textwrap.dedent('''
    """Adds.

    >>> add(1, 2)
    3
    """

    class Thing:
        """A thing."""

        def fail(self):
            return 1 / 0    # the line

    def add(a, b):
        return a + b
''').lstrip()


class TracebackTest(TreeCase):
    def test_file_line_and_text(self):
        for compiled in (True, False):
            with self.subTest(compiled=compiled):
                root = self.mount({'tool/__init__.py': '', 'tool/m.py': SOURCE}, compiled=compiled, name=f't{compiled}')
                import tool.m
                try:
                    tool.m.Thing().fail()
                except ZeroDivisionError:
                    text = traceback.format_exc()
                place = os.path.join(root, 'tool', 'm.py')
                self.assertIn(f'File "{place}", line 11, in fail\n    return 1 / 0    # the line\n', text)
                if sys.version_info >= (3, 11):
                    self.assertIn('~~^~~', text)
                pyembed.unmount(root)
                for name in ('tool', 'tool.m'):
                    del sys.modules[name]

    def test_importlib_stays_out_of_it(self):
        for compiled in (True, False):
            with self.subTest(compiled=compiled):
                root = self.mount({'tool/__init__.py': '', 'tool/m.py': 'import tool.n\n', 'tool/n.py': 'x = [][0]\n'},
                                  compiled=compiled, name=f't{compiled}')
                try:
                    import tool.m                                                                   # noqa: F401
                except IndexError:
                    text = traceback.format_exc()
                self.assertNotIn('frozen', text)
                self.assertNotIn('pyembed' + os.sep + '_', text)
                self.assertEqual(text.count('File '), 3)
                pyembed.unmount(root)
                sys.modules.pop('tool', None)

    def test_syntax_error(self):
        root = self.mount({'tool/__init__.py': '', 'tool/bad.py': 'x = 1\ny = = 2\n'}, compiled=False)
        with self.assertRaises(SyntaxError) as caught:
            import tool.bad                                                                         # noqa: F401
        error = caught.exception
        self.assertEqual((error.filename, error.lineno, error.text.strip()),
                         (os.path.join(root, 'tool', 'bad.py'), 2, 'y = = 2'))
        self.assertNotIn('frozen', ''.join(traceback.format_exception(SyntaxError, error, error.__traceback__)))

    def test_warning_shows_the_line(self):
        self.mount({'tool.py': 'import warnings\ndef warn():\n    warnings.warn("careful")   # here\n'})
        import tool
        linecache.checkcache()
        stream = io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stderr(stream):
            warnings.simplefilter('always')
            tool.warn()
        self.assertIn(f'{tool.__file__}:3: UserWarning: careful', stream.getvalue())


class SourceTest(TreeCase):
    def test_inspect(self):
        self.mount({'tool.py': SOURCE})
        import tool
        self.assertEqual(inspect.getsource(tool), SOURCE)
        self.assertEqual(inspect.getsource(tool.add), 'def add(a, b):\n    return a + b\n')
        self.assertTrue(inspect.getsource(tool.Thing).startswith('class Thing:'))
        self.assertEqual(inspect.getsourcefile(tool), tool.__file__)
        self.assertEqual(inspect.getfile(tool.add), tool.__file__)
        self.assertIs(inspect.getmodule(tool.add), tool)

    def test_inspect_knows_modules_in_memory_by_their_code(self):
        self.names.add('memtool')
        pyembed.mount({'memtool.py': 'import sys\ndef frame(): return sys._getframe()\n'}, 'memory://memtool')
        import memtool
        self.assertIs(inspect.getmodule(memtool.frame.__code__), memtool)
        self.assertIs(inspect.getmodule(memtool.frame()), memtool)
        self.assertIsNone(inspect.getmodule(compile('', 'memory:/other.py', 'exec')))

    def test_linecache_survives_check_and_unmount(self):
        root = self.mount({'tool.py': SOURCE})
        import tool
        pyembed.unmount(root)
        linecache.clearcache()
        self.assertEqual(linecache.getline(tool.__file__, 1, tool.__dict__), '"""Adds.\n')
        self.assertEqual(tool.__loader__.get_source('tool'), SOURCE)

    def test_encodings_and_newlines(self):
        self.mount({'latin.py': '# -*- coding: latin-1 -*-\nX = "\xe4"\n'.encode('latin-1'),
                    'bom.py': b'\xef\xbb\xbfX = "\xc3\xa4"\r\nY = 1\r\n'}, compiled=False)
        import bom
        import latin
        self.assertEqual((latin.X, bom.X), ('\xe4', '\xe4'))
        self.assertEqual(latin.__loader__.get_source('latin').splitlines()[1], 'X = "\xe4"')
        self.assertEqual(bom.__loader__.get_source('bom'), 'X = "\xe4"\nY = 1\n')

    def test_doctest(self):
        self.mount({'tool.py': SOURCE})
        import tool
        self.assertEqual(tuple(doctest.testmod(tool)), (0, 1))

    def test_get_data_and_stats(self):
        root = self.mount({'tool/__init__.py': '', 'tool/d.bin': b'\0\1', 'tool/sub/x': b'x'})
        import tool
        loader = tool.__loader__
        self.assertEqual(pkgutil.get_data('tool', 'd.bin'), b'\0\1')
        self.assertEqual(pkgutil.get_data('tool', 'sub/../sub/x'), b'x')
        self.assertEqual(loader.path_stats(tool.__file__)['size'], 0)
        with open(__file__, 'rb') as file:
            self.assertEqual(loader.get_data(__file__), file.read())
        for path, error in (('tool/none', FileNotFoundError), ('none/x', FileNotFoundError), ('tool', IsADirectoryError),
                            ('../' + os.path.basename(root) + 'x/y', FileNotFoundError)):
            with self.subTest(path), self.assertRaises(error):
                loader.get_data(os.path.join(root, *path.split('/')))

    def test_names_are_checked(self):
        self.mount({'tool.py': ''})
        import tool
        for method in ('get_code', 'get_source', 'get_filename', 'get_resource_reader'):
            with self.subTest(method), self.assertRaises(ImportError):
                getattr(tool.__loader__, method)('other')


class PkgutilTest(TreeCase):
    FILES = {'tool/__init__.py': '', 'tool/a.py': '', 'tool/b/__init__.py': '', 'tool/b/c.py': '', 'tool/text.txt': '',
             'tool/space/m.py': '', 'tool/d.pyc': bytecode('d.py', ''), 'tool/x.y.py': '', 'top.py': ''}

    def test_iter_and_walk(self):
        root = self.mount(self.FILES)
        import tool
        self.assertEqual([(name, package) for _, name, package in pkgutil.iter_modules([root])],
                         [('tool', True), ('top', False)])
        self.assertEqual([(name, package) for _, name, package in pkgutil.iter_modules(tool.__path__, 'tool.')],
                         [('tool.a', False), ('tool.b', True), ('tool.d', False)])
        self.assertEqual([info.name for info in pkgutil.walk_packages(tool.__path__, 'tool.')],
                         ['tool.a', 'tool.b', 'tool.b.c', 'tool.d'])
        self.assertEqual(list(pkgutil.iter_modules([os.path.join(root, 'missing')])), [])

    def test_as_on_disk(self):
        root = self.mount(self.FILES, compiled=False)
        place = self.folder(self.FILES)
        for folder in ('', 'tool', 'tool/b', 'tool/space'):
            def found(base):
                path = os.path.join(base, *folder.split('/'))
                return [(name, package) for _, name, package in pkgutil.iter_modules([path])]
            self.assertEqual(found(root), found(place), folder)


class RunTest(TreeCase):
    def test_run_module(self):
        root = self.mount({'tool/__init__.py': '', 'tool/__main__.py': 'from . import m\nX = m.Y\nNAME = __name__\n',
                           'tool/m.py': 'Y = 3'})
        scope = runpy.run_module('tool', run_name='__main__')
        self.assertEqual((scope['X'], scope['NAME'], scope['__package__']), (3, '__main__', 'tool'))
        self.assertEqual(scope['__file__'], os.path.join(root, 'tool', '__main__.py'))
        self.assertEqual(scope['__spec__'].name, 'tool.__main__')

    def test_run_path_of_a_root(self):
        root = self.mount({'__main__.py': 'X = 7'})
        self.names.clear()
        self.assertEqual(runpy.run_path(root)['X'], 7)

    def test_source_of_main(self):
        self.mount({'tool.py': 'X = 1\n'})
        spec = importlib.util.find_spec('tool')
        self.assertEqual(spec.loader.get_source('__main__'), 'X = 1\n')


class ReloadTest(TreeCase):
    def test_reload_keeps_the_module(self):
        self.mount({'tool.py': 'COUNT = globals().get("COUNT", 0) + 1'})
        import tool
        self.assertIs(importlib.reload(tool), tool)
        self.assertEqual(tool.COUNT, 2)

    def test_reload_after_unmount_fails_cleanly(self):
        root = self.mount({'tool.py': 'X = 1'})
        import tool
        pyembed.unmount(root)
        with self.assertRaises(ModuleNotFoundError):
            importlib.reload(tool)
        self.assertEqual(tool.X, 1)

    def test_lazy_loader(self):
        self.mount({'tool.py': 'import sys\nsys.tool_ran = True\nX = 1'})
        spec = importlib.util.find_spec('tool')
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = importlib.util.module_from_spec(spec)
        sys.modules['tool'] = module
        spec.loader.exec_module(module)
        pyembed.report()
        self.assertFalse(hasattr(sys, 'tool_ran'))
        self.assertEqual(module.X, 1)
        del sys.tool_ran


class PickleTest(TreeCase):
    def test_objects_loaders_and_specs(self):
        root = self.mount({'tool/__init__.py': SOURCE, 'tool/m.py': '', 'flat.pyc': bytecode('flat.py', ''),
                           'space/x.py': ''})
        import flat
        import tool.m
        thing = pickle.loads(pickle.dumps(tool.Thing()))
        self.assertIs(type(thing), tool.Thing)
        for module in (tool, tool.m, flat):
            loader = pickle.loads(pickle.dumps(module.__loader__))
            self.assertEqual(loader, module.__loader__)
            self.assertEqual(hash(loader), hash(module.__loader__))
            self.assertIsNot(loader, module.__loader__)
            self.assertEqual(copy.copy(loader), loader)
            self.assertEqual(loader.get_data(module.__file__), module.__loader__.get_data(module.__file__))
            self.assertEqual(loader.get_code(module.__name__).co_filename,
                             module.__loader__.get_code(module.__name__).co_filename)
            self.assertEqual(pickle.loads(pickle.dumps(module.__spec__)), module.__spec__)
        self.assertNotEqual(tool.__loader__, tool.m.__loader__)
        pyembed.unmount(root)
        orphan = pickle.loads(pickle.dumps(tool.m.__loader__))
        with self.assertRaises(OSError):
            orphan.get_data(tool.m.__file__)


class ThreadsTest(TreeCase):
    def test_one_slow_module(self):
        self.mount({'tool/__init__.py': '', 'tool/slow.py': 'import time\ntime.sleep(.05)\nX = object()'})
        found = []
        self.run_threads(*[lambda: found.append(importlib.import_module('tool.slow').X)] * 8)
        self.assertEqual(len(set(map(id, found))), 1)

    def test_many_modules_and_circles(self):
        files = {'tool/__init__.py': ''}
        for number in range(60):
            files[f'tool/m{number}.py'] = f'from . import m{(number * 7 + 1) % 60}\nX = {number}'
        self.mount(files)
        self.run_threads(*[lambda start=start: [importlib.import_module(f'tool.m{(start + number) % 60}')
                                                for number in range(60)] for start in range(0, 60, 10)])
        self.assertTrue(all(sys.modules[f'tool.m{number}'].X == number for number in range(60)))

    def test_mount_and_unmount_while_importing(self):
        self.mount({'tool/__init__.py': '', **{f'tool/m{number}.py': f'X = {number}' for number in range(200)}})
        self.names.add('other')
        stop = time.monotonic() + 60

        def mounts(number):
            for turn in range(40):
                root = self.mount({f'other/n{number}_{turn}.py': 'X = 1'}, name=f'other{number}_{turn}')
                self.assertEqual(importlib.import_module(f'other.n{number}_{turn}').X, 1)
                pyembed.unmount(root)
                self.assertLess(time.monotonic(), stop)

        def imports():
            for number in range(200):
                self.assertEqual(importlib.import_module(f'tool.m{number}').X, number)

        before = len(sys.path)
        self.run_threads(lambda: mounts(1), lambda: mounts(2), imports, imports)
        self.assertEqual(len(sys.path), before)


class ProgramTest(unittest.TestCase):
    """Tools that are programs, run over modules of trees."""

    FILES = {'prog/__init__.py': '', 'prog/__main__.py': 'def f():\n    x = 1    # the line\n    return x\nprint("result", f())\n',
             'prog/test_it.py': 'import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        pass\n'}

    def run_tool(self, tool, *arguments, typed=()):
        """The exit code and the output of a tool with these arguments, '@' in them for the place of the package."""
        done = run_python(f'import pyembed, io, os\nplace = os.path.join(pyembed.mount({self.FILES!r}), "prog")\n'
                          f'sys.stdin = io.StringIO({chr(10).join(typed)!r}.replace("@", place))\n'
                          'from pyembed._run import run_module\n'
                          'code = run_module(sys.argv[1], [item.replace("@", place) for item in sys.argv[2:]], False)\n'
                          'print("exit code", code)', tool, *arguments)
        return done.stdout + done.stderr

    def test_unittest(self):
        for arguments in (('discover', '-s', '@', '-t', os.path.join('@', '..')), ('prog.test_it',), ('prog.test_it.T.test_a',)):
            with self.subTest(arguments):
                self.assertRegex(self.run_tool('unittest', *arguments), r'exit code 0\n[^F]*Ran 1 test in .*\n\nOK\n')

    def test_pdb(self):
        main = os.path.join('@', '__main__.py')
        for arguments in (('-m', 'prog'), (main,)):
            with self.subTest(arguments):
                text = self.run_tool('pdb', *arguments, typed=(f'b {main}:2', 'c', 'list 2,2', 'c', 'q'))
                for part in ('Breakpoint 1 at ', '-> x = 1    # the line', '  2 B->\t    x = 1    # the line', 'result 1\n', 'exit code 0'):
                    self.assertIn(part, text)

    def test_runpy(self):
        self.assertEqual(self.run_tool('runpy', 'prog'), 'result 1\nexit code 0\n')


class FacadeTest(unittest.TestCase):
    def test_copies_and_pickles_like_a_module(self):
        from unittest import loader
        for facade, module in ((loader.os, os), (loader.os.path, os.path)):
            self.assertIs(copy.copy(facade).fspath if module is os else copy.copy(facade).join,
                          os.fspath if module is os else os.path.join)
            for function in (copy.deepcopy, pickle.dumps):
                with self.subTest(function), self.assertRaisesRegex(TypeError, "pickle 'module'"):
                    function(facade)
        with self.assertRaises(AttributeError):
            type(loader.os).__new__(type(loader.os)).anything


class MainTest(unittest.TestCase):
    def test_uncaught_exception_shows_the_source(self):
        done = run_python('import pyembed, traceback, sys\n'
                          'sys.excepthook = traceback.print_exception\n'
                          'pyembed.mount({"boom.py": "def go():\\n    raise KeyError(1)  # marked\\n"})\n'
                          'import boom\nboom.go()', check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('raise KeyError(1)  # marked', done.stderr)

    def test_plain_import_boots_once(self):
        done = run_python('import pyembed, sys\nfrom pyembed import _finders, _importer\n'
                          '_importer.boot()\nprint(sys.path_hooks.count(_finders.path_hook),'
                          ' sys.meta_path.index(_finders.Finder) < sys.meta_path.index(_finders.PathFinder), pyembed.mounts(), pyembed.__version__)')
        self.assertEqual(done.stdout.strip(), '1 True [] 0.1.0')


if __name__ == '__main__':
    unittest.main()
