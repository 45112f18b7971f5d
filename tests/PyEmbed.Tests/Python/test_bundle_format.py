"""The format of bundles: what is written is read again, CPython's zipimport takes it, and what is wrong is refused."""

import io
import json
import os
import subprocess
import sys
import unittest
import zipfile

from support import TreeCase
import bundlesupport
import pyembed
from pyembed import _archive, _bundle_format, _importer
from pyembed._bundle_format import BundleError, Entry, Manifest, entry_folder, read_bundle

FILES = {
    'pkg/__init__.py': 'name = "pkg"\n',
    'pkg/mod.py': 'from . import name\nvalue = name * 2\n',
    'pkg/data/text.txt': 'text\n',
    'space/inner/deep.py': 'value = 3\n',
    'caf\u00e9.py': 'value = "\u00e9"\n',
}


class FormatTest(TreeCase):
    def test_what_is_written_is_read(self):
        content = bundlesupport.bundle(
            FILES, {'numbers': b'\0\1', 'empty': b''}, objects=['pkg.mod:f'], missing=[('gone', 'pkg.mod', 3)], left_out={'os': 'standard'},
            requirements={'pkg.mod': ('pkg:is_linux', None)},
            entries=[('home/me', 'app', [path for path in FILES if path[0] != 'c']), ('usr/lib/dist-packages', 'library', ['caf\u00e9.py'])])
        manifest = read_bundle(content)
        self.assertIsInstance(manifest, Manifest)
        self.assertEqual(manifest.python, '3.11.2')
        self.assertEqual(manifest.entries[1], Entry('usr/lib/dist-packages', 'library', ['caf\u00e9.py']))
        self.assertEqual(sorted(manifest.modules), ['caf\u00e9', 'pkg', 'pkg.mod', 'space', 'space.inner', 'space.inner.deep'])
        self.assertEqual(manifest.modules['space'], '')
        self.assertEqual(manifest.requirements, {'pkg.mod': ('pkg:is_linux', None)})
        self.assertEqual(manifest.missing, [('gone', 'pkg.mod', 3)])
        tree = _importer.open_tree(memoryview(content), 'x')
        self.assertEqual(_bundle_format.read_data(tree, manifest), {'numbers': b'\0\1', 'empty': b''})
        self.assertEqual(_bundle_format.write(manifest, {path: text.encode() for path, text in FILES.items()}, {'empty': b'', 'numbers': b'\0\1'}), content)

    def test_a_path(self):
        folder = self.folder({'b.zip': bundlesupport.bundle(FILES)})
        self.assertEqual(read_bundle(os.path.join(folder, 'b.zip')), read_bundle(bundlesupport.bundle(FILES)))
        with self.assertRaises(FileNotFoundError):
            read_bundle(os.path.join(folder, 'none.zip'))

    def test_a_plain_zip_that_zipimport_takes(self):
        content = bundlesupport.bundle(FILES, {'x': b'1'})
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual({info.compress_type for info in archive.infolist()}, {zipfile.ZIP_STORED})
            self.assertEqual(archive.read('pkg/mod.py').decode(), FILES['pkg/mod.py'])
            self.assertEqual(json.loads(archive.read('.pyembed/bundle.json'))['format'], 1)
        place = os.path.join(self.folder({'b.zip': content}), 'b.zip')
        code = ('import sys; sys.path.insert(0, sys.argv[1])\nimport pkg.mod, space.inner.deep, caf\u00e9\n'
                'print(ascii([pkg.mod.value, space.inner.deep.value, caf\u00e9.value, pkg.mod.__file__]))')
        done = subprocess.run([sys.executable, '-S', '-E', '-c', code, place], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout.strip(), ascii(['pkgpkg', 3, '\xe9', os.path.join(place, 'pkg', 'mod.py')]), done.stderr)

    def test_entry_folders(self):
        self.assertEqual(entry_folder('memory://bundles/x'), 'memory')
        if os.name == 'posix':
            self.assertEqual(entry_folder('/home/me/'), 'home/me')
            self.assertEqual(entry_folder('/'), '')
            self.assertEqual(entry_folder('/a:b\\c/\udcff'), 'a_b_c/_')
        else:
            self.assertEqual(entry_folder('C:\\me\\it'), 'C/me/it')


class RefusedTest(TreeCase):
    def refused(self, content, *words):
        with self.assertRaises(BundleError) as caught:
            read_bundle(content)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def with_manifest(self, **changes):
        """A bundle whose manifest says something else; None leaves it out."""
        content = bundlesupport.bundle(FILES, {'x': b'1'})
        tree = _importer.open_tree(memoryview(content), 'x')
        own = {path: tree.read(record, path) for path, record in tree.bundle.items()}
        document = {**json.loads(own['bundle.json']), **changes}
        own['bundle.json'] = json.dumps({key: value for key, value in document.items() if value is not None}).encode()
        files = {path: text.encode() for path, text in FILES.items()}
        return _archive.write_archive({**files, **dict.fromkeys(_bundle_format._folder_entries(files), b'')}, 'bundle', own=own)

    def test_as_it_was(self):
        read_bundle(self.with_manifest())

    def test_a_newer_version(self):
        self.refused(self.with_manifest(format=2), 'format version 2', 'up to 1', 'update PyEmbed')

    def test_no_bundle(self):
        self.refused(_archive.write_archive({'a.py': b''}, 'a'), 'no bundle', 'pyembed.bundle.build')
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, 'w') as archive:
            archive.writestr('a.py', '')
        self.refused(stream.getvalue(), 'no bundle')

    def test_truncated_at_any_place(self):
        content = bundlesupport.bundle(FILES)
        for length in (*range(0, len(content), 97), len(content) - 1):
            self.refused(content[:length], 'memory:/archive')
            with self.assertRaises(pyembed.ArchiveError):
                pyembed.mount(content[:length])

    def test_any_byte_of_a_file_or_the_manifest_changed(self):
        content = bundlesupport.bundle({'pkg/mod.py': 'value = 1\n', 'pkg/more.txt': 'plain words'}, {'x': b'data of x'})
        for text, words in ((b'value = 1', 'pkg.mod'), (b'data of x', "'x'"), (b'plain words', 'hash of its files'), (b'"linux"', 'hash of its files')):
            at = content.index(text) + 1
            self.refused(content[:at] + bytes([content[at] ^ 1]) + content[at + 1:], words, 'damaged', 'once more')

    def test_any_byte_changed(self):
        content = bundlesupport.bundle({'pkg/mod.py': 'value = 1\n', 'space/x.py': ''}, {'x': b'data of x'})
        for at in range(len(content)):
            self.refused(content[:at] + bytes([content[at] ^ 1]) + content[at + 1:], 'memory:/archive')
        for more in (b'x' + content, content + b'x', content + content[-22:]):
            self.refused(more)

    def test_a_directory_that_shows_zipimport_another_file(self):
        content = bytearray(bundlesupport.bundle({'good.py': 'x = 1\n', 'evil.py': 'x = 2\n'}))
        good, evil = content.index(b'good.py', content.index(b'PK\1\2')) - 46, content.index(b'PK\1\2', content.index(b'PK\1\2') + 1)
        self.assertEqual(content[evil + 46:evil + 53], b'evil.py')
        content[good + 16:good + 28], content[good + 42:good + 46] = content[evil + 16:evil + 28], content[evil + 42:evil + 46]
        place = os.path.join(self.folder({'b.zip': bytes(content)}), 'b.zip')
        code = 'import sys; sys.path.insert(0, sys.argv[1]); import good; print(good.x)'
        done = subprocess.run([sys.executable, '-S', '-E', '-c', code, place], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.stdout.strip(), '1', 'the test changes nothing')
        self.refused(bytes(content), 'central directory', 'damaged')

    def test_an_index_that_has_a_file_twice(self):
        tree = _importer.open_tree(memoryview(bundlesupport.bundle({'pkg/__init__.py': '', 'pkg/a.py': 'x = 1\n', 'b.py': 'x = 2\n'})), 'x')
        tree.table('')['pkg/a.py'] = tree.record('b.py')
        with self.assertRaisesRegex(BundleError, 'twice'):
            _bundle_format.read(tree)

    def test_bytecode_that_zipimport_would_run(self):
        with self.assertRaisesRegex(BundleError, "'pkg.mod' has bytecode beside its source"):
            bundlesupport.bundle({'pkg/__init__.py': '', 'pkg/mod.py': '', 'pkg/mod.pyc': b'x'})

    def test_a_name_that_no_zip_has(self):
        entries = [('x' * 70000).encode(), 30, 0]
        self.assertIn('longer', _archive.difference(memoryview(bytes(100)), [entries], 0))

    def test_hostile_manifests(self):
        module = 'a' * 64
        entry = {'folder': 'home', 'placement': 'app', 'files': sorted(FILES)}
        for changes, words in (
                (dict(entries=None), 'entries'), (dict(modules=3), 'bad manifest'), (dict(format='1'), 'format'), (dict(format=0), 'format'),
                (dict(entries=[dict(entry, folder='../up')]), '../up'), (dict(entries=[dict(entry, folder='/etc')]), '/etc'),
                (dict(entries=[dict(entry, folder='C:/x')]), 'C:/x'), (dict(entries=[dict(entry, placement='first')]), 'first'),
                (dict(entries=[]), 'in no entry'), (dict(entries=[entry, entry]), 'twice'),
                (dict(entries=[dict(entry, files=['../x.py'])]), '../x.py'), (dict(entries=[dict(entry, files='pkg')]), 'no list of paths'),
                (dict(modules={'gone': module}), 'gone'), (dict(modules={'../pkg': module}), '../pkg'), (dict(modules={'pkg': 'short'}), 'pkg'),
                (dict(modules={'pkg': module}), 'hash of pkg'), (dict(data={'y': module}), 'y'), (dict(data={'y': '../../x'}), 'y'),
                (dict(requirements={'pkg': ['os.system("x")', None]}), 'pkg'), (dict(requirements={'pkg': [None]}), 'pkg'),
                (dict(missing=[['a', 'b']]), 'line'), (dict(left_out={'a': 1}), 'reason'), (dict(python=3), 'python'), (dict(standard='os'), 'standard'),
                (dict(objects=['\ud800']), 'objects'), (dict(entries=[dict(entry, folder='\udcff')]), 'folder'), (dict(left_out={'\ud800': 'x'}), 'reason')):
            with self.subTest(changes):
                self.refused(self.with_manifest(**changes), words)

    def test_bombs(self):
        self.refused(self.with_manifest(entries=[{'folder': '/'.join('a' * 100000), 'placement': 'app', 'files': sorted(FILES)}]), 'a/a/a')
        content = bundlesupport.bundle({f'm{number}.py': 'x' * 1000 for number in range(20)})
        tree = _importer.open_tree(memoryview(content), 'x')
        record = tree.record('m0.py')
        for name in range(20):
            tree.table('')[f'm{name}.py'] = 0, 0, tree.end      # each all of it
        with self.assertRaisesRegex(BundleError, 'longer than it is'):
            _bundle_format.read(tree)
        tree.table('')['m0.py'] = 1, record[1], record[2], 10**9
        with self.assertRaisesRegex(BundleError, "'m0.py' is compressed"):
            _bundle_format.read(tree)

    def test_a_manifest_that_is_no_json(self):
        files = {path: text.encode() for path, text in FILES.items()}
        for text in (b'', b'{', b'[' * 100000, b'\xff', b'[]', b'null'):
            self.refused(_archive.write_archive(files, 'bundle', own={'bundle.json': text}), 'manifest')
        self.refused(_archive.write_archive(files, 'bundle', own={'other': b''}), 'manifest')

    def test_what_cannot_be_written(self):
        for words, arguments in (
                ('a:b', ({'pkg/a:b.txt': ''},)), ('gone', ({'pkg.py': ''}, (), )),):
            with self.subTest(words), self.assertRaises(BundleError) as caught:
                bundlesupport.bundle(*arguments, **({'modules': {'gone': 'a' * 64}} if words == 'gone' else {}))
            self.assertIn(words, str(caught.exception))
        with self.assertRaisesRegex(BundleError, 'another'):
            bundlesupport.bundle({'pkg.py': ''}, modules={'pkg': 'a' * 64})

    def test_more_files_than_zipimport_reads(self):
        files = {f'pkg/{number}.txt': b'' for number in range(65533)}
        with self.assertRaisesRegex(BundleError, '65,535 files.*65,534.*rules'):
            bundlesupport.bundle(files)
        del files['pkg/0.txt']
        self.assertEqual(len(read_bundle(bundlesupport.bundle(files)).entries[0].files), 65532)


if __name__ == '__main__':
    unittest.main()
