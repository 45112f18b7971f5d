"""The same files on disk and in a mounted tree, in a process each: whatever a program can see of them is the same.

observe.py looks; only the place of the tree is replaced before its two outputs are compared.
"""

import importlib.machinery
import importlib.util
import json
import os
import subprocess
import sys
import textwrap
import unittest
from concurrent.futures import ThreadPoolExecutor

import support
from support import TreeCase, archive, bytecode, with_bytecode

PLAIN = textwrap.dedent('''\
    # A comment above.
    """Doc of the module.

    >>> double(2)
    4
    """
    import functools, sys, warnings

    ARGV = sys.argv[0]

    class Thing:
        """Doc of a thing."""
        kind = 'thing'

        def method(self, x=1, *, y=2):
            return [lambda z: z + x for _ in range(2)]

        class Inner:
            pass

    # About double.
    def double(n: int) -> int:
        return n * 2


    async def wait(): pass

    @functools.lru_cache(None)
    def cached(): return 1

    def warn():
        warnings.warn('careful')        # the warning's line

    def fail():
        values = {'a': Thing()}
        return (values['a'].method()[0]
                (double) + values['b'])  # the line that fails

    def __getattr__(name):
        raise AttributeError(name)
''')
CACHE = importlib.util.cache_from_source('x.py').rpartition('x.')[2]
LATIN = '# -*- coding: latin-1 -*-\n"""\xe4"""\ndef fail():\n    raise ValueError("\xe4")  # \xe4\n'.encode('latin-1')
OTHER = bytecode('x.py', 'X = "bytecode"\n')

TREE = {
    'app/__init__.py': '"""The package."""\nfrom . import plain\nX = 1\n__all__ = ["plain"]\n',
    'app/__main__.py': 'import sys\nARGV = sys.argv[0]\n',
    'app/plain.py': PLAIN,
    'app/bom.py': b'\xef\xbb\xbf# BOM\r\nX = "\xc3\xa4"\r\ndef fail():\r\n    1/0\r\n',
    'app/latin.py': LATIN,
    'app/empty.py': '',
    'app/unended.py': 'def fail():\n    raise KeyError("x")',
    'app/feed.py': 'X = 1\n\x0c\ndef fail():\n    raise KeyError("x")\n',
    'app/old_mac.py': b'X = 1\rdef fail():\r    raise KeyError\r',
    'app/syntax.py': 'def f():\n    return = 1\n',
    'app/indent.py': 'def f():\n\tx = 1\n        y = 2\n',
    'app/raises.py': 'from . import plain\nplain.fail()\n',
    'app/imports_raising.py': 'import app.raises\n',
    'app/missing_import.py': 'import no_such_module_anywhere\n',
    'app/no_attribute.py': 'from app.plain import absent\n',
    'app/beyond.py': 'from ... import x\n',
    'app/bad_coding.py': '# coding: no-such-coding\nX = 1\n',
    'app/not_utf8.py': b'X = "\xff"\n',
    'app/nul.py': b'X = 1\0\n',
    'app/ring_a.py': 'from . import ring_b\nX = 1\n',
    'app/ring_b.py': 'from . import ring_a\ndef get(): return ring_a.X\n',
    'app/replaces.py': 'import sys, types\nsys.modules[__name__] = types.SimpleNamespace(__spec__=__spec__, __loader__=__loader__, X=5)\n',
    'app/changes.py': '__file__ = "changed"\n__doc__ = "changed"\n',
    'app/\xe4\u4e2d.py': 'X = 1\n',
    'app/sub/__init__.py': 'from .deep import *\n',
    'app/sub/deep.py': 'from ..plain import Thing\n__all__ = ["Thing", "Own"]\nclass Own(Thing):\n    pass\n',
    'app/sub/data.bin': b'\0\xff',
    'app/data.txt': 'text',
    'app/both.py': 'X = "module"\n', 'app/both/__init__.py': 'X = "package"\n',
    'app/module_and_folder.py': 'X = "module"\n', 'app/module_and_folder/data.txt': '',
    'app/space/part.py': 'X = 1\n', 'app/space/deeper/leaf.py': 'X = 2\n',
    'app/sourceless.pyc': bytecode('sourceless.py', 'X = 1\ndef fail():\n    raise KeyError\n'),
    'app/sourceless_package/__init__.pyc': bytecode('__init__.py', 'X = 1\n'),
    'app/sourceless_short.pyc': OTHER[:7],
    'app/sourceless_cut.pyc': OTHER[:-5],
    'app/sourceless_flags.pyc': OTHER[:4] + b'\x08\0\0\0' + OTHER[8:],
    'app/sourceless_none.pyc': OTHER[:16] + b'N',
    'app/paths.py': 'import app\n', 'app/extends/__init__.py': '__path__.append(__path__[0] + "/extra")\n',
    'app/extends/extra/more.py': 'X = 1\n',
    'app/unchecked.py': 'X = "source"\n', f'app/__pycache__/unchecked.{CACHE}': OTHER,
    'app/checked.py': 'X = "source"\n', f'app/__pycache__/checked.{CACHE}': bytecode('x.py', 'X = "bytecode"\n', flags=3),
    'app/foreign.py': 'X = "source"\n', f'app/__pycache__/foreign.{CACHE}': b'\0\0\0\0' + OTHER[4:],
    'app/short.py': 'X = "source"\n', f'app/__pycache__/short.{CACHE}': OTHER[:12],
    'app/flags.py': 'X = "source"\n', f'app/__pycache__/flags.{CACHE}': OTHER[:4] + b'\x08\0\0\0' + OTHER[8:],
    'app/cut.py': 'X = "source"\n', f'app/__pycache__/cut.{CACHE}': OTHER[:-4],
    'app/none.py': 'X = "source"\n', f'app/__pycache__/none.{CACHE}': OTHER[:16] + b'N',
    'app/timestamp.py': 'X = "source"\n', f'app/__pycache__/timestamp.{CACHE}': OTHER[:4] + bytes(12) + OTHER[16:],
    'outer_space/one/two/three.py': 'X = 3\n',
    'single.py': 'X = __file__\n',
    'app/case_tests.py': 'import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n',
    'single_tests.py': 'import unittest\nclass T(unittest.TestCase):\n    def test_b(self): pass\n',
}


class DifferentialTest(TreeCase):
    maxDiff = 20000

    def observe(self, how, root, names, options=()):
        here = os.path.dirname(os.path.abspath(__file__))
        environment = {**os.environ, 'PYTHONDONTWRITEBYTECODE': '1', 'PYTHONHASHSEED': '0', 'PYTHONIOENCODING': 'utf-8'}
        done = subprocess.run([sys.executable, *options, os.path.join(here, 'observe.py'), how, root, support.PACKAGE, *names],
                              capture_output=True, env=environment, timeout=300, cwd=support.CACHE)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads(done.stdout.splitlines()[-1])

    def compare(self, files, names, options=(), materialize='never'):
        place = self.folder({f'disk/{path}': content for path, content in files.items()})
        tree = os.path.join(place, 'tree')
        with open(tree + '.zip', 'wb') as file:
            file.write(archive(files, 'differential', materialize=materialize))
        with ThreadPoolExecutor() as pool:
            on_disk, in_tree = pool.map(lambda arguments: self.observe(*arguments, names, options), (
                ('disk', os.path.join(place, 'disk')), ('tree', tree)))
        self.assertEqual(os.path.exists(tree), materialize != 'never')
        self.assertEqual(sorted(on_disk), sorted(in_tree))
        for what, value in on_disk.items():
            with self.subTest(what):
                self.assertEqual(in_tree[what], value)
        return on_disk

    def names_of(self, files):
        names = set()
        for path in files:
            parts = path.split('/')
            if '__pycache__' in parts or not path.endswith(('.py', '.pyc', *importlib.machinery.EXTENSION_SUFFIXES)):
                continue
            parts[-1] = parts[-1].partition('.')[0]
            if parts[-1] == '__init__':
                del parts[-1]
            names.update('.'.join(parts[:count + 1]) for count in range(len(parts)))
        return sorted(names)

    def test_hand_made_tree(self):
        cached = with_bytecode({path: content for path, content in TREE.items() if self.compiles(path, content)})
        names = self.names_of(TREE)
        for about, files, options in (('sources', TREE, ()), ('bytecode', {**cached, **TREE}, ()),
                                      ('checked', {**cached, **TREE}, ('--check-hash-based-pycs', 'always'))):
            with self.subTest(about):
                seen = self.compare(files, names, options)
                self.assertGreater(len(seen), 1000)
                value = 'bytecode' if options != ('--check-hash-based-pycs', 'always') else 'source'
                self.assertIn(repr(value), str(seen['app.unchecked: get_code']))

    @staticmethod
    def compiles(path, content):
        try:
            compile(content if isinstance(content, bytes) else content.encode(), path, 'exec', dont_inherit=True)
            return path.endswith('.py')
        except (SyntaxError, ValueError):
            return False

    def test_extension_modules(self):
        """One of the standard library's, as a member of a package: it is the last part of its name that counts."""
        suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
        found = [spec.origin for spec in map(importlib.util.find_spec, ('_bisect', '_json', '_csv', '_heapq', '_lsprof', '_testcapi'))
                 if spec is not None and spec.origin.endswith(suffix)]
        if not found:
            self.skipTest('this Python has its extension modules built in')
        with open(found[0], 'rb') as file:
            name, library = os.path.basename(found[0])[:-len(suffix)], file.read()
        files = {'app/__init__.py': '', f'app/{name}{suffix}': library, f'app/{name}.py': 'X = "source"\n',
                 f'app/broken{suffix}': b'no library', 'app/plain.py': 'X = 1\n'}
        seen = self.compare(with_bytecode(files), ['app', 'app.plain', f'app.{name}', 'app.broken'], materialize='auto')
        self.assertIn('ExtensionFileLoader', seen[f'app.{name}: loader kinds'])
        self.assertEqual(seen['app.broken: import'][0], 'ImportError')

    def test_packages_of_the_standard_library(self):
        library = os.path.dirname(os.__file__)
        tops = ('json', 'xml', 'html', 'wsgiref', 'concurrent')
        files = {}
        for top in tops:
            for folder, folders, leaves in os.walk(os.path.join(library, top)):
                folders[:] = [name for name in folders if name != '__pycache__']
                for leaf in leaves:
                    path = os.path.join(folder, leaf)
                    with open(path, 'rb') as file:
                        files[os.path.relpath(path, library).replace(os.sep, '/')] = file.read()
        names = [name for name in self.names_of(files) if not name.endswith('__main__')]
        self.assertGreater(len(names), 30)
        self.compare(with_bytecode(files), names)


if __name__ == '__main__':
    unittest.main()
