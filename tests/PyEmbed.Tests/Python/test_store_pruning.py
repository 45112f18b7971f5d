"""What the extraction directory forgets, and what it never touches."""

import os
import random
import time
import unittest
from unittest import mock

from storesupport import APP, StoreCase, all_below, dies_at, files_below, posix_only
from pyembed import _pruning

DAY = 86400


@posix_only
class PruningTest(StoreCase):
    """Each root is made by a process of its own, as in life."""

    def setUp(self):
        super().setUp()
        self.directory = self.store()

    def make(self, name, idle=0.0, size=0, files=APP):
        """A root of which the last use was so many days ago; returns it."""
        files = {**files, 'app/data/fill.bin': b'x' * size}
        self.assertEqual(self.again(self.directory, files=files, name=name), 'text')
        root = self.root(self.directory, files, name)
        self.age(root, idle)
        return root

    def age(self, root, days):
        when = time.time() - days * DAY
        os.utime(os.path.join(root, '.pyembed', 'lock'), (when, when))

    def left(self):
        return sorted(name.rpartition('-')[0] for name in os.listdir(self.directory))

    def test_by_age(self):
        old, older, young = self.make('old', 29), self.make('older', 31), self.make('young')
        self.make('trigger')                        # it extracts something, and prunes
        self.assertEqual(self.left(), ['old', 'trigger', 'young'])
        self.assertFalse(os.path.exists(older))
        for root in (old, young):
            self.assertEqual(len(files_below(root)), 3)

    def test_only_a_process_that_extracts_prunes(self):
        root = self.make('old')
        self.make('other')
        self.age(root, 31)
        self.make('other')                          # everything is there
        self.assertEqual(self.left(), ['old', 'other'])

    def test_use_makes_young(self):
        root = self.make('used', 31)
        files = {**APP, 'app/data/fill.bin': b''}
        self.assertEqual(self.again(self.directory, files=files, name='used'), 'text')
        self.assertLess(time.time() - os.stat(os.path.join(root, '.pyembed', 'lock')).st_mtime, DAY)

    def test_by_size(self):
        self.make('a', 3, 1000)
        self.make('b', 4, 1000)
        self.make('c', 2, 1000)
        self.make('d', 0.5, 5000)
        with mock.patch.object(_pruning, 'LIMIT', 8000):
            _pruning.prune(self.directory)
        self.assertEqual(self.left(), ['a', 'c', 'd'])
        with mock.patch.object(_pruning, 'LIMIT', 100):
            _pruning.prune(self.directory)
        self.assertEqual(self.left(), ['d'])        # which was used a moment ago

    def test_never_under_a_running_process(self):
        files = {**APP, 'app/data/fill.bin': b''}
        # The process that imported ends; the child that it forked still reads.
        running = self.start(self.program(self.directory, files=files, name='used', after='''
            sys.stdout.flush()
            if os.fork():
                os._exit(0)
            sys.stdin.readline()
            with open(os.path.join(os.path.dirname(app.__file__), "data", "n.txt")) as file:
                print(file.read(), flush=True)
        '''))
        self.assertEqual(running.stdout.readline(), 'text\n')
        running.wait(timeout=60)
        root = self.root(self.directory, files, 'used')
        self.age(root, 100)
        _pruning.prune(self.directory)
        self.assertEqual(self.left(), ['used'])
        self.assertEqual(running.communicate('\n', timeout=60)[0], 'text\n')
        _pruning.prune(self.directory)
        self.assertEqual(self.left(), [])

    def test_what_it_did_not_make_stays(self):
        root = self.make('mine', 31)
        outside = self.folder({'precious.txt': 'p', 'app/data/n.txt': 'precious'})
        others = {'notes.txt': None, 'folder/x.txt': None, f'like-{"0" * 20}/x.txt': None,
                  os.path.relpath(os.path.join(root, 'app', 'mine.db'), self.directory): None}
        for path in others:
            place = os.path.join(self.directory, *path.split('/'))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, 'w') as file:
                file.write('mine')
        os.symlink(outside, os.path.join(self.directory, f'link-{"1" * 20}'))
        _pruning.prune(self.directory)
        self.assertEqual(all_below(self.directory), sorted(path.replace(os.sep, '/') for path in others))
        self.assertEqual(files_below(outside), ['app/data/n.txt', 'precious.txt'])
        self.assertTrue(os.path.islink(os.path.join(self.directory, f'link-{"1" * 20}')))

    def test_links_are_not_followed(self):
        import shutil
        for folder in ('app/data', 'app', '.pyembed'):
            root = self.make('linked', 31)
            outside = self.folder({'n.txt': 'precious', 'data/n.txt': 'precious', 'state': 's', 'lock': 'l'})
            for name in ('state', 'lock'):
                shutil.copy2(os.path.join(root, '.pyembed', name), os.path.join(outside, name))
            place = os.path.join(root, *folder.split('/'))
            shutil.rmtree(place)
            os.symlink(outside, place)
            with self.subTest(folder):
                _pruning.prune(self.directory)
                self.assertEqual(files_below(outside), ['data/n.txt', 'lock', 'n.txt', 'state'])
            os.unlink(place)
            shutil.rmtree(root, ignore_errors=True)

    def test_a_hostile_record_reaches_nothing_outside(self):
        import marshal
        from binascii import crc32
        root = self.make('hostile', 31)
        outside = self.folder({'a.txt': 'precious', 'b/c.txt': 'precious'})
        paths = [os.path.relpath(os.path.join(outside, 'a.txt'), root), os.path.join(outside, 'a.txt'), '..', '', '/', 'x/../..',
                 os.path.join(outside, 'b'), '../../../..']
        body = marshal.dumps((1, {path: (8, 0) for path in paths}, tuple(paths), {}), 2)
        with open(os.path.join(root, '.pyembed', 'state'), 'wb') as file:
            file.write(crc32(body).to_bytes(4, 'little') + body)
        self.age(root, 31)
        _pruning.prune(self.directory)
        self.assertEqual(files_below(outside), ['a.txt', 'b/c.txt'])

    def test_an_interrupted_pruning_is_completed(self):
        numbers = random.Random(7)
        files = {**APP, **{f'app/d{n}/{n}.txt': str(n) for n in range(12)}}
        for _ in range(6):
            self.make('old', 31, files=files)
            name, number = numbers.choice(('unlink', 'rmdir', 'lstat')), numbers.randrange(1, 14)
            process = self.start(self.program(self.directory, name='other', before=f'''
from pyembed import _pruning
{dies_at(name, number)}
_pruning.prune({self.directory!r})
'''))
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, -9)
            _pruning.prune(self.directory)
            self.assertEqual(all_below(self.directory), [], (name, number))
            self.assertEqual(os.listdir(self.directory), [])

    def test_half_pruned_is_made_whole_by_use(self):
        files = {**APP, 'app/data/fill.bin': b''}
        root = self.make('half')
        os.unlink(os.path.join(root, 'app', 'data', 'n.txt'))
        self.assertEqual(self.again(self.directory, files=files, name='half'), 'text')

    def test_who_waits_for_a_root_that_is_removed_makes_it_anew(self):
        import fcntl
        import shutil
        files = {**APP, 'app/data/fill.bin': b''}
        root = self.make('gone')
        lock = os.path.join(root, '.pyembed', 'lock')
        handle = os.open(lock, os.O_RDWR)
        fcntl.flock(handle, fcntl.LOCK_EX)
        waiting = self.start(self.program(self.directory, files=files, name='gone', before='''
            import fcntl
            real = fcntl.flock
            def told(handle, how):
                if how == fcntl.LOCK_SH and "told" not in globals().get("state", ()):
                    globals()["state"] = ("told",)
                    print("waits", flush=True)
                return real(handle, how)
            fcntl.flock = told
        '''))
        self.assertEqual(waiting.stdout.readline(), 'waits\n')
        shutil.rmtree(root)
        os.close(handle)
        self.assertEqual(waiting.communicate(timeout=60), ('text\n', ''))
        self.assertEqual(len(files_below(root)), 3)

    def test_a_store_that_cannot_be_listed_does_not_fail_an_import(self):
        out = self.again(self.directory, before='''
            from pyembed import _pruning
            def failing(place):
                raise PermissionError(13, "no")
            os.scandir = failing
        ''')
        self.assertEqual(out, 'text')


if __name__ == '__main__':
    unittest.main()
