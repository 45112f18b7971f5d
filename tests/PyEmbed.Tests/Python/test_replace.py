"""Replacing and unmounting trees while what was imported from them lives."""

import importlib
import importlib.resources
import linecache
import os
import pkgutil
import sys
import threading
import traceback
import unittest
from unittest import mock

from support import TreeCase, _finders, _importer, archive, pyembed, with_bytecode


class ReplaceTest(TreeCase):
    def replace(self, root, files, name='tests', origin='tests.dll', **options):
        self.names.update(path.partition('/')[0].partition('.')[0] for path in files)
        return _importer.replace_view(root, memoryview(archive(with_bytecode(files), name, **options)), origin)

    def test_imports_and_reloads_see_the_new_tree(self):
        def files(number):
            return {'app/__init__.py': f'N = {number}\n', 'app/m.py': f'N = {number}\ndef fail():\n    {number} / 0\n',
                    'app/sub/__init__.py': f'N = {number}\n', 'app/sub/deep.py': f'N = {number}\n',
                    'app/late.py': f'N = {number}\n', 'flat.py': f'N = {number}\n', 'app/data.txt': str(number)}
        old = self.mount(files(1))
        import app.m
        import app.sub.deep
        import flat
        new = self.replace(old, files(2))
        self.assertNotEqual(old, new)
        self.assertNotIn(old, sys.path)
        self.assertEqual((app.N, app.m.N, app.sub.deep.N, flat.N), (1, 1, 1, 1))
        self.assertEqual(app.__path__, [os.path.join(old, 'app')])
        self.assertEqual(importlib.import_module('app.late').N, 2)          # below a package of the old tree
        self.assertTrue(sys.modules['app.late'].__file__.startswith(new))
        for module in (app.sub.deep, app.m, flat):
            self.assertIs(importlib.reload(module), module)
            self.assertEqual(module.N, 2)
            self.assertTrue(module.__file__.startswith(new + os.sep), module.__file__)
            self.assertEqual((module.__spec__.origin, module.__loader__.path), (module.__file__, module.__file__))
            self.assertIs(module.__loader__, module.__spec__.loader)
        self.assertEqual((app.N, app.sub.N), (1, 1))
        importlib.reload(app)
        importlib.reload(app.sub)
        self.assertEqual((app.N, app.sub.N), (2, 2))
        self.assertEqual(app.__path__, [os.path.join(new, 'app')])
        self.assertEqual(app.sub.__path__, [os.path.join(new, 'app', 'sub')])
        self.assertEqual(pkgutil.get_data('app', 'data.txt'), b'2')
        del sys.modules['flat']
        self.assertEqual(importlib.import_module('flat').N, 2)

    def test_source_lines_before_and_after_reload(self):
        old = self.mount({'m.py': 'def fail():\n    raise KeyError   # first\n'})
        import m
        new = self.replace(old, {'m.py': '\n\ndef fail():\n    raise KeyError   # second\n'})

        def trace():
            try:
                m.fail()
            except KeyError:
                return traceback.format_exc()
        text = trace()
        self.assertIn(f'File "{os.path.join(old, "m.py")}", line 2', text)
        self.assertIn('# first', text)
        importlib.reload(m)
        text = trace()
        self.assertIn(f'File "{os.path.join(new, "m.py")}", line 4', text)
        self.assertIn('# second', text)

    def test_one_root_with_other_contents(self):
        """A root of one's own choice can be mounted anew: nothing of the old contents is remembered."""
        place = os.path.join(self.folder({}), 'root')
        self.names.add('m')
        for number in (1, 2):
            root = pyembed.mount({'m.py': f'N = {number}\n'}, place)
            module = importlib.reload(importlib.import_module('m'))
            self.assertEqual(module.N, number)
            self.assertEqual(linecache.getline(module.__file__, 1), f'N = {number}\n')
            pyembed.unmount(root)

    def test_place_on_the_path_and_in_the_report(self):
        roots = [self.mount({f'm{number}.py': ''}, name=f'tree{number}') for number in range(3)]
        before = list(sys.path)
        new = self.replace(roots[1], {'m1.py': 'X = 1'}, name='tree1', origin='New.dll')
        self.assertEqual(sys.path, [new if entry == roots[1] else entry for entry in before])
        self.assertEqual([row['origin'] for row in pyembed.report()['mounts'] if row['root'] in (*roots, new)],
                         ['tests.dll', 'New.dll', 'tests.dll'])
        self.assertEqual(pyembed.mounts().index(new), pyembed.mounts().index(roots[0]) + 1)
        self.assertEqual(self.mount({'m9.py': ''}, name='tree9'), sys.path[3])

    def test_other_placement(self):
        old = self.mount({'m.py': ''})
        new = self.replace(old, {'m.py': 'X = 1'}, placement='library')
        self.assertGreater(sys.path.index(new), sys.path.index(os.path.dirname(os.__file__)))

    def test_again_and_again(self):
        root = self.mount({'app/__init__.py': '', 'app/m.py': 'N = 0'})
        import app.m
        for number in range(1, 5):
            root = self.replace(root, {'app/__init__.py': '', 'app/m.py': f'N = {number}'})
            if number != 2:
                self.assertEqual(importlib.reload(app.m).N, number)
        self.assertEqual(set(_importer._moved.values()), {root})
        first = self.mount({'app/__init__.py': '', 'app/m.py': 'N = 0'})        # the very first is back
        self.assertNotIn(first, _importer._moved)
        pyembed.unmount(first)
        pyembed.unmount(root)
        self.assertEqual(_importer._moved, {})
        with self.assertRaises(ModuleNotFoundError):
            importlib.reload(app.m)
        self.assertEqual(app.m.N, 4)

    def test_looking_up_a_path_does_not_depend_on_how_often(self):
        class Flat(dict):
            def _refuse(self, *_):
                raise AssertionError('somebody looks at each')
            __iter__ = keys = values = items = _refuse

        first = root = self.mount({'app/__init__.py': '', 'app/m.py': 'N = 0'})
        import app
        for number in range(1, 1001):
            root = self.replace(root, {'app/__init__.py': '', 'app/m.py': f'N = {number}'})
        self.assertIn(first, _importer._moved)
        with mock.patch.object(_importer, '_moved', Flat(_importer._moved)):
            for place in ('/usr/lib/none', '', 'relative', os.path.join(os.path.dirname(root), 'none', 'app')):
                with self.subTest(place), self.assertRaises(ImportError):
                    _finders.path_hook(place)
            self.assertEqual(_finders.path_hook(os.path.join(first, 'app')).path, os.path.join(root, 'app'))
            self.assertEqual(importlib.import_module('app.m').N, 1000)
        self.assertEqual(app.__path__, [os.path.join(first, 'app')])

    def test_same_contents(self):
        files = {'m.py': 'X = 1'}
        root = self.mount(files)
        self.assertEqual(self.replace(root, files), root)
        pyembed.unmount(root)
        self.assertNotIn(root, pyembed.mounts())

    def test_counts(self):
        """Mounted twice, the old one stays for the other; the new one goes before it."""
        old = self.mount({'m.py': 'N = 1'}, name='one')
        self.mount({'m.py': 'N = 1'}, name='one')
        new = self.replace(old, {'m.py': 'N = 2'}, name='two')
        self.assertEqual(sys.path.index(new) + 1, sys.path.index(old))
        self.assertEqual(importlib.import_module('m').N, 2)
        again = self.replace(old, {'m.py': 'N = 2'}, name='two')
        self.assertEqual((again, sys.path.count(new)), (new, 1))
        self.assertNotIn(old, pyembed.mounts())
        pyembed.unmount(new)
        self.assertIn(new, pyembed.mounts())
        pyembed.unmount(new)

    def test_corrupt_tree_keeps_the_old_one(self):
        root = self.mount({'m.py': 'N = 1', 'n.py': 'N = 1'})
        before = list(sys.path)
        good = archive({'m.py': 'N = 2'})
        for bad in (b'', good[:50], good[:-5], good.replace(b'PYEMBED\0', b'PYEMBED\1')):
            with self.subTest(bad[:20]), self.assertRaises(pyembed.ArchiveError):
                _importer.replace_view(root, memoryview(bad), 'Bad.dll')
        self.assertEqual((sys.path, _importer._moved), (before, {}))
        self.assertEqual(importlib.import_module('n').N, 1)
        with self.assertRaisesRegex(ValueError, 'no tree is mounted'):
            _importer.replace_view('/nowhere', memoryview(good), 'Good.dll')
        self.assertEqual(sys.path, before)

    def test_namespaces(self):
        old = self.mount({'space/a.py': 'N = 1', 'space/inner/b.py': 'N = 1'})
        self.mount({'space/other.py': ''}, name='other')
        import space.inner.b
        import space.a
        new = self.replace(old, {'space/a.py': 'N = 2', 'space/inner/b.py': 'N = 2', 'space/c.py': 'N = 2'})
        self.assertIn(os.path.join(new, 'space'), list(space.__path__))
        self.assertNotIn(os.path.join(old, 'space'), list(space.__path__))
        self.assertEqual(importlib.import_module('space.c').N, 2)
        self.assertEqual((importlib.reload(space.a).N, importlib.reload(space.inner.b).N), (2, 2))
        self.assertIs(importlib.reload(space), space)
        self.assertIsInstance(space.__loader__, _finders.NamespaceLoader)
        self.assertEqual(list(importlib.reload(space.inner).__path__), [os.path.join(new, 'space', 'inner')])

    def test_namespace_below_a_package(self):
        old = self.mount({'app/__init__.py': '', 'app/plugins/p.py': 'N = 1'})
        import app.plugins.p
        new = self.replace(old, {'app/__init__.py': '', 'app/plugins/p.py': 'N = 2', 'app/plugins/q.py': 'N = 2'})
        importlib.invalidate_caches()
        self.assertEqual(importlib.import_module('app.plugins.q').N, 2)
        self.assertEqual(importlib.reload(app.plugins.p).N, 2)
        self.assertTrue(app.plugins.p.__file__.startswith(new))

    def test_what_is_gone_is_gone(self):
        old = self.mount({'app/__init__.py': '', 'app/m.py': 'N = 1', 'app/sub/__init__.py': '', 'app/sub/x.py': ''})
        import app.m
        import app.sub
        self.replace(old, {'app/__init__.py': ''})
        for name in ('app.sub.x', 'app.n'):
            with self.subTest(name), self.assertRaises(ModuleNotFoundError):
                importlib.import_module(name)
        with self.assertRaises(ModuleNotFoundError):
            importlib.reload(app.m)
        self.assertEqual(app.m.N, 1)

    def test_folder_of_the_old_tree_on_the_path(self):
        old = self.mount({'app/__init__.py': '', 'app/vendor/dep.py': 'N = 1'})
        self.names.add('dep')
        sys.path.append(os.path.join(old, 'app', 'vendor'))
        self.replace(old, {'app/__init__.py': '', 'app/vendor/dep.py': 'N = 2'})
        self.assertEqual(importlib.import_module('dep').N, 2)

    def test_live_modules_read_what_they_were_loaded_from(self):
        old = self.mount({'app/__init__.py': '', 'app/data.txt': 'old'})
        import app
        resource = importlib.resources.files('app') / 'data.txt' if sys.version_info >= (3, 10) else None
        self.replace(old, {'app/__init__.py': '', 'app/data.txt': 'new'})
        self.assertEqual(app.__loader__.get_data(os.path.join(old, 'app', 'data.txt')), b'old')
        if resource is not None:
            self.assertEqual(resource.read_text(), 'old')

    def test_while_other_threads_import(self):
        count = 60

        def files(number):
            return {'app/__init__.py': f'N = {number}\n', **{f'app/m{module}.py': f'N = {number}\n' for module in range(count)}}
        root = self.mount(files(0))
        errors, done = [], threading.Event()

        def imports(start):
            try:
                while not done.is_set():
                    for module in range(start, count, 3):
                        importlib.import_module(f'app.m{module}')
                        del sys.modules[f'app.m{module}']
            except Exception as error:      # told by the assertion below
                errors.append(error)

        threads = [threading.Thread(target=imports, args=(start,)) for start in range(3)]
        for thread in threads:
            thread.start()
        try:
            for number in range(1, 30):
                root = self.replace(root, files(number))
        finally:
            done.set()
            for thread in threads:
                thread.join(60)
        self.assertEqual(errors, [])
        self.assertEqual(importlib.reload(sys.modules['app']).N, 29)


class UnmountTest(TreeCase):
    def test_views_resources_and_threads_go_on(self):
        root = self.mount({'app/__init__.py': '', 'app/data.txt': 'text',
                           'app/m.py': 'import threading\ngo = threading.Event()\nseen = []\n'
                                       'def work():\n    go.wait(60)\n    seen.append(__loader__.get_source(__name__)[:6])\n'})
        import app.m
        thread = threading.Thread(target=app.m.work)
        thread.start()
        pyembed.unmount(root)
        app.m.go.set()
        thread.join(60)
        self.assertEqual(app.m.seen, ['import'])
        self.assertEqual(app.__loader__.get_data(os.path.join(root, 'app', 'data.txt')), b'text')

    def test_spec_found_before_is_loaded_after(self):
        root = self.mount({'m.py': 'X = 1\n'})
        spec = importlib.util.find_spec('m')
        pyembed.unmount(root)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.assertEqual(module.X, 1)

    def test_from_a_module_that_is_being_imported(self):
        root = self.mount({'m.py': f'import pyembed\nfor root in pyembed.mounts():\n    if "-self" in root or "selfless" in root:\n'
                                   '        pyembed.unmount(root)\nX = 1\n'}, name='selfless')
        import m
        self.assertEqual(m.X, 1)
        self.assertNotIn(root, sys.path)


class PathFilesTest(TreeCase):
    """.pth files in the root of a library."""

    def site(self, files, **options):
        options = {'placement': 'library', **options}
        self.names |= {'dep', 'pth_ran'}
        stream, old = __import__('io').StringIO(), sys.stderr
        sys.stderr = stream
        try:
            root = self.mount(files, **options)
        finally:
            sys.stderr = old
        self.stderr = stream.getvalue()
        return root

    def test_paths(self):
        place = self.folder({'real/dep.py': ''})
        before = list(sys.path)
        root = self.site({'b.pth': f'# a comment\n\nvendor\nmissing\n{os.path.join(place, "real")}\nvendor\n  \nvendor/../vendor/\n',
                          'a.pth': b'\xef\xbb\xbfother \n', '.hidden.pth': 'hidden', 'c.pth.txt': 'hidden',
                          'vendor/dep.py': 'X = 1', 'other/o.py': '', 'hidden/h.py': '', 'sub/d.pth': 'hidden'})
        added = [root, *(os.path.join(root, name) for name in ('other', 'vendor')), os.path.join(place, 'real')]
        at = sys.path.index(root)
        self.assertEqual(sys.path[at:at + 4], added)
        self.assertEqual([entry for entry in sys.path if entry not in added], before)
        self.assertEqual(importlib.import_module('dep').X, 1)
        self.assertEqual(self.stderr, '')
        second = self.mount({'later.py': ''}, placement='library', name='later')
        self.assertEqual(sys.path.index(second), at + 4)
        pyembed.unmount(second)
        pyembed.unmount(root)
        self.assertEqual(sys.path, before)

    def test_import_lines(self):
        self.addCleanup(lambda: sys.__dict__.pop('pth_test', None))
        root = self.site({
            'run.pth': "import pth_ran; pth_ran.run(sitedir, name)\nimport sys; sys.pth_test.append(sys._getframe(1).f_locals['sitedir'])\n",
            'pth_ran.py': 'import sys, threading\nsys.pth_test = []\ndef run(*args):\n    sys.pth_test.append(args)\n'
                          '    thread = threading.Thread(target=__import__, args=("pth_ran_too",))\n'
                          '    thread.start()\n    thread.join(60)\n    assert not thread.is_alive()\n',
            'pth_ran_too.py': ''})
        self.assertEqual(self.stderr, '')
        self.assertEqual(sys.pth_test, [(root, 'run.pth'), root])

    def test_namespace_file_of_setuptools(self):
        line = ("import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('spaced',));"
                "importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');"
                "m = has_mfs and sys.modules.setdefault('spaced', importlib.util.module_from_spec("
                "importlib.machinery.PathFinder.find_spec('spaced', [os.path.dirname(p)])));"
                "m = m or sys.modules.setdefault('spaced', types.ModuleType('spaced'));"
                "mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n")
        roots = [self.site({f'{name}-nspkg.pth': line, f'spaced/{name}.py': f'X = "{name}"'}, name=name) for name in ('one', 'two')]
        self.assertEqual(self.stderr, '')
        import spaced.one, spaced.two                                                               # noqa: E401
        self.assertEqual((spaced.one.X, spaced.two.X), ('one', 'two'))
        self.assertEqual(sorted(spaced.__path__), sorted(os.path.join(root, 'spaced') for root in roots))

    def test_errors_are_told_and_end_the_file_only(self):
        root = self.site({'a.pth': 'vendor\nimport no_such_module_at_all\nother\n', 'b.pth': 'later\n', 'c.pth': 'import sys; 1/0',
                          'vendor/v.py': '', 'other/o.py': '', 'later/l.py': '', 'm.py': 'X = 1'})
        self.assertIn(f'Error processing line 2 of {os.path.join(root, "a.pth")}:\n\n  Traceback', self.stderr)
        self.assertIn("  ModuleNotFoundError: No module named 'no_such_module_at_all'\n\nRemainder of file ignored\n", self.stderr)
        self.assertIn('ZeroDivisionError', self.stderr)
        at = sys.path.index(root)
        self.assertEqual(sys.path[at + 1:at + 3], [os.path.join(root, 'vendor'), os.path.join(root, 'later')])
        self.assertEqual(importlib.import_module('m').X, 1)

    def test_only_libraries_and_only_the_first_mount(self):
        files = {'a.pth': 'vendor\n', 'vendor/v.py': ''}
        root = self.site(files, placement='app')
        self.assertNotIn(os.path.join(root, 'vendor'), sys.path)
        pyembed.unmount(root)
        root = self.site(files)
        self.assertEqual(self.site(files), root)
        vendor = os.path.join(root, 'vendor')
        self.assertEqual(sys.path.count(vendor), 1)
        pyembed.unmount(root)
        self.assertIn(vendor, sys.path)
        pyembed.unmount(root)
        self.assertNotIn(vendor, sys.path)
        self.site(files)
        self.assertIn(vendor, sys.path)

    def test_replace(self):
        old = self.site({'a.pth': 'vendor\n', 'vendor/dep.py': 'N = 1'})
        new = _importer.replace_view(old, memoryview(archive({'a.pth': 'vendor\n', 'vendor/dep.py': 'N = 2'}, 'tests',
                                                             placement='library')), 'New.dll')
        self.assertNotIn(os.path.join(old, 'vendor'), sys.path)
        self.assertEqual(sys.path.index(os.path.join(new, 'vendor')), sys.path.index(new) + 1)
        self.assertEqual(importlib.import_module('dep').N, 2)


if __name__ == '__main__':
    unittest.main()
