"""How long a process holds the roots of trees on disk, which others then do not remove."""

import importlib
import os
import shutil
import sys
import time
import unittest

from storesupport import APP, USERS, StoreCase, files_below, posix_only
from support import _importer, pyembed, run_python
from test_store import extension

from pyembed import _pruning, _store, _workers


@posix_only
class HeldTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.name = f'held-{self._testMethodName}'

    def mount_app(self, files=APP, module='app'):
        self.names.add(module)
        root = self.mount(files, name=self.name, file_users=USERS)
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        sys.modules.pop(module, None)
        importlib.import_module(module)
        return root

    def prune(self, root):
        """Prune as a process does a hundred days later; whether the root is still there."""
        lock = os.path.join(root, '.pyembed', 'lock')
        os.utime(lock, (time.time() - 100 * 86400,) * 2)
        _pruning.prune(os.path.dirname(root))
        return os.path.exists(root)

    def test_until_the_last_unmount(self):
        root = self.mount_app()
        self.assertEqual(self.mount_app(), root)
        self.assertIn(root, _store._roots)
        pyembed.unmount(root)
        self.assertTrue(self.prune(root))
        self.assertTrue([path for path in pyembed.report()['extracted'] if path.startswith(root)])
        pyembed.unmount(root)
        self.assertNotIn(root, _store._roots)
        self.assertFalse([path for path in pyembed.report()['extracted'] if path.startswith(root)])
        self.assertFalse(self.prune(root))

    def test_mounted_again_it_is_held_and_whole_again(self):
        root = self.mount_app()
        pyembed.unmount(root)
        self.assertFalse(self.prune(root))
        self.assertEqual(self.mount_app(), root)
        self.assertEqual(sys.modules['app'].TEXT, 'text')
        self.assertTrue(self.prune(root))
        self.assertEqual(len(files_below(root)), 2)

    def test_replacing_takes_no_more_files(self):
        done = run_python(f'''
import importlib, os, resource
import pyembed
from pyembed import _archive, _importer, _store
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
def tree(number):
    files = {{'app/__init__.py': {APP['app/__init__.py']!r}.encode(), 'app/data/n.txt': b'%d' % number}}
    return memoryview(_archive.write_archive(files, {self.name!r}, file_users={USERS!r}))
root = _importer.mount_view(tree(0), 'App.dll')
import app
for number in range(1, 150):
    root = _importer.replace_view(root, tree(number), 'App.dll')
    assert importlib.reload(app).TEXT == str(number)
print(list(_store._roots) == [root], len(pyembed.report()['extracted']))
''', environment={'XDG_CACHE_HOME': self.place()})
        self.assertEqual(done.stdout, 'True 2\n')

    def test_as_long_as_a_forked_child_holds_it(self):
        root = self.mount_app()
        ready, go = os.pipe()
        child = os.fork()
        if not child:
            os.close(go)
            os.read(ready, 1)
            os._exit(0)
        os.close(ready)
        pyembed.unmount(root)
        self.assertTrue(self.prune(root))
        os.close(go)
        os.waitpid(child, 0)
        self.assertFalse(self.prune(root))

    def test_a_forked_child_lets_go_of_its_own(self):
        root = self.mount_app()
        child = os.fork()
        if not child:
            pyembed.unmount(root)
            os._exit(root in _store._roots)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(self.prune(root))

    @unittest.skipUnless(extension(), 'no extension module of the standard library is a file')
    def test_as_long_as_the_process_where_a_library_is_loaded(self):
        spec = extension()
        with open(spec.origin, 'rb') as file:
            binary = file.read()
        root = self.mount_app({'native/__init__.py': '', f'native/{os.path.basename(spec.origin)}': binary},
                              f'native.{spec.name}')
        self.names.add('native')
        pyembed.unmount(root)
        self.assertTrue(self.prune(root))
        self.assertIn(sys.modules[f'native.{spec.name}'].__file__, pyembed.report()['extracted'])
        self.addCleanup(_importer.extracted.pop, sys.modules[f'native.{spec.name}'].__file__)
        self.addCleanup(lambda: _store._roots.pop(root).close())

    def test_files_for_a_tree_that_is_unmounted_are_made_and_not_held(self):
        root = self.mount_app()
        tree = _importer._trees[root]
        pyembed.unmount(root)
        self.assertFalse(self.prune(root))
        place = _store.extract_file(tree, 'app/data/n.txt')
        with open(place) as file:
            self.assertEqual(file.read(), 'text')
        self.assertNotIn(root, _store._roots)

    def test_the_archive_for_workers(self):
        root = self.mount_app()
        place = os.path.dirname(_workers._range(_importer._trees[root])[0])
        self.assertTrue(self.prune(place))
        pyembed.unmount(root)
        self.assertNotIn(place, _store._roots)
        self.assertFalse(self.prune(place))


if __name__ == '__main__':
    unittest.main()
