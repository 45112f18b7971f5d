"""Mounts: their places on sys.path, counting, and the report."""

import os
import pathlib
import sys
import unittest

from support import PACKAGE, TreeCase, _importer, archive, pyembed, run_python


class PlaceTest(TreeCase):
    def test_apps_first_libraries_after_the_standard_library(self):
        before = list(sys.path)
        roots = {name: self.mount({f'{name}_only.py': ''}, name=name, placement=placement)
                 for name, placement in (('b', 'library'), ('a', 'app'), ('d', 'library'), ('c', 'app'))}
        self.assertEqual(sys.path[:2], [roots['a'], roots['c']])
        library = os.path.dirname(os.__file__)
        at = sys.path.index(roots['b'])
        self.assertEqual(sys.path[at + 1], roots['d'])
        standard = [index for index, entry in enumerate(sys.path) if entry == library or
                    os.path.basename(entry) in ('lib-dynload', 'python{}{}.zip'.format(*sys.version_info))]
        self.assertEqual(at, standard[-1] + 1)
        self.assertEqual([entry for entry in sys.path if entry not in roots.values()], before)
        self.assertTrue(all('site-packages' not in entry for entry in sys.path[:at]))

    def test_without_a_standard_library_on_the_path(self):
        sys.path[:] = [entry for entry in sys.path if 'python3' not in entry]
        root = self.mount({'only.py': ''}, placement='library')
        self.assertEqual(sys.path[-1], root)

    def test_a_mount_costs_as_much_after_many(self):
        class Counting(list):
            searches = 0

            def index(self, *args):
                self.searches += 1
                return super().index(*args)

            def __contains__(self, item):
                self.searches += 1
                return super().__contains__(item)

            def __iter__(self):
                self.searches += 1
                return super().__iter__()

        self.addCleanup(setattr, sys, 'path', sys.path)
        sys.path = Counting(sys.path)
        counts = []
        for number in range(40):
            before = sys.path.searches
            root = _importer.mount_view(memoryview(archive({f'many{number}.py': ''}, f'many{number}')), 'x')
            counts.append(sys.path.searches - before)
            self.addCleanup(pyembed.unmount, root)
        self.assertEqual(counts[2:], [counts[2]] * 38)
        self.assertEqual([os.path.basename(entry).partition('-')[0] for entry in sys.path[:40]], [f'many{number}' for number in range(40)])

    def test_root(self):
        data = archive({'m.py': ''}, 'My.Dist')
        tree = _importer.open_tree(memoryview(data), 'x')
        root = _importer.mount_view(memoryview(data), 'x')
        self.assertEqual(root, os.path.join(_importer.store(), f'My.Dist-{tree.hash[:20]}'))


class CountTest(TreeCase):
    def test_the_same_tree_counts(self):
        before = list(sys.path)
        first = self.mount({'m.py': ''})
        self.assertEqual(self.mount({'m.py': ''}), first)
        self.assertEqual(sys.path.count(first), 1)
        pyembed.unmount(first)
        self.assertIn(first, sys.path)
        pyembed.unmount(first)
        self.assertEqual(sys.path, before)
        self.assertNotIn(first, sys.path_importer_cache)
        with self.assertRaisesRegex(ValueError, 'no tree is mounted'):
            pyembed.unmount(first)

    def test_modules_keep_working(self):
        root = self.mount({'app/__init__.py': 'def late():\n    return 5\n', 'app/m.py': ''})
        import app
        pyembed.unmount(root)
        self.assertEqual(app.late(), 5)
        with self.assertRaises(ModuleNotFoundError):
            import app.m                                                                            # noqa: F401
        self.assertEqual(self.mount({'app/__init__.py': 'def late():\n    return 5\n', 'app/m.py': ''}), root)
        import app.m                                                                                # noqa: F811

    def test_bad_roots(self):
        for root in ('', '/nowhere'):
            with self.subTest(root), self.assertRaisesRegex(ValueError, 'no tree is mounted at .*nowhere' if root else ''):
                pyembed.unmount(root)
        for call in (pyembed.unmount, lambda root: pyembed.mount({'m.py': ''}, root)):
            with self.subTest(call), self.assertRaisesRegex(TypeError, "a root must be a path, not 'int'"):
                call(3)
        with self.assertRaisesRegex(ValueError, 'cannot be mounted at .*every path lies below'):
            pyembed.mount({'m.py': ''}, os.path.abspath(os.sep))
        self.assertEqual([root for root in pyembed.mounts() if len(root) < 4], [])

    def test_any_spelling_of_a_root(self):
        place = os.path.join(self.folder({}), 'root')
        self.names.add('m')
        for spelling in (place, place + os.sep, pathlib.Path(place), os.fsencode(place), os.path.join(place, 'x', '..')):
            with self.subTest(spelling):
                self.assertEqual(pyembed.mount({'m.py': ''}, spelling), place)
                self.assertEqual(pyembed.mounts()[-1], place)
                pyembed.unmount(spelling)
                self.assertNotIn(place, pyembed.mounts())
        with self.assertRaisesRegex(ValueError, 'no tree is mounted'):
            pyembed.unmount(pathlib.Path(place))


class ReportTest(TreeCase):
    def test_mounts_and_modules(self):
        root = self.mount({'app/__init__.py': '', 'app/m.py': '', 'app/n.py': '', 'space/x.py': '', 'lone.pyc': b''},
                          name='reported', origin='My.dll!PyEmbed/reported.zip', placement='library')
        import app.m                                                                                # noqa: F401
        import space.x                                                                              # noqa: F401
        (row,) = [row for row in pyembed.report()['mounts'] if row['root'] == root]
        self.assertEqual(row, {'root': root, 'origin': 'My.dll!PyEmbed/reported.zip', 'distribution': 'reported',
                               'hash': row['hash'], 'placement': 'library',
                               'modules': ['app', 'app.m', 'space', 'space.x']})
        self.assertEqual(len(row['hash']), 64)

    def test_shadowed(self):
        place = self.folder({'twice.py': '', 'hidden.py': ''})
        self.mount({'twice.py': '', 'alone.py': '', 'sys.py': '', 'space/a.py': ''}, name='one', origin='One.dll')
        self.mount({'twice.py': '', 'space/b.py': ''}, name='two', origin='Two.dll')
        sys.path.insert(0, self.folder({'hidden.py': ''}))
        self.mount({'hidden.py': ''}, name='three', origin='Three.dll', placement='library')
        sys.path.append(place)
        import alone                                                                                # noqa: F401
        __import__('pkgutil').get_importer(place)
        __import__('pkgutil').get_importer(sys.path[0])
        shadowed = [item for item in pyembed.report()['shadowed'] if item[0] in self.names]
        self.names.discard('sys')
        self.assertEqual({item for item in shadowed if item[0] == 'twice'},
                         {('twice', 'One.dll', 'Two.dll'), ('twice', 'One.dll', f'fs:{place}/twice.py')})
        self.assertIn(('hidden', f'fs:{sys.path[0]}/hidden.py', 'Three.dll'), shadowed)
        self.assertIn(('sys', 'builtin', 'One.dll'), shadowed)
        self.assertFalse([item for item in shadowed if item[0] in ('alone', 'space')])

    def test_modules_beside_a_tree_are_not_its_own(self):
        place = os.path.join(self.folder({'root/beside.py': '', 'other/beside.py': ''}), 'root')
        self.names |= {'alone', 'beside'}
        pyembed.mount({'alone.py': ''}, place)
        sys.path.append(os.path.join(os.path.dirname(place), 'other'))
        import alone, beside                                                                        # noqa: E401, F401
        (row,) = [row for row in pyembed.report()['mounts'] if row['root'] == place]
        self.assertEqual(row['modules'], ['alone'])
        self.assertFalse([item for item in pyembed.report()['shadowed'] if item[0] == 'beside'])

    def test_odd_modules_do_not_break_it(self):
        import types

        class Odd(types.ModuleType):
            __spec__ = property(lambda self: 1 / 0)

        sys.modules['pyembed_odd_1'], sys.modules['pyembed_odd_2'], sys.modules['pyembed_odd_3'] = Odd('o'), None, object()
        try:
            pyembed.report()
        finally:
            for number in (1, 2, 3):
                del sys.modules[f'pyembed_odd_{number}']


class PackageTest(unittest.TestCase):
    def test_public_names(self):
        self.assertEqual(sorted(pyembed.__all__), [
            'ArchiveError', 'ExtractionError', 'RequirementError', 'defer_collector', 'get_data', 'is_data', 'mount', 'mounts',
            'register_data', 'report', 'require', 'unmount'])
        self.assertEqual(pyembed.ArchiveError.__module__, 'pyembed')

    def test_imports_from_disk_without_site(self):
        done = run_python('import pyembed\nroot = pyembed.mount({"m.py": "X = 1"})\nimport m\nprint(m.X)',
                          options=('-I', '-S'))
        self.assertEqual(done.stdout.strip(), '1')

    def test_every_file_compiles_for_the_oldest_python(self):
        import ast
        folder = os.path.join(PACKAGE, 'pyembed')
        for name in sorted(os.listdir(folder)):
            if name.endswith('.py'):
                with open(os.path.join(folder, name), encoding='utf-8') as file:
                    ast.parse(file.read(), name, feature_version=(3, 9))


if __name__ == '__main__':
    unittest.main()
