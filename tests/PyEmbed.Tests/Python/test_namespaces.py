"""Namespace packages over trees, folders and zips, and real folders at a tree's place."""

import importlib
import importlib.machinery
import importlib.util
import os
import pkgutil
import shutil
import sys
import unittest
import zipfile
from importlib.machinery import PathFinder

from support import TreeCase, _finders, pyembed, run_python


class NamespaceTest(TreeCase):
    def test_two_trees_and_disk_merge(self):
        place = self.folder({'space/disk.py': 'X = "disk"', 'space/deep/d.py': 'X = "dd"'})
        one = self.mount({'space/one.py': 'X = "one"'}, name='one')
        two = self.mount({'space/two.py': 'X = "two"', 'space/deep/e.py': 'X = "ee"'}, name='two', placement='library')
        sys.path.append(place)
        import space.disk, space.one, space.two, space.deep.d, space.deep.e                         # noqa: E401
        self.assertEqual([space.disk.X, space.one.X, space.two.X, space.deep.d.X, space.deep.e.X],
                         ['disk', 'one', 'two', 'dd', 'ee'])
        self.assertEqual(list(space.__path__), [os.path.join(entry, 'space') for entry in (one, two, place)])
        self.assertIn('NamespacePath', repr(space.__path__))

    def test_portion_mounted_later(self):
        self.mount({'space/one.py': 'X = "one"'}, name='one')
        import space.one                                                                            # noqa: F401
        self.mount({'space/two.py': 'X = "two"'}, name='two')
        import space.two
        self.assertEqual(space.two.X, 'two')
        self.assertEqual(len(list(space.__path__)), 2)

    def test_disk_first_then_tree(self):
        place = self.folder({'space/disk.py': ''})
        sys.path.insert(0, place)
        self.mount({'space/one.py': 'X = 1'}, placement='library')
        import space.one, space.disk                                                                # noqa: E401, F401
        self.assertIsInstance(space.__loader__, _finders.NamespaceLoader)

    def test_regular_package_ends_the_search(self):
        self.mount({'space/one.py': ''}, name='one')
        self.mount({'space/__init__.py': 'X = "regular"'}, name='two')
        import space
        self.assertEqual(space.X, 'regular')

    def test_regular_package_on_disk_wins_over_portions_before_it(self):
        self.mount({'space/one.py': ''})
        sys.path.append(self.folder({'space/__init__.py': 'X = "regular"'}))
        import space
        self.assertEqual(space.X, 'regular')

    def test_inside_a_regular_package(self):
        self.mount({'app/__init__.py': '', 'app/plugins/p.py': 'X = 1'})
        import app.plugins.p
        self.assertEqual(app.plugins.p.X, 1)
        self.assertIsInstance(app.plugins.__loader__, _finders.NamespaceLoader)

    def test_pkgutil_style(self):
        extend = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)'
        self.mount({'old/__init__.py': extend, 'old/a.py': 'X = 1'}, name='one')
        self.mount({'old/__init__.py': extend, 'old/b.py': 'X = 2'}, name='two')
        import old.a, old.b                                                                         # noqa: E401
        self.assertEqual((old.a.X, old.b.X), (1, 2))

    def zip(self, files):
        place = os.path.join(self.folder({}), 'packed.zip')
        with zipfile.ZipFile(place, 'w') as members:
            for path, content in files.items():
                members.writestr(path, content)
        self.addCleanup(importlib.invalidate_caches)
        return place

    def test_nested_over_trees_disk_and_zip(self):
        """In whatever order the portions come, at each level."""
        kinds = ('tree', 'disk', 'zip')
        for first in range(3):
            order = kinds[first:] + kinds[:first]
            saved = list(sys.path)
            roots, expected = [], []
            for kind in order:
                files = {f'space/deep/{kind}.py': f'X = "{kind}"', f'space/{kind}_only/m.py': 'X = 1',
                         f'space/deep/deeper/{kind}2.py': 'X = 2'}
                if kind == 'zip':       # zipimport sees a namespace only where the folders are members
                    files = {'space/': '', 'space/deep/': '', 'space/deep/deeper/': '', 'space/zip_only/': '', **files}
                if kind == 'tree':
                    root = self.mount(files, name=f'order{first}')
                    roots.append(root)
                    sys.path.remove(root)
                else:
                    root = self.folder(files) if kind == 'disk' else self.zip(files)
                    self.names.add('space')
                sys.path.append(root)
                expected.append(os.path.join(root, 'space', 'deep'))
            importlib.invalidate_caches()
            deep = importlib.import_module('space.deep')
            with self.subTest(order):
                self.assertEqual(list(deep.__path__), expected)
                self.assertIsInstance(deep.__loader__, _finders.NamespaceLoader)
                for kind in kinds:
                    self.assertEqual(importlib.import_module(f'space.deep.{kind}').X, kind)
                    self.assertEqual(importlib.import_module(f'space.deep.deeper.{kind}2').X, 2)
                    self.assertEqual(importlib.import_module(f'space.{kind}_only.m').X, 1)
            for name in [name for name in sys.modules if name.partition('.')[0] == 'space']:
                del sys.modules[name]
            for root in roots:
                pyembed.unmount(root)
            sys.path[:] = saved

    def test_portions_follow_sys_path(self):
        """PEP 420: a namespace's path is computed anew when that of its parent has changed."""
        one = self.mount({'space/deep/one.py': ''}, name='one')
        import space.deep
        place = self.folder({'space/deep/disk.py': 'X = 1'})
        sys.path.append(place)
        self.assertEqual(list(space.__path__), [os.path.join(one, 'space'), os.path.join(place, 'space')])
        self.assertEqual(list(space.deep.__path__)[-1], os.path.join(place, 'space', 'deep'))
        self.assertEqual(importlib.import_module('space.deep.disk').X, 1)
        sys.path.remove(one)
        importlib.invalidate_caches()
        self.assertEqual(list(space.__path__), [os.path.join(place, 'space')])
        self.assertEqual(list(space.deep.__path__), [os.path.join(place, 'space', 'deep')])
        with self.assertRaises(ModuleNotFoundError):
            importlib.import_module('space.deep.one')
        sys.path.insert(0, one)
        self.assertEqual(len(space.__path__), 2)
        importlib.import_module('space.deep.one')

    def test_path_is_that_of_a_namespace(self):
        root = self.mount({'space/one.py': ''})
        import space
        path = os.path.join(root, 'space')
        self.assertEqual((len(space.__path__), space.__path__[0], path in space.__path__), (1, path, True))
        self.assertEqual(repr(space.__path__), f'_NamespacePath([{path!r}])')
        self.assertNotIn('at 0x', repr(space.__spec__.submodule_search_locations))
        self.assertTrue(repr(space).startswith("<module 'space' ("), repr(space))
        space.__path__.append('/elsewhere')
        self.assertIn('/elsewhere', space.__path__)

    def test_extend_path_over_trees_disk_and_pkg_files(self):
        extend = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)'
        self.mount({'old/__init__.py': extend, 'old/a.py': '', 'old/sub/__init__.py': extend, 'old/sub/x.py': ''}, name='one')
        self.mount({'old/__init__.py': extend, 'old/b.py': '', 'old/sub/__init__.py': extend, 'old/sub/y.py': ''}, name='two')
        place = self.folder({'old/__init__.py': extend, 'old/c.py': '', 'old/sub/__init__.py': extend, 'old/sub/z.py': '',
                             'more/d.py': ''})
        with open(os.path.join(place, 'old.pkg'), 'w') as file:
            file.write(f'# comment\n{os.path.join(place, "more")}\n')
        sys.path.append(place)
        for name in ('old.a', 'old.b', 'old.c', 'old.d', 'old.sub.x', 'old.sub.y', 'old.sub.z'):
            importlib.import_module(name)
        self.assertEqual((len(sys.modules['old'].__path__), len(sys.modules['old.sub'].__path__)), (4, 3))
        self.assertIs(type(sys.modules['old'].__path__), list)
        self.assertEqual([info.name for info in pkgutil.iter_modules(sys.modules['old'].__path__)], ['a', 'sub', 'b', 'c', 'd'])

    def test_below_a_blanked_path(self):
        """Namespaces and modules of trees need nothing of the disk."""
        done = run_python('import pyembed, importlib.resources\n'
                          'root = pyembed.mount({"app/__init__.py": "", "app/d/n.py": "X = 2"})\n'
                          'sys.path[:] = [root]\nimport app.d.n\nprint(app.d.n.X, list(app.d.__path__) == [root + "/app/d"])\n'
                          'del sys.path[:]\nimport app.d\nprint(sorted(name for name in sys.modules if name.startswith("app")))')
        self.assertEqual(done.stdout.split('\n')[:2], ['2 True', "['app', 'app.d', 'app.d.n']"])

    def test_namespace_through_path_finder_alone(self):
        self.mount({'space/one.py': ''})
        spec = PathFinder.find_spec('space')
        self.assertIsNone(spec.loader)
        self.assertEqual(len(list(spec.submodule_search_locations)), 1)


class BesideTest(TreeCase):
    """A real folder at the place of a tree's: what only it has is found by the next path hook."""

    def write(self, path, content=''):
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        with open(path, 'w') as file:
            file.write(content)

    def mounted(self):
        root = self.mount({'app/__init__.py': '', 'app/m.py': 'X = "tree"'})
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        self.names |= {'beside', 'only'}
        return root

    def test_modules_packages_and_namespaces_that_only_the_disk_has(self):
        root = self.mounted()
        self.write(os.path.join(root, 'app', 'm.py'), 'X = "disk"')
        self.write(os.path.join(root, 'app', 'n.py'), 'X = "n"')
        self.write(os.path.join(root, 'app', 'sub', '__init__.py'), 'X = "sub"')
        self.write(os.path.join(root, 'app', 'sub', 'deep.py'), 'X = "deep"')
        self.write(os.path.join(root, 'app', 'space', 'o.py'), 'X = "o"')
        self.write(os.path.join(root, 'beside.py'), 'X = "beside"')
        self.write(os.path.join(root, 'only', 'p.py'), 'X = "p"')
        importlib.invalidate_caches()
        for name, value in (('app.m', 'tree'), ('app.n', 'n'), ('app.sub', 'sub'), ('app.sub.deep', 'deep'),
                            ('app.space.o', 'o'), ('beside', 'beside'), ('only.p', 'p')):
            self.assertEqual(importlib.import_module(name).X, value, name)
        self.assertIs(type(sys.modules['app.n'].__loader__), importlib.machinery.SourceFileLoader)
        self.assertEqual([(name, package) for _, name, package in pkgutil.iter_modules(sys.modules['app'].__path__, 'x.')],
                         [('x.m', False), ('x.n', False), ('x.sub', True)])

    def test_known_since_invalidate_caches(self):
        root = self.mounted()
        with self.assertRaises(ModuleNotFoundError):
            import beside                                                                           # noqa: F401
        self.write(os.path.join(root, 'beside.py'), 'X = 1')
        importlib.invalidate_caches()
        import beside                                                                               # noqa: F811
        self.assertEqual(beside.X, 1)
        self.write(os.path.join(root, 'only.py'), 'X = 2')
        importlib.invalidate_caches()
        self.assertEqual(importlib.import_module('only').X, 2)

    def test_the_trees_root_somewhere_else(self):
        place = self.folder({'root/beside.py': 'X = 1'})
        os.chmod(os.path.join(place, 'root'), 0o777)
        self.names.add('app')
        pyembed.mount({'app/__init__.py': 'X = 1'}, os.path.join(place, 'root'))
        import app
        import beside
        self.assertEqual((app.X, beside.X), (1, 1))

    @unittest.skipIf(os.name == 'nt', 'Windows has no such modes')
    def test_a_folder_of_the_store_that_others_could_write_to(self):
        root = self.mounted()
        self.write(os.path.join(root, 'beside.py'))
        for place in (root, os.path.dirname(root)):
            mode = os.stat(place).st_mode
            for bits in (0o020, 0o002):
                os.chmod(place, mode | bits)
                importlib.invalidate_caches()
                with self.subTest(place=place, bits=bits), self.assertRaises(ModuleNotFoundError):
                    importlib.import_module('beside')
            os.chmod(place, mode)
        importlib.invalidate_caches()
        importlib.import_module('beside')

    def test_hooks_of_others(self):
        """The next hook is whatever is on sys.path_hooks then."""
        root = self.mounted()
        self.write(os.path.join(root, 'app', 'x.txt'))
        hooks = list(sys.path_hooks)
        seen = []

        def refuse(path):
            seen.append(path)
            raise ImportError
        sys.path_hooks[:] = [_finders.path_hook, refuse]
        try:
            importlib.invalidate_caches()
            with self.assertRaises(ModuleNotFoundError):
                import app.beside                                                                   # noqa: F401
        finally:
            sys.path_hooks[:] = hooks
        self.assertIn(os.path.join(root, 'app'), seen)


if __name__ == '__main__':
    unittest.main()
