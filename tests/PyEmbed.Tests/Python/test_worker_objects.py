"""What workers are made of: the program that runs them, pickles of classes and functions of trees, forked children."""

import copy
import os
import pickle
import sys
import tempfile
import unittest
from unittest import mock

import support
from pyembed import _workers
from test_workers import FILES, SOURCES, WorkerCase


class ExecutableTests(unittest.TestCase):
    """Which program workers run."""

    def test_that_of_multiprocessing_is_taken(self):
        self.assertEqual(_workers.worker_executable(sys.executable), sys.executable)
        self.assertEqual(_workers.worker_executable(os.fsencode(sys.executable)), os.fsencode(sys.executable))

    def test_where_there_is_none_the_one_of_the_prefix_is(self):
        for prefix in ('exec_prefix', 'base_exec_prefix'):
            with mock.patch.object(sys, 'exec_prefix', '/nowhere'), mock.patch.object(sys, prefix, sys.base_exec_prefix):
                found = os.fsdecode(_workers.worker_executable(''))
                self.assertTrue(os.path.samefile(os.path.dirname(found), os.path.dirname(os.path.realpath(sys.executable))))

    def test_where_there_is_none_at_all_the_error_says_what_to_do(self):
        with mock.patch.object(sys, 'exec_prefix', '/nowhere'), mock.patch.object(sys, 'base_exec_prefix', '/nowhere'):
            for nothing in ('', b'', None):
                with self.assertRaisesRegex(RuntimeError, 'sys.executable is empty.*set_executable'):
                    _workers.worker_executable(nothing)

    def test_the_program_that_hosts_python_is_never_taken(self):
        from pyembed import _host
        folder = tempfile.mkdtemp(dir=support.CACHE)
        program = os.path.join(folder, 'MyApp')
        with open(program, 'w'):
            pass
        with mock.patch.object(_host, 'program', program):
            self.assertNotEqual(os.fsdecode(_workers.worker_executable(program)), program)
            with mock.patch.object(sys, 'exec_prefix', '/nowhere'), mock.patch.object(sys, 'base_exec_prefix', '/nowhere'):
                with self.assertRaisesRegex(RuntimeError, 'MyApp'):
                    _workers.worker_executable(os.path.join(folder, '..', os.path.basename(folder), 'MyApp'))
        # A python that has loaded .NET is a python.
        with mock.patch.object(_host, 'program', sys.executable):
            self.assertEqual(_workers.worker_executable(sys.executable), sys.executable)

    @unittest.skipIf(os.name == 'nt', 'needs a script that can be run')
    def test_another_python_is_not_taken_for_this_one_in_a_host(self):
        from pyembed import _host
        folder = tempfile.mkdtemp(dir=support.CACHE)
        other = os.path.join(folder, 'python3')
        with open(other, 'w') as file:
            file.write('#!/bin/sh\necho "(2, 7)"\n')
        os.chmod(other, 0o755)
        with mock.patch.object(_host, 'program', '/a/program'), mock.patch.object(sys, 'executable', other):
            self.assertNotEqual(os.fsdecode(_workers.worker_executable(other)), other)
            with mock.patch.object(_host, 'interpreter', other):        # which the host has asked already
                self.assertEqual(_workers.worker_executable(other), other)
        with mock.patch.object(_host, 'program', '/a/program'):         # chosen by multiprocessing.set_executable
            self.assertEqual(_workers.worker_executable(other), other)
            self.assertEqual(_workers.worker_executable(sys.executable), sys.executable)


class PickleTests(WorkerCase):

    def objects(self, work):
        return [work.double, work.Point, work.Point(3), work.Point.Kind, work.Point.Kind.ROUND, work.Point(1).moved,
                [work.Trouble('text', 5)], {'a': (work.Point(1), work.Point.Kind)}]

    def test_pickles_and_copies_of_embedded_objects_are_those_objects(self):
        self.names.add('emb')
        support.pyembed.mount(self.zip)
        from emb import work
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for value in self.objects(work):
                again = pickle.loads(pickle.dumps(value, protocol))
                self.assertEqual(repr(type(again)), repr(type(value)))
                self.assertEqual(pickle.dumps(again, protocol), pickle.dumps(value, protocol))
        for value in self.objects(work):
            self.assertEqual(pickle.dumps(copy.deepcopy(value)), pickle.dumps(value))
        self.assertIs(copy.copy(work.Point), work.Point)
        for module in (work, sys.modules['emb']):
            loader = module.__loader__
            again = pickle.loads(pickle.dumps(loader))
            self.assertEqual(again, loader)
            self.assertEqual(again.get_source(module.__name__), loader.get_source(module.__name__))
            spec = pickle.loads(pickle.dumps(module.__spec__))
            self.assertEqual((spec.name, spec.origin, spec.loader), (module.__name__, module.__file__, loader))
        with self.assertRaises(TypeError):
            pickle.dumps(work)          # as from disk

    def test_pickles_travel_between_embedded_and_disk(self):
        folder = self.folder(FILES)
        program = '''
import pickle
from emb import work
if len(sys.argv) > 2:
    point, kind, trouble, function = pickle.loads(bytes.fromhex(sys.argv[2]))
    assert point == work.Point(3) and kind is work.Point.Kind.ROUND and trouble.code == 5 and function is work.double
print(pickle.dumps((work.Point(3), work.Point.Kind.ROUND, work.Trouble('text', 5), work.double)).hex())
'''
        sides = {'embedded': 'import pyembed\npyembed.mount(sys.argv[1])\n', 'disk': 'sys.path.insert(0, sys.argv[1])\n'}
        places = {'embedded': self.zip, 'disk': folder}
        for giver in sides:
            given = support.run_python(sides[giver] + program, places[giver]).stdout.strip()
            for taker in sides:
                with self.subTest(giver=giver, taker=taker):
                    self.assertEqual(support.run_python(sides[taker] + program, places[taker], given).stdout.strip(), given)


@unittest.skipUnless(hasattr(os, 'fork'), 'needs fork')
class ForkTests(WorkerCase):

    def test_a_forked_child_imports_extracts_and_mounts(self):
        self.run_program('''
from importlib import resources
child = os.fork()
if child == 0:
    code = 1
    try:
        from emb import work
        assert work.data() == 'the data'
        assert resources.read_text('emb', 'data.txt') == 'the data'
        pyembed.mount({'other.py': 'x = 1'})
        import other
        code = 7
    finally:
        os._exit(code)
assert os.WEXITSTATUS(os.waitpid(child, 0)[1]) == 7
assert 'emb.work' not in sys.modules and len(pyembed.mounts()) == 1
''', 'fork')

    def test_the_fork_method_needs_no_files(self):
        self.run_program('''
from emb import work
with context.Pool(2) as pool:
    assert pool.map(work.double, range(3)) == [0, 2, 4]
''', 'fork', SOURCES['a buffer'])
        self.assertEqual(self.archives(), {})


if __name__ == '__main__':
    unittest.main()
