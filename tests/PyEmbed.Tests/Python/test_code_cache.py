"""The code cache: what a tree has no bytecode for is compiled once for all processes, and only sound bytecode is run."""

import os
import sys
import textwrap
import unittest
import zipfile

from storesupport import StoreCase, all_below, dies_at, needs_mounts, posix_only
from support import _importer, archive, bytecode, with_bytecode

from pyembed import _records

FILES = {'app/__init__.py': 'from . import a, b\nTEXT = a.X + b.X\n', 'app/a.py': 'X = "te"\n', 'app/b.py': 'X = "xt"\n',
         **{f'app/m{number}.py': f'X = {number}\n' for number in range(10)}}
ALL = '["__init__.py", "a.py", "b.py"]'


class CodeCacheCase(StoreCase):
    """Processes that import the app and say which of its modules they compiled."""

    def program(self, store, files=FILES, name='app', before='', after='', use='', **options):
        # pycache_prefix: the package under test itself is compiled into no folder of the repository.
        before = textwrap.dedent(f'''
            import builtins
            sys.dont_write_bytecode, sys.pycache_prefix = False, {os.path.dirname(store)!r}
            compiled, compile_ = [], builtins.compile
            def counted(source, path, *args, **options):
                if str(path).startswith(globals().get("root", "no root")):
                    compiled.append(os.path.basename(path))
                return compile_(source, path, *args, **options)
            builtins.compile = counted
        ''') + textwrap.dedent(before)
        use = 'print(app.TEXT)\n' + textwrap.dedent(use) + '\nprint(sorted(compiled))'
        return super().program(store, files, name, options.pop('users', {}), before=before, after=after, use=use, **options)

    def compiled(self, store, *command, **options):
        """The names of the modules that a process compiled, which saw the right text."""
        lines = self.output(self.program(store, **options), *command).split('\n')
        self.assertEqual(lines[0], 'text')
        self.assertEqual(len(lines), 2, lines)
        return lines[1]

    def segments(self, store):
        """The paths of the segments of the one root that there is."""
        root, = [os.path.join(store, name) for name in os.listdir(store)]
        return [os.path.join(root, path) for path in all_below(root) if not path.startswith('.pyembed')]


class ReuseTest(CodeCacheCase):
    def test_the_second_process_compiles_nothing(self):
        store = self.store()
        self.assertEqual(self.compiled(store), '[\'__init__.py\', \'a.py\', \'b.py\']')
        before = {path: os.stat(path).st_mtime_ns for path in self.segments(store)}
        self.assertEqual(self.compiled(store), '[]')
        self.assertEqual({path: os.stat(path).st_mtime_ns for path in self.segments(store)}, before)

    def test_a_root_is_named_by_content_and_kind_of_bytecode(self):
        store = self.store()
        self.compiled(store)
        tree = _importer.open_tree(memoryview(archive(FILES, 'app')), 'app')
        self.assertEqual(os.listdir(store), [f'app.{sys.implementation.cache_tag}-{tree.hash[:20]}'])
        self.compiled(store, files={**FILES, 'app/c.py': ''})
        self.assertEqual(len(os.listdir(store)), 2)

    def test_segments_are_zips_of_bytecode_with_checked_hashes(self):
        import importlib.util
        import marshal
        store = self.store()
        self.compiled(store)
        path, = self.segments(store)
        with zipfile.ZipFile(path) as file:
            self.assertIsNone(file.testzip())
            data = file.read(f'app/__pycache__/a.{sys.implementation.cache_tag}.pyc')
        self.assertEqual(data[:16], importlib.util.MAGIC_NUMBER + b'\3\0\0\0' + importlib.util.source_hash(b'X = "te"\n'))
        names = {}
        exec(marshal.loads(data[16:]), names)
        self.assertEqual(names['X'], 'te')

    def test_modules_are_as_ever(self):
        store = self.store()
        use = '''
            import inspect, app.a, app.m1, traceback
            spec = app.a.__spec__
            assert app.a.__file__ == spec.origin == os.path.join(root, "app", "a.py") and spec.has_location
            assert app.a.__cached__ == spec.cached
            assert inspect.getsource(app.m1) == "X = 1\\n"
            assert app.a.__loader__.get_code("app.a").co_filename == app.a.__file__
            assert not sys.modules["pyembed._code_cache"]._unwritten or compiled
        '''
        self.compiled(store, use=use)
        self.assertEqual(self.compiled(store, use=use), '[]')

    def test_a_tree_mounted_elsewhere_uses_it_too(self):
        """Code objects then name the place where their tree is mounted."""
        store = self.store()
        self.compiled(store)
        elsewhere = os.path.join(self.place(), 'elsewhere')
        self.assertEqual(self.compiled(store, before=f'''
            mount_view = _importer.mount_view
            def elsewhere(view, origin):
                from pyembed._mounts import mount
                return mount(_importer.open_tree(view, origin), {elsewhere!r})
            _importer.mount_view = elsewhere
        ''', use=f'assert app.a.__loader__.get_code("app.a").co_filename == {os.path.join(elsewhere, "app", "a.py")!r}'), '[]')

    def test_a_program_and_reload(self):
        store = self.store()
        use = '''
            import importlib, runpy
            assert runpy.run_module("app.m3")["X"] == 3
            assert importlib.reload(app.a).X == "te"
        '''
        self.compiled(store, use=use)
        self.assertEqual(self.compiled(store, use=use), '[]')

    def test_each_optimisation_has_its_own(self):
        store = self.store()
        files = {**FILES, 'app/a.py': 'assert False, "asserted"\nX = "te"\n', 'app/b.py': 'X = "xt"\n'}
        program = self.program(store, files=files)
        for level, optimised in enumerate(('-O', '-OO'), 1):
            for expected in (['text', "['__init__.py', 'a.py', 'b.py']"], ['text', '[]']):
                environment = {'PYTHONOPTIMIZE': str(level)}
                self.assertEqual(self.output(program, environment=environment).split('\n'), expected)
        self.assertIn('asserted', self.start(program).communicate(timeout=60)[1])
        tag = sys.implementation.cache_tag
        self.assertEqual([name.rpartition('-')[0] for name in sorted(os.listdir(store))],
                         [f'app.{tag}', f'app.{tag}.opt-1', f'app.{tag}.opt-2'])

    def test_a_worker_uses_it(self):
        store = self.store()
        use = '''
            import multiprocessing
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                loader = pool.apply(eval, ("type(__import__('app.m5').m5.__loader__).__name__",))
            print(loader)
        '''
        files = {**FILES, 'app/__init__.py': FILES['app/__init__.py'] + 'from . import m5\n'}
        first = self.output(self.program(store, files=files, use=use)).split('\n')
        self.assertEqual(first[0], 'text')
        self.assertEqual(self.output(self.program(store, files=files, use=use)).split('\n'), ['text', 'CompiledLoader', '[]'])


class WhenTest(CodeCacheCase):
    """When there is none."""

    def test_trees_with_bytecode_have_none(self):
        store = self.store()
        files = {path: content.encode() for path, content in FILES.items()}
        self.assertEqual(self.compiled(store, files=with_bytecode(files), use='''
            assert "pyembed._code_cache" not in sys.modules
        '''), '[]')
        self.assertFalse(os.path.exists(store))

    def test_a_module_with_bytecode_uses_that(self):
        """Also where the first folder with bytecode has none for this Python."""
        store = self.store()
        files = {**{path: content.encode() for path, content in FILES.items()},
                 'aaa/__pycache__/x.cpython-30.pyc': b'',
                 f'app/__pycache__/a.{sys.implementation.cache_tag}.pyc': bytecode('app/a.py', 'X = "te"')}
        self.assertEqual(self.compiled(store, files=files), "['__init__.py', 'b.py']")
        self.assertEqual(self.compiled(store, files=files), '[]')
        path, = self.segments(store)
        with zipfile.ZipFile(path) as file:
            self.assertEqual([name.rpartition('/')[2].partition('.')[0] for name in file.namelist()[:-1]], ['__init__', 'b'])

    def test_bytecode_that_is_not_to_be_written(self):
        store = self.store()
        self.assertNotEqual(self.compiled(store, before='sys.dont_write_bytecode = True'), '[]')
        self.assertFalse(os.path.exists(store))
        self.compiled(store)
        self.assertEqual(self.compiled(store, before='sys.dont_write_bytecode = True'), '[]', 'what is there is used')

    def test_switched_off(self):
        store = self.store()
        self.assertNotEqual(self.compiled(store, before='_importer._code_cache = ""'), '[]')
        self.assertFalse(os.path.exists(store))

    def test_a_place_of_its_own(self):
        store, codes = self.store(), self.store()
        for expected in (3, 0):
            compiled = self.compiled(store, before=f'_importer._code_cache = {codes!r}')
            self.assertEqual(compiled.count('.py'), expected)
        self.assertFalse(os.path.exists(store))
        self.assertEqual(len(os.listdir(codes)), 1)

    def test_errors_of_sources_look_as_ever(self):
        """No frame of the importer comes between, and nothing is kept of a source that does not compile."""
        store = self.store()
        use = '''
            import traceback
            for name in ("bad", "failing"):
                try:
                    __import__("app." + name)
                except Exception as error:
                    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
                    assert not [name for name in frames if "importlib" in name or "pyembed" + os.sep in name], frames
        '''
        files = {**FILES, 'app/bad.py': 'def\n', 'app/failing.py': '1 / 0\n'}
        self.assertIn('bad.py', self.compiled(store, files=files, use=use))
        self.assertEqual(self.compiled(store, files=files, use=use), "['bad.py']")


class WritingTest(CodeCacheCase):
    def test_processes_that_compile_at_once(self):
        store = self.store()
        programs = [self.program(store, use=f'import app.m{number}') for number in range(8)]
        processes = [self.start(program) for program in programs]
        for process in processes:
            out, error = process.communicate(timeout=60)
            self.assertEqual((process.returncode, error, out.split('\n')[0]), (0, '', 'text'))
        for program in programs:                    # what one could not write because another was at it is written now
            self.output(program)
        for program in programs:
            self.assertEqual(self.output(program), 'text\n[]')
        self.assertFalse([path for path in all_below(store) if 'new-' in path])

    def test_segments_are_few_however_many_processes_write(self):
        store = self.store()
        for number in range(10):
            self.assertEqual(self.compiled(store, use=f'import app.m{number}').count(f'm{number}.py'), 1)
            self.assertEqual(len(self.segments(store)), 1)
        everything = '\n'.join(f'import app.m{number}' for number in range(10))
        self.assertEqual(self.compiled(store, use=everything), '[]')

    def test_a_large_segment_is_not_written_again_for_a_small_one(self):
        store = self.store()
        files = {**FILES, 'app/a.py': f'X = "te"\nBIG = "{"x" * 200000}"\n'}
        self.compiled(store, files=files)
        large, = self.segments(store)
        for number in range(4):
            self.compiled(store, files=files, use=f'import app.m{number}')
            self.assertIn(large, self.segments(store))
            self.assertEqual(len(self.segments(store)), 2)
        self.assertEqual(self.compiled(store, files=files, use='import app.m0, app.m3'), '[]')

    def test_killed_at_any_moment(self):
        """While the cache is written, where there is none and where segments are put together."""
        for name, numbers in (('open', range(1, 7)), ('replace', range(1, 5)), ('unlink', (1, 1, 1)), ('utime', range(1, 4)),
                              ('mkdir', range(1, 4))):
            store, died = self.store(), 0
            for module, number in enumerate(numbers):
                use = f'import app.m{module}'
                process = self.start(self.program(store, after=dies_at(name, number), use=use))
                out, _ = process.communicate(timeout=60)
                self.assertIn(process.returncode, (0, -9))
                self.assertEqual(out.split('\n')[0], 'text')
                died += process.returncode != 0
                with self.subTest(name=name, number=number):
                    self.compiled(store, use=use)
                    self.assertEqual(self.compiled(store, use=use), '[]')
            self.assertTrue(died, name)
            self.compiled(store, use='import app.m9')       # who writes next clears away
            self.assertFalse([path for path in all_below(store) if 'new-' in path])
            recorded = _records.read_state(os.path.join(store, os.listdir(store)[0]))[0]
            self.assertEqual(sorted(recorded), sorted(map(os.path.basename, self.segments(store))))

    def test_what_is_compiled_survives_the_process(self):
        """It is written from time to time, not at exit alone."""
        store = self.store()
        process = self.start(self.program(store, before='''
            from pyembed import _code_cache
            _code_cache._DELAY = 0.0
        ''', after='os.kill(os.getpid(), signal.SIGKILL)'))
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -9)
        self.assertLessEqual(self.compiled(store).count('.py'), 1)

    def test_much_is_written_before_the_process_ends(self):
        """However soon it is killed."""
        store, files = self.store(), {**FILES, 'app/a.py': f'X = "te"\nBIG = "{"x" * 600000}"\n'}
        process = self.start(self.program(store, files=files, before='''
            from pyembed import _code_cache
            _code_cache._DELAY = 1e9
        ''', after='os.kill(os.getpid(), signal.SIGKILL)'))
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -9)
        self.assertEqual(self.compiled(store, files=files), "['b.py']")

    def test_functions_of_atexit_that_import(self):
        """Those that run before the cache is written at exit, and those that run after."""
        store = self.store()
        self.compiled(store, before='import atexit; atexit.register(lambda: __import__("app.m1"))',
                      use='atexit.register(lambda: __import__("app.m2"))')
        self.assertEqual(self.compiled(store, use='import app.m1, app.m2'), '[]')

    def test_errors_while_writing_fail_no_import(self):
        for error in (MemoryError, RecursionError, OSError):
            with self.subTest(error=error.__name__):
                store = self.store()
                self.assertEqual(self.compiled(store, before=f'''
                    from pyembed import _code_cache, _code_writer
                    _code_cache._DELAY = 0.0
                    def fail(*_):
                        raise {error.__name__}
                    _code_writer.write_archive = fail
                ''').count('.py'), 3)
                self.assertEqual(self.segments(store) if os.path.exists(store) else [], [])

    @posix_only
    def test_a_forked_child_leaves_it_to_the_parent(self):
        store = self.store()
        out = self.compiled(store, use='''
            child = os.fork()
            if not child:
                from pyembed import _code_cache
                os._exit(bool(_code_cache._unwritten or any(tree.codes.kept for tree in _importer._trees.values())))
            assert os.waitpid(child, 0)[1] == 0
        ''')
        self.assertEqual(out.count('.py'), 3)
        self.assertEqual(self.compiled(store), '[]')

    def test_threads(self):
        store = self.store()
        use = '''
            import threading
            from pyembed import _code_cache
            _code_cache._DELAY = 0.0
            threads = [threading.Thread(target=__import__, args=(f"app.m{number}",)) for number in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        '''
        self.compiled(store, use=use)
        self.assertEqual(self.compiled(store, use=use), '[]')


class BrokenDiskTest(CodeCacheCase):
    @needs_mounts
    def test_a_full_disk(self):
        place = self.place()
        os.mkdir(os.path.join(place, 'disk'))
        files = {**FILES, 'app/a.py': f'X = "te"\nBIG = "{"x" * 300000}"\n'}
        program = self.program(f'{place}/disk/store', files=files)
        script = (f'mount -t tmpfs -o size=128k none {place}/disk && "$@" && find {place}/disk -name "*.zip" -o -name "new-*" && '
                  f'mount -o remount,size=4m {place}/disk && "$@" && "$@"')
        out = self.output(program, 'unshare', '-rm', 'sh', '-c', script, 'sh', environment={'PYTHONPYCACHEPREFIX': place})
        self.assertEqual(out.split('\n'), ['text', ALL.replace('"', "'")] * 2 + ['text', '[]'])

    @needs_mounts
    def test_a_place_that_cannot_be_written_to(self):
        place = self.place()
        os.mkdir(os.path.join(place, 'disk'))
        everything = ALL.replace('"', "'")
        program, more = (self.program(f'{place}/disk/store', use=use) for use in ('', 'import app.m1'))
        script = (f'mount -t tmpfs none {place}/disk && mount -o remount,ro {place}/disk && "$1" "$2" "$3" && '
                  f'mount -o remount,rw {place}/disk && "$1" "$2" "$3" && mount -o remount,ro {place}/disk && "$1" "$2" "$3" '
                  '&& "$1" "$2" "$4"')
        out = self.output(program, 'unshare', '-rm', 'sh', '-c', f'{script}'.replace('"$4"', '"$MORE"'), 'sh',
                          environment={'MORE': more})
        self.assertEqual(out.split('\n'), ['text', everything, 'text', everything, 'text', '[]', 'text', "['m1.py']"])

    def test_a_file_in_its_place(self):
        place = self.folder({'store': ''})
        for _ in range(2):
            self.assertEqual(self.compiled(os.path.join(place, 'store')).count('.py'), 3)


class AlteredTest(CodeCacheCase):
    """What is not as it was written is compiled again, and replaced."""

    def spoiled(self, spoil, everything=True):
        store = self.store()
        self.compiled(store)
        path, = self.segments(store)
        found = os.stat(path)
        spoil(path)
        with self.subTest(spoil.__name__):
            self.assertEqual(self.compiled(store).count('.py'), 3 if everything else 1)
            self.assertEqual(self.compiled(store), '[]')
        return store, found

    def test_files(self):
        def cut(path):
            os.truncate(path, os.stat(path).st_size // 2)

        def touched(path):
            os.utime(path, (1, 1))

        def removed(path):
            os.unlink(path)

        def folder(path):
            os.unlink(path)
            os.mkdir(path)
            os.rmdir(path)

        def no_state(path):
            os.unlink(os.path.join(os.path.dirname(path), '.pyembed', 'state'))

        def bad_state(path):
            with open(os.path.join(os.path.dirname(path), '.pyembed', 'state'), 'r+b') as file:
                file.write(b'bad')

        def bad_index(path):
            found = os.stat(path)
            with open(path, 'r+b') as file:
                data = file.read()
                file.seek(data.rindex(b'PYEMBED\0') - 30)
                file.write(b'bad')
            os.utime(path, (found.st_mtime, found.st_mtime))

        for spoil in (cut, touched, removed, folder, no_state, bad_state, bad_index):
            self.spoiled(spoil)

    @posix_only
    def test_files_that_others_could_have_put_there(self):
        def writable(path):
            os.chmod(path, 0o666)

        def link(path):
            os.rename(path, path + '.moved')
            os.symlink(path + '.moved', path)

        def of_another_user(path):
            os.chown(path, 12345, 12345)

        for spoil in (writable, link) + (() if os.getuid() else (of_another_user,)):
            self.spoiled(spoil)

    def test_a_damaged_entry_alone_is_compiled_again(self):
        def damaged(path):
            found = os.stat(path)
            with open(path, 'r+b') as file:
                data = file.read()
                file.seek(data.index(b'te', data.index(b'a.cpython')))
                file.write(b'TE')
            os.utime(path, (found.st_mtime, found.st_mtime))

        self.spoiled(damaged, everything=False)

    def test_bytecode_of_another_source_is_not_run(self):
        """A tree whose index lies about its hash has the root of another."""
        from test_archives import with_index
        store = self.store()
        self.compiled(store)
        digest = _importer.open_tree(memoryview(archive(FILES, 'app', file_users={})), 'app').hash
        other = with_index(archive({**FILES, 'app/a.py': 'X = "TE"\n'}, 'app', file_users={}),
                           lambda info, folders: ({**info, 'hash': digest}, folders))
        place = os.path.join(self.folder({'other.zip': other}), 'other.zip')
        lies = f'''
            mount_view = _importer.mount_view
            _importer.mount_view = lambda view, origin: mount_view(memoryview(open({place!r}, "rb").read()), origin)
        '''
        self.assertEqual(self.output(self.program(store, before=lies)).split('\n'), ['TExt', "['a.py']"])
        self.assertIn(self.compiled(store), ("['a.py']", '[]'))

    @posix_only
    def test_folders_of_others_are_not_used(self):
        for spoil in ([os.chmod, 0o777], [os.chown, 12345, 12345])[:1 if os.getuid() else 2]:
            for inner in ('', 'root', 'root/.pyembed'):
                store = self.store()
                self.compiled(store)
                root, = os.listdir(store)
                place = os.path.normpath(os.path.join(store, inner.replace('root', root)))
                spoil[0](place, *spoil[1:])
                before = all_below(store)
                with self.subTest(inner=inner, how=spoil[0].__name__):
                    for _ in range(2):
                        self.assertEqual(self.compiled(store).count('.py'), 3)
                    self.assertEqual([path for path in all_below(store) if not path.endswith('/writing')],
                                     [path for path in before if not path.endswith('/writing')])


if __name__ == '__main__':
    unittest.main()
