"""Trees that are mounted in memory only: origins in the place of places, and what tools make of them."""

import importlib
import importlib.resources
import importlib.util
import inspect
import io
import linecache
import os
import pickle
import pkgutil
import sys
import traceback
import unittest
import warnings

from support import TreeCase, _importer, archive, pyembed, run_python, with_bytecode

GAME = {
    'mygame/__init__.py': '"""A game."""\nfrom .core import player\n',
    'mygame/core/__init__.py': '',
    'mygame/core/player.py': 'from ..names import NAME\nclass Player:\n    """One."""\n    def fail(self):\n        raise KeyError(NAME)\n',
    'mygame/names.py': 'NAME = "Ada"\n',
    'mygame/data/level.txt': 'one',
    'mygame_tool.py': 'x = 1\n',
}


class MemoryCase(TreeCase):
    """A test with a tree that is mounted in memory only, with and without bytecode."""

    def mount_in_memory(self, files, name='game', compiled=True):
        self.names.update(path.partition('/')[0].partition('.')[0] for path in files)
        data = archive(with_bytecode(files) if compiled else files, name)
        return _importer.mount_view(memoryview(data), f'memory:/{name}', None, False)

    def setUp(self):
        super().setUp()
        self.root = self.mount_in_memory(GAME)


class ModuleTest(MemoryCase):
    def test_a_module_has_an_origin_and_no_place(self):
        player = importlib.import_module('mygame.core.player')
        spec = player.__spec__
        self.assertEqual((spec.name, spec.origin, spec.has_location, spec.cached, spec.parent, spec.submodule_search_locations),
                         ('mygame.core.player', 'memory:/mygame/core/player.py', False, None, 'mygame.core', None))
        self.assertEqual((player.__name__, player.__package__, player.__loader__), ('mygame.core.player', 'mygame.core', spec.loader))
        for name in ('__file__', '__cached__', '__path__'):
            self.assertFalse(hasattr(player, name), name)

    def test_a_package_has_a_path_that_names_its_tree(self):
        package = importlib.import_module('mygame')
        self.assertTrue(self.root.startswith('memory://game-'))
        self.assertEqual((package.__spec__.origin, package.__path__, package.__package__),
                         ('memory:/mygame/__init__.py', [self.root + '/mygame'], 'mygame'))
        self.assertFalse(hasattr(package, '__file__'))

    def test_sources_without_bytecode_are_the_same(self):
        pyembed.unmount(self.root)
        self.mount_in_memory(GAME, compiled=False)
        player = importlib.import_module('mygame.core.player')
        self.assertEqual((player.__spec__.origin, player.Player.fail.__code__.co_filename), ('memory:/mygame/core/player.py',) * 2)
        self.assertFalse(hasattr(player, '__file__'))

    def test_nothing_of_it_becomes_a_file(self):
        pyembed.unmount(self.root)
        self.mount_in_memory({**GAME, 'mygame/names.py': 'NAME = __name__ or __file__\n'}, compiled=False)
        importlib.import_module('mygame')
        self.assertFalse([path for path in _importer.extracted if 'mygame' in path])
        with self.assertRaisesRegex(PermissionError, 'Materialize'):
            os.fspath(importlib.resources.files('mygame') / 'data')

    def test_an_extension_module_is_refused(self):
        suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
        self.mount_in_memory({f'mygame_native{suffix}': b'\x7fELF'}, 'native')
        with self.assertRaisesRegex(ImportError, 'mounted in memory only'):
            importlib.import_module('mygame_native')

    def test_a_real_folder_of_that_name_is_not_looked_at(self):
        place = self.folder({'memory:/x.py': 'raise SystemExit'})
        here = os.getcwd()
        os.chdir(place)
        self.addCleanup(os.chdir, here)
        importlib.invalidate_caches()
        self.assertIsNone(importlib.util.find_spec('x'))
        self.assertIsNone(importlib.util.find_spec('mygame.x'))

    def test_two_trees_are_portions_of_one_namespace(self):
        self.mount_in_memory({'mygame_ns/a.py': ''}, 'one')
        self.mount_in_memory({'mygame_ns/b.py': ''}, 'two')
        self.names.add('mygame_ns')
        modules = [importlib.import_module(f'mygame_ns.{name}') for name in 'ab']
        self.assertEqual([module.__spec__.origin for module in modules], ['memory:/mygame_ns/a.py', 'memory:/mygame_ns/b.py'])
        self.assertEqual(len(sys.modules['mygame_ns'].__path__), 2)


class ToolTest(MemoryCase):
    def test_tracebacks_show_the_origin_and_the_source_line(self):
        player = importlib.import_module('mygame.core.player')
        try:
            player.Player().fail()
        except KeyError:
            text = traceback.format_exc()
        self.assertIn('File "memory:/mygame/core/player.py", line 5, in fail\n    raise KeyError(NAME)\n', text)

    def test_warnings_show_the_source_line(self):
        linecache.clearcache()
        self.assertEqual(warnings.formatwarning('w', UserWarning, 'memory:/mygame/names.py', 1),
                         'memory:/mygame/names.py:1: UserWarning: w\n  NAME = "Ada"\n')

    def test_inspect_finds_the_source(self):
        module = importlib.import_module('mygame.core.player')
        self.assertEqual(inspect.getsource(module.Player.fail), '    def fail(self):\n        raise KeyError(NAME)\n')
        self.assertTrue(inspect.getsource(module.Player).startswith('class Player:'))
        self.assertTrue(inspect.getsource(module).startswith('from ..names'))
        self.assertEqual(inspect.getfile(module), 'memory:/mygame/core/player.py')
        try:
            module.Player().fail()
        except KeyError as error:
            frames = inspect.getinnerframes(error.__traceback__)
        self.assertEqual(frames[-1].code_context, ['        raise KeyError(NAME)\n'])
        with self.assertRaises(TypeError):
            inspect.getfile(sys)
        with self.assertRaises(TypeError):
            inspect.getfile(int)

    def test_resources_are_read(self):
        reader = importlib.import_module('mygame').__loader__.get_resource_reader('mygame')
        self.assertEqual(reader.open_resource('data/level.txt').read(), b'one')

    def test_files_are_read(self):
        self.assertEqual((importlib.resources.files('mygame') / 'data' / 'level.txt').read_text(), 'one')
        with importlib.resources.as_file(importlib.resources.files('mygame') / 'data' / 'level.txt') as path:
            self.assertEqual(path.read_text(), 'one')

    def test_objects_are_pickled_by_name(self):
        module = importlib.import_module('mygame.core.player')
        self.assertIs(pickle.loads(pickle.dumps(module.Player)), module.Player)
        self.assertEqual(pickle.loads(pickle.dumps(module.__loader__)), module.__loader__)
        self.assertEqual(pickle.loads(pickle.dumps(module.__loader__)).get_source('mygame.core.player'), GAME['mygame/core/player.py'])

    def test_reload_reads_the_replaced_tree(self):
        names = importlib.import_module('mygame.names')
        data = archive({**GAME, 'mygame/names.py': 'NAME = "Bob"\n'}, 'game')
        root = _importer.replace_view(self.root, memoryview(data), 'memory:/game', None, False)
        self.assertNotEqual(root, self.root)
        self.assertEqual(importlib.reload(names).NAME, 'Bob')
        self.assertEqual(names.__spec__.origin, 'memory:/mygame/names.py')
        self.assertNotIn(self.root, sys.path)

    def test_pkgutil_lists_the_modules(self):
        self.assertEqual([module.name for module in pkgutil.walk_packages([self.root]) if not module.ispkg],
                         ['mygame.core.player', 'mygame.names', 'mygame_tool'])

    def test_a_module_runs_as_a_program(self):
        import runpy
        self.assertEqual(runpy.run_module('mygame_tool')['x'], 1)

    def test_a_root_in_memory_can_be_named(self):
        root = pyembed.mount({'mygame_named/__init__.py': 'x = 1'}, 'memory://mygame_named')
        self.names.add('mygame_named')
        self.assertEqual(root, 'memory://mygame_named')
        package = importlib.import_module('mygame_named')
        self.assertEqual((package.__path__, package.__spec__.origin), ([root + '/mygame_named'], 'memory:/mygame_named/__init__.py'))
        self.assertEqual(package.__loader__.get_source('mygame_named'), 'x = 1')
        pyembed.unmount('memory://mygame_named')
        for bad in ('memory:/', 'memory://', 'memory:/..', 'memory:/.'):
            with self.assertRaises(ValueError, msg=bad):
                pyembed.mount({'mygame_named.py': ''}, bad)
            self.assertNotIn('memory://', pyembed.mounts())


class OriginTest(TreeCase):
    def test_each_kind_of_mount_has_its_scheme(self):
        folder = self.folder({'origin_of_folder.py': ''})
        zipped = os.path.join(self.folder({}), 'some.zip')
        with open(zipped, 'wb') as file:
            file.write(archive({'origin_of_zip.py': ''}, 'zip'))
        self.names.add('origin_of_zip')
        sources = {'origin_of_mapping': {'origin_of_mapping.py': ''}, 'origin_of_buffer': archive({'origin_of_buffer.py': ''}),
                   'origin_of_folder': folder, 'origin_of_zip': zipped}
        expected = {'origin_of_mapping': 'memory:/origin_of_mapping.py', 'origin_of_buffer': 'memory:/origin_of_buffer.py',
                    'origin_of_folder': f'fs:{folder}/origin_of_folder.py', 'origin_of_zip': f'fs:{zipped}/origin_of_zip.py'}
        self.names.update(sources)
        for name, source in sources.items():
            pyembed.mount(source)
            importlib.import_module(name)
        self.mount({'origin_of_assembly.py': ''}, origin='assembly:/App.dll/x.zip')
        importlib.import_module('origin_of_assembly')
        expected['origin_of_assembly'] = 'assembly:/App.dll/x.zip/origin_of_assembly.py'
        modules = dict(pyembed.report()['modules'])
        self.assertEqual({name: modules[name] for name in expected}, expected)
        self.assertEqual((modules['sys'], modules['json' if 'json' in modules else 'unittest'].partition(':')[0]), ('builtin', 'fs'))

    def test_a_namespace_is_there_for_each_portion(self):
        self.mount({'origin_ns/a.py': ''}, name='p', origin='assembly:/P.dll/p.zip')
        self.mount({'origin_ns/b.py': ''}, name='q', origin='assembly:/Q.dll/q.zip')
        importlib.import_module('origin_ns')
        self.assertEqual([origin for name, origin in pyembed.report()['modules'] if name == 'origin_ns'],
                         ['assembly:/P.dll/p.zip/origin_ns', 'assembly:/Q.dll/q.zip/origin_ns'])


class WorkerTest(unittest.TestCase):
    def test_a_spawned_worker_imports_from_memory(self):
        done = run_python('''
import multiprocessing, pyembed, pyembed._importer as importer
from pyembed._archive import write_archive
if __name__ == "__main__":
    importer.mount_view(memoryview(write_archive({"memory_worker.py": b"def f(x): return x + 1, __spec__.origin\\n"}, "w")), "memory:/w", None, False)
    import memory_worker
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(memory_worker.f, [1]))
''')
        self.assertEqual(done.stdout, "[(2, 'memory:/memory_worker.py')]\n", done.stderr)


if __name__ == '__main__':
    unittest.main()
