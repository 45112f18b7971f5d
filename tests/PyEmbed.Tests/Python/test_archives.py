"""Archives: written as docs/formats.md says, read when sound, refused whole when not."""

import importlib
import io
import marshal
import os
import random
import struct
import sys
import unittest
import zipfile
import zlib

from support import TreeCase, _finders, _importer, archive, pyembed, with_bytecode

FILES = {'app/__init__.py': 'X = 1\n', 'app/data/n.txt': 'text', 'app/core.py': 'Y = 2\n' * 40,
         'app/__pycache__/core.cpython-399.pyc': 'bytecode', 'native.so': 'elf', 'loose.pyc': 'b', 'ä/\U0001f40d.py': ''}


def parts(data):
    """(offset of the index's body, offset of its trailer, offset of the central directory)."""
    end = int.from_bytes(data[-6:-2], 'little')
    return end - 20 - int.from_bytes(data[end - 20:end - 16], 'little'), end - 20, end


def with_index(data, change):
    """The archive with its index's (info, folders) changed, its checksum right."""
    start, trailer, end = parts(data)
    info, folders = marshal.loads(data[start:trailer])
    body = marshal.dumps(change(info, folders), 2)
    tail = (len(body).to_bytes(4, 'little') + zlib.crc32(body).to_bytes(4, 'little') + data[trailer + 8:end])
    rest = bytearray(data[end:])
    rest[-6:-2] = (start + len(body) + 20).to_bytes(4, 'little')
    return data[:start] + body + tail + bytes(rest)


class WriterTest(unittest.TestCase):
    def test_any_zip_tool_reads_it(self):
        data = archive(FILES)
        with zipfile.ZipFile(io.BytesIO(data)) as members:
            self.assertIsNone(members.testzip())
            names = members.namelist()
            self.assertEqual(names[-1], '.pyembed/index')
            self.assertEqual(names[:-1], sorted(FILES, key=str.encode))
            for info in members.infolist():
                self.assertEqual((info.date_time, info.compress_type, info.create_system, info.extra, info.comment),
                                 ((1980, 1, 1, 0, 0, 0), 0, 3, b'', b''))
                self.assertEqual((info.create_version, info.external_attr >> 16), (20, 0o100644))
                if info.filename in FILES:
                    self.assertEqual(members.read(info).decode(), FILES[info.filename])

    def test_index(self):
        data = archive(FILES, 'dist', placement='library', materialize='data', file_users={'b/m.py': 1, 'a.py': 6})
        start, trailer, end = parts(data)
        self.assertEqual(data[trailer + 8:end], b'\1\0\0\0PYEMBED\0')
        info, folders = marshal.loads(data[start:trailer])
        self.assertEqual(list(info), ['distribution', 'hash', 'placement', 'materialize', 'file_users'])
        self.assertEqual((info['distribution'], info['placement'], info['materialize'], info['file_users']),
                         ('dist', 'library', 'data', {'a.py': 6, 'b/m.py': 1}))
        self.assertEqual(list(folders), ['', 'app', 'app/__pycache__', 'app/data', 'ä'])
        tables = {folder: marshal.loads(table) for folder, table in folders.items()}
        self.assertEqual({folder: table[''] for folder, table in tables.items()},
                         {'': 3, 'app': 0, 'app/__pycache__': 0, 'app/data': 0, 'ä': 0})
        method, offset, size = tables['app']['core.py']
        self.assertEqual((method, data[offset:offset + size].decode()), (0, FILES['app/core.py']))
        self.assertIsNone(tables['app']['data'])

    def test_same_files_same_bytes(self):
        self.assertEqual(archive(FILES), archive(dict(reversed(list(FILES.items())))))

    def test_hash_follows_the_format(self):
        from hashlib import sha256
        digest = sha256()
        for path in sorted(FILES, key=str.encode):
            content = FILES[path].encode()
            digest.update(path.encode() + b'\0' + len(content).to_bytes(8, 'little') + sha256(content).digest())
        self.assertEqual(_importer.open_tree(memoryview(archive(FILES)), 'x').hash, digest.hexdigest())

    def test_bad_paths(self):
        for path in ('/a', 'a//b', 'a/../b', './a', 'a\\b', '', 'a/', 'a\0', '.pyembed/index', '.pyembed/x', '\ud800'):
            with self.subTest(path), self.assertRaises(ValueError):
                archive({path: ''})
        for files in ({'a': '', 'a/b': ''}, {'a/b': '', 'a/b/c/d': ''}):
            with self.subTest(files), self.assertRaisesRegex(ValueError, 'a file and a folder'):
                archive(files)

    def test_more_entries_than_the_end_record_counts(self):
        data = archive({f'm{number}.py': b'' for number in range(65535)})
        with zipfile.ZipFile(io.BytesIO(data)) as members:
            self.assertEqual(len(members.namelist()), 65536)
        self.assertEqual(len(_importer.open_tree(memoryview(data), 'big').table('')), 65536)


class DamageTest(TreeCase):
    def refuse(self, data, text='damaged'):
        before = list(sys.path), pyembed.mounts()
        with self.assertRaisesRegex(pyembed.ArchiveError, text) as caught:
            _importer.mount_view(memoryview(bytes(data)), 'Broken.dll!PyEmbed/x.zip')
        self.assertIn('Broken.dll!PyEmbed/x.zip', str(caught.exception))
        self.assertIsInstance(caught.exception, ValueError)
        self.assertEqual((sys.path, pyembed.mounts()), before)

    def test_cut_anywhere(self):
        data = archive(FILES)
        for size in [0, 1, 21, 22, 41] + list(range(43, len(data), 37)) + [len(data) - 1]:
            with self.subTest(size):
                self.refuse(data[:size])

    def test_head_cut_off(self):
        data = archive(FILES)
        for size in (1, 30, 200):
            with self.subTest(size):
                self.refuse(data[size:])

    def test_flips_in_index_and_trailer(self):
        data = archive(FILES)
        start, trailer, end = parts(data)
        random.seed(3)
        for at in list(range(start, trailer, 11)) + list(range(trailer, end)):
            for bit in (0, random.randrange(1, 8)):
                bad = bytearray(data)
                bad[at] ^= 1 << bit
                with self.subTest(at=at - start, bit=bit):
                    self.refuse(bad, 'damaged|format version')

    def test_flips_in_the_end_record(self):
        data = archive(FILES)
        for at in list(range(len(data) - 22, len(data) - 18)) + list(range(len(data) - 10, len(data))):
            bad = bytearray(data)
            bad[at] ^= 0x21
            with self.subTest(at - len(data)):
                self.refuse(bad, 'damaged|zip64')

    def test_flips_elsewhere_never_crash_the_reader(self):
        data = archive(FILES)
        start, _, end = parts(data)
        for at in list(range(0, start, 13)) + list(range(end, len(data) - 22, 13)):
            bad = bytearray(data)
            bad[at] ^= 0x55
            tree = _importer.open_tree(memoryview(bytes(bad)), 'x')
            self.assertEqual(tree.read(tree.record('app/data/n.txt'), 'n').__len__(), 4)

    def test_newer_version_names_both(self):
        data = bytearray(archive(FILES))
        trailer = parts(data)[1]
        data[trailer + 8] = 7
        self.refuse(data, r'format version 7.* up to 1')

    def test_not_an_archive(self):
        for data in (b'', b'MZ' + bytes(500), b'PK\5\6' + bytes(18), bytes(100), b'\x7fELF' * 40):
            with self.subTest(data[:8]):
                if data.startswith(b'PK'):
                    continue        # a zip without members is a zip
                self.refuse(data)

    def test_hostile_info(self):
        data = archive(FILES)
        for key, value in (('distribution', '../../etc'), ('distribution', ''), ('distribution', 'a/b'),
                           ('distribution', 3), ('hash', '..' * 32), ('hash', 'ab'), ('placement', 'first'),
                           ('materialize', 'some'), ('file_users', ['a']), ('file_users', ('a',)), ('file_users', {'a.py': '1'}),
                           ('file_users', {5: 1}), ('file_users', {'a.py': 9})):
            with self.subTest(key=key, value=value):
                self.refuse(with_index(data, lambda info, folders: ({**info, key: value}, folders)))
        for change in (lambda info, folders: (info,), lambda info, folders: (folders, info),
                       lambda info, folders: (info, {}), lambda info, folders: (None, None),
                       lambda info, folders: ({}, folders), lambda info, folders: 7):
            with self.subTest(change):
                self.refuse(with_index(data, change))

    def use(self, table, name='app.core'):
        data = with_index(archive(FILES), lambda info, folders: (
            {**info, 'hash': os.urandom(32).hex()},
            {**folders, 'app': table if isinstance(table, bytes) else marshal.dumps(table, 2)}))
        self.names.add('app')
        root = _importer.mount_view(memoryview(data), 'Hostile.dll')
        try:
            importlib.import_module(name)
        finally:
            for module in ('app.core', 'app'):
                sys.modules.pop(module, None)
            pyembed.unmount(root)

    def test_records_that_point_outside(self):
        start = {'': 0, '__init__.py': (0, 0, 0)}
        self.use({**start, 'core.py': (0, 40, 0)})
        for record in ((0, 10**6, 5), (0, -5, 3), (0, 2**31 - 1, 2**31 - 1), (0, 0, 10**6), (0, 5, -2), (0, 'a', 2), (0,),
                       (1, 40, 10, 10), (1, 40, 10), (2, 40, 10), (0, 40, 10, 10), (None, 0, 0), 'text', 5):
            with self.subTest(record), self.assertRaisesRegex(pyembed.ArchiveError, 'Hostile.dll'):
                self.use({**start, 'core.py': record})

    def test_bytecode_records_that_point_outside(self):
        cached = os.path.basename(importlib.util.cache_from_source('core.py'))
        for record in ((0, 10**7, 500), (0, -50, 300), (0, 0, 2**31 - 1), (1, 40, 10, 10), 5, 'abc', (0, 'a', 5)):
            data = with_index(archive(with_bytecode({'app/__init__.py': '', 'app/core.py': ''})), lambda info, folders: (
                {**info, 'hash': os.urandom(32).hex()},
                {**folders, 'app/__pycache__': marshal.dumps({'': 0, cached: record}, 2)}))
            self.names.add('app')
            root = _importer.mount_view(memoryview(data), 'Hostile.dll')
            with self.subTest(record), self.assertRaisesRegex(pyembed.ArchiveError, 'Hostile.dll'):
                importlib.import_module('app.core')
            sys.modules.pop('app', None)
            pyembed.unmount(root)

    def test_tables_that_are_none(self):
        for table in (b'', b'\xff\xff', b'N', marshal.dumps([1]), marshal.dumps({}), marshal.dumps({'': 'x'})):
            with self.subTest(table), self.assertRaises(pyembed.ArchiveError):
                self.use(table)

    def test_folder_without_a_table(self):
        with self.assertRaisesRegex(pyembed.ArchiveError, "'app/ghost' has no table"):
            self.use({'': 0, '__init__.py': (0, 0, 0), 'ghost': None}, 'app.ghost')


class DeflatedTest(TreeCase):
    def deflated(self, path, content, announced=None):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        data = archive({path: packed})
        offset = marshal.loads(marshal.loads(data[parts(data)[0]:parts(data)[1]])[1][''])[path][1]
        record = (1, offset, len(packed), len(content) if announced is None else announced)
        self.names.add(path.partition('.')[0])
        return with_index(data, lambda info, folders: (
            {**info, 'hash': os.urandom(32).hex()}, {'': marshal.dumps({'': 0, path: record}, 2)}))

    def test_member(self):
        _importer.mount_view(memoryview(self.deflated('packed.py', b'X = 1\n' * 500)), 'x')
        import packed
        self.assertEqual(packed.X, 1)

    def test_lies_about_its_size(self):
        for announced in (2999, 3001, 0, 2**40, -1, 'x'):
            with self.subTest(announced):
                root = _importer.mount_view(memoryview(self.deflated('packed.py', b'X = 1\n' * 500, announced)), 'x')
                with self.assertRaises(pyembed.ArchiveError):
                    importlib.import_module('packed')
                pyembed.unmount(root)


class ForeignZipTest(TreeCase):
    def zip(self, files, method=zipfile.ZIP_DEFLATED, comment=b'', before=b''):
        stream = io.BytesIO()
        stream.write(before)
        with zipfile.ZipFile(stream, 'a' if before else 'w', method) as members:
            for path, content in files.items():
                members.writestr(path, content)
            members.comment = comment
        self.names.update(path.partition('/')[0].partition('.')[0] for path in files)
        return stream.getvalue()

    FILES = {'wheel/__init__.py': 'X = 1', 'wheel/sub/m.py': 'Y = 2', 'wheel/empty/': '', 'ä.py': 'Z = 3'}

    def test_stored_deflated_comment_prefix(self):
        for number, options in enumerate(({}, {'method': zipfile.ZIP_STORED}, {'comment': b'c PK\5\6 c' * 9},
                                          {'before': b'#!/usr/bin/env python3\n'})):
            with self.subTest(options):
                files = {**self.FILES, f'unique{number}.txt': ''}
                root = _importer.mount_view(memoryview(self.zip(files, **options)), f'wheel{number}.whl')
                import wheel.sub.m
                self.assertEqual((wheel.X, wheel.sub.m.Y, importlib.import_module('ä').Z), (1, 2, 3))
                self.assertIn(f'wheel{number}-', os.path.basename(root))
                pyembed.unmount(root)
                for name in ('wheel', 'wheel.sub', 'wheel.sub.m', 'ä'):
                    sys.modules.pop(name, None)

    def refuse(self, data, text):
        with self.assertRaisesRegex(pyembed.ArchiveError, text):
            _importer.mount_view(memoryview(bytes(data)), 'bad.zip')

    def test_refused(self):
        good = self.zip(self.FILES)
        for path in ('../evil.py', '/abs.py', 'a/../../b.py', 'a//b.py'):
            self.refuse(self.zip({path: ''}), 'does not name a place')
        self.refuse(self.zip({'a': '', 'a/b': ''}), 'a file and a folder')
        self.refuse(self.zip({'a.py': 'x' * 50}, zipfile.ZIP_BZIP2), 'method 12')
        encrypted = bytearray(good)
        encrypted[good.index(b'PK\1\2') + 8] |= 1
        self.refuse(encrypted, 'encrypted')
        end = len(good) - 22
        self.refuse(good[:end + 16] + b'\xff\xff\xff\xff' + good[end + 20:], 'zip64')
        self.refuse(good[:end + 4] + b'\1' + good[end + 5:], 'several volumes')

    def test_zip64(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as members:
            members.writestr('first64.py', 'x = 1')
            for number in range(65536):
                members.writestr(f'data/{number}', b'')
            members.writestr('last64.py', 'x = 2')
        self.names.update(('first64', 'last64'))
        for before in (b'', b'#!/usr/bin/env python\n'):
            root = pyembed.mount(before + stream.getvalue())
            import first64
            import last64
            self.assertEqual((first64.x, last64.x), (1, 2))
            self.assertEqual(_finders.path_hook(os.path.join(root, 'data')).table.keys(), {'', *map(str, range(65536))})
            pyembed.unmount(root)
            del sys.modules['first64'], sys.modules['last64']

    def test_zip64_fields_of_a_member(self):
        name, content = b'a64.py', b'x = 64'
        self.names.add('a64')
        for numbers in ((6, 6, 0), (6, 6), (6,), ()):
            # Of size, packed size and offset the first ones are in the field, behind one of another tool.
            plain, packed, local = [0xffffffff if at < len(numbers) else (6, 6, 0)[at] for at in range(3)]
            extra = struct.pack('<HHHHH', 0x7075, 2, 0, 1, 8 * len(numbers)) + struct.pack(f'<{len(numbers)}Q', *numbers)
            header = struct.pack('<4sHHHHHLLLHH', b'PK\3\4', 45, 0, 0, 0, 33, zlib.crc32(content), 6, 6, len(name), 0)
            entry = struct.pack('<4sHHHHHHLLLHHHHHLL', b'PK\1\2', 45, 45, 0, 0, 0, 33, zlib.crc32(content), packed, plain,
                                len(name), len(extra), 0, 0, 0, 0, local) + name + extra
            body = header + name + content
            end = struct.pack('<4sHHHHLLH', b'PK\5\6', 0, 0, 1, 1, len(entry), len(body), 0)
            with self.subTest(numbers):
                root = pyembed.mount(body + entry + end)
                import a64
                self.assertEqual(a64.x, 64)
                pyembed.unmount(root)
                del sys.modules['a64']
                if numbers:
                    self.refuse(body + entry.replace(b'\1\0' + bytes([8 * len(numbers)]), b'\2\0' + bytes([8 * len(numbers)]))
                                + end, 'zip64')
                    self.refuse(body + entry.replace(b'\1\0' + bytes([8 * len(numbers)]), b'\1\0\4') + end, 'zip64|damaged')

    def test_damage_is_refused_or_harmless(self):
        good = self.zip(self.FILES)
        random.seed(5)
        for _ in range(400):
            bad = bytearray(good)
            bad[random.randrange(len(bad))] ^= 1 << random.randrange(8)
            try:
                tree = _importer.open_tree(memoryview(bytes(bad)), 'x')
                for folder in list(tree.folders):
                    for name, record in list(tree.table(folder).items()):
                        if name and record:
                            tree.read(record, name)
            except pyembed.ArchiveError:
                pass
        for size in range(0, len(good), 7):
            self.refuse(good[:size], 'damaged')


class SourceTest(TreeCase):
    """What pyembed.mount takes."""

    def test_mapping(self):
        self.names.add('m')
        root = pyembed.mount({'m.py': 'X = 1', 'm_data.bin': bytearray(b'\0')})
        import m
        self.assertEqual((m.X, m.__loader__.get_data(os.path.join(root, 'm_data.bin'))), (1, b'\0'))

    def test_root(self):
        place = self.folder({})
        self.names.add('m')
        self.assertEqual(pyembed.mount({'m.py': 'X = 1'}, os.path.join(place, 'here')), os.path.join(place, 'here'))
        import m
        self.assertEqual(m.__file__, os.path.join(place, 'here', 'm.py'))
        for root in (os.path.join(place, 'here', 'in'), place, os.path.join(place, 'here')):
            with self.subTest(root), self.assertRaisesRegex(ValueError, 'mounted'):
                pyembed.mount({'other.py': ''}, root)

    def test_zip_and_folder(self):
        self.names.update({'m', 'n'})
        place = self.folder({'tree/m.py': 'X = 1', 'tree/__pycache__/junk.pyc': 'junk', 'tree/sub/data': 'd'})
        with open(os.path.join(place, 'z.zip'), 'wb') as file:
            file.write(archive({'n.py': 'X = 2'}))
        root = pyembed.mount(os.path.join(place, 'tree'))
        pyembed.mount(__import__('pathlib').Path(place) / 'z.zip')
        import m
        import n
        self.assertEqual((m.X, n.X), (1, 2))
        self.assertNotIn('__pycache__', _importer._trees[root].folders)
        with open(os.path.join(place, 'z.zip'), 'rb') as file:
            data = file.read()
        for buffer in (data, bytearray(data), memoryview(data)):
            self.assertIn(pyembed.mount(buffer), pyembed.mounts())

    def test_what_it_does_not_take(self):
        for source, error in ((3, TypeError), (None, TypeError), (['a'], TypeError), ('/no/such/file.zip', OSError),
                              (__file__, pyembed.ArchiveError), ({'../x': ''}, ValueError), ({'a': 3}, TypeError)):
            with self.subTest(source), self.assertRaises(error):
                pyembed.mount(source)

    def test_errors_name_the_path(self):
        for files, error, text in (({'x.py': 3}, TypeError, "'x.py'.*'int'.*bytes or str"),
                                   ({'x\udc80.py': ''}, ValueError, r"'x\\udc80\.py'.*Unicode"),
                                   ({'x.py': 'a = "\udc80"'}, ValueError, "'x.py'.*Unicode")):
            with self.subTest(text), self.assertRaisesRegex(error, text) as caught:
                pyembed.mount(files)
            self.assertNotIsInstance(caught.exception, UnicodeError)


if __name__ == '__main__':
    unittest.main()
