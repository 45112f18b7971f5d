"""Bytecode of a tree: when it is used, when the source is, and what is said where there is neither."""

import importlib
import importlib.util
import os
import sys
import textwrap
import unittest
from unittest import mock

from support import TreeCase, bytecode, pyembed, run_python

from pyembed import _loaders


class BytecodeTest(TreeCase):
    SOURCE = 'X = "source"\n'

    def cached(self, content):
        name = os.path.basename(importlib.util.cache_from_source('m.py'))
        self.mount({'m.py': self.SOURCE, f'__pycache__/{name}': content}, compiled=False)
        self.names.add('m')
        return importlib.import_module('m').X

    def test_unchecked_is_used(self):
        self.assertEqual(self.cached(bytecode('m.py', 'X = "bytecode"')), 'bytecode')

    def test_checked_is_checked(self):
        self.assertEqual(self.cached(bytecode('m.py', 'X = "bytecode"', flags=3)), 'source')

    def test_checked_and_right(self):
        good = bytecode('m.py', self.SOURCE, flags=3)
        self.assertEqual(self.cached(good), 'source')

    def test_foreign_magic_and_damage_fall_back_to_source(self):
        good = bytecode('m.py', 'X = "bytecode"')
        for bad in (b'\0\0\0\0' + good[4:], good[:10], b'', good[:4] + b'\x08\0\0\0' + good[8:]):
            with self.subTest(bad[:16]):
                self.assertEqual(self.cached(bad), 'source')
                pyembed.unmount(pyembed.mounts()[-1])
                del sys.modules['m']

    def test_timestamp_is_stale(self):
        good = bytecode('m.py', 'X = "bytecode"')
        self.assertEqual(self.cached(good[:4] + bytes(12) + good[16:]), 'source')

    def test_timestamp_is_that_of_the_tree(self):
        """Bytecode with a time and a size holds where they are those of the source, which dates from 1980-01-01."""
        good = bytecode('m.py', 'X = "bytecode"')
        stamp = _loaders.MTIME.to_bytes(4, 'little') + len(self.SOURCE).to_bytes(4, 'little')
        self.assertEqual(self.cached(good[:4] + bytes(4) + stamp + good[16:]), 'bytecode')
        self.assertEqual(sys.modules['m'].__loader__.path_stats(sys.modules['m'].__file__),
                         {'mtime': _loaders.MTIME, 'size': len(self.SOURCE)})

    def test_foreign_bytecode_without_a_source(self):
        number, minor = (3495, 11) if sys.version_info[:2] == (3, 10) else (3439, 10)
        root = self.mount({'m.pyc': number.to_bytes(2, 'little') + b'\r\n' + bytecode('m.py', '')[4:], 'n.pyc': b'1234' * 9},
                          origin='Foreign.dll')
        both = r'is {} \(CPython 3\.{}\), that of this one is \d+ \(CPython 3\.{}\)'
        for name, says in (('m', both.format(number, minor, sys.version_info[1])),
                           ('n', "b'1234', which is no magic number")):
            with self.subTest(name), self.assertRaisesRegex(ImportError, says) as caught:
                importlib.import_module(name)
            self.assertEqual((caught.exception.name, caught.exception.path), (name, os.path.join(root, f'{name}.pyc')))
            self.assertNotIn(name, sys.modules)

    def test_code_that_is_none(self):
        import marshal
        with self.assertRaises(ImportError):
            self.cached(bytecode('m.py', '')[:16] + marshal.dumps(1))

    def test_check_hash_based_pycs_and_optimisation(self):
        """Bytecode of another source, unchecked (1) and checked (3), under each of the interpreter's modes."""
        code = textwrap.dedent('''
            import sys, importlib.util, os
            sys.path.insert(0, {tests!r})
            import support
            name = os.path.basename(importlib.util.cache_from_source('m.py'))
            seen = []
            for flags in (1, 3):
                files = {{'m.py': 'X = "source"\\n',
                          '__pycache__/' + name: support.bytecode('m.py', 'X = "code"', flags)}}
                root = support._importer.mount_view(memoryview(support.archive(files, f'flags{{flags}}')), 'x')
                import m
                assert m.__cached__.endswith(name) and m.__spec__.cached.endswith(name)
                seen.append(m.X)
                support.pyembed.unmount(root)
                del sys.modules['m']
            print(*seen, name.count('.opt-'))
        ''').format(tests=os.path.dirname(os.path.abspath(__file__)))
        for options, expected in (((), 'code source 0'), (('-O',), 'code source 1'), (('-OO',), 'code source 1'),
                                  (('-O', '--check-hash-based-pycs', 'always'), 'source source 1'),
                                  (('--check-hash-based-pycs', 'always'), 'source source 0'),
                                  (('--check-hash-based-pycs', 'never'), 'code code 0')):
            with self.subTest(options):
                self.assertEqual(run_python(code, options=options).stdout.strip(), expected)

    def test_optimised_bytecode_is_that_of_its_level(self):
        """Each level has files of its own; without one of it the source is compiled."""
        code = textwrap.dedent('''
            import sys, importlib.util, os
            sys.path.insert(0, {tests!r})
            import support
            plain, one, two = (os.path.basename(importlib.util.cache_from_source('m.py', optimization=level)) for level in ('', 1, 2))
            for levels in ((plain, one, two), (plain,), (one,)):
                files = {{'m.py': 'X = "source"\\n', **{{f'__pycache__/{{name}}': support.bytecode('m.py', f'X = {{name!r}}') for name in levels}}}}
                root = support._importer.mount_view(memoryview(support.archive(files, f'levels{{len(levels)}}{{levels[0] == one}}')), 'x')
                import m
                print({{plain: 'plain', one: 'one', two: 'two'}}.get(m.X, m.X))
                support.pyembed.unmount(root)
                del sys.modules['m']
        ''').format(tests=os.path.dirname(os.path.abspath(__file__)))
        for options, expected in (((), 'plain plain source'), (('-O',), 'one source one'), (('-OO',), 'two source source')):
            with self.subTest(options):
                self.assertEqual(run_python(code, options=options).stdout.split(), expected.split())

    def test_nothing_is_written(self):
        old = sys.dont_write_bytecode
        sys.dont_write_bytecode = False
        try:
            root = self.mount({'m.py': 'X = 1'}, compiled=False)
            with mock.patch.object(importlib._bootstrap_external, '_calc_mode', side_effect=AssertionError):
                import m                                        # whose mode nobody asks the disk for   # noqa: F401
        finally:
            sys.dont_write_bytecode = old
        self.assertFalse(os.path.exists(root))


class WithoutCacheTagTest(unittest.TestCase):
    def test_sources_are_compiled(self):
        code = ('import sys\nsys.implementation.cache_tag = None\n'
                f'sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})\n'
                'import pyembed\n'
                'root = pyembed.mount({"m.py": "X = 1"})\nimport m\nprint(m.X, getattr(m, "__cached__", None))')
        self.assertEqual(run_python(code).stdout.split(), ['1', 'None'])


if __name__ == '__main__':
    unittest.main()
