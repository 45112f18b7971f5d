"""importlib.resources over trees and namespaces, by both its interfaces; importlib.metadata over trees."""

import importlib
import importlib.metadata as metadata
import importlib.resources as resources
import io
import os
import pathlib
import shutil
import sys
import unittest
import zipfile

from pathlib import PurePosixPath

from support import TreeCase, pyembed, run_python

NEW_API = sys.version_info >= (3, 10)       # 3.9's files() does not ask loaders
PACKAGE = {'res/__init__.py': '', 'res/a.txt': 'text \xe4\n', 'res/b.bin': b'\0\xff', 'res/sub/c.txt': 'c\r\nd',
           'res/sub/deep/d.txt': 'd', 'res/subpackage/__init__.py': '', 'res/subpackage/e.txt': 'e'}


def reader(name):
    return importlib.import_module(name).__spec__.loader.get_resource_reader(name)


class PathTest(TreeCase):
    """TreePath as pathlib.Path, of the same files on disk."""

    def setUp(self):
        super().setUp()
        self.root = self.mount(PACKAGE, compiled=False, name='paths')
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.path = reader('res').files()
        self.disk = pathlib.Path(self.folder(PACKAGE)) / 'res'

    def test_as_pathlib(self):
        for inner in ('', 'a.txt', 'b.bin', 'sub', 'sub/c.txt', 'sub/deep', 'none', 'none/x', 'a.txt/x', '__init__.py',
                      'sub/../a.txt', './sub', 'a.b.c'):
            ours, disk = self.path / inner, self.disk / inner
            with self.subTest(inner):
                for name in ('is_dir', 'is_file', 'exists'):
                    self.assertEqual(getattr(ours, name)(), getattr(disk, name)(), name)
                if '..' not in inner:
                    for name in ('name', 'stem', 'suffix', 'suffixes'):
                        self.assertEqual(getattr(ours, name), getattr(disk, name), name)
                for call in (lambda path: path.read_bytes(), self.read,
                             lambda path: path.read_text('utf-8'), lambda path: path.read_text('ascii', 'replace'),
                             lambda path: sorted(child.name for child in path.iterdir())):
                    self.assertEqual(self.outcome(call, ours), self.outcome(call, disk))

    def read(self, path):
        with path.open('rb') as stream:
            return stream.read()

    def outcome(self, call, path):
        try:
            return call(path)
        except Exception as error:
            return type(error)

    def test_joining(self):
        deep = self.path / 'sub' / 'deep' / 'd.txt'
        for other in (self.path.joinpath('sub', 'deep', 'd.txt'), self.path.joinpath('sub/deep/d.txt'),
                      self.path.joinpath(PurePosixPath('sub/deep')) / pathlib.PurePath('d.txt'),
                      self.path.joinpath('sub', 'deep').joinpath().joinpath('d.txt')):
            self.assertEqual(other, deep)
            self.assertEqual(hash(other), hash(deep))
        self.assertNotEqual(deep, self.path)
        self.assertEqual(deep.parent.parent.parent, self.path)
        self.assertEqual(str(deep), os.path.join(self.root, 'res', 'sub', 'deep', 'd.txt'))
        self.assertEqual(deep.as_posix(), str(deep).replace(os.sep, '/'))
        self.assertEqual(deep.resolve(), deep)
        self.assertEqual(deep.relative_to(self.path), pathlib.PurePath('sub/deep/d.txt'))
        self.assertEqual(sorted(self.path.iterdir())[0].name, '__init__.py')
        self.assertIn('d.txt', repr(deep))
        self.assertFalse((self.path / '..' / '..' / '..' / 'etc').exists())
        self.assertFalse((self.path / '/etc').exists())
        with self.assertRaises(FileNotFoundError):
            (self.path / 'none').resolve(strict=True)

    def test_text(self):
        self.assertEqual((self.path / 'a.txt').read_text('utf-8'), 'text \xe4\n')
        self.assertEqual((self.path / 'sub' / 'c.txt').read_text('utf-8'), 'c\nd')
        with (self.path / 'sub' / 'c.txt').open('r', encoding='utf-8', newline='') as stream:
            self.assertIsInstance(stream, io.TextIOBase)
            self.assertEqual(stream.read(), 'c\r\nd')
        with self.assertRaises(UnicodeDecodeError):
            (self.path / 'b.bin').read_text('utf-8')
        for arguments in (('w',), ('a',), ('rb', -1, 'utf-8'), ('x',), ('r+',)):
            with self.subTest(arguments), self.assertRaises(ValueError):
                (self.path / 'a.txt').open(*arguments)

    def test_is_a_traversable(self):
        from pyembed import _resources
        self.assertIsInstance(self.path, _resources.Traversable)
        self.assertIsInstance(reader('res'), _resources.TraversableResources)
        self.assertEqual(self.path, reader('res').files())
        self.assertEqual(self.path / 'subpackage', reader('res.subpackage').files())

    def test_as_file(self):
        with resources.as_file(self.path / 'a.txt') as place:
            self.assertEqual(place.read_text('utf-8'), 'text \xe4\n')
        self.assertEqual(str(place), os.path.join(self.root, 'res', 'a.txt'))
        self.assertTrue(place.exists())                     # it stays: others may have been told of it
        with resources.as_file(self.path / 'sub') as place:
            self.assertEqual((place / 'deep' / 'd.txt').read_text(), 'd')
        with self.assertRaises(FileNotFoundError):
            with resources.as_file(self.path / 'none'):
                self.fail('not reached')

    def test_as_a_place_on_disk(self):
        with open(self.path / 'a.txt', encoding='utf-8') as file:
            self.assertEqual(file.read(), (self.disk / 'a.txt').read_text('utf-8'))
        self.assertFalse(os.path.exists(str(self.path / 'b.bin')))                  # one file at a time
        self.assertEqual(os.fspath(self.path / 'b.bin'), str(self.path / 'b.bin'))
        place = os.path.join(self.path / 'sub', 'deep')
        self.assertEqual((place, os.listdir(place)), (os.path.join(self.root, 'res', 'sub', 'deep'), ['d.txt']))
        whole = pathlib.Path(self.path)
        self.assertEqual(sorted(path.relative_to(whole).as_posix() for path in whole.rglob('*') if path.is_file()),
                         sorted(path[4:] for path in PACKAGE))
        with zipfile.ZipFile(io.BytesIO(), 'w') as archive:
            archive.write(self.path / 'b.bin', 'b')
            self.assertEqual(archive.read('b'), b'\0\xff')
        target = os.path.join(self.folder({}), 'copy')
        shutil.copytree(self.path / 'sub', target)
        shutil.copy(self.path / 'b.bin', target)
        self.assertEqual(sorted(os.listdir(target)), ['b.bin', 'c.txt', 'deep'])

    def test_as_a_place_where_nothing_is(self):
        path = self.path / 'none.txt'
        self.assertFalse(os.path.exists(path))
        self.assertEqual(os.fspath(path), str(path))
        with self.assertRaises(FileNotFoundError):
            open(path)
        self.assertFalse(os.path.exists(self.root))

    def test_as_a_place_where_files_are_forbidden(self):
        self.mount({'never/__init__.py': '', 'never/a.txt': 'a'}, name='neverplace', materialize='never')
        path = reader('never').files() / 'a.txt'
        self.assertFalse(os.path.exists(path))
        with self.assertRaisesRegex(PermissionError, 'Materialize="Never".*as_file.*a.txt'):
            open(path)
        self.assertEqual(path.read_text(), 'a')

    def test_nothing_is_extracted_by_looking(self):
        path = self.path / 'sub'
        str(path), repr(path), hash(path), path == self.path, path < self.path, path.resolve(), path.parent
        path.relative_to(self.path), self.path.joinpath(path), path.as_posix(), list(path.iterdir())
        path.joinpath('c.txt').read_text()
        self.assertFalse(os.path.exists(self.root))

    def test_as_file_where_files_are_forbidden(self):
        root = self.mount({'nores/__init__.py': '', 'nores/x/y.txt': 'y'}, name='never', materialize='never')
        path = reader('nores').files()
        for inner, below in (('x/y.txt', ''), ('x', 'y.txt')):
            with resources.as_file(path / inner) as place:
                self.assertEqual((place / below if below else place).read_text(), 'y')
            self.assertFalse(place.exists())
        self.assertFalse(os.path.exists(root))


class InterfaceTest(TreeCase):
    def setUp(self):
        super().setUp()
        root = self.mount(PACKAGE, compiled=False, name='interface')
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        import res
        self.package = res

    def test_files(self):
        path = resources.files('res')
        self.assertEqual(path.joinpath('a.txt').read_text(encoding='utf-8'), 'text \xe4\n')
        self.assertEqual(resources.files('res.subpackage').joinpath('e.txt').read_bytes(), b'e')
        self.assertTrue(path.joinpath('sub').is_dir())
        with resources.as_file(path.joinpath('sub', 'c.txt')) as place:
            self.assertEqual(pathlib.Path(place).read_bytes(), b'c\r\nd')

    @unittest.skipIf(sys.version_info < (3, 12), 'modules that are no packages count from 3.12 on')
    def test_files_of_a_module(self):
        self.mount({'flat.py': '', 'flat.txt': 'f'}, name='flat')
        self.assertEqual(resources.files('flat').joinpath('flat.txt').read_text(), 'f')

    def test_by_name(self):
        import warnings
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            self.assertEqual(resources.read_text('res', 'a.txt', encoding='utf-8'), 'text \xe4\n')
            self.assertEqual(resources.read_binary(self.package, 'b.bin'), b'\0\xff')
            with resources.open_binary('res', 'b.bin') as stream:
                self.assertEqual(stream.read(), b'\0\xff')
            self.assertTrue(resources.is_resource('res', 'a.txt'))
            self.assertFalse(resources.is_resource('res', 'sub'))
            self.assertFalse(resources.is_resource('res', 'none'))
            self.assertEqual(set(resources.contents('res')), {'__init__.py', 'a.txt', 'b.bin', 'sub', 'subpackage'})
            with resources.path('res', 'a.txt') as place:
                self.assertEqual(place.read_text('utf-8'), 'text \xe4\n')
            with self.assertRaises(FileNotFoundError):
                resources.open_binary('res', 'none')

    def test_reader_protocol(self):
        found = reader('res')
        with found.open_resource('b.bin') as stream:
            self.assertEqual(stream.read(), b'\0\xff')
        self.assertTrue(os.path.isfile(found.resource_path('b.bin')))
        for name in ('none', 'sub'):
            with self.assertRaises(FileNotFoundError):
                found.resource_path(name)


class NamespaceResourcesTest(TreeCase):
    def setUp(self):
        super().setUp()
        self.disk = self.folder({'ns/disk.txt': 'disk', 'ns/both.txt': 'from disk', 'ns/sub/disk.txt': 'sub disk'})
        self.mount({'ns/one.txt': 'one', 'ns/both.txt': 'from one', 'ns/sub/one.txt': 'sub one'}, name='one')
        self.mount({'ns/two.txt': 'two', 'ns/sub/two.txt': 'sub two', 'ns/plain/__init__.py': '',
                    'ns/plain/p.txt': 'p'}, name='two')
        sys.path.append(self.disk)
        place = os.path.join(self.folder({}), 'z.zip')
        with zipfile.ZipFile(place, 'w') as members:
            members.writestr('ns/zip.txt', 'zip')
            members.writestr('ns/', '')
        sys.path.append(place)
        self.files = reader('ns').files()

    def test_merged(self):
        self.assertEqual(sorted(child.name for child in self.files.iterdir()),
                         ['both.txt', 'disk.txt', 'one.txt', 'plain', 'sub', 'two.txt', 'zip.txt'])
        for name, text in (('one.txt', 'one'), ('two.txt', 'two'), ('disk.txt', 'disk'), ('both.txt', 'from one'),
                           ('zip.txt', 'zip'), ('sub/one.txt', 'sub one'), ('sub/two.txt', 'sub two'),
                           ('sub/disk.txt', 'sub disk'), ('plain/p.txt', 'p')):
            self.assertEqual(self.files.joinpath(*name.split('/')).read_text(), text)
            self.assertEqual(self.files.joinpath(name).read_text(), text)
        self.assertEqual((self.files / 'sub').name, 'sub')
        self.assertTrue((self.files / 'sub').is_dir())
        self.assertFalse((self.files / 'none' / 'x').is_file())
        self.assertEqual(self.files / '.', self.files)
        for name in ('none', 'none/x'):
            with self.assertRaises(FileNotFoundError):
                (self.files / name).read_bytes()
        with self.assertRaises(IsADirectoryError):
            self.files.read_text()

    def test_as_file(self):
        with resources.as_file(self.files / 'sub') as place:
            self.assertEqual({path.name for path in place.iterdir()}, {'one.txt', 'two.txt', 'disk.txt'})

    @unittest.skipUnless(NEW_API, '3.9 has no resources in namespaces')
    def test_files(self):
        self.assertEqual(resources.files('ns').joinpath('two.txt').read_text(), 'two')
        self.assertEqual(resources.files('ns.sub').joinpath('disk.txt').read_text(), 'sub disk')


class MetadataTest(TreeCase):
    FILES = {
        'meta_pkg/__init__.py': '',
        'Meta_Pkg-1.2.dist-info/METADATA': 'Metadata-Version: 2.1\nName: Meta.Pkg\nVersion: 1.2\nRequires-Dist: x\n',
        'Meta_Pkg-1.2.dist-info/RECORD': 'meta_pkg/__init__.py,,0\nMeta_Pkg-1.2.dist-info/METADATA,,\n',
        'Meta_Pkg-1.2.dist-info/entry_points.txt': '[console_scripts]\nmeta = meta_pkg:main\n',
        'Meta_Pkg-1.2.dist-info/top_level.txt': 'meta_pkg\n',
        'old-3.egg-info/PKG-INFO': 'Metadata-Version: 1.0\nName: old\nVersion: 3\n',
        'old-3.egg-info/SOURCES.txt': 'old.py\n',
        'old-3.egg-info/top_level.txt': 'old\n',
        'old.py': '',
        'flat-4-py3.egg-info': 'Metadata-Version: 1.0\nName: flat\nVersion: 4\n',
    }

    def setUp(self):
        super().setUp()
        self.root = self.mount(self.FILES, name='metadata')

    def test_names(self):
        for name in ('Meta.Pkg', 'meta-pkg', 'META_PKG', 'meta_pkg'):
            self.assertEqual(metadata.version(name), '1.2', name)
        self.assertEqual((metadata.version('old'), metadata.version('flat')), ('3', '4'))
        for name in ('meta', 'pkg', 'no-such-distribution'):
            with self.assertRaises(metadata.PackageNotFoundError):
                metadata.version(name)

    def test_contents(self):
        found = metadata.distribution('meta-pkg')
        self.assertIsInstance(found, metadata.PathDistribution)
        self.assertEqual(found.metadata['Name'], 'Meta.Pkg')
        self.assertEqual(found.requires, ['x'])
        self.assertEqual(found.read_text('top_level.txt'), 'meta_pkg\n')
        self.assertIsNone(found.read_text('none'))
        self.assertEqual([str(path) for path in found.files],
                         ['meta_pkg/__init__.py', 'Meta_Pkg-1.2.dist-info/METADATA'])
        self.assertEqual(found.files[1].read_text().splitlines()[1], 'Name: Meta.Pkg')
        self.assertEqual(str(found.locate_file('meta_pkg')), os.path.join(self.root, 'meta_pkg'))
        (point,) = [point for point in found.entry_points if point.name == 'meta']
        self.assertEqual((point.group, point.value), ('console_scripts', 'meta_pkg:main'))
        self.assertEqual([str(path) for path in metadata.files('old')], ['old.py'])

    def test_places_on_disk(self):
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        found = metadata.distribution('meta-pkg')
        found.files, found.entry_points, metadata.files('old')
        self.assertFalse(os.path.exists(self.root))
        with open(found.files[0].locate()) as file:
            self.assertEqual(file.read(), '')
        self.assertTrue(os.path.isfile(os.path.join(found.locate_file(''), 'old.py')))
        names = [other.metadata['Name'] for other in metadata.distributions(path=[self.root])]
        self.assertEqual(sorted(names), ['Meta.Pkg', 'flat', 'old'])

    def test_entry_points_of_all(self):
        points = metadata.entry_points()
        scripts = points.select(group='console_scripts') if hasattr(points, 'select') else points['console_scripts']
        self.assertIn('meta', {point.name for point in scripts})

    @unittest.skipUnless(hasattr(metadata, 'packages_distributions'), 'from 3.10 on')
    def test_packages_distributions(self):
        self.assertEqual(metadata.packages_distributions()['meta_pkg'], ['Meta.Pkg'])

    def test_context_path(self):
        def names(**context):
            return sorted(found.metadata['Name'] for found in metadata.distributions(**context))
        self.assertEqual(names(path=[self.root]), ['Meta.Pkg', 'flat', 'old'])
        self.assertEqual(names(path=[self.root], name='meta.pkg'), ['Meta.Pkg'])
        self.assertEqual(names(path=[self.folder({})]), [])
        self.assertEqual(names(path=[]), [])

    def test_egg(self):
        root = self.mount({'e.egg/EGG-INFO/PKG-INFO': 'Name: egged\nVersion: 5\n',
                           'egged-5.egg/EGG-INFO/PKG-INFO': 'Name: egged\nVersion: 5\n'}, name='egg')
        sys.path.append(os.path.join(root, 'egged-5.egg'))
        self.assertEqual(metadata.version('egged'), '5')

    def test_unmounted_is_gone(self):
        pyembed.unmount(self.root)
        with self.assertRaises(metadata.PackageNotFoundError):
            metadata.version('meta-pkg')

    def test_nothing_is_imported_until_asked(self):
        done = run_python('import sys\nbefore = set(sys.modules)\nimport pyembed\npyembed.mount({"m.py": ""})\nimport m\n'
                          'print(sorted(set(sys.modules) & {"importlib.metadata", "importlib.resources", "zipfile",'
                          ' "pathlib", "pyembed._metadata", "pyembed._resources"} - before))', options=('-I', '-S'))
        self.assertEqual(done.stdout.strip(), '[]')


if __name__ == '__main__':
    unittest.main()
