"""Trees in .NET assemblies, read without .NET."""

import io
import os
import random
import struct
import unittest
import zipfile

import support
from pyembed import _assembly
from pyembed._importer import ArchiveError, open_tree

pyembed = support.pyembed
SECTION_AT = 0x2000         # the address of the one section; files put it elsewhere


def assembly(resources, *, wide=False, plus=False, rows=None, heap=b'', machine=0x14c, implementation=0):
    """A PE file with a CLI header and these manifest resources, [(name, content)]: by ECMA-335, but without code.

    *rows* are numbers of rows of other tables, {table: (number, row's size)}; *wide* makes indexes into the heaps four bytes."""
    strings = bytearray(b'\0' + heap)
    data, entries = bytearray(), []
    for name, content in resources:
        entries.append((len(data), len(strings)))
        strings += name.encode() + b'\0'
        data += struct.pack('<I', len(content)) + content
        data += bytes(-len(data) % 8)
    index = '<I' if wide else '<H'
    others = {0x00: (1, 2 + 4 * (4 if wide else 2)), **(rows or {})}
    table = b''.join(struct.pack('<II', offset, 1) + struct.pack(index, name) + struct.pack('<H', implementation)
                     for offset, name in entries)
    numbers = {**{table: number for table, (number, _) in others.items()}, **({0x28: len(entries)} if entries else {})}
    valid = sum(1 << table for table in numbers)
    tables = struct.pack('<IBBBBQQ', 0, 2, 0, 7 if wide else 0, 1, valid, 0)
    tables += b''.join(struct.pack('<I', numbers[table]) for table in sorted(numbers))
    tables += b''.join(b'\x5a' * (number * size) for _, (number, size) in sorted(others.items())) + table
    tables += bytes(-len(tables) % 4)
    strings += bytes(-len(strings) % 4)
    version = b'v4.0.30319\0\0'
    streams = [(b'#~\0\0', tables), (b'#Strings\0\0\0\0', bytes(strings)), (b'#US\0', bytes(4))]
    metadata = b'BSJB' + struct.pack('<HHII', 1, 1, 0, len(version)) + version + struct.pack('<HH', 0, len(streams))
    offset = len(metadata) + sum(8 + len(name) for name, _ in streams)
    for name, content in streams:
        metadata += struct.pack('<II', offset, len(content)) + name
        offset += len(content)
    metadata += b''.join(content for _, content in streams)
    body = bytearray(72) + data
    struct.pack_into('<IHHIIIIII', body, 0, 72, 2, 5, SECTION_AT + len(body), len(metadata), 1, 0, SECTION_AT + 72, len(data))
    body += metadata
    body += bytes(-len(body) % 512)
    directories = bytearray(16 * 8)
    struct.pack_into('<II', directories, 14 * 8, SECTION_AT, 72)
    optional = struct.pack('<H', 0x20b if plus else 0x10b) + bytes(106 if plus else 90) + struct.pack('<I', 16) + directories
    header = b'MZ' + bytes(58) + struct.pack('<I', 0x80) + bytes(64)
    header += b'PE\0\0' + struct.pack('<HHIIIHH', machine, 1, 0, 0, 0, len(optional), 0x2022) + optional
    header += b'.text\0\0\0' + struct.pack('<IIII', len(body), SECTION_AT, len(body), 0x400) + bytes(16)
    return header + bytes(0x400 - len(header)) + bytes(body)


def tree(name, **modules):
    return support.archive(support.with_bytecode({f'{module}.py': source for module, source in modules.items()}), name)


FIRST, SECOND = tree('first', first_of_two='x = 1'), tree('second', second_of_two='x = 2')
TREES = [('PyEmbed/first.zip', FIRST), ('Other.resources', b'something else'), ('PyEmbed/second.zip', SECOND)]


class AssemblyCase(support.TreeCase):

    def setUp(self):
        super().setUp()
        self.names |= {'first_of_two', 'second_of_two'}

    def file(self, content, name='App.dll'):
        place = os.path.join(self.folder({}), name)
        with open(place, 'wb') as file:
            file.write(content)
        return place


class ReadTests(AssemblyCase):

    def found(self, content):
        return [(name, bytes(content[offset:offset + size])) for name, offset, size
                in _assembly.find_archives(memoryview(content), 'App.dll')]

    def test_trees_are_found_in_every_form_of_the_metadata(self):
        wanted = [TREES[0], TREES[2]]
        forms = {
            'PE32': {}, 'PE32+': {'plus': True}, 'wide heaps': {'wide': True, 'heap': b'n' * 70000},
            'ReadyToRun for Linux': {'plus': True, 'machine': 0x8664 ^ 0x7b79},
            # Beyond a limit an index into that table takes four bytes, in whatever table the index stands.
            'few rows': {'rows': {0x02: (3, 14), 0x06: (3, 14), 0x0c: (5, 6), 0x20: (1, 22), 0x23: (2, 20)}},
            'many methods': {'rows': {0x02: (2, 16), 0x06: (70000, 14), 0x0c: (5, 10)}},
            'many types': {'rows': {0x01: (20000, 8), 0x02: (2, 16), 0x09: (4, 6)}},
            'many references': {'rows': {0x01: (3, 6), 0x0a: (66000, 6), 0x0c: (2, 10)}},
        }
        for name, form in forms.items():
            with self.subTest(form=name):
                self.assertEqual(self.found(assembly(TREES, **form)), wanted)

    def test_other_assemblies_and_files_are_refused_by_what_they_lack(self):
        good = assembly(TREES)
        # The directory entry of the CLI header, zero in a native program.
        native = good[:0x80 + 24 + 96 + 14 * 8] + bytes(8) + good[0x80 + 24 + 96 + 15 * 8:]
        for content, words in (
                (assembly([]), 'embeds no Python tree'),
                (assembly([('Other.resources', b'')]), 'embeds no Python tree'),
                (assembly([('PyEmbed/first.txt', FIRST)]), 'embeds no Python tree'),
                (assembly(TREES, implementation=1), 'embeds no Python tree'),       # in another file
                (assembly([TREES[0], TREES[0]]), 'two of its resources have one name'),
                (assembly([('PyEmbed/' + 'a' * 2000, FIRST)]), 'does not end'),
                (assembly([('PyEmbed/bad.zip', b'not a zip' * 9)]), 'no zip ends here'),
                (native, 'no .NET assembly'),
                (b'MZ', 'no .NET assembly'),
                (b'MZ' + bytes(1000), 'no .NET assembly'),
                (good[:-600], 'cut short|lies outside')):
            with self.subTest(words=words):
                with self.assertRaisesRegex(ArchiveError, words) as caught:
                    pyembed.mount(self.file(content))
                self.assertIn('App.dll', str(caught.exception))
        self.assertNotIn('first_of_two', [module for tree in pyembed.report()['mounts'] for module in tree['modules']])

    def test_no_prefix_of_an_assembly_does_harm(self):
        content = assembly(TREES)
        complete = _assembly.find_archives(memoryview(content), 'App.dll')
        for size in range(len(content)):
            self.check(content[:size], complete, content)

    def test_no_changed_byte_of_an_assembly_does_harm(self):
        content = assembly(TREES, plus=True, rows={0x02: (2, 14), 0x20: (1, 22), 0x23: (2, 20)})
        complete = _assembly.find_archives(memoryview(content), 'App.dll')
        random_bytes = random.Random(20250301)
        # Where offsets and sizes are: the headers, and what follows the trees.
        places = [*range(0x200), *range(0x400, 0x448 + 4), *range(content.index(b'BSJB'), len(content.rstrip(b'\0')))]
        for _ in range(6000):
            changed = bytearray(content)
            for _ in range(random_bytes.choice((1, 1, 1, 2, 4))):
                changed[random_bytes.choice(places)] = random_bytes.choice((0, 1, 0x7f, 0x80, 0xff, random_bytes.randrange(256)))
            self.check(bytes(changed), complete, content)

    def check(self, content, complete, original):
        """Either a clear error, or trees that are those of the original."""
        view = memoryview(content)
        if not _assembly.is_assembly(view):
            return
        try:
            trees = [open_tree(view[offset:offset + size], name) for name, offset, size in
                     _assembly.find_archives(view, 'App.dll')]
        except ArchiveError:
            return
        ranges = [original[offset:offset + size] for _, offset, size in complete]
        for found in trees:
            self.assertIn(bytes(found.view), ranges)


class MountTests(AssemblyCase):

    def test_every_tree_is_mounted_in_order_and_the_root_of_the_first_returned(self):
        place = self.file(assembly(TREES))
        before = pyembed.mounts()
        root = pyembed.mount(place)
        first, second = [other for other in pyembed.mounts() if other not in before]
        self.assertEqual(root, first)
        import first_of_two
        import second_of_two
        self.assertEqual((first_of_two.x, second_of_two.x), (1, 2))
        self.assertEqual(os.path.dirname(second_of_two.__file__), second)
        origins = [mount['origin'] for mount in pyembed.report()['mounts'] if mount['root'] in (first, second)]
        self.assertEqual(origins, [f'assembly:{place}/first.zip', f'assembly:{place}/second.zip'])

    def test_nothing_is_mounted_where_one_tree_is_damaged(self):
        before = pyembed.mounts(), list(support.sys.path)
        with self.assertRaisesRegex(ArchiveError, 'second.zip'):
            pyembed.mount(self.file(assembly([TREES[0], ('PyEmbed/second.zip', SECOND[:-1])])))
        self.assertEqual((pyembed.mounts(), support.sys.path), before)

    def test_nothing_stays_mounted_where_a_root_is_taken(self):
        before = pyembed.mounts()
        taken = pyembed.mount({'a.py': ''}, root=support._importer.root_of(open_tree(memoryview(SECOND), '')))
        with self.assertRaisesRegex(ValueError, 'another tree'):
            pyembed.mount(self.file(assembly(TREES)))
        self.assertEqual(pyembed.mounts(), [*before, taken])

    def test_a_root_can_be_given_for_one_tree_only(self):
        place = os.path.join(support.CACHE, 'elsewhere')
        self.assertEqual(pyembed.mount(self.file(assembly(TREES[:1])), root=place), place)
        with self.assertRaisesRegex(ValueError, '2 trees'):
            pyembed.mount(self.file(assembly(TREES)), root=place)

    def test_the_file_is_mapped_and_can_be_replaced(self):
        place = self.file(assembly(TREES))
        root = pyembed.mount(place)
        mounted = support._importer._trees[root]
        self.assertEqual(type(mounted.view.obj).__name__, 'mmap')
        self.assertEqual(mounted.source[0], place)
        if os.name != 'nt':
            os.replace(self.file(b'another'), place)
        import first_of_two
        self.assertEqual(first_of_two.x, 1)

    def test_a_zip_behind_a_native_program_is_a_zip(self):
        content = io.BytesIO()
        with zipfile.ZipFile(content, 'w') as target:
            target.writestr('behind.py', 'x = 3')
        root = pyembed.mount(self.file(b'MZ' + bytes(500) + content.getvalue(), 'tool.exe'))
        self.names.add('behind')
        import behind
        self.assertEqual((behind.x, behind.__file__), (3, os.path.join(root, 'behind.py')))

    def test_real_assemblies(self):
        listed = os.environ.get('PYEMBED_TEST_ASSEMBLIES')
        if not listed:
            self.skipTest('PYEMBED_TEST_ASSEMBLIES names no assemblies')
        for place in listed.split(os.pathsep):
            with self.subTest(assembly=place), open(place, 'rb') as file:
                content = memoryview(file.read())
                names = [name for name, _, _ in _assembly.find_archives(content, place)]
                self.assertEqual(names, ['PyEmbed/pyembed.zip'])


if __name__ == '__main__':
    unittest.main()
