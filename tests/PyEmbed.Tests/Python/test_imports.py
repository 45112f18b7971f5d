"""Importing modules, packages and namespaces from a tree, as CPython imports them from disk."""

import importlib
import importlib.util
import os
import sys
import unittest
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder

from support import TreeCase, _finders, bytecode, pyembed, run_python

PACKAGE = {
    'app/__init__.py': 'import sys\nVALUE = 1\n',
    'app/core.py': '"""Core."""\nfrom . import VALUE\nfrom .sub.deep import NAME\nfrom app.sub import deep\n',
    'app/sub/__init__.py': '',
    'app/sub/deep.py': 'NAME = __name__\n',
}


class AttributesTest(TreeCase):
    def check(self, module, name, path, package, locations):
        spec = module.__spec__
        self.assertEqual(module.__name__, name)
        self.assertEqual(module.__file__, path)
        self.assertEqual(module.__package__, package)
        self.assertIs(module.__loader__, spec.loader)
        self.assertEqual((spec.name, spec.origin, spec.has_location, spec.parent), (name, path, True, package))
        self.assertEqual(spec.submodule_search_locations, locations)
        self.assertEqual(spec.cached, importlib.util.cache_from_source(path))
        if sys.version_info < (3, 15):
            self.assertEqual(module.__cached__, spec.cached)
        self.assertEqual((spec.loader.name, spec.loader.path), (name, path))

    def test_module_and_package(self):
        for compiled in (True, False):
            with self.subTest(compiled=compiled):
                root = self.mount(PACKAGE, compiled=compiled, name=f'attributes{compiled}')
                import app.core
                folder = os.path.join(root, 'app')
                self.check(app, 'app', os.path.join(folder, '__init__.py'), 'app', [folder])
                self.check(app.core, 'app.core', os.path.join(folder, 'core.py'), 'app', None)
                self.assertIs(type(app.__path__), list)
                self.assertFalse(hasattr(app.core, '__path__'))
                self.assertEqual(app.core.__doc__, 'Core.')
                self.assertEqual(app.core.NAME, 'app.sub.deep')
                self.assertEqual(app.core.__loader__.get_code('app.core').co_filename, app.core.__file__)
                self.assertTrue(app.__loader__.is_package('app'))
                self.assertFalse(app.core.__loader__.is_package('app.core'))
                self.assertEqual(repr(app.core), f"<module 'app.core' from {app.core.__file__!r}>")
                pyembed.unmount(root)
                for name in [name for name in sys.modules if name.partition('.')[0] == 'app']:
                    del sys.modules[name]

    def test_spec_is_what_importlib_makes_of_the_path(self):
        self.mount(PACKAGE)
        import app.core
        for module in (app, app.core):
            made = importlib.util.spec_from_file_location(
                module.__name__, module.__file__, loader=module.__loader__)
            self.assertEqual(made, module.__spec__)

    def test_the_path_need_not_exist(self):
        root = self.mount(PACKAGE)
        import app.core                                                                             # noqa: F401
        self.assertFalse(os.path.exists(root))
        self.assertTrue(os.path.isabs(root))
        self.assertEqual(os.path.realpath(root), root)

    def test_namespace(self):
        root = self.mount({'space/inner/one.py': 'X = 1'})
        import space.inner.one
        self.assertEqual(list(space.__path__), [os.path.join(root, 'space')])
        self.assertEqual(type(space.__path__).__name__, '_NamespacePath')
        self.assertIsNone(space.__file__)
        self.assertIsNone(space.__spec__.origin)
        self.assertIs(space.__loader__, space.__spec__.loader)
        self.assertIsInstance(space.__loader__, _finders.NamespaceLoader)
        self.assertIn(type(space.__loader__).__mro__[1].__name__, ('NamespaceLoader', '_NamespaceLoader'))
        self.assertEqual(space.inner.__package__, 'space.inner')
        self.assertFalse(space.__spec__.has_location)


class ImportKindsTest(TreeCase):
    def test_parent_before_and_after_children(self):
        self.mount(PACKAGE)
        import app.sub.deep
        self.assertIs(app.sub.deep, sys.modules['app.sub.deep'])
        self.assertIs(sys.modules['app'].sub, app.sub)
        for name in ('app.sub.deep', 'app.sub', 'app'):
            del sys.modules[name]
        again = importlib.import_module('app')
        self.assertFalse(hasattr(again, 'sub'))
        importlib.import_module('app.sub.deep')
        self.assertEqual(again.sub.deep.NAME, 'app.sub.deep')

    def test_from_imports(self):
        self.mount({'app/__init__.py': '__all__ = ["a"]', 'app/a.py': 'x = "a"', 'app/b.py': 'from .a import x as y'})
        scope = {}
        exec('from app import *\nfrom app import b\nfrom app.b import y', scope)
        self.assertEqual((scope['a'].x, scope['b'].y, scope['y']), ('a', 'a', 'a'))
        with self.assertRaises(ImportError):
            exec('from app import missing', {})

    def test_circular(self):
        self.mount({'ring/__init__.py': 'from . import a', 'ring/a.py': 'from . import b\nX = 1',
                    'ring/b.py': 'import ring.a\ndef get(): return ring.a.X'})
        import ring.b
        self.assertEqual(ring.b.get(), 1)

    def test_relative_beyond_top_level(self):
        self.mount({'app/__init__.py': '', 'app/m.py': 'from .. import x'})
        with self.assertRaisesRegex(ImportError, 'beyond top-level package'):
            import app.m                                                                            # noqa: F401

    def test_names(self):
        """A module named __init__, names of built-ins, empty files, many levels, a name with other letters."""
        deep = '/'.join(f'p{level}' for level in range(40))
        files = {'app/__init__.py': '', 'app/builtins.py': 'X = 1', 'app/sys.py': 'X = 2', 'app/__main__.py': 'X = 3',
                 'app/sub/__init__.py': 'X = 4', 'app/äö.py': 'X = 5', f'{deep}/__init__.py': 'X = 6'}
        for level in range(1, 40):
            files['/'.join(deep.split('/')[:level]) + '/__init__.py'] = ''
        self.mount(files)
        self.names.add('p0')
        for name, value in (('app.builtins', 1), ('app.sys', 2), ('app.__main__', 3), ('app.sub.__init__', 4),
                            ('app.äö', 5), (deep.replace('/', '.'), 6)):
            self.assertEqual(importlib.import_module(name).X, value, name)
        self.assertEqual(importlib.import_module('app.sub.__init__').__name__, 'app.sub.__init__')
        self.assertEqual(sys.modules['app.sub.__init__'].__package__, 'app.sub')

    def test_missing(self):
        self.mount({'app/__init__.py': '', 'app/text.txt': '', 'app/m.py': ''})
        for name in ('app.missing', 'app.text', 'app.text.txt', 'app.m.x', 'app.', 'app..m', 'absent_top'):
            with self.subTest(name), self.assertRaises(ModuleNotFoundError):
                importlib.import_module(name)
        self.assertIsNone(importlib.util.find_spec('app.missing'))

    def test_failing_module_is_not_left_behind(self):
        self.mount({'app/__init__.py': '', 'app/bad.py': 'raise KeyError("x")'})
        with self.assertRaises(KeyError):
            import app.bad                                                                          # noqa: F401
        self.assertNotIn('app.bad', sys.modules)


class FolderOrderTest(TreeCase):
    """CPython's order in one folder: package, extension module, source, bytecode."""

    def test_package_over_module_over_bytecode(self):
        files = {'both/__init__.py': 'X = "package"', 'both.py': 'X = "module"',
                 'plain.py': 'X = "source"', 'plain.pyc': bytecode('plain.py', 'X = "bytecode"'),
                 'compiled.pyc': bytecode('compiled.py', 'X = "bytecode"'),
                 'binary/__init__.pyc': bytecode('binary/__init__.py', 'X = "binary package"')}
        self.mount(files)
        for name, value in (('both', 'package'), ('plain', 'source'), ('compiled', 'bytecode'),
                            ('binary', 'binary package')):
            self.assertEqual(importlib.import_module(name).X, value)
        compiled = sys.modules['compiled']
        self.assertTrue(compiled.__file__.endswith('compiled.pyc'))
        self.assertEqual(compiled.__spec__.cached, compiled.__file__)
        self.assertIsNone(compiled.__loader__.get_source('compiled'))
        self.assertTrue(sys.modules['binary'].__path__)

    def test_extension_module_over_source(self):
        self.mount({f'ext{EXTENSION_SUFFIXES[0]}': b'not loaded', 'ext.py': 'X = 1',
                    f'pack/__init__{EXTENSION_SUFFIXES[-1]}': b'', 'pack/__init__.py': ''})
        for name, file in (('ext', f'ext{EXTENSION_SUFFIXES[0]}'), ('pack', f'__init__{EXTENSION_SUFFIXES[-1]}')):
            spec = importlib.util.find_spec(name)
            self.assertIsInstance(spec.loader, _finders.ExtensionLoader)
            self.assertEqual(os.path.basename(spec.origin), file)
            self.assertIsNone(spec.loader.get_source(name))
        self.assertEqual(importlib.util.find_spec('pack').submodule_search_locations,
                         [os.path.dirname(importlib.util.find_spec('pack').origin)])

    def test_folder_with_data_and_module_of_one_name(self):
        self.mount({'tool.py': 'X = 1', 'tool/data.txt': ''})
        import tool
        self.assertEqual(tool.X, 1)


class PathOrderTest(TreeCase):
    def test_earlier_entry_wins_disk_and_tree(self):
        place = self.folder({'thing.py': 'X = "disk"'})
        self.mount({'thing.py': 'X = "tree"'})
        sys.path.insert(0, place)
        import thing
        self.assertEqual(thing.X, 'disk')

    def test_tree_before_disk(self):
        sys.path.insert(0, self.folder({'thing.py': 'X = "disk"'}))
        self.mount({'thing.py': 'X = "tree"'})
        import thing
        self.assertEqual(thing.X, 'tree')

    def test_app_shadows_the_standard_library_and_a_library_does_not(self):
        saved = sys.modules.pop('colorsys', None)
        try:
            root = self.mount({'colorsys.py': 'X = "library"'}, placement='library')
            self.assertFalse(hasattr(importlib.import_module('colorsys'), 'X'))
            del sys.modules['colorsys']
            pyembed.unmount(root)
            self.mount({'colorsys.py': 'X = "app"'})
            self.assertEqual(importlib.import_module('colorsys').X, 'app')
        finally:
            sys.modules.pop('colorsys', None)
            if saved is not None:
                sys.modules['colorsys'] = saved

    def test_built_in_and_frozen_modules_win(self):
        self.mount({'marshal.py': 'X = 1', 'zipimport.py': 'X = 1', 'sys.py': ''})
        self.names.clear()
        self.assertIs(importlib.util._find_spec('marshal', None).loader, importlib.machinery.BuiltinImporter)
        self.assertIs(importlib.util._find_spec('zipimport', None).loader, importlib.machinery.FrozenImporter)

    def test_a_folder_of_a_tree_on_the_path(self):
        root = self.mount({'app/__init__.py': '', 'app/vendor/dep/__init__.py': 'X = 1', 'app/vendor/flat/x.py': ''})
        sys.path.insert(0, os.path.join(root, 'app', 'vendor'))
        self.names |= {'dep', 'flat'}
        import dep
        import flat.x
        self.assertEqual(dep.X, 1)
        self.assertIsInstance(flat.__loader__, _finders.NamespaceLoader)

    def test_changed_path_of_a_package(self):
        place = self.folder({'more.py': 'X = "disk"'})
        self.mount({'app/__init__.py': f'__path__.append({place!r})', 'app/m.py': 'X = 1'})
        import app.m
        import app.more
        self.assertEqual((app.m.X, app.more.X), (1, 'disk'))

    def test_strange_entries_are_passed_over(self):
        root = self.mount({'thing.py': 'X = 1'})
        sys.path[:0] = ['', 3, os.path.join(root, 'missing'), root + os.sep]
        import thing
        self.assertEqual(thing.X, 1)
        self.assertFalse(os.path.exists(root))


class HookTest(TreeCase):
    def test_only_folders_of_mounted_trees(self):
        root = self.mount({'app/__init__.py': ''})
        self.assertEqual(_finders.path_hook(os.path.join(root, 'app')).path, os.path.join(root, 'app'))
        for path in (os.path.join(root, 'none'), os.path.join(root, 'app', '__init__.py'), root + 'x', '/', '',
                     os.path.dirname(root), root.encode(), 3, os.path.join(root, '..', os.path.basename(root) + 'x')):
            with self.subTest(path), self.assertRaises(ImportError):
                _finders.path_hook(path)

    @unittest.skipIf(sys.version_info >= (3, 12), 'FileFinder has lost these methods in 3.12')
    def test_older_protocols(self):
        root = self.mount({'app/__init__.py': '', 'space/m.py': ''})
        finder = _finders.path_hook(root)
        self.assertEqual(finder.find_loader('app'), (finder.find_spec('app').loader, [os.path.join(root, 'app')]))
        self.assertEqual(finder.find_loader('space'), (None, [os.path.join(root, 'space')]))
        self.assertEqual(finder.find_loader('none'), (None, []))
        self.assertEqual(finder.find_module('app').name, 'app')
        self.assertIsNone(finder.find_module('none'))

    def test_hooks_replaced(self):
        """Without our hook sys.path has no trees; with it back, it has."""
        self.mount({'app/__init__.py': '', 'app/m.py': ''})
        import app                                                                                  # noqa: F401
        hooks = list(sys.path_hooks)
        sys.path_hooks.remove(_finders.path_hook)
        try:
            sys.path_importer_cache.clear()
            self.assertIsNone(PathFinder.find_spec('app'))
        finally:
            sys.path_hooks[:] = hooks
            sys.path_importer_cache.clear()
        self.assertIsNotNone(PathFinder.find_spec('app'))
        importlib.import_module('app.m')

    def test_path_changed_at_run_time(self):
        root = self.mount({'app/__init__.py': 'X = "tree"'})
        place = self.folder({'app/__init__.py': 'X = "disk"'})
        sys.path.remove(root)
        with self.assertRaises(ModuleNotFoundError):
            importlib.import_module('app')
        sys.path.append(root)
        self.assertEqual(importlib.import_module('app').X, 'tree')
        sys.path.insert(0, place)
        self.assertEqual(importlib.reload(sys.modules['app']).X, 'disk')
        sys.path[:] = [entry for entry in sys.path if entry != place]
        self.assertEqual(importlib.reload(sys.modules['app']).X, 'tree')

    def test_caches_can_be_dropped(self):
        self.mount({'app/__init__.py': '', 'app/m.py': ''})
        import app
        sys.path_importer_cache.clear()
        importlib.invalidate_caches()
        importlib.import_module('app.m')
        self.assertIs(app.m, sys.modules['app.m'])


if __name__ == '__main__':
    unittest.main()
