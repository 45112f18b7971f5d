"""Where an import that failed has looked."""

import sys
import unittest
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder

from support import TreeCase, pyembed, archive, with_bytecode
from pyembed import _importer, _loaders, _searched
from pyembed._finders import Finder


def failure(code):
    try:
        exec(compile(code, '<code>', 'exec'), {'__name__': 'script'})
    except ImportError as error:
        return error
    raise AssertionError('it imports')


class SearchedTest(TreeCase):
    def setUp(self):
        super().setUp()
        before = list(sys.meta_path)
        self.addCleanup(sys.meta_path.__setitem__, slice(None), before)
        # What this Python's site-packages add would be among the places.
        sys.meta_path[:] = [finder for finder in before if finder in (BuiltinImporter, FrozenImporter, PathFinder, Finder)]

    def test_places_are_in_the_order_of_the_finders(self):
        class Early:
            @staticmethod
            def find_spec(name, path=None, target=None):
                pass

        class Late(Early):
            pass

        sys.meta_path.insert(0, Early)
        sys.meta_path.append(Late)
        self.mount({'order/__init__.py': ''}, origin='memory:/order')
        found = list(_searched.of_error(failure('import no_such_module')))
        early = f'finder:/{Early.__qualname__}', f'finder:/{Late.__qualname__}'
        self.assertEqual((found[:2], found[-1]), ([early[0], 'builtin'], early[1]))
        self.assertIn('memory:/order', found)
        self.assertEqual(_searched.of_error(failure('import order.nowhere')), (early[0], 'memory:/order', early[1]))

    def test_a_package_of_a_tree_that_was_replaced_is_searched_in_the_new_one(self):
        for files in True, False:
            name = f'replaced{files:d}'
            self.names.add(name)
            old, new = (memoryview(archive(with_bytecode({f'{name}/__init__.py': text}), name)) for text in ('', 'NEW = 1'))
            root = _importer.mount_view(old, f'memory:/{name}', files=files)
            __import__(name)
            place = _importer.replace_view(root, new, f'memory:/{name}', files=files)
            self.assertEqual(_searched.of_error(failure(f'import {name}.gone')), (f'memory:/{name}',))
            self.assertEqual(_loaders.origin_of(f'{root}/{name}'), f'memory:/{name}')
            pyembed.unmount(place)
            if not files:
                self.assertEqual(_searched.of_error(failure(f'import {name}.gone')), (f'memory:/{name}',))

    def test_what_lacks_a_name_or_is_no_package_is_told_by_its_own_origin(self):
        self.mount({'lacking/__init__.py': '', 'lacking/one.py': ''}, origin='memory:/tree')
        for code, origin in (('from lacking.one import no', 'memory:/lacking/one.py'), ('import lacking.one.no', 'memory:/lacking/one.py'),
                             ('from sys import no', 'builtin'), ('import sys.no', 'builtin')):
            with self.subTest(code):
                self.assertEqual(_searched.of_error(failure(code)), (origin,))

    def test_errors_that_code_raises_itself_have_none(self):
        for code in ('raise ModuleNotFoundError("install it", name="no_such_module")', 'raise ImportError("too old", name="json")',
                     'try:\n    import json\n    raise ImportError("too old", name="json", path=json.__file__)\nfinally: pass'):
            with self.subTest(code):
                self.assertEqual(_searched.of_error(failure(code)), ())

    def test_errors_of_the_import_system_have_some_however_they_come(self):
        for code in ('import no_such_module', '__import__("no_such_module")', 'import importlib\nimportlib.import_module("no_such_module")',
                     'try: import no_such_module\nexcept ImportError: raise', 'try: import no_such_module\nexcept ImportError as e: raise e',
                     'import importlib.util\nimportlib.util.find_spec("no_such_module.sub")',
                     'import pickle\npickle.loads(b"cno_such_module\\nx\\n.")'):
            with self.subTest(code):
                self.assertIn('builtin', _searched.of_error(failure(code)))

    def test_a_module_that_is_there_as_none_was_not_searched(self):
        sys.modules['halted_here'] = None
        self.addCleanup(sys.modules.pop, 'halted_here')
        self.assertEqual(_searched.of_error(failure('import halted_here')), ())


if __name__ == '__main__':
    unittest.main()
