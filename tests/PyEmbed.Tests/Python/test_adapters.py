"""Adapters: modules of others that learn of our trees when they are imported."""

import copy
import importlib
import importlib.util
import pickle
import sys
import types
import unittest

from support import TreeCase, _finders, pyembed, run_python

from pyembed import _adapters


class AdapterTest(TreeCase):
    """The mechanism, with adapters of its own."""

    def setUp(self):
        super().setUp()
        self.calls = calls = []
        self.adapters = types.ModuleType('pyembed_test_adapters')
        self.adapters.adapt = calls.append
        sys.modules[self.adapters.__name__] = self.adapters
        self.addCleanup(sys.modules.pop, self.adapters.__name__)
        self.adapted = set()
        self.addCleanup(lambda: [_adapters.ADAPTERS.pop(name) for name in self.adapted])

    def register(self, *names):
        for name in names:
            _adapters.ADAPTERS[name] = 'pyembed_test_adapters:adapt'
            self.adapted.add(name)

    def test_module_on_disk_and_in_a_tree(self):
        files = {'thing/__init__.py': '', 'thing/part.py': 'X = 1\nLOADER = __loader__, __spec__.loader\n'}
        for kind in ('disk', 'tree'):
            with self.subTest(kind):
                self.register('thing.part')
                self.calls.clear()
                if kind == 'disk':
                    sys.path.insert(0, self.folder(files))
                else:
                    self.mount(files)
                part = importlib.import_module('thing.part')
                self.assertEqual([id(module) for module in self.calls], [id(part)])
                self.assertEqual(part.X, 1)
                loader = part.__spec__.loader
                self.assertIs(part.__loader__, loader)
                self.assertTrue(all(seen is loader for seen in part.LOADER))
                self.assertIs(type(loader), importlib.machinery.SourceFileLoader if kind == 'disk'
                              else _finders.CachedLoader)
                self.assertEqual(part.__file__, loader.path)
                importlib.reload(part)
                self.assertEqual(len(self.calls), 2)
                self.assertIs(part.__spec__.loader, part.__loader__)
                self.assertIsNot(type(part.__loader__), _adapters.AdaptingLoader)
                for name in ('thing.part', 'thing'):
                    del sys.modules[name]
                sys.path.pop(0)

    def test_frozen_module(self):
        frozen = '__phello__'
        self.register(frozen)
        spec = importlib.util.find_spec(frozen)
        loader = spec.loader._loader
        self.assertIs(loader, importlib.machinery.FrozenImporter)
        self.names.add(frozen)
        import contextlib
        import io
        with contextlib.redirect_stdout(io.StringIO()):
            module = importlib.import_module(frozen)
        self.assertEqual(self.calls, [module])
        self.assertIs(module.__loader__, importlib.machinery.FrozenImporter)
        self.assertIs(module.__spec__.loader, importlib.machinery.FrozenImporter)

    def test_spec_that_is_only_looked_at(self):
        self.mount({'thing.py': 'X = 1\n'})
        self.register('thing')
        spec = importlib.util.find_spec('thing')
        self.assertEqual(spec.loader.get_source('thing'), 'X = 1\n')
        self.assertEqual(spec, importlib.util.find_spec('thing'))
        self.assertEqual(hash(spec.loader), hash(importlib.util.find_spec('thing').loader))
        self.assertEqual(pickle.loads(pickle.dumps(spec)), spec)
        self.assertEqual(copy.copy(spec.loader), spec.loader)
        self.assertEqual(self.calls, [])
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.assertEqual(self.calls, [module])
        self.assertIsInstance(spec.loader, _finders.CachedLoader)

    def test_lazy_loader(self):
        self.mount({'thing.py': 'X = 1\n'})
        self.register('thing')
        spec = importlib.util.find_spec('thing')
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = sys.modules['thing'] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.assertEqual(self.calls, [])
        self.assertEqual(module.X, 1)
        self.assertEqual(self.calls, [module])
        self.assertIsInstance(module.__loader__, _finders.CachedLoader)

    def test_error_of_an_adapter_is_that_of_the_import(self):
        self.mount({'thing.py': ''})
        self.register('thing')

        def fail(module):
            raise LookupError(module.__name__)
        self.adapters.adapt = fail
        with self.assertRaisesRegex(LookupError, 'thing'):
            importlib.import_module('thing')
        self.assertNotIn('thing', sys.modules)

    def test_missing_module(self):
        self.register('thing_that_is_nowhere')
        with self.assertRaises(ModuleNotFoundError):
            importlib.import_module('thing_that_is_nowhere')

    def test_module_imported_before(self):
        self.mount({'thing.py': ''})
        thing = importlib.import_module('thing')
        self.register('thing', 'thing_that_is_nowhere')
        known = {name: _adapters.ADAPTERS.pop(name) for name in list(_adapters.ADAPTERS) if name not in self.adapted}
        try:
            _adapters.adapt_imported()
        finally:
            _adapters.ADAPTERS.update(known)
        self.assertEqual(self.calls, [thing])


class RegisteredTest(unittest.TestCase):
    def test_each_adapter_exists(self):
        for name, adapter in _adapters.ADAPTERS.items():
            with self.subTest(name):
                module, _, function = adapter.partition(':')
                self.assertTrue(callable(getattr(importlib.import_module(module), function)))

    def test_before_and_after_boot(self):
        """What was imported before PyEmbed learns of trees too."""
        for first in ('import linecache, pyembed', 'import pyembed, linecache'):
            with self.subTest(first):
                done = run_python(f'{first}\nroot = pyembed.mount({{"m.py": "X = 1\\n"}})\n'
                                  'import os\nprint(linecache.getline(os.path.join(root, "m.py"), 1))')
                self.assertEqual(done.stdout.strip(), 'X = 1')


if __name__ == '__main__':
    unittest.main()
