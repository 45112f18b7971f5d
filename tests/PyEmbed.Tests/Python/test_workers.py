"""Worker processes of multiprocessing that import mounted trees."""

import os
import stat
import sys
import unittest

import support
from pyembed import _workers

METHODS = ('spawn',) if os.name == 'nt' else ('spawn', 'forkserver')

WORK = '''
import enum, os, sys, threading

IMPORTED_BY = os.getpid()

def double(number):
    return 2 * number

def where():
    return __file__, sys.path, os.getpid(), IMPORTED_BY

def fail(text):
    raise Trouble(text, 7)      # the line that the traceback shows

def end(signal):
    os.kill(os.getpid(), signal)

def data():
    with open(os.path.join(os.path.dirname(__file__), 'data.txt')) as file:
        return file.read()

def set_flag(event, queue):
    event.set()
    queue.put(double(21))

def prepare(value):
    global prepared
    prepared = value

def get_prepared():
    return prepared

def meet(barrier):
    barrier.wait(60)
    from . import late
    return late.answer

def nested(method, queue):
    import multiprocessing
    with multiprocessing.get_context(method).Pool(1) as pool:
        queue.put((os.getpid(), pool.apply(os.getppid), pool.apply(double, (4,)), pool.apply(where)[0]))

class Trouble(Exception):
    def __init__(self, text, code):
        super().__init__(text, code)
        self.code = code

class Point:
    class Kind(enum.Enum):
        ROUND = 'round'
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return type(self) is type(other) and self.x == other.x
    def moved(self, by):
        return Point(self.x + by)
    __hash__ = None
'''
FILES = {'emb/__init__.py': '', 'emb/work.py': WORK, 'emb/late.py': 'import time\ntime.sleep(.05)\nanswer = 42\n',
         'emb/data.txt': 'the data'}

# How a tree gets into a process; path is that of a zip with FILES.
SOURCES = {
    'a zip': 'root = pyembed.mount(path)',
    'a buffer': 'root = pyembed.mount(open(path, "rb").read())',
    'a mapping': 'import zipfile\nwith zipfile.ZipFile(path) as z:\n    root = pyembed.mount({n: z.read(n) for n in z.namelist() if n[0] != "."})',
}
# A program's own file would be read again by each worker; -c has none, but '' on its path, which workers get as a folder.
PRELUDE = '''
import os, sys, multiprocessing, pyembed
path, method = sys.argv[1:3]
context = multiprocessing.get_context(method)
def workers_path():
    return [entry or os.getcwd() for entry in sys.path]
'''


class WorkerCase(support.TreeCase):

    def setUp(self):
        super().setUp()
        self.cache = self.folder({})
        self.zip = os.path.join(self.folder({}), 'emb.zip')
        with open(self.zip, 'wb') as file:
            file.write(support.archive(support.with_bytecode(FILES), 'emb', file_users={'emb/work.py': 1}))

    def run_program(self, code, method, source='root = pyembed.mount(path)', **options):
        environment = {'XDG_CACHE_HOME': self.cache, 'LOCALAPPDATA': self.cache}
        return support.run_python(PRELUDE + source + '\n' + code, self.zip, method, environment=environment, **options)

    def archives(self):
        """The archives in the extraction directory: path -> (inode, time of change)."""
        found = {}
        for folder, _, names in os.walk(self.cache):
            for name in names:
                if name.endswith('.zip'):
                    place = os.path.join(folder, name)
                    found[place] = os.stat(place).st_ino, os.stat(place).st_mtime_ns
        return found


class PoolTests(WorkerCase):

    def test_workers_import_the_trees_at_the_same_roots(self):
        for method in METHODS:
            for name, source in SOURCES.items():
                with self.subTest(method=method, source=name):
                    done = self.run_program('''
sys.path.append('/somewhere/else')
from emb import work
assert sys.modules['emb'].__path__[0].startswith(root)
with context.Pool(2) as pool:
    assert pool.map(work.double, range(5)) == [0, 2, 4, 6, 8]
    file, search_path, process, _ = pool.apply(work.where)
    assert (file, search_path) == (work.__file__, workers_path()), (file, search_path)
    assert process != os.getpid()
    point = pool.apply(work.Point(1).moved, (2,))
    assert point == work.Point(3) and type(point) is work.Point
    assert pool.apply(work.Point.Kind, ('round',)) is work.Point.Kind.ROUND
    try:
        pool.apply(work.fail, ('no good',))
    except work.Trouble as error:
        assert error.code == 7
        print(error.__cause__)
''', method, source)
                    self.assertIn("raise Trouble(text, 7)      # the line that the traceback shows", done.stdout)
                    self.assertEqual(done.stderr, '')

    def test_executors_have_initializers(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.run_program('''
from concurrent.futures import ProcessPoolExecutor
from emb import work
with ProcessPoolExecutor(1, context, work.prepare, ('ready',)) as executor:
    assert executor.submit(work.get_prepared).result() == 'ready'
    assert list(executor.map(work.double, range(3))) == [0, 2, 4]
''', method)

    def test_managers_queues_and_events_work(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.run_program('''
from emb import work
event, queue = context.Event(), context.Queue()
process = context.Process(target=work.set_flag, args=(event, queue))
process.start()
assert queue.get(timeout=60) == 42 and event.wait(60)
process.join()
assert process.exitcode == 0
with context.Manager() as manager:
    points = manager.dict()
    points['a'] = work.Point(5)
    assert points['a'] == work.Point(5)
''', method)

    def test_a_worker_starts_workers_of_its_own(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.run_program('''
from emb import work
queue = context.Queue()
process = context.Process(target=work.nested, args=(method, queue))
process.start()
outer, parent, doubled, file = queue.get(timeout=60)
process.join()
assert (doubled, file) == (8, work.__file__)
assert process.exitcode == 0 and outer == process.pid
assert method != 'spawn' or parent == outer
''', method, SOURCES['a buffer'])

    def test_four_workers_import_at_once(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.run_program('''
from emb import work
with context.Manager() as manager, context.Pool(4) as pool:
    barrier = manager.Barrier(4)
    assert pool.map(work.meet, [barrier] * 4, 1) == [42] * 4
    assert pool.apply(work.data) == 'the data'
''', method)

    def test_a_killed_worker_breaks_its_pool_only(self):
        if os.name == 'nt':
            self.skipTest('os.kill ends the process there with an exit code')
        for method in METHODS:
            with self.subTest(method=method):
                self.run_program('''
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from emb import work
with ProcessPoolExecutor(1, context) as executor:
    try:
        executor.submit(work.end, 9).result()
    except BrokenProcessPool:
        print('broken')
with ProcessPoolExecutor(1, context) as executor:
    assert executor.submit(work.double, 3).result() == 6
''', method)

    def test_a_pool_left_open_ends_with_the_interpreter(self):
        for method in METHODS:
            with self.subTest(method=method):
                done = self.run_program('''
from emb import work
pool = context.Pool(2)
assert pool.apply(work.double, (2,)) == 4
print('done')
''', method)
                self.assertEqual((done.stdout, done.returncode), ('done\n', 0))

    @unittest.skipUnless('forkserver' in METHODS, 'there is no fork server')
    def test_the_fork_server_preloads_embedded_modules(self):
        self.run_program('''
from emb import work
context.set_forkserver_preload(['emb.work'])
with context.Pool(1) as pool:
    file, search_path, process, imported_by = pool.apply(work.where)
    assert (file, search_path) == (work.__file__, workers_path())
    assert imported_by not in (process, os.getpid())
''', 'forkserver')

    @unittest.skipUnless('forkserver' in METHODS, 'there is no fork server')
    def test_workers_have_what_was_mounted_after_the_fork_server_started(self):
        self.run_program('''
from emb import work
place = os.path.join(os.path.dirname(root), 'one place')
pyembed.mount({'changing.py': 'x = 1'}, root=place)
with context.Pool(1) as pool:
    assert pool.apply(eval, ("__import__('changing').x",)) == 1
pyembed.unmount(place)
pyembed.mount({'changing.py': 'x = 22'}, root=place)
pyembed.mount({'later.py': 'y = 3'})
with context.Pool(1) as pool:
    assert pool.apply(eval, ("__import__('changing').x, __import__('later').y",)) == (22, 3)
    assert pool.apply(work.where)[1] == workers_path()
''', 'forkserver')

    def test_workers_share_what_was_extracted(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.run_program('''
from emb import work
place = os.path.join(os.path.dirname(work.__file__), 'data.txt')
before = os.stat(place)
with context.Pool(1) as pool:
    assert pool.apply(work.data) == 'the data'
    after = pool.apply(os.stat, (place,))
assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
''', method)

    def test_any_path_reaches_the_workers(self):
        import shutil
        place = os.path.join(self.folder({}), "a 'folder' of \u00e4\u4e2d \U0001f40d", 'emb.zip')
        os.mkdir(os.path.dirname(place))
        self.zip = shutil.move(self.zip, place)
        for method in METHODS:
            with self.subTest(method=method):
                self.run_program("from emb import work\nwith context.Pool(1) as pool: assert pool.apply(work.double, (1,)) == 2",
                                 method, options=('-X', 'utf8'))

    def test_the_search_path_can_be_handed_on_by_pickle_and_by_repr(self):
        # By both, since multiprocessing formats it into the command line of the fork server.
        for how in 'import pickle; path = pickle.loads(given)', 'path = eval(given)':
            with self.subTest(how=how):
                given = self.run_program('''
import pickle
from pyembed import _workers
path = _workers.search_path(sys.path)
assert isinstance(path, list) and path == sys.path
print((pickle.dumps(path), repr(path).encode()))
''', 'spawn').stdout
                index = 0 if 'pickle' in how else 1
                done = support.run_python(f'given = {given.strip()}[{index}]\n{how}\n'
                                          'sys.path[:] = path\nfrom emb import work\nprint(work.double(4))')
                self.assertEqual(done.stdout, '8\n')

    def test_more_trees_than_a_command_line_holds(self):
        files = [support.archive({f'many{number}.py': f'def f(x): return x + {number}'}, f'many{number}')
                 for number in range(450)]
        place = os.path.join(self.folder({}), 'many.bin')
        with open(place, 'wb') as file:
            file.write(b''.join(files))
        for method in METHODS:
            with self.subTest(method=method):
                self.run_program(f'''
with open({place!r}, 'rb') as file:
    view = memoryview(file.read())
offset = 0
for size in {[len(file) for file in files]}:
    pyembed._importer.mount_view(view[offset:offset + size], 'Many.dll', ({place!r}, offset, size))
    offset += size
import many0, many449
with context.Pool(1) as pool:
    assert pool.apply(many0.f, (1,)) == 1 and pool.apply(many449.f, (1,)) == 450
    assert pool.apply(eval, ('__import__("sys").path',)) == workers_path()
from pyembed import _workers
path = _workers.search_path(sys.path)
assert len(repr(path)) < 1000 and eval(repr(path)) == sys.path
''', method)

    def test_every_tree_keeps_its_place_on_the_search_path(self):
        self.run_program('''
from pyembed import _archive, _importer
library = _importer.mount_view(memoryview(_archive.write_archive({'lib.py': b'x = 1'}, 'lib', 'library')), 'Lib.dll')
named = pyembed.mount({'named.py': 'y = 2'}, root=os.path.join(os.path.dirname(root), 'a place of its own'))
sys.path.remove(named); sys.path.append(named)
from emb import work
import lib, named
with context.Pool(1) as pool:
    assert pool.apply(work.where)[1] == workers_path()
    assert pool.apply(eval, ("__import__('lib').x, __import__('named').__file__",)) == (1, named.__file__)
''', 'spawn')

    def test_workers_see_what_multiprocessing_imported_before_us_gave(self):
        # pyembed comes after multiprocessing.spawn, and the tree after the context.
        support.run_python('''
import multiprocessing, multiprocessing.spawn, sys
context = multiprocessing.get_context('spawn')
import pyembed
pyembed.mount(sys.argv[1])
from emb import work
with context.Pool(1) as pool:
    assert pool.apply(work.double, (1,)) == 2
''', self.zip)


class ProgramTests(WorkerCase):

    PROGRAM = '''
import multiprocessing, os, sys
class Main:
    def __eq__(self, other):
        return isinstance(other, Main)
def name(main):
    return __name__, __file__, type(main).__module__
if __name__ == '__main__':
    for method in sys.argv[1:]:
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.apply(name, (Main(),)) == ('__mp_main__', __file__, '__mp_main__'), pool.apply(name, (Main(),))
            assert pool.apply(Main) == Main()
    print('good')
'''

    def test_the_main_module_comes_from_a_tree(self):
        for program in ('program', 'tools.program'):
            with self.subTest(program=program):
                done = support.run_python(f'''
import pyembed
pyembed.mount({{'program.py': {self.PROGRAM!r}, 'tools/__init__.py': '', 'tools/program.py': {self.PROGRAM!r}}})
from pyembed._run import run_module
sys.exit(run_module({program!r}, sys.argv[1:], False))
''', *METHODS)
                self.assertEqual((done.stdout, done.stderr), ('good\n', ''))

    def test_the_main_module_is_a_script_that_imports_from_a_tree(self):
        script = os.path.join(self.folder({'script.py': f'''
import sys
sys.path.insert(0, {support.PACKAGE!r})
import pyembed
if __name__ == '__main__':
    pyembed.mount({self.zip!r})
from emb.work import double, Point
def twice(x):
    return Point(double(x))
if __name__ == '__main__':
    import multiprocessing
    for method in {METHODS!r}:
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.apply(twice, (4,)) == Point(8)
    print('good')
'''}), 'script.py')
        done = support.run_python('import runpy\nrunpy.run_path(sys.argv[1], run_name="__main__")', script)
        self.assertEqual((done.stdout, done.stderr), ('good\n', ''))


class ArchiveTests(WorkerCase):
    """Where workers read the archives."""

    def test_a_zip_is_read_where_it_is(self):
        self.run_program("from emb import work\nwith context.Pool(1) as pool: pool.apply(work.double, (1,))", 'spawn')
        self.assertEqual(self.archives(), {})

    def test_a_tree_without_a_file_is_written_once_when_a_worker_starts(self):
        done = self.run_program("import multiprocessing.spawn", 'spawn', SOURCES['a mapping'])
        self.assertEqual(self.archives(), {})
        code = "from emb import work\nfor _ in range(2):\n    with context.Pool(2) as pool: pool.apply(work.double, (1,))"
        self.run_program(code, 'spawn', SOURCES['a mapping'])
        first = self.archives()
        self.assertEqual(len(first), 1)
        self.run_program(code, METHODS[-1], SOURCES['a mapping'])
        self.assertEqual(self.archives(), first)
        if os.name != 'nt':
            self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(list(first)[0])).st_mode), 0o700)
        self.assertEqual(done.stderr, '')

    def test_a_cut_archive_is_written_again(self):
        code = "from emb import work\nwith context.Pool(1) as pool: print(pool.apply(work.double, (1,)))"
        self.run_program(code, 'spawn', SOURCES['a buffer'])
        place, = self.archives()
        os.truncate(place, 100)
        self.assertEqual(self.run_program(code, 'spawn', SOURCES['a buffer']).stdout, '2\n')

    def test_a_zip_replaced_meanwhile_is_not_taken_for_the_mounted_one(self):
        self.run_program('''
from emb import work
os.rename(path, path + '.old')
with open(path, 'wb') as file:
    from pyembed._archive import write_archive
    file.write(write_archive({'emb/__init__.py': b'raise SystemExit("the wrong tree")'}, 'emb'))
with context.Pool(1) as pool:
    assert pool.apply(work.double, (1,)) == 2
os.unlink(path)
with context.Pool(1) as pool:
    assert pool.apply(work.double, (1,)) == 2
''', 'spawn')
        self.assertEqual(len(self.archives()), 1)

    def test_a_zip_replaced_after_a_worker_has_read_it_is_not_taken_for_the_mounted_one(self):
        self.run_program('''
from emb import work
with context.Pool(1) as pool:
    assert pool.apply(work.double, (1,)) == 2
with open(path, 'rb') as file:
    size = len(file.read())
from pyembed._archive import write_archive
wrong = write_archive({'emb/__init__.py': b'raise SystemExit("the wrong tree")'}, 'emb')
os.rename(path, path + '.old')      # the mapping keeps what was mounted
with open(path, 'wb') as file:
    file.write(wrong.rjust(size, b'x'))
with context.Pool(1) as pool:
    assert pool.apply(work.double, (2,)) == 4
''', 'spawn')
        self.assertEqual(len(self.archives()), 1)

    def test_a_worker_refuses_an_archive_that_changed_on_the_way(self):
        with open(self.zip, 'rb') as file:
            content = file.read()
        tree = support._importer.open_tree(memoryview(content), 'emb')
        with self.assertRaisesRegex(support._importer.ArchiveError, 'emb.dll: .*was changed while a worker'):
            _workers.join(self.cache, None, [(self.zip, 0, len(content), 'emb.dll', os.path.join(self.cache, 'root'), 'f' * 64)], None, None)
        self.assertNotIn(os.path.join(self.cache, 'root'), support._importer._trees)
        self.assertNotEqual(tree.hash, 'f' * 64)

    def test_an_archive_is_found_within_another_file(self):
        with open(self.zip, 'rb') as file:
            content = file.read()
        place = os.path.join(self.folder({}), 'program')
        tree = support._importer.open_tree(memoryview(content), 'emb')
        end = content[tree.end:]
        for before in (b'', b'x', end, end[-5000:], content[:-1], bytes(10000)):
            with self.subTest(before=len(before)):
                with open(place, 'wb') as file:
                    file.write(before + content + end)
                self.assertEqual(_workers._search(place, tree), (place, len(before), len(content)))
        for other in (b'', end, content[:-1], content[1:]):
            with open(place, 'wb') as file:
                file.write(other)
            self.assertIsNone(_workers._search(place, tree))
        self.assertIsNone(_workers._search(place + '.none', tree))

    def test_an_unusable_store_is_a_clear_error(self):
        place = os.path.join(self.cache, 'a file')
        with open(place, 'w'):
            pass
        # As a host sets it; there is no other to try then.
        done = self.run_program('''
import plain
try:
    context.Process(target=plain.main).start()
except OSError as error:
    print(error)
''', 'spawn', f'pyembed._importer._store = {place!r}\npyembed.mount({{"plain.py": "def main(): pass"}})')
        self.assertIn(place, done.stdout)
        self.assertIn('Set the environment variable', done.stdout)


if __name__ == '__main__':
    unittest.main()
