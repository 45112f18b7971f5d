"""The skeletons FinderTests and LoaderTests of test_importlib/abc.py, written out for every finder and loader of the importer."""

import importlib.util
import os
import sys
import types
import unittest

from suites.loading import tests_of_classes

SOURCE = b'attr = __name__\n'
FILES = {'module.py': SOURCE, 'pkg/__init__.py': SOURCE, 'pkg/sub.py': SOURCE, 'pkg/inner/__init__.py': SOURCE,
         'both.py': SOURCE, 'both/__init__.py': SOURCE, 'failing.py': b'attr = 1\nraise ZeroDivisionError\n',
         'bad.py': b'attr = (\n'}


def load(context):
    import pyembed
    from harness import trees
    from pyembed import _finders
    from test.test_importlib import abc

    class Mounted(unittest.TestCase):
        files = FILES

        def setUp(self):
            self.root = context.mounter.mount(self.files)
            self.addCleanup(pyembed.unmount, self.root)
            before = set(sys.modules)
            self.addCleanup(lambda: [sys.modules.pop(name) for name in set(sys.modules) - before])

    class FolderTest(Mounted, abc.FinderTests):
        """The path entry finder, as the path hook makes it."""

        def find(self, name):
            folder = os.path.join(self.root, *name.split('.')[:-1])
            return trees.folder_at(folder).find_spec(name)

        def check(self, name, path):
            spec = self.find(name)
            self.assertEqual((spec.name, spec.origin, spec.has_location), (name, os.path.join(self.root, *path), True))
            self.assertEqual(spec.loader.get_filename(name), spec.origin)
            is_package = path[-1] == '__init__.py'
            self.assertEqual(spec.loader.is_package(name), is_package)
            self.assertEqual(spec.submodule_search_locations, [os.path.dirname(spec.origin)] if is_package else None)

        def test_module(self):
            self.check('module', ['module.py'])

        def test_package(self):
            self.check('pkg', ['pkg', '__init__.py'])

        def test_module_in_package(self):
            self.check('pkg.sub', ['pkg', 'sub.py'])

        def test_package_in_package(self):
            self.check('pkg.inner', ['pkg', 'inner', '__init__.py'])

        def test_package_over_module(self):
            self.check('both', ['both', '__init__.py'])

        def test_failure(self):
            self.assertIsNone(self.find('absent'))

    class MetaPathTest(FolderTest):
        """The finder on sys.meta_path."""

        def find(self, name):
            folders = name.split('.')[:-1]
            return _finders.Finder.find_spec(name, [os.path.join(self.root, *folders)] if folders else None)

    class LoaderTest(Mounted, abc.LoaderTests):
        suffix = '.py'

        def load(self, name):
            spec = trees.folder_at(os.path.join(self.root, *name.split('.')[:-1])).find_spec(name)
            module = sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module

        def check(self, name, path, package):
            module = self.load(name)
            file = os.path.join(self.root, *path) + self.suffix
            self.assertIs(sys.modules[name], module)
            self.assertEqual((module.__name__, module.__file__, module.__package__, module.attr),
                             (name, file, package, name))
            self.assertIs(module.__loader__, module.__spec__.loader)
            self.assertEqual(type(module.__loader__).__name__, self.loader)
            self.assertEqual(getattr(module, '__path__', None), [os.path.dirname(file)] if path[-1] == '__init__' else None)

        def test_module(self):
            self.check('module', ['module'], '')

        def test_package(self):
            self.check('pkg', ['pkg', '__init__'], 'pkg')

        def test_lacking_parent(self):
            self.check('pkg.sub', ['pkg', 'sub'], 'pkg')
            self.assertNotIn('pkg', sys.modules)

        def test_state_after_failure(self):
            spec = trees.folder_at(self.root).find_spec('failing')
            module = types.ModuleType('failing')
            module.__spec__ = spec
            module.__file__ = module.attr = 'as before'
            with self.assertRaises(ZeroDivisionError):
                spec.loader.exec_module(module)
            self.assertEqual((module.__file__, module.__spec__, module.attr), ('as before', spec, 1))

        def test_unloadable(self):
            loader = trees.folder_at(self.root).find_spec('module').loader
            module = types.ModuleType('other')
            module.__spec__ = importlib.util.spec_from_loader('other', loader=None, origin='nowhere')
            with self.assertRaises(ImportError) as caught:
                loader.exec_module(module)
            self.assertEqual(caught.exception.name, 'other')

    class SourceLoaderTest(LoaderTest):
        loader = 'CachedLoader' if context.mode == 'bytecode' else 'SourceLoader'

        def test_bad_syntax(self):
            with self.assertRaises(SyntaxError) as caught:
                self.load('bad')
            self.assertEqual(caught.exception.filename, os.path.join(self.root, 'bad.py'))

    class SourcelessLoaderTest(LoaderTest):
        suffix, loader = '.pyc', 'SourcelessLoader'
        files = {path + 'c': trees.bytecode(source, path) for path, source in FILES.items() if path != 'bad.py'}

    cases = (FolderTest, MetaPathTest, SourceLoaderTest, SourcelessLoaderTest)
    for case in cases:
        case.__qualname__ = case.__name__
    return tests_of_classes(*cases)
