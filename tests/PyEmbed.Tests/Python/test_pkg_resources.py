"""setuptools' pkg_resources over trees."""

import textwrap
import unittest

from support import run_python

HAS_PKG_RESOURCES = run_python('import pkg_resources', options=('-W', 'ignore'), check=False).returncode == 0

FILES = {
    'res/__init__.py': '', 'res/data.txt': 'text', 'res/sub/a.bin': b'\0\1', 'res/sub/b.txt': 'b', 'alone.py': '', 'alone.txt': 'alone',
    'Embedded_Dist-1.5.dist-info/METADATA': 'Metadata-Version: 2.1\nName: Embedded-Dist\nVersion: 1.5\nRequires-Dist: needed-dist>=2\n',
    'Embedded_Dist-1.5.dist-info/entry_points.txt': '[console_scripts]\ngo = res:go\n[plug.ins]\none = alone\n',
    'needed_dist.egg-info/PKG-INFO': 'Metadata-Version: 1.0\nName: needed-dist\nVersion: 2.1\n',
    'flat_dist-3.0-py3.egg-info': 'Metadata-Version: 1.0\nName: flat-dist\nVersion: 3.0\n',
    'empty-1.0.dist-info/x/y': '',
}

PRELUDE = textwrap.dedent('''
    import os, sys, warnings
    warnings.simplefilter('ignore')
    sys.path.insert(0, {tests!r})
    import support, pyembed
    def mount(files, name='tests', **options):
        return support._importer.mount_view(memoryview(support.archive(support.with_bytecode(files), name, **options)), 'tests.dll')
    FILES = {files!r}
''').format(tests=__file__.rpartition('test_pkg')[0], files=FILES)


@unittest.skipUnless(HAS_PKG_RESOURCES, 'setuptools with pkg_resources is not installed for this Python')
class PkgResourcesTest(unittest.TestCase):
    def run_code(self, code):
        done = run_python(PRELUDE + textwrap.dedent(code), options=('-W', 'ignore'))
        return done.stdout.split('\n')[:-1]

    def test_resources(self):
        out = self.run_code('''
            root = mount(FILES)
            import pkg_resources as p
            print(p.resource_string('res', 'data.txt'), p.resource_stream('res', 'sub/b.txt').read())
            print(p.resource_exists('res', 'data.txt'), p.resource_exists('res', 'none'), p.resource_isdir('res', 'sub'),
                  p.resource_isdir('res', 'data.txt'), sorted(p.resource_listdir('res', 'sub')), sorted(p.resource_listdir('res', '')))
            print(p.resource_string('alone', 'alone.txt'))
            print(os.path.exists(root))
            name = p.resource_filename('res', 'sub/a.bin')
            print(name == os.path.join(root, 'res', 'sub', 'a.bin'), open(name, 'rb').read())
            folder = p.resource_filename('res', 'sub')
            print(sorted(os.listdir(folder)))
            import json
            print(p.resource_exists('json', '__init__.py'), len(p.resource_string('json', '__init__.py')) > 100)
            for name in ('none', 'sub'):
                try:
                    p.resource_string('res', name)
                except OSError as error:
                    print(type(error).__name__)
        ''')
        self.assertEqual(out, [
            "b'text' b'b'", "True False True False ['a.bin', 'b.txt'] ['__init__.py', '__pycache__', 'data.txt', 'sub']",
            "b'alone'", 'False', "True b'\\x00\\x01'", "['a.bin', 'b.txt']", 'True True', 'FileNotFoundError', 'IsADirectoryError'])

    def test_never_materialised(self):
        out = self.run_code('''
            mount(FILES, materialize='never')
            import pkg_resources as p
            print(p.resource_string('res', 'data.txt'))
            try:
                p.resource_filename('res', 'data.txt')
            except NotImplementedError as error:
                print('tests.dll' in str(error) and 'Never' in str(error))
        ''')
        self.assertEqual(out, ["b'text'", 'True'])

    def test_distributions(self):
        for before in ('', 'import pkg_resources'):
            with self.subTest(before):
                after = before and 'pkg_resources.working_set.add_entry(root)'
                out = self.run_code(f'''
                    {before}
                    root = mount(FILES)
                    {after}
                    import pkg_resources as p
                    d = p.get_distribution('embedded-dist')
                    print(d.version, d.project_name, d.location == root, [str(r) for r in d.requires()])
                    print(sorted(d.key for d in p.working_set if d.location == root))
                    print([str(e) for e in p.iter_entry_points('plug.ins')], p.iter_entry_points('plug.ins').__next__().load().__name__)
                    print([d.version for d in p.require('Embedded-Dist')])
                    print(d.get_metadata('METADATA').splitlines()[1], d.has_metadata('none'), d.metadata_listdir(''))
                    print(p.get_distribution('flat-dist').version, p.working_set.entries == sys.path)
                    print(sorted(x.key for x in p.find_distributions(root)))
                ''')
                self.assertEqual(out[:2], ["1.5 Embedded-Dist True ['needed-dist>=2']",
                                           "['embedded-dist', 'empty', 'flat-dist', 'needed-dist']"])
                self.assertEqual(out[2:4], ["['one = alone'] alone", "['1.5', '2.1']"])
                self.assertEqual(out[4], "Name: Embedded-Dist False ['METADATA', 'entry_points.txt']")
                self.assertEqual(out[5], '3.0 True' if not before else out[5])
                self.assertEqual(out[6], "['embedded-dist', 'empty', 'flat-dist', 'needed-dist']")

    def test_the_first_on_the_path_counts(self):
        out = self.run_code('''
            import tempfile
            place = tempfile.mkdtemp(dir=support.CACHE)
            os.makedirs(os.path.join(place, 'twice-1.0.dist-info'))
            with open(os.path.join(place, 'twice-1.0.dist-info', 'METADATA'), 'w') as file:
                file.write('Name: twice\\nVersion: 1.0\\n')
            sys.path.append(place)
            mount({'twice-2.0.dist-info/METADATA': 'Name: twice\\nVersion: 2.0\\n'})
            import pkg_resources
            print(pkg_resources.get_distribution('twice').version)
        ''')
        self.assertEqual(out, ['2.0'])

    def test_declare_namespace(self):
        out = self.run_code('''
            import tempfile
            place = tempfile.mkdtemp(dir=support.CACHE)
            declare = '__import__("pkg_resources").declare_namespace(__name__)\\n'
            os.makedirs(os.path.join(place, 'spaced', 'inner'))
            for path, text in (('spaced/__init__.py', declare), ('spaced/disk.py', 'X = "disk"'),
                               ('spaced/inner/__init__.py', declare), ('spaced/inner/deep.py', 'X = "deep"')):
                with open(os.path.join(place, *path.split('/')), 'w') as file:
                    file.write(text)
            sys.path.append(place)
            for name in ('one', 'two'):
                mount({'spaced/__init__.py': declare, f'spaced/{name}.py': f'X = "{name}"',
                       'spaced/inner/__init__.py': declare, f'spaced/inner/{name}.py': f'X = "inner {name}"'}, name)
            import spaced.one, spaced.two, spaced.disk, spaced.inner.one, spaced.inner.two, spaced.inner.deep
            print(spaced.one.X, spaced.two.X, spaced.disk.X, spaced.inner.one.X, spaced.inner.two.X, spaced.inner.deep.X)
            print(len(spaced.__path__), len(spaced.inner.__path__))
            mount({'spaced/__init__.py': declare, 'spaced/three.py': 'X = "three"'}, 'three')
            import pkg_resources
            pkg_resources.fixup_namespace_packages(sys.path[0] if 'three' in sys.path[0] else [e for e in sys.path if 'three-' in e][0])
            import spaced.three
            print(spaced.three.X)
        ''')
        self.assertEqual(out, ['one two disk inner one inner two deep', '3 3', 'three'])

    def test_egg(self):
        out = self.run_code('''
            root = mount({'My-1.2-py3.egg/EGG-INFO/PKG-INFO': 'Name: My\\nVersion: 1.2\\n', 'My-1.2-py3.egg/mine/__init__.py': '',
                          'My-1.2-py3.egg/mine/d.txt': 'd'})
            sys.path.append(os.path.join(root, 'My-1.2-py3.egg'))
            import pkg_resources as p
            print(p.get_distribution('My').version, p.resource_string(p.Requirement.parse('My'), 'mine/d.txt'))
        ''')
        self.assertEqual(out, ["1.2 b'd'"])

    def test_reload(self):
        out = self.run_code('''
            mount(FILES)
            import pkg_resources, importlib
            spec = pkg_resources.__spec__
            importlib.reload(pkg_resources)
            print(pkg_resources.resource_string('res', 'data.txt'), pkg_resources.get_distribution('needed-dist').version)
            print(type(pkg_resources.__loader__).__name__, pkg_resources.__loader__ is pkg_resources.__spec__.loader)
        ''')
        self.assertEqual(out, ["b'text' 2.1", 'SourceFileLoader True'])


if __name__ == '__main__':
    unittest.main()
