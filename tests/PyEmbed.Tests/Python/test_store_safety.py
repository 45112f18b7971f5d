"""The extraction directory under other users, other processes, broken disks and interruptions: the right file, or one
clear error."""

import errno
import importlib
import marshal
import os
import pathlib
import pickle
import random
import stat
import sys
import textwrap
import unittest
from unittest import mock

from storesupport import (
    APP, READS_ITSELF, USERS, StoreCase, all_below, dies_at, files_below, needs_mounts, posix_only)
from support import _importer, archive, pyembed, with_bytecode

REMEDY = 'Set the environment variable'         # that of a plain python, which the tests run under
as_root = unittest.skipUnless(os.name == 'posix' and os.getuid() == 0, 'only root can act as several users')


class PlacesTest(StoreCase):
    """Which of the default places is taken. Looking is all that happens before something is extracted."""

    def choose(self, *command, code='', **environment):
        names = 'XDG_CACHE_HOME', 'HOME', 'TMPDIR', 'LOCALAPPDATA'
        program = self.program(None, before=code, after='print(os.path.dirname(root))')
        out = self.output(program, *command, environment={**dict.fromkeys(names), **environment}, cwd='/')
        found, _, store = out.rpartition('\n')
        return found, store

    @posix_only
    def test_what_looks_unusable_is_passed_over(self):
        place = self.place()
        os.mkdir(os.path.join(place, 'tmp'))
        fallback = os.path.join(place, 'tmp', f'pyembed-{os.getuid()}')

        def file_in_the_way(home):
            open(os.path.join(home, '.cache'), 'w').close()

        def others_may_write(home):
            os.makedirs(os.path.join(home, '.cache', 'pyembed'))
            os.chmod(os.path.join(home, '.cache', 'pyembed'), 0o777)

        def anyone_may_replace(home):
            os.chmod(home, 0o777)

        def of_another_user(home):
            os.makedirs(os.path.join(home, '.cache', 'pyembed'))
            os.chown(os.path.join(home, '.cache', 'pyembed'), 12345, 12345)

        def below_another_user(home):
            os.chown(home, 12345, 12345)

        for number, spoil in enumerate((file_in_the_way, others_may_write, anyone_may_replace, of_another_user,
                                        below_another_user)):
            if 'user' in spoil.__name__ and os.getuid():
                continue
            home = os.path.join(place, str(number))
            os.mkdir(home)
            spoil(home)
            before = all_below(home)
            with self.subTest(spoil.__name__):
                self.assertEqual(self.choose(HOME=home, TMPDIR=os.path.join(place, 'tmp')), ('text', fallback))
                self.assertEqual(all_below(home), before)

    @posix_only
    def test_one_error_names_all_that_were_tried(self):
        place = self.folder({'.cache': '', 'tmp': ''})
        found, store = self.choose(HOME=place, TMPDIR=os.path.join(place, 'tmp'))
        self.assertEqual(store, os.path.join(place, '.cache', 'pyembed'))
        for text in ('ExtractionError', repr(store), repr(os.path.join(place, 'tmp', f'pyembed-{os.getuid()}')),
                     'is not a folder', REMEDY):
            self.assertIn(text, found)
        self.assertEqual(sorted(os.listdir(place)), ['.cache', 'tmp'])

    @needs_mounts
    def test_a_read_only_home_and_one_without_execution(self):
        place = self.place()
        for name in ('readonly', 'noexec', 'tmp'):
            os.mkdir(os.path.join(place, name))
        for name in ('readonly', 'noexec'):
            options = {'readonly': 'ro', 'noexec': 'noexec'}[name]
            command = ['unshare', '-rm', 'sh', '-c',
                       f'mount -t tmpfs -o {options} none {place}/{name} && exec "$@"', 'sh']
            with self.subTest(name):
                self.assertEqual(self.choose(*command, HOME=os.path.join(place, name), TMPDIR=os.path.join(place, 'tmp')),
                                 ('text', os.path.join(place, 'tmp', 'pyembed-0')))
        everywhere = ['unshare', '-rm', 'sh', '-c', f'mount -t tmpfs -o noexec none {place} && exec "$@"', 'sh']
        self.assertEqual(self.choose(*everywhere, HOME=place, TMPDIR=os.path.join(place)),
                         ('text', os.path.join(place, '.cache', 'pyembed')))

    @as_root
    @unittest.skipUnless(all(os.stat(folder).st_mode & 0o005 == 0o005 for folder in pathlib.Path(os.__file__).parents),
                         'other users cannot run this Python')
    def test_a_user_without_a_place_to_write(self):
        place = self.place()
        for name in ('home', 'tmp'):
            os.mkdir(os.path.join(place, name))
        os.chmod(os.path.join(place, 'tmp'), 0o1777)
        for folder in (place, os.path.dirname(place)):
            os.chmod(folder, 0o711)
        program = self.program(None, before='os.setuid(12345)', after='print(os.path.dirname(root))')
        environment = {'XDG_CACHE_HOME': None, 'HOME': os.path.join(place, 'home'), 'TMPDIR': os.path.join(place, 'tmp')}
        self.assertEqual(self.output(program, environment=environment).split('\n'),
                         ['text', os.path.join(place, 'tmp', 'pyembed-12345')])

    def test_a_directory_that_was_asked_for_is_never_replaced(self):
        place = self.folder({'file': ''})
        out = self.again(os.path.join(place, 'file', 'store'))
        for text in ('ExtractionError', repr(os.path.join(place, 'file', 'store')), REMEDY):
            self.assertIn(text, out)
        self.assertNotIn('passed over', out)


class ErrorTest(StoreCase):
    def test_the_error_has_place_reason_and_code(self):
        place = self.folder({'file': ''})
        self.names.add('app')
        root = pyembed.mount(APP, os.path.join(place, 'file', 'root'))
        with self.assertRaises(pyembed.ExtractionError) as caught:
            importlib.import_module('app')
        error = caught.exception
        self.assertIsInstance(error, OSError)
        self.assertTrue(root.startswith(error.filename) or error.filename.startswith(root), error.filename)
        self.assertIn(os.strerror(error.errno), str(error))
        self.assertTrue(str(error).endswith('. Mount the tree at a folder that only this user can write to.'), str(error))
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), str(again), again.filename), (pyembed.ExtractionError, str(error), error.filename))
        self.assertNotIn('app', sys.modules)

    def test_the_remedy_fits_the_reason(self):
        place = os.path.join(_importer.store(), 'root')
        for code, own, text in ((errno.EMFILE, None, r'\. Close files, or raise the limit on open files \(ulimit -n\)\.$'),
                                (errno.ENOSPC, None, r'\. Free space there, or set the environment variable \w+ to a folder '
                                                     r'on another disk that only this user can write to\.$'),
                                (errno.ENOSPC, 'of a host', r'\. Free space there, or set ExtractionDirectory to a folder '),
                                (errno.EACCES, None, r'\. Set the environment variable \w+ to a folder that only this user'),
                                (None, 'of a host', r'\. Set ExtractionDirectory to a folder that only this user can')):
            with self.subTest(text), mock.patch.object(_importer, '_own', own):
                self.assertRegex(str(pyembed.ExtractionError(code, 'the reason', place)), text)

    @needs_mounts
    def test_a_full_disk(self):
        place = self.place()
        files = {**APP, **{f'app/data/{n}.bin': bytes([n]) * 30000 for n in range(20)}}
        full = self.program(place + '/disk/store', files=files, use='''
            print("imported")
            for n in range(20):
                with open(os.path.join(os.path.dirname(app.__file__), "data", f"{n}.bin"), "rb") as file:
                    assert file.read() == bytes([n]) * 30000
        ''')
        os.mkdir(os.path.join(place, 'disk'))
        script = (f'mount -t tmpfs -o size=256k none {place}/disk && "$@" && find {place}/disk -name "new-*" && '
                  f'find {place}/disk -name "*.bin" ! -size 30000c && mount -o remount,size=4m {place}/disk && "$@"')
        out = self.output(full, 'unshare', '-rm', 'sh', '-c', script, 'sh').split('\n')
        self.assertEqual(len(out), 2, out)      # nothing is half written, and no temporary file is left
        for text in ('ExtractionError', 'No space left on device', f'{place}/disk/store',
                     'Free space there, or set the environment variable'):
            self.assertIn(text, out[0])
        self.assertEqual(out[1], 'imported')

    @posix_only
    def test_a_limit_on_the_size_of_files(self):
        store = self.store()
        files = {**APP, 'app/data/big.bin': b'b' * 100000}
        out = self.again(store, files=files, before='''
            import resource
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))
        ''')
        self.assertIn('File too large', out)
        self.assertFalse([path for path in all_below(store) if 'big.bin' in path or 'new-' in path])
        self.assertEqual(self.again(store, files=files), 'text')

    @as_root
    def test_an_extension_module_without_a_place_is_an_import_error(self):
        place = self.folder({'file': ''})
        out = self.output(self.program(os.path.join(place, 'file', 'store'), files={
            'app/__init__.py': '', f'app/native{importlib.machinery.EXTENSION_SUFFIXES[0]}': b'\x7fELF'}, users={},
            use='import app.native'))
        for text in ('ImportError', repr(os.path.join(place, 'file', 'store')), REMEDY):
            self.assertIn(text, out)


class AlteredTest(StoreCase):
    @posix_only
    def test_modes(self):
        store = self.store()
        self.assertEqual(self.again(store, before='os.umask(0)'), 'text')
        root = self.root(store)
        for folder in (store, root, os.path.join(root, 'app'), os.path.join(root, '.pyembed')):
            self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(root, 'app', 'data', 'n.txt')).st_mode), 0o644)

    def test_good_files_are_left_and_bad_ones_replaced(self):
        store = self.store()
        place = os.path.join(self.root(store), 'app', 'data', 'n.txt')

        def altered():
            with open(place, 'r+') as file:
                file.write('same'[:4])

        def cut():
            with open(place, 'w') as file:
                file.write('cut')

        def removed():
            os.unlink(place)

        def writable_to_others():
            os.chmod(place, 0o666)

        def of_another_user():
            os.chown(place, 12345, 12345)

        def link():
            os.unlink(place)
            os.symlink('/etc/hostname', place)

        def folder_removed():
            import shutil
            shutil.rmtree(os.path.dirname(place))

        self.assertEqual(self.again(store), 'text')
        first = os.stat(place)
        self.assertEqual(self.again(store), 'text')
        self.assertEqual((os.stat(place).st_ino, os.stat(place).st_mtime_ns), (first.st_ino, first.st_mtime_ns))
        for spoil in (altered, cut, removed, folder_removed, writable_to_others, link, of_another_user):
            if spoil in (writable_to_others, link) and os.name != 'posix' or spoil is of_another_user and os.getuid():
                continue
            spoil()
            with self.subTest(spoil.__name__):
                self.assertEqual(self.again(store), 'text')
                self.assertEqual(stat.S_IMODE(os.lstat(place).st_mode), 0o644)
        self.assertEqual(files_below(self.root(store)), sorted(APP))

    def test_records_that_cannot_be_trusted(self):
        store = self.store()
        self.assertEqual(self.again(store), 'text')
        record = os.path.join(self.root(store), '.pyembed', 'state')
        with open(record, 'rb') as file:
            sound = file.read()
        from binascii import crc32
        bodies = [marshal.dumps(value) for value in (7, (), (1, 2, 3, 4), (2, {}, (), {}), None, [1] * 4)]
        contents = [b'', sound[:3], sound[:-1], sound[:20] + b'\0' + sound[21:], os.urandom(200),
                    *[crc32(body).to_bytes(4, 'little') + body for body in bodies]]
        for content in contents:
            with open(record, 'wb') as file:
                file.write(content)
            with self.subTest(content):
                self.assertEqual(self.again(store), 'text')
        os.unlink(record)
        os.mkdir(record)
        self.assertIn(repr(record), self.again(store))

    @posix_only
    def test_a_planted_record_is_not_trusted(self):
        store = self.store()
        self.assertEqual(self.again(store), 'text')
        place = os.path.join(self.root(store), 'app', 'data', 'n.txt')
        record = os.path.join(self.root(store), '.pyembed', 'state')
        with open(place, 'w') as file:
            file.write('evil')
        from pyembed import _roots
        state = _roots.read_state(self.root(store))
        state[0]['app/data/n.txt'] = 4, int(os.stat(place).st_mtime)
        os.utime(place, (state[0]['app/data/n.txt'][1],) * 2)
        body = marshal.dumps((1, state[0], tuple(state[1]), state[2]), 2)
        from binascii import crc32
        with open(record, 'wb') as file:
            file.write(crc32(body).to_bytes(4, 'little') + body)
        os.chmod(record, 0o666)
        self.assertEqual(self.again(store), 'text')

    @posix_only
    def test_folders_that_others_can_write_to_are_refused(self):
        store = self.store()
        os.mkdir(store)
        os.chmod(store, 0o777)
        out = self.again(store)
        for text in ('ExtractionError', repr(store), 'others may write', REMEDY):
            self.assertIn(text, out)
        self.assertEqual(os.listdir(store), [])
        os.chmod(store, 0o700)
        self.assertEqual(self.again(store), 'text')
        os.chmod(self.root(store), 0o770)
        self.assertIn('others may write', self.again(store))

    @posix_only
    def test_links_in_place_of_folders_are_refused(self):
        for folder in ('', 'app', '.pyembed'):
            store, elsewhere = self.store(), self.folder({})
            place = os.path.join(self.root(store), folder) if folder else self.root(store)
            os.makedirs(os.path.dirname(place), 0o700)
            os.symlink(elsewhere, place)
            with self.subTest(folder):
                self.assertIn('it is not a folder', self.again(store))
                self.assertEqual(os.listdir(elsewhere), [])

    @as_root
    def test_a_store_of_another_user_is_refused(self):
        store = self.store()
        os.mkdir(store, 0o700)
        os.chown(store, 12345, 12345)
        self.assertIn('belongs to another user', self.again(store))
        os.chown(store, 0, 0)
        self.assertEqual(self.again(store), 'text')
        os.chown(self.root(store), 12345, 12345)
        self.assertIn('belongs to another user', self.again(store))

    @needs_mounts
    def test_a_store_that_became_read_only(self):
        place = self.place()
        os.mkdir(os.path.join(place, 'disk'))
        script = f'mount -t tmpfs none {place}/disk && "$@" && mount -o remount,ro {place}/disk && "$@"'
        self.assertEqual(self.output(self.program(f'{place}/disk/store'), 'unshare', '-rm', 'sh', '-c', script, 'sh'),
                         'text\ntext')

    def test_hostile_names_never_leave_the_root(self):
        from test_archives import with_index
        for name in ('..', '../../escape.txt', '/tmp/escape.txt', 'a/b', 'a\\b', 'c:x', 'x\0y', '.'):
            data = with_index(archive({'app/__init__.py': '', 'app/d.txt': 'd'}, file_users=USERS),
                              lambda info, folders: ({**info, 'hash': os.urandom(32).hex()}, {
                                  **folders, 'app': marshal.dumps({'': 0, '__init__.py': (0, 0, 0), name: (0, 0, 4)})}))
            self.names.add('app')
            root = _importer.mount_view(memoryview(data), 'Hostile.dll')
            with self.subTest(name), self.assertRaisesRegex(pyembed.ArchiveError, 'Hostile.dll'):
                importlib.import_module('app')
            self.assertFalse(os.path.exists(root))
            sys.modules.pop('app', None)
            pyembed.unmount(root)


class ProcessesTest(StoreCase):
    MANY = {'app/__init__.py': READS_ITSELF, 'app/data/n.txt': 'text',
            **{f'app/d{n}/{n}.bin': bytes([n]) * 20000 for n in range(40)}}
    CHECK = '''
        for n in range(40):
            with open(os.path.join(os.path.dirname(app.__file__), f"d{n}", f"{n}.bin"), "rb") as file:
                assert file.read() == bytes([n]) * 20000, n
        print("good")
    '''

    def test_many_at_once(self):
        store = self.store()
        program = self.program(store, files=self.MANY, use=self.CHECK)
        for process in [self.start(program) for _ in range(8)]:
            self.assertEqual(process.communicate(timeout=120), ('good\n', ''))
        self.assertEqual(files_below(self.root(store, self.MANY)), sorted(self.MANY))
        self.assertFalse([path for path in all_below(store) if 'new-' in path])

    @posix_only
    def test_killed_at_any_moment(self):
        store = self.store()
        calls = 'open', 'mkdir', 'replace', 'utime', 'fchmod', 'lstat'
        numbers = random.Random(20240229)
        killed = 0
        for _ in range(8):
            name, number = numbers.choice(calls), numbers.randrange(1, 35)
            # Each process makes the files anew up to where it dies by its own hand; no time is involved.
            process = self.start(self.program(store, files=self.MANY, use=self.CHECK, before='from pyembed import _store\n' + dies_at(name, number)))
            out, error = process.communicate(timeout=120)
            self.assertIn(process.returncode, (0, -9), error)
            killed += process.returncode == -9
            for path in files_below(self.root(store, self.MANY)):
                place = os.path.join(self.root(store, self.MANY), *path.split('/'))
                self.assertEqual(os.path.getsize(place), len(self.MANY[path]), 'a file is whole or not there')
        self.assertGreater(killed, 3)
        self.assertEqual(self.output(self.program(store, files=self.MANY, use=self.CHECK)), 'good')
        self.assertEqual(files_below(self.root(store, self.MANY)), sorted(self.MANY))
        self.assertFalse([path for path in all_below(store) if 'new-' in path])

    @posix_only
    def test_a_child_forked_while_another_thread_extracts(self):
        store = self.store()
        out = self.again(store, before='import threading, warnings\nwarnings.simplefilter("ignore")\n'
                         'from pyembed import _files, _store', use='''
            print(app.TEXT)
            real, inside, go_on = _files.write, threading.Event(), threading.Event()
            def slow(*args):
                inside.set()
                go_on.wait()
                return real(*args)
            _files.write = slow
            tree = _importer._trees[root]
            thread = threading.Thread(target=_store.extract_folder, args=(tree, "app"))
            os.unlink(os.path.join(root, "app", "data", "n.txt"))
            thread.start()
            inside.wait()
            child = os.fork()
            if not child:
                _files.write = real
                os._exit(7)
            go_on.set()
            thread.join()
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            # The child had the lock's file open too; it is free all the same.
            child = os.fork()
            if not child:
                os.unlink(os.path.join(root, "app", "data", "n.txt"))
                _files.write = real
                _store.extract_folder(tree, "app")
                os._exit(8)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        ''')
        self.assertEqual(out.split('\n'), ['text', '7', '8'])

    def test_threads(self):
        files = {'app/__init__.py': ''}
        for n in range(12):
            files[f'app/m{n}.py'] = f'from pathlib import Path\nTEXT = Path(__file__).with_name("t{n}.txt").read_text()'
            files[f'app/t{n}.txt'] = str(n)
        store = self.store()
        out = self.again(store, files=files, users={f'app/m{n}.py': 1 for n in range(12)}, use='''
            import importlib, threading
            def load(n):
                results[n] = importlib.import_module(f"app.m{n}").TEXT
            results = {}
            threads = [threading.Thread(target=load, args=(n,)) for n in range(12)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(sorted(results.items()) == [(n, str(n)) for n in range(12)])
        ''')
        self.assertEqual(out, 'True')


class CostTest(StoreCase):
    AUDIT = '''
        seen = []
        def hook(event, args):
            if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.listdir", "os.scandir", "os.utime", "os.chmod"):
                if args and str(args[0]).startswith(watched):
                    seen.append((event, args))
        sys.addaudithook(hook)
        counts = {}
        def counted(name, real):
            def count(path, *args, **options):
                if str(path).startswith(watched):
                    counts[name] = counts.get(name, 0) + 1
                return real(path, *args, **options)
            return count
        for name in ("lstat", "stat", "open", "access", "mkdir", "replace", "unlink"):
            setattr(os, name, counted(name, getattr(os, name)))
    '''

    def test_a_tree_that_needs_no_files_touches_no_disk(self):
        store = self.store()
        out = self.again(store, files=with_bytecode({'app/__init__.py': b'from . import m', 'app/m.py': b'', 'app/data/x.txt': b''}), users={},
                         before=f'watched = {store!r}\n' + textwrap.dedent(self.AUDIT), use='''
            import app.m
            print(seen, counts, [name for name in sys.modules if name in ("fcntl", "msvcrt", "pyembed._store", "pyembed._code_cache",
                                                       "pyembed._places")])
        ''')
        self.assertEqual(out, '[] {} []')
        self.assertFalse(os.path.exists(store))

    def test_what_is_there_costs_a_look_at_each_file(self):
        store = self.store()
        files = {**APP, **{f'app/data/{n}.bin': b'x' for n in range(30)}, **{f'app/f{n}/m.py': '' for n in range(10)}}
        options = {'files': files, 'before': f'watched = {store!r}\n' + textwrap.dedent(self.AUDIT), 'use': 'print(seen)\nprint(counts)'}
        self.again(store, **options)
        seen, counts = [eval(line) for line in self.again(store, **options).split('\n')]
        # importlib's own finders list a root that is there; beyond that, all that happens is reading.
        self.assertLessEqual({event for event, _ in seen}, {'open', 'os.listdir'}, seen)
        opened = [os.path.relpath(args[0], self.root(store, files)).replace(os.sep, '/') for event, args in seen
                  if event == 'open']
        self.assertEqual(sorted(opened), ['.pyembed/lock', '.pyembed/state', 'app/data/n.txt'])
        self.assertLessEqual(sum(counts.values()), 32 + 10 + 12, counts)


if __name__ == '__main__':
    unittest.main()
