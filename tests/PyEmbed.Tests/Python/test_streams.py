"""Streams over large files of trees: as those of the same files on disk, part by part, without a copy."""

import gc
import importlib
import io
import os
import pathlib
import shutil
import unittest

import deflating
from pyembed import _importer
from pyembed._archive import write_archive
from support import TreeCase, pyembed

LARGE = os.urandom(1 << 16) * 8 + b'the end'
LINES = 'line \xe4 of text\r\n' * 40_000
FILES = {'streams/__init__.py': '', 'streams/large.bin': LARGE, 'streams/large.txt': LINES.encode(), 'streams/small.bin': b'small'}


class StreamTest(TreeCase):
    def setUp(self):
        super().setUp()
        self.root = self.mount(FILES, compiled=False, name='streams')
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.path = importlib.import_module('streams').__spec__.loader.get_resource_reader('streams').files()
        self.disk = pathlib.Path(self.folder(FILES)) / 'streams'

    def test_as_the_file_on_disk(self):
        def steps(stream):
            yield stream.read(10)
            yield stream.tell()
            yield stream.seek(-20, os.SEEK_END)
            yield stream.read()
            yield stream.read(), stream.read(5)
            yield stream.seek(300_000)
            yield stream.seek(7, os.SEEK_CUR)
            yield stream.read1(5), stream.peek(1)[:1]
            yield stream.readinto(target := bytearray(70_000)), target
            yield stream.seek(len(LARGE) + 100), stream.read(1), stream.tell()
            yield stream.seek(0), stream.readline(), stream.readlines() == LARGE.split(b'\n')
            yield stream.readable(), stream.seekable(), stream.writable(), stream.isatty()
            for wrong in (lambda: stream.seek(-1), lambda: stream.write(b'x'), lambda: stream.truncate(0)):
                try:
                    yield wrong()
                except (OSError, ValueError) as error:
                    yield issubclass(type(error), (io.UnsupportedOperation, ValueError, OSError))
        with (self.path / 'large.bin').open('rb') as ours, (self.disk / 'large.bin').open('rb') as disk:
            for number, (one, other) in enumerate(zip(steps(ours), steps(disk))):
                self.assertEqual(one, other, number)
            self.assertRaises(ValueError, ours.raw.seek, 0, 7)
            self.assertRaises(io.UnsupportedOperation, ours.fileno)
        for method in (ours.read, ours.tell, lambda: ours.seek(0)):
            self.assertRaises(ValueError, method)
        raw = ours.raw
        for method in (raw.tell, raw.readall, lambda: raw.seek(0), lambda: raw.readinto(bytearray(1))):
            self.assertRaises(ValueError, method)

    def test_text(self):
        for options in ({}, {'newline': ''}, {'newline': '\r\n'}):
            with self.subTest(options), (self.path / 'large.txt').open('r', encoding='utf-8', **options) as ours, \
                    open(self.disk / 'large.txt', encoding='utf-8', **options) as disk:
                self.assertEqual(ours.readline(), disk.readline())
                self.assertEqual(list(ours), list(disk))

    def test_large_files_are_not_copied_and_small_ones_are(self):
        with (self.path / 'large.bin').open('rb') as large, (self.path / 'small.bin').open('rb') as small:
            self.assertIs(large.raw._view.obj, _importer._trees[self.root].view.obj)
            self.assertEqual(small.getvalue(), b'small')

    def test_a_file_object_into_buffers_of_other_items(self):
        from array import array
        with (self.path / 'large.bin').open('rb') as stream:
            target = array('Q', bytes(80))
            self.assertEqual(stream.raw.readinto(target), 80)
            self.assertEqual(target.tobytes(), LARGE[:80])

    def test_a_stream_outlives_its_mount_and_lets_go_when_closed(self):
        archive = bytearray(write_archive({'other/__init__.py': b'', 'other/large.bin': LARGE}, 'other'))
        root = _importer.mount_view(memoryview(archive), 'other')
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        from pyembed._streams import open_binary
        tree = _importer._trees[root]
        stream = open_binary(tree, 'other/large.bin', tree.record('other/large.bin'))
        del tree
        pyembed.unmount(root)
        gc.collect()
        self.assertRaises(BufferError, archive.append, 0)       # it is read
        self.assertEqual(stream.read(), LARGE)
        stream.close()
        gc.collect()
        archive.append(0)

    def test_deflated_files(self):
        content = b'0123456789' * 100_000
        archive = deflating.deflate(write_archive({'packed/__init__.py': b'', 'packed/large.bin': content}, 'packed'))
        self.assertLess(len(archive), 100_000)
        root = _importer.mount_view(memoryview(archive), 'packed')
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        self.addCleanup(pyembed.unmount, root)
        from pyembed._streams import open_binary
        tree = _importer._trees[root]
        with open_binary(tree, 'packed/large.bin', tree.record('packed/large.bin')) as stream:
            stream.seek(500_000)
            self.assertEqual(stream.read(10), b'0123456789')


if __name__ == '__main__':
    unittest.main()
