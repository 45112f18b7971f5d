"""What is listed of the extraction directory and the code cache, and what a person may have removed of them."""

import os
import time
import unittest

from storesupport import APP, StoreCase, files_below, posix_only
from test_code_cache import CodeCacheCase

from pyembed import _cache, _pruning

DAY = 86400


@posix_only
class FilesTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.directory = self.store()

    def make(self, name, idle=0.0):
        self.assertEqual(self.again(self.directory, name=name), 'text')
        root = self.root(self.directory, name=name)
        when = time.time() - idle * DAY
        os.utime(os.path.join(root, '.pyembed', 'lock'), (when, when))
        return root

    def listed(self, roots):
        return [root['distribution'] for root in roots]

    def test_a_root_is_described(self):
        place = self.make('some.app', 3)
        root, = _cache.list_roots(self.directory)
        self.assertLess(abs(time.time() - 3 * DAY - root.pop('used')), 60)
        self.assertEqual(root, {
            'path': place, 'kind': 'files', 'distribution': 'some.app', 'hash': place[-20:], 'tag': '', 'origins': ['App.dll'],
            'files': 2, 'bytes': sum(map(len, APP.values())), 'in_use': False})

    def test_the_longest_idle_is_first(self):
        for name, idle in (('a', 3), ('b', 9), ('c', 5)):
            self.make(name, idle)
        self.assertEqual(self.listed(_cache.list_roots(self.directory)), ['b', 'c', 'a'])

    def test_by_the_rules_of_programs(self):
        for name, idle in (('a', 3), ('b', 29), ('c', 29.9)):
            self.make(name, idle)
        root = self.make('old')
        when = time.time() - 31 * DAY
        os.utime(os.path.join(root, '.pyembed', 'lock'), (when, when))
        self.assertEqual(self.listed(_cache.prune_roots(self.directory, dry_run=True)), ['old'])
        self.assertEqual(len(os.listdir(self.directory)), 4)
        self.assertEqual(self.listed(_cache.prune_roots(self.directory)), ['old'])
        self.assertEqual(len(os.listdir(self.directory)), 3)

    def test_by_age(self):
        for name, idle in (('a', 3), ('b', 9), ('c', 5)):
            self.make(name, idle)
        for dry_run, left in ((True, 3), (False, 1)):
            self.assertEqual(self.listed(_cache.prune_roots(self.directory, 4 * DAY, dry_run)), ['b', 'c'])
            self.assertEqual(len(os.listdir(self.directory)), left)
        self.assertEqual(self.listed(_cache.prune_roots(self.directory, float('-inf'))), ['a'])
        self.assertEqual(os.listdir(self.directory), [])

    def test_what_a_process_uses_stays(self):
        root = self.root(self.directory, name='used')
        running = self.start(self.program(self.directory, name='used', after='sys.stdin.readline()'))
        self.assertEqual(running.stdout.readline(), 'text\n')
        self.make('free')
        self.assertEqual({root['distribution']: root['in_use'] for root in _cache.list_roots(self.directory)}, {'used': True, 'free': False})
        for dry_run in (True, False):
            self.assertEqual(self.listed(_cache.prune_roots(self.directory, float('-inf'), dry_run)), ['free'])
        self.assertEqual(files_below(root), sorted(APP))
        running.communicate('\n', timeout=60)
        self.assertEqual(self.listed(_cache.prune_roots(self.directory, float('-inf'))), ['used'])
        self.assertEqual(os.listdir(self.directory), [])

    def test_programs_that_share_a_tree_are_all_named(self):
        self.make('shared')
        data = self.root(self.directory, name='shared')
        for n in range(17):
            os.unlink(os.path.join(data, 'app', 'data', 'n.txt'))       # which has to be made anew
            self.again(self.directory, name='shared', before=f'''
                mount_view = _importer.mount_view
                _importer.mount_view = lambda view, origin: mount_view(view, "App{n}.dll")
            ''')
        root, = _cache.list_roots(self.directory)
        self.assertEqual(root['origins'], [f'App{n}.dll' for n in range(1, 17)])
        self.assertEqual(self.listed(_cache.prune_roots(self.directory, float('-inf'))), ['shared'])
        self.assertEqual(os.listdir(self.directory), [])

    def test_a_damaged_note_of_origins_harms_nothing(self):
        place = self.make('a')
        with open(os.path.join(place, '.pyembed', 'origins'), 'wb') as file:
            file.write(b'\xff\n' * 100)
        root, = _cache.list_roots(self.directory)
        self.assertEqual(root['origins'], ['\udcff'] * 16)
        os.unlink(os.path.join(place, 'app', 'data', 'n.txt'))
        self.assertEqual(self.again(self.directory, name='a'), 'text')
        root, = _cache.list_roots(self.directory)
        self.assertEqual(root['origins'], ['\udcff'] * 15 + ['App.dll'])

    def test_what_no_process_has_made_is_not_listed(self):
        self.make('a')
        for name in ('notes.txt', f'like-{"0" * 20}/x.txt', f'bad-{"1" * 20}/.pyembed/state', f'bad-{"1" * 20}/.pyembed/lock'):
            place = os.path.join(self.directory, *name.split('/'))
            os.makedirs(os.path.dirname(place), 0o700, exist_ok=True)
            with open(place, 'w') as file:
                file.write('mine')
        self.assertEqual(self.listed(_cache.list_roots(self.directory)), ['a'])
        self.assertEqual(self.listed(_cache.prune_roots(self.directory, float('-inf'))), ['a'])
        self.assertEqual(len(os.listdir(self.directory)), 3)

    def test_a_directory_that_cannot_be_listed(self):
        missing = os.path.join(self.directory, 'missing')
        for act in (_cache.list_roots, _cache.prune_roots):
            with self.assertRaises(FileNotFoundError) as raised:
                act(missing)
            self.assertEqual(raised.exception.filename, missing)


@posix_only
class BytecodeTest(CodeCacheCase):
    def test_a_root_is_described(self):
        import sys
        store = self.store()
        self.compiled(store, name='some.app2')
        root, = _cache.list_roots(store)
        self.assertEqual((root['kind'], root['distribution'], root['tag'], root['files'], root['origins']),
                         ('bytecode', 'some.app2', sys.implementation.cache_tag, 1, ['App.dll']))
        self.assertEqual(root['bytes'], sum(map(os.path.getsize, self.segments(store))))
        self.assertEqual(len(_cache.prune_roots(store, float('-inf'))), 1)
        self.assertEqual(os.listdir(store), [])


class DefaultsTest(StoreCase):
    def test_only_those_that_are_there(self):
        from unittest import mock
        place = self.place()
        os.mkdir(os.path.join(place, 'pyembed'))
        temporary = os.path.join(place, f'pyembed-{os.getuid()}') if hasattr(os, 'getuid') else None
        variables = {'LOCALAPPDATA': place, 'TEMP': os.path.join(place, 'none')} if os.name == 'nt' else {'XDG_CACHE_HOME': place, 'TMPDIR': place}
        with mock.patch.dict(os.environ, variables), mock.patch('sys.platform', 'win32' if os.name == 'nt' else 'linux'):
            self.assertEqual(_cache.directories(), [os.path.join(place, 'pyembed')])
            if temporary:
                os.mkdir(temporary)
                self.assertEqual(_cache.directories(), [os.path.join(place, 'pyembed'), temporary])


if __name__ == '__main__':
    unittest.main()
