"""Loaders as others use them: specs changed by hand, put off, wrapped, shared by threads, without a place on sys.path."""

import importlib
import importlib.machinery
import importlib.util
import os
import pathlib
import sys
import threading
import types
import unittest
import warnings

from support import TreeCase, _finders, bytecode, pyembed, run_python

from pyembed import _loaders

FILES = {'app/__init__.py': 'X = __name__\n', 'app/m.py': 'from . import X\nNAME = __name__\n',
         'flat.pyc': bytecode('flat.py', 'NAME = __name__\n')}


class SpecTest(TreeCase):
    def test_module_of_another_name(self):
        """A loader loads its own module, whatever the new module's spec is named: as importlib's, it then refuses."""
        self.mount(FILES)
        for name in ('app.m', 'flat'):
            loader = importlib.util.find_spec(name).loader
            with self.subTest(name):
                spec = importlib.util.spec_from_loader('other', loader)
                module = importlib.util.module_from_spec(spec)
                with self.assertRaises(ImportError):
                    loader.exec_module(module)
                module = types.ModuleType(name)
                module.__package__ = 'app'
                loader.exec_module(module)          # and needs no spec
                self.assertEqual(module.NAME, name)

    def test_several_modules_of_one_spec(self):
        self.mount(FILES)
        spec = importlib.util.find_spec('app.m')
        modules = [importlib.util.module_from_spec(spec) for _ in range(2)]
        for module in modules:
            spec.loader.exec_module(module)
        self.assertIsNot(modules[0], modules[1])
        self.assertEqual([module.__file__ for module in modules], [spec.origin] * 2)
        self.assertNotIn('app.m', sys.modules)

    def test_spec_changed_before_it_is_loaded(self):
        self.mount(FILES)
        spec = importlib.util.find_spec('app.m')
        spec.origin, spec.has_location, spec.cached = '<changed>', False, None
        module = importlib.util.module_from_spec(spec)
        self.assertFalse(hasattr(module, '__file__'))
        spec = importlib.util.find_spec('app.m')
        spec.origin, spec.cached = '<changed>', '<cached>'
        module = importlib.util.module_from_spec(spec)
        self.assertEqual(module.__file__, '<changed>')
        if sys.version_info < (3, 15):
            self.assertEqual(module.__cached__, '<cached>')

    def test_pycache_prefix(self):
        self.mount(FILES)
        place = os.path.join(self.folder({}), 'prefix')
        old = sys.pycache_prefix
        sys.pycache_prefix = place
        try:
            spec = importlib.util.find_spec('app.m')
            self.assertEqual(spec.cached, importlib.util.cache_from_source(spec.origin))
            self.assertTrue(spec.cached.startswith(place))
            self.assertEqual(importlib.import_module('app.m').NAME, 'app.m')
        finally:
            sys.pycache_prefix = old
        self.assertFalse(os.path.exists(place))

    def test_loaders_compare(self):
        self.mount(FILES)
        one, two = (importlib.util.find_spec('app.m').loader for _ in range(2))
        package, flat = importlib.util.find_spec('app').loader, importlib.util.find_spec('flat').loader
        self.assertIsNot(one, two)
        self.assertEqual((one, hash(one)), (two, hash(two)))
        self.assertEqual(len({one, two, package, flat}), 3)
        self.assertNotEqual(one, importlib.machinery.SourceFileLoader(one.name, one.path))
        self.assertNotEqual(one, None)

    def test_code_of_a_subclass(self):
        """What tools do that change code as it is compiled: they derive from the loader's class."""
        self.mount(FILES)

        class Loader(_loaders.SourceLoader):
            def source_to_code(self, data, path, **options):
                return super().source_to_code(data + b'EXTRA = 1\n', path, **options)

        spec = importlib.util.find_spec('app.m')
        spec.loader = Loader(spec.loader.name, spec.loader.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.assertFalse(hasattr(module, 'EXTRA'))          # bytecode is there, and unchecked
        root = self.mount({'plain.py': 'X = 1\n'}, compiled=False, name='plain')
        loader = Loader('plain', os.path.join(root, 'plain.py'))
        module = types.ModuleType('plain')
        loader.exec_module(module)
        self.assertEqual((module.X, module.EXTRA), (1, 1))

    def test_get_data_takes_paths(self):
        root = self.mount({'app/__init__.py': '', 'app/d.bin': b'\0'})
        loader = importlib.util.find_spec('app').loader
        path = os.path.join(root, 'app', 'd.bin')
        for asked in (path, pathlib.Path(path), os.path.join(root, 'app', '.', 'd.bin'),
                      os.path.join(root, 'app', '..', '..', os.path.basename(root), 'app', 'd.bin')):
            self.assertEqual(loader.get_data(asked), b'\0', asked)
        for asked, error in ((os.path.join(root, 'none'), FileNotFoundError), (root, IsADirectoryError),
                             (os.path.join(root, '..', 'none'), FileNotFoundError), (root + 'x', FileNotFoundError)):
            with self.subTest(asked), self.assertRaises(error) as caught:
                loader.get_data(asked)
            self.assertTrue(caught.exception.filename)


class LoadModuleTest(TreeCase):
    @unittest.skipIf(sys.version_info >= (3, 15), 'load_module has gone in 3.15')
    def test_load_module(self):
        self.mount(FILES)
        for name in ('app', 'app.m', 'flat'):
            loader = importlib.util.find_spec(name).loader
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter('always')
                module = loader.load_module(name)
                self.assertIs(loader.load_module(name), module)         # which reloads it
            self.assertIs(sys.modules[name], module)
            self.assertEqual(module.__file__, loader.path)
            if sys.version_info >= (3, 10):
                self.assertTrue(any(item.category is DeprecationWarning for item in caught))
            with self.assertRaises(ImportError):
                with warnings.catch_warnings():
                    warnings.simplefilter('ignore')
                    loader.load_module('other')


class LazyTest(TreeCase):
    def lazily(self, name):
        spec = importlib.util.find_spec(name)
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def test_package_and_submodule(self):
        self.mount({'app/__init__.py': 'import sys\nsys.lazy_ran = True\n', 'app/m.py': 'X = 1\n'})
        app = self.lazily('app')
        self.assertFalse(hasattr(sys, 'lazy_ran'))
        self.assertEqual(object.__getattribute__(app, '__spec__').name, 'app')
        self.assertEqual(importlib.import_module('app.m').X, 1)
        self.assertTrue(sys.__dict__.pop('lazy_ran'))
        self.assertIsInstance(app.__loader__, _finders.CachedLoader)
        self.assertIs(app.m, sys.modules['app.m'])

    def test_unmounted_before_it_is_loaded(self):
        root = self.mount({'late.py': 'X = 1\n'})
        late = self.lazily('late')
        pyembed.unmount(root)
        self.assertEqual(late.X, 1)


class ThreadsTest(TreeCase):
    def test_circle_from_both_ends(self):
        """importlib breaks the deadlock of two threads that each wait for the other's module."""
        slow = 'import time\ntime.sleep(.02)\n'
        self.mount({'ring/__init__.py': '', 'ring/a.py': slow + 'import ring.b\nX = 1\n', 'ring/b.py': slow + 'import ring.a\nX = 2\n'})
        importlib.import_module('ring')
        for _ in range(5):
            start = threading.Barrier(2)

            def work(name):
                start.wait(60)
                importlib.import_module(name)
            self.run_threads(lambda: work('ring.a'), lambda: work('ring.b'))
            self.assertEqual((sys.modules['ring.a'].X, sys.modules['ring.b'].X), (1, 2))
            del sys.modules['ring.a'], sys.modules['ring.b']

    def test_import_in_a_thread_that_the_import_waits_for(self):
        self.mount({'outer.py': 'import threading\ndef work():\n    import inner\n    global X\n    X = inner.X\n'
                                'thread = threading.Thread(target=work)\nthread.start()\nthread.join(60)\n',
                    'inner.py': 'X = 3\n'})
        import outer
        self.assertEqual(outer.X, 3)


class BlankedPathTest(unittest.TestCase):
    def test_all_kinds_with_nothing_on_the_path(self):
        """What the importer needs is there once it is imported; it looks for nothing on sys.path."""
        done = run_python(
            'import pyembed, pyembed._listing, tokenize, importlib, importlib.util, pkgutil, os\n'
            'root = pyembed.mount({"app/__init__.py": "", "app/m.py": "X = 1", "app/space/n.py": "X = 2", "top.py": "X = 3"})\n'
            'import app\n'
            'del sys.path[:]\n'
            'sys.path_importer_cache.clear()\n'
            'print(importlib.import_module("app.m").X, importlib.import_module("app.space.n").X)\n'
            'print([info.name for info in pkgutil.iter_modules(app.__path__)])\n'
            'spec = importlib.util.spec_from_file_location("top", os.path.join(root, "top.py"))\n'
            'module = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(module)\nprint(module.X)\n'
            'importlib.reload(app.m)\nprint(importlib.util.find_spec("top"), app.m.__loader__.get_source("app.m"))\n')
        self.assertEqual(done.stdout.splitlines(), ['1 2', "['m']", '3', 'None X = 1'])


if __name__ == '__main__':
    unittest.main()
