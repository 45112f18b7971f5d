"""Bundles on system B: where their modules show to be, how several live together, and what is refused."""

import importlib
import importlib.metadata
import importlib.resources
import inspect
import linecache
import os
import pickle
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import traceback
import unittest

from support import CACHE, TreeCase, archive, run_python
import bundlesupport
import policysupport
import pyembed
from pyembed import _bundles, _importer
from pyembed._bundle_format import BundleError

FILES = {
    'bpkg/__init__.py': 'name = "bpkg"\n',
    'bpkg/mod.py': 'from . import name\n\nclass Point:\n    def __init__(self, x):\n        self.x = x\n\ndef fail():\n    raise ValueError("no")  # the line\n',
    'bpkg/data/text.txt': 'text\n',
    'bspace/inner/deep.py': 'value = 3\n',
}


class BundleCase(TreeCase):
    """A test in a working directory of its own, where nothing may have been made when it ends."""

    def setUp(self):
        finders, before = list(sys.meta_path), os.getcwd()
        self.place, self.may_make = os.path.realpath(tempfile.mkdtemp(dir=CACHE)), False
        self.root = os.path.join(self.place, '.pyembed')

        def check():
            self.assertEqual(_bundles.mounted(), [])
            self.assertEqual(sys.meta_path, finders)
            self.assertEqual(os.listdir(self.place), ['.pyembed'] if self.may_make else [])

        self.addCleanup(shutil.rmtree, self.place)
        self.addCleanup(check)
        self.addCleanup(os.chdir, before)
        super().setUp()                     # whose cleanup takes all off before
        os.chdir(self.place)

    def at(self, *parts, folder='home/me/project'):
        return os.path.join(self.root, *folder.split('/'), *parts)

    def bundle(self, files, *arguments, **options):
        self.names.update(path.partition('/')[0].partition('.')[0] for path in files)
        return bundlesupport.bundle(files, *arguments, **options)

    def mount_bundle(self, files, *arguments, root=None, **options):
        return pyembed.mount(self.bundle(files, *arguments, **options), root)

    def refused(self, content, *words, error=BundleError, root=None):
        """Mounting raises an error with these words, and everything is as before."""
        before = list(sys.path), pyembed.mounts(), _bundles.mounted(), _bundles.data()
        with self.assertRaises(error) as caught:
            pyembed.mount(content, root)
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertEqual((list(sys.path), pyembed.mounts(), _bundles.mounted(), _bundles.data()), before)


class PlaceTest(BundleCase):
    def test_files_show_the_place_on_a_below_the_working_directory_and_none_is_made(self):
        self.assertEqual(self.mount_bundle(FILES), self.root)
        from bpkg import mod
        import bspace.inner.deep
        self.assertEqual(mod.__file__, self.at('bpkg', 'mod.py'))
        self.assertEqual(sys.modules['bpkg'].__path__, [self.at('bpkg')])
        self.assertEqual(list(bspace.inner.__path__), [self.at('bspace', 'inner')])
        self.assertEqual(mod.__spec__.origin, mod.__file__)
        self.assertEqual(os.listdir(self.place), [])
        self.assertEqual(pyembed.mounts()[-1], self.root)
        self.assertEqual([entry for entry in sys.path if entry.startswith(self.root)], [self.at()])

    def test_tools_find_sources(self):
        self.mount_bundle(FILES)
        from bpkg import mod
        self.assertIn('# the line', inspect.getsource(mod.fail))
        self.assertEqual(linecache.getline(mod.__file__, 1), 'from . import name\n')
        try:
            mod.fail()
        except ValueError:
            self.assertIn('# the line', traceback.format_exc())
        self.assertEqual(sorted(name for _, name, _ in pkgutil.iter_modules([self.at()])), ['bpkg'])
        self.assertEqual([name for _, name, _ in pkgutil.iter_modules(sys.modules['bpkg'].__path__)], ['mod'])
        self.assertEqual(pickle.loads(pickle.dumps(mod.Point(2))).x, 2)
        self.assertIs(importlib.reload(mod), mod)
        self.assertEqual(os.listdir(self.place), [])

    def test_files_of_packages_are_read_by_the_protocols(self):
        self.mount_bundle({**FILES, 'bpkg-1.0.dist-info/METADATA': 'Name: bpkg\nVersion: 1.0\n'})
        import bpkg
        self.assertEqual(importlib.resources.files('bpkg').joinpath('data', 'text.txt').read_text(), 'text\n')
        self.assertEqual(pkgutil.get_data('bpkg', 'data/text.txt'), b'text\n')
        with importlib.resources.as_file(importlib.resources.files(bpkg) / 'data' / 'text.txt') as file:
            self.assertEqual(file.read_text(), 'text\n')
            self.assertFalse(str(file).startswith(self.root))
        with self.assertRaisesRegex(PermissionError, 'bundle that is mounted without a root forbids'):
            open(importlib.resources.files(bpkg) / 'data' / 'text.txt')
        self.assertEqual(importlib.metadata.version('bpkg'), '1.0')
        with self.assertRaises(FileNotFoundError):
            bpkg.__loader__.get_data(self.at('bpkg', 'none'))

    def test_entries_go_on_the_search_path_in_the_order_of_a_around_the_standard_library(self):
        files = {'bone.py': '', 'btwo.py': '', 'bthree.py': '', 'textwrap.py': 'mine = True\n', 'bfour.py': ''}
        self.mount_bundle(files, entries=[
            ('home/app', 'app', ['bone.py']), ('home/app/src', 'app', ['btwo.py']), ('usr/lib', 'library', ['bthree.py', 'textwrap.py']),
            ('', 'library', ['bfour.py'])])
        entries = [self.at(folder='home/app'), self.at(folder='home/app/src'), self.at(folder='usr/lib'), self.root]
        self.assertEqual([entry for entry in sys.path if entry.startswith(self.root)], entries)
        library = os.path.dirname(os.__file__)
        self.assertTrue(sys.path.index(entries[1]) < sys.path.index(library) < sys.path.index(entries[2]))
        self.assertFalse(hasattr(importlib.import_module('textwrap'), 'mine'))
        self.assertEqual([importlib.import_module(name).__file__ for name in ('bone', 'btwo', 'bthree', 'bfour')], [
            os.path.join(entry, file) for entry, file in zip(entries, ('bone.py', 'btwo.py', 'bthree.py', 'bfour.py'))])

    def test_what_lies_there_on_the_disk_is_not_looked_at(self):
        place = self.at('bpkg')
        self.may_make = True
        os.makedirs(place)
        for path in (os.path.join(place, 'disk.py'), self.at('bdisk.py'), os.path.join(place, 'mod.py')):
            with open(path, 'w') as file:
                file.write('raise AssertionError("from the disk")')
        self.mount_bundle(FILES)
        importlib.import_module('bpkg.mod')
        for name in ('bdisk', 'bpkg.disk'):
            with self.assertRaises(ModuleNotFoundError):
                importlib.import_module(name)

    def test_origins_name_the_bundle_and_the_path_in_it(self):
        place = os.path.join(self.folder({'b.zip': self.bundle(FILES)}), 'b.zip')
        pyembed.mount(place)
        import bpkg.mod
        report = pyembed.report()
        self.assertEqual(dict(report['modules'])['bpkg.mod'], f'fs:{place}/bpkg/mod.py'.replace(os.sep, '/'))
        self.assertEqual(report['mounts'][-1]['modules'], ['bpkg', 'bpkg.mod'])
        disk = self.folder({'bpkg/__init__.py': ''})
        sys.path.append(disk)
        importlib.util.find_spec('bnone')       # which has importlib look at the folder
        self.mount_bundle({'bother.py': ''})
        self.assertIn(('bpkg', f'fs:{place}'.replace(os.sep, '/'), f'fs:{disk}/bpkg/__init__.py'.replace(os.sep, '/')), pyembed.report()['shadowed'])
        self.assertEqual([root for root, _ in _bundles.mounted()], [self.root, self.root])
        self.assertEqual(bpkg.name, 'bpkg')

    def test_another_working_directory(self):
        self.mount_bundle(FILES)
        other = self.folder({})
        os.chdir(other)
        self.assertEqual(self.mount_bundle({'bmore.py': '', 'bpkg/more.py': 'from . import name\n'}), os.path.join(other, '.pyembed'))
        import bmore
        self.assertEqual(bmore.__file__, os.path.join(other, '.pyembed', 'home', 'me', 'project', 'bmore.py'))
        import bpkg.more        # whose package is at the other place
        self.assertEqual((bpkg.more.name, bpkg.__file__), ('bpkg', self.at('bpkg', '__init__.py')))
        self.refused(self.bundle({'bpkg/mod.py': ''}), 'bpkg.mod')
        os.chdir(self.place)

    def test_a_working_directory_that_was_removed(self):
        gone = self.folder({})
        os.chdir(gone)
        try:
            os.rmdir(gone)
        except OSError:
            self.skipTest('this system keeps a working directory')
        self.assertEqual(self.mount_bundle(FILES), 'memory://bundles')
        self.assertEqual(importlib.import_module('bpkg.mod').__spec__.origin, 'memory:/home/me/project/bpkg/mod.py')
        os.chdir(self.place)

    def test_in_memory(self):
        root = _importer.mount_view(memoryview(self.bundle(FILES, {'x': b'1'})), 'memory:/b', None, False)
        self.assertEqual(root, 'memory://bundles')
        from bpkg import mod
        self.assertEqual((mod.__spec__.origin, hasattr(mod, '__file__')), ('memory:/home/me/project/bpkg/mod.py', False))
        self.assertEqual(pyembed.get_data('x'), b'1')
        self.assertEqual(importlib.resources.files('bpkg').joinpath('data', 'text.txt').read_text(), 'text\n')
        self.assertIn('# the line', inspect.getsource(mod.fail))
        _importer.mount_view(memoryview(self.bundle({'bpkg/late.py': 'value = 4\n'})), 'memory:/c', None, False)
        self.assertEqual(importlib.import_module('bpkg.late').value, 4)


class RootTest(BundleCase):
    def test_a_root_of_its_own_is_an_ordinary_tree(self):
        root = os.path.join(self.folder({}), 'root')
        self.assertEqual(self.mount_bundle(FILES, {'x': b'1'}, root=root, requirements={'bpkg.never': ('bpkg.mod:fail', None)}), root)
        from bpkg import mod
        self.assertEqual(mod.__file__, os.path.join(root, 'bpkg', 'mod.py'))
        with importlib.resources.as_file(importlib.resources.files('bpkg') / 'data' / 'text.txt') as file:
            self.assertEqual(str(file), os.path.join(root, 'bpkg', 'data', 'text.txt'))
        self.assertEqual(pyembed.get_data('x'), b'1')
        self.assertFalse(os.path.exists(os.path.join(root, '.pyembed', 'bundle.json')))
        pyembed.mount(self.bundle(FILES, {'x': b'1'}, requirements={'bpkg.never': ('bpkg.mod:fail', None)}), root)
        pyembed.unmount(root)
        self.assertTrue(pyembed.is_data('x'))
        pyembed.unmount(root)
        self.assertFalse(pyembed.is_data('x'))
        with self.assertRaises(ValueError):
            pyembed.unmount(root)

    def test_a_name_in_memory(self):
        self.assertEqual(self.mount_bundle(FILES, root='memory://mine'), 'memory://mine')
        self.assertEqual(importlib.import_module('bpkg.mod').__spec__.origin, 'memory:/bpkg/mod.py')

    def test_roots_that_are_taken(self):
        self.mount({'bother.py': ''})
        inner = pyembed.mount({'bother2.py': ''}, os.path.join(self.root, 'inner'))
        self.refused(self.bundle(FILES), inner, error=ValueError)
        pyembed.unmount(inner)
        there = pyembed.mount({'bother3.py': ''}, self.root)
        self.refused(self.bundle(FILES), self.root, 'root of its own')
        pyembed.unmount(there)
        self.mount_bundle(FILES)
        self.refused(self.bundle({'bmore.py': ''}), self.root, error=ValueError, root=self.root)


class SeveralTest(BundleCase):
    def test_a_later_bundle_extends_packages_that_are_imported(self):
        self.mount_bundle(FILES)
        import bpkg.mod
        import bspace.inner.deep
        self.assertIsNone(importlib.util.find_spec('bpkg.late'))
        self.assertEqual(self.mount_bundle({
            'bpkg/late.py': 'from .mod import Point\n', 'bpkg/data/late.txt': 'late', 'bspace/inner/late.py': '', 'blate.py': '', 'bpkg/sub/__init__.py': ''}), self.root)
        import bpkg.late
        import bpkg.sub
        import bspace.inner.late
        import blate
        self.assertIs(bpkg.late.Point, bpkg.mod.Point)
        self.assertEqual(blate.__file__, self.at('blate.py'))
        files = importlib.resources.files('bpkg')
        self.assertEqual(sorted(file.name for file in (files / 'data').iterdir()), ['late.txt', 'text.txt'])
        self.assertEqual((files / 'data' / 'late.txt').read_text(), 'late')
        self.assertEqual(pkgutil.get_data('bpkg', 'data/late.txt'), b'late')
        self.assertEqual(len([entry for entry in sys.path if entry == self.at()]), 1)

    def test_packages_of_other_entries_extend_too(self):
        self.mount_bundle(FILES)
        import bpkg
        self.mount_bundle({'bpkg/late.py': 'value = 1\n', 'bpkg/names/inner/far.py': 'value = 2\n'}, folder='opt/other')
        self.assertEqual(importlib.import_module('bpkg.late').__file__, self.at('bpkg', 'late.py', folder='opt/other'))
        self.assertEqual(importlib.import_module('bpkg.names.inner.far').value, 2)
        self.assertEqual(list(sys.modules['bpkg.names'].__path__), [self.at('bpkg', 'names', folder='opt/other')])
        self.assertEqual(bpkg.__path__, [self.at('bpkg')])

    def test_equal_files_are_fine_and_others_are_refused(self):
        self.mount_bundle(FILES, {'x': b'1'})
        self.mount_bundle({'bpkg/__init__.py': FILES['bpkg/__init__.py'], 'bnew.py': ''}, {'x': b'1'})
        self.mount_bundle({'bpkg/__init__.py': FILES['bpkg/__init__.py'], 'bnewer.py': ''}, folder='elsewhere')
        self.refused(self.bundle({'bpkg/mod.py': 'other = 1\n', 'bnever.py': ''}), 'bpkg.mod (SHA-256 ', 'memory:/archive', 'unmount')
        self.refused(self.bundle({'bpkg/data/text.txt': 'other', 'bpkg/__init__.py': FILES['bpkg/__init__.py']}), 'bpkg/data/text.txt', 'unmount')
        self.refused(self.bundle({'bnever.py': ''}, {'x': b'2'}), "'x'", 'unmount')
        self.refused(self.bundle({'bnew.py/inside.txt': ''}), 'a file and a folder')
        self.assertIsNone(importlib.util.find_spec('bnever'))
        own = self.mount_bundle({'bpkg/mod.py': 'other = 1\n'}, root='memory://own')
        pyembed.unmount(own)

    def test_unmount_takes_off_the_last(self):
        self.mount_bundle(FILES, {'x': b'1'})
        self.mount_bundle({'bpkg/late.py': '', 'btop.py': ''}, {'y': b'2'}, folder='opt/other')
        self.assertEqual([manifest.data.keys() for _, manifest in _bundles.mounted()], [{'x'}, {'y'}])
        pyembed.unmount(self.root)
        self.assertIsNone(importlib.util.find_spec('btop'))
        self.assertFalse(pyembed.is_data('y'))
        self.assertNotIn(self.at(folder='opt/other'), sys.path)
        importlib.import_module('bpkg.mod')
        pyembed.unmount(self.root)
        self.assertNotIn(self.root, pyembed.mounts())
        self.assertNotIn(self.at(), sys.path)
        self.assertIsNone(importlib.util.find_spec('bspace'))
        with self.assertRaises(ValueError):
            pyembed.unmount(self.root)

    def test_modules_of_a_bundle_that_was_taken_off_keep_working(self):
        first = _bundles.mount(_importer.open_tree(memoryview(self.bundle(FILES)), 'x'))
        self.mount_bundle({'bkeep.py': ''})
        from bpkg import mod
        _bundles.take_off(first)
        linecache.clearcache()
        self.assertIn('# the line', inspect.getsource(mod.fail))
        self.assertIsNone(importlib.util.find_spec('bspace'))
        self.assertIsNone(importlib.util.find_spec('bpkg.late'))
        pyembed.unmount(self.root)
        linecache.clearcache()
        self.assertIn('# the line', mod.__loader__.get_source('bpkg.mod'))

    def test_one_is_taken_off_with_its_modules(self):
        first = _bundles.mount(_importer.open_tree(memoryview(self.bundle(FILES)), 'x'))
        self.mount_bundle({'bpkg/__init__.py': FILES['bpkg/__init__.py'], 'bkeep.py': ''})
        import bpkg.mod
        import bspace.inner.deep
        import bkeep
        _bundles.take_off(first, drop_modules=True)
        self.assertEqual({name for name in sys.modules if name.partition('.')[0] in self.names}, {'bpkg', 'bkeep'})
        self.assertFalse(hasattr(bpkg, 'mod'))
        self.assertIs(importlib.import_module('bkeep'), bkeep)
        with self.assertRaises(ModuleNotFoundError):
            importlib.import_module('bpkg.mod')
        with self.assertRaisesRegex(ValueError, 'not mounted'):
            _bundles.take_off(first)

    def test_a_newer_one_in_the_stead_of_another(self):
        first = _bundles.mount(_importer.open_tree(memoryview(self.bundle(FILES)), 'x'))
        newer = {**FILES, 'bpkg/mod.py': 'newer = True\n', 'bnew.py': ''}
        import bpkg.mod
        second = _bundles.mount(_importer.open_tree(memoryview(self.bundle(newer)), 'y'), instead_of=first)
        self.assertEqual(importlib.import_module('bnew').__file__, self.at('bnew.py'))
        self.assertTrue(importlib.reload(bpkg.mod).newer)
        damaged = bytearray(self.bundle(newer))
        damaged[damaged.index(b'newer = True') + 2] ^= 1
        with self.assertRaises(BundleError):
            _bundles.mount(_importer.open_tree(memoryview(bytes(damaged)), 'z'), instead_of=second)
        self.assertEqual(len(_bundles.mounted()), 1)
        self.assertEqual(bpkg.__name__, 'bpkg')

    def test_replace_view(self):
        root = _importer.mount_view(memoryview(self.bundle(FILES)), 'x')
        import bpkg.mod
        newer = memoryview(self.bundle({**FILES, 'bpkg/mod.py': 'newer = True\n'}))
        self.assertEqual(_importer.replace_view(root, newer, 'y'), root)
        self.assertTrue(importlib.reload(bpkg.mod).newer)
        self.assertEqual(len(_bundles.mounted()), 1)
        with self.assertRaisesRegex(BundleError, 'no bundle'):
            _importer.replace_view(root, memoryview(archive({'a.py': ''})), 'z')
        tree = self.mount({'bplain.py': ''})
        with self.assertRaisesRegex(BundleError, 'unmount'):
            _importer.replace_view(tree, newer, 'z')


class OwnPackageTest(BundleCase):
    """Packages that B has by itself, of which a bundle brings submodules."""

    def test_modules_below_a_package_that_was_left_out(self):
        disk = self.folder({'bown/__init__.py': 'where = "disk"\n', 'bown/kept.py': '', 'bown/sub/__init__.py': ''})
        sys.path.append(disk)
        self.mount_bundle({'bown/sent.py': 'from . import where\n', 'bown/sub/deep.py': 'value = 1\n', 'bown/new/__init__.py': '', 'bown/new/more.py': '',
                           'bown/space/plain.py': 'value = 2\n'}, modules={})
        self.assertIsNone(importlib.util.find_spec('bown.sent'))
        pyembed.unmount(self.root)
        self.mount_bundle({'bown/sent.py': 'from . import where\n', 'bown/sub/deep.py': 'value = 1\n', 'bown/new/__init__.py': '', 'bown/new/more.py': '',
                           'bown/space/plain.py': 'value = 2\n'})
        for name in ('bown.sent', 'bown.sub.deep', 'bown.new.more', 'bown.space.plain', 'bown.kept'):
            importlib.import_module(name)
        self.assertEqual(sys.modules['bown'].__file__, os.path.join(disk, 'bown', '__init__.py'))
        self.assertEqual((sys.modules['bown.sent'].where, sys.modules['bown.sent'].__file__), ('disk', self.at('bown', 'sent.py')))
        self.assertEqual(sys.modules['bown.sub.deep'].value, 1)
        with self.assertRaises(ModuleNotFoundError):
            importlib.import_module('bown.none')

    def test_below_a_package_that_nobody_has(self):
        self.mount_bundle({'bnone/sent.py': 'value = 1\n'})
        self.assertEqual(importlib.import_module('bnone.sent').value, 1)


class DataTest(BundleCase):
    def setUp(self):
        super().setUp()
        from pyembed import _data
        self.addCleanup(setattr, _data, '_registered', _data._registered)

    def test_bytes_in_and_out(self):
        for content in (b'', b'\0\xff', bytes(range(256)) * 1000):
            pyembed.register_data('some-data', content)
            self.assertEqual(pyembed.get_data('some-data'), content)
        self.assertTrue(pyembed.is_data('some-data'))
        self.assertFalse(pyembed.is_data('other'))
        changing = bytearray(b'abc')
        pyembed.register_data('copy', changing)
        changing[0] = 0
        self.assertEqual(pyembed.get_data('copy'), b'abc')

    def test_bad_arguments(self):
        with self.assertRaisesRegex(LookupError, "no data is registered as 'some'.*register_data"):
            pyembed.get_data('some')
        with self.assertRaisesRegex(TypeError, "'x'.*bytes"):
            pyembed.register_data('x', 'text')
        with self.assertRaisesRegex(TypeError, 'identifier'):
            pyembed.register_data(3, b'')
        for ask in (pyembed.get_data, pyembed.is_data):
            with self.assertRaisesRegex(TypeError, "identifier .*'list'"):
                ask([])
        with self.assertRaisesRegex(ValueError, 'Unicode'):
            pyembed.register_data('\udc00', b'')
        self.assertFalse(pyembed.is_data('x'))

    def test_data_of_a_bundle(self):
        from pyembed import _data
        self.mount_bundle({'breader.py': 'import pyembed\ncontent = pyembed.get_data("x/y z")\n'}, {'x/y z': b'\1', '': b'empty'})
        self.assertEqual(importlib.import_module('breader').content, b'\1')
        self.assertEqual(pyembed.get_data(''), b'empty')
        self.assertEqual(_data.everything(), {'x/y z': b'\1', '': b'empty'})
        pyembed.register_data('x/y z', b'mine')
        self.assertEqual(pyembed.get_data('x/y z'), b'mine')
        pyembed.unmount(self.root)
        self.assertEqual(_data.everything(), {'x/y z': b'mine'})
        self.assertFalse(pyembed.is_data(''))


class RequirementsTest(BundleCase):
    def test_they_come_and_go_with_the_bundle(self):
        from pyembed import _require
        content = self.bundle({'bwin.py': '', 'bcheck.py': 'def never():\n    return False\n'}, requirements={'bwin': ('bcheck:never', None)})
        pyembed.mount(content)
        with self.assertRaisesRegex(ImportError, 'bwin.*bcheck:never'):
            importlib.import_module('bwin')
        self.assertIn('bwin', _require.requirements())
        bundle = _bundles._bundles[-1]
        _bundles.mount(_importer.open_tree(memoryview(self.bundle({'bwin.py': ''})), 'y'), instead_of=bundle)
        self.assertNotIn('bwin', _require.requirements())
        importlib.import_module('bwin')


class RefusedTest(BundleCase):
    def test_truncated(self):
        content = self.bundle(FILES)
        for length in (0, 10, 500, len(content) - 30, len(content) - 1):
            self.refused(content[:length], 'memory:/archive', error=pyembed.ArchiveError)

    def test_changed(self):
        content = bytearray(self.bundle(FILES))
        content[content.index(b'# the line')] ^= 1
        self.refused(bytes(content), 'bpkg.mod', 'damaged')

    def test_a_module_that_does_not_compile_fails_alone(self):
        self.mount_bundle({'bbad.py': 'x = (\n', 'bgood.py': ''})
        with self.assertRaises(SyntaxError) as caught:
            importlib.import_module('bbad')
        self.assertEqual(caught.exception.filename, self.at('bbad.py'))
        importlib.import_module('bgood')

    def test_an_extension_module_is_refused_when_it_is_imported(self):
        from importlib.machinery import EXTENSION_SUFFIXES
        self.mount_bundle({f'bnative{EXTENSION_SUFFIXES[0]}': b'\x7fELF'}, modules={})
        with self.assertRaisesRegex(ImportError, 'bnative.* a bundle that is mounted without a root forbids'):
            importlib.import_module('bnative')


class ThreadsTest(BundleCase):
    def test_mounts_and_imports_at_the_same_time(self):
        base = self.bundle(FILES)
        parts = [self.bundle({f'bpkg/part{number}.py': f'value = {number}\n'}) for number in range(6)]
        pyembed.mount(base)
        found = []

        def work(number):
            pyembed.mount(parts[number])
            found.append(importlib.import_module(f'bpkg.part{number}').value)

        self.run_threads(*[lambda number=number: work(number) for number in range(6)])
        self.assertEqual(sorted(found), list(range(6)))
        self.run_threads(*[lambda: pyembed.unmount(self.root) for _ in range(6)])
        self.assertEqual(len(_bundles.mounted()), 1)


class PolicyTest(BundleCase):
    """B under an import policy: its rules hold for what a bundle brings, by the names that modules have there."""

    SCRIPT = """
import importlib, importlib.util, os, sys, pyembed
os.chdir(os.path.dirname(PLACE))
root = pyembed.mount(PLACE) if FILES else pyembed.mount(CONTENT)
import bpkg.mod
print(bpkg.mod.__spec__.origin == (os.path.join(root, 'home', 'me', 'bpkg', 'mod.py') if FILES else 'memory:/home/me/bpkg/mod.py'))
for attempt in (lambda: importlib.import_module('bpkg.secret'),
                lambda: importlib.util.module_from_spec(spec('bpkg', 'secret.py')).__loader__.get_code('other'),
                lambda: importlib.import_module('bsecret'), lambda: importlib.import_module('bown.sent'),
                lambda: importlib.import_module('json.more')):
    try:
        attempt()
        print('allowed')
    except ImportError as error:
        print(getattr(error, 'rule', error))
"""

    def check(self, files):
        content = self.bundle({
            'bpkg/__init__.py': '', 'bpkg/mod.py': 'import json\nfrom . import fine\n', 'bpkg/fine.py': '', 'bpkg/secret.py': '', 'bsecret.py': '',
            'bown/sent.py': '', 'json/more.py': ''}, entries=[('home/me', 'app', ['bpkg/__init__.py', 'bpkg/mod.py', 'bpkg/fine.py', 'bpkg/secret.py']),
                                          ('home/me/below', 'library', ['bsecret.py', 'bown/sent.py', 'json/more.py'])])
        self.names.discard('json')          # which stays imported
        place = os.path.join(self.folder({'b.zip': content}), 'b.zip')
        begin = f'PLACE, FILES, CONTENT = {place!r}, {files}, {b"" if files else content!r}\n' + """
def spec(*path):
    import importlib.util, os, sys
    entry = next(entry for entry in sys.path if entry.endswith(os.path.join('home', 'me')))
    return importlib.util.spec_from_file_location('other', os.path.join(entry, *path))
"""
        code, output, errors = policysupport.run(begin + self.SCRIPT, deny=['bpkg.secret', 'bsecret', 'bown.sent'], files=files,
                                                  before='' if files else 'from pyembed import _bundles, _source, _tools')
        self.assertEqual((code, errors), (0, ''), output)
        self.assertEqual(output.split('\n')[0], 'True')
        for name, line in zip(('bpkg.secret', 'secret', 'bsecret', 'bown.sent'), output.split('\n')[1:5]):
            self.assertIn(name, line)
        # Where the host's order of resolution applies, the standard library's packages are its own.
        self.assertIn('allowed' if files else 'No module named', output.split('\n')[5])

    def test_rules_hold(self):
        self.check(True)

    def test_rules_hold_without_files(self):
        self.check(False)


class ProcessTest(BundleCase):
    def test_a_bundle_is_run_from_the_command_line(self):
        folder = self.folder({'b.zip': self.bundle({'bpkg/__init__.py': '', 'bpkg/__main__.py': 'import os, sys\nprint(sys.argv[1:], __file__)\n'})})
        place = os.path.join(folder, 'b.zip')
        code = 'import runpy, sys\nsys.argv[:] = ["pyembed", sys.argv[1], "-m", "bpkg", "x"]\nrunpy.run_module("pyembed", run_name="__main__", alter_sys=True)'
        done = run_python(code, place, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, f"['x'] {self.at('bpkg', '__main__.py')}\n"), done.stderr)
        done = subprocess.run([sys.executable, '-S', '-m', 'bpkg', 'x'], env={**os.environ, 'PYTHONPATH': place}, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout, f"['x'] {os.path.join(place, 'bpkg', '__main__.py')}\n", done.stderr)

    def test_worker_processes_have_the_bundles(self):
        folder = self.folder({'b.zip': self.bundle({'bpkg/__init__.py': '', 'bpkg/work.py': '''
            import pyembed
            def work(x):
                return x * 2, __file__, pyembed.get_data("x")
            '''.replace('\n            ', '\n')}, {'x': b'data'}), 'c.zip': self.bundle({'bpkg/late.py': 'from .work import work\n'})})
        done = run_python('''
import multiprocessing, os, sys
import pyembed
if __name__ == "__main__":
    os.chdir(sys.argv[1])
    pyembed.mount("b.zip")
    pyembed.mount(open("c.zip", "rb").read())
    from bpkg.late import work
    os.chdir("/")
    for kind in ("spawn", "forkserver") if os.name == "posix" else ("spawn",):
        with multiprocessing.get_context(kind).Pool(1) as pool:
            print(pool.map(work, [3]) == [work(3)], work(3)[0])
''', folder, environment={'XDG_CACHE_HOME': CACHE, 'PYTHONPATH': None})
        self.assertEqual(set(done.stdout.split('\n')) - {''}, {'True 6'}, done.stderr)
        self.assertEqual(sorted(os.listdir(folder)), ['b.zip', 'c.zip'])


if __name__ == '__main__':
    unittest.main()
