"""pyembed.stitch: what goes into a stitched file, how it is written, and how the files come back."""

import ast
import os
import random
import re
import subprocess
import sys
import textwrap
import unittest
import warnings

from support import TreeCase, archive, bytecode, run_python
from pyembed import stitch
from pyembed._stitch_text import decode, encode, literal

HELLO = {
    'mypkg/utils.py': 'def helper():\n    return "Hello from utils"\n',
    'mypkg/core.py': 'from .utils import helper\n\n\ndef process():\n    return helper() + " processed"\n',
    'mypkg/__main__.py': 'from .core import process\n\n\ndef main(args):\n    print(process())\n    return 0\n',
}

CONTENTS = {
    'empty': b'',
    'line end only': b'\n',
    'no final line end': b'x = 1',
    'single quotes': b"a = '''b'''\n",
    'double quotes': b'def f():\n    """Doc."""\n',
    'both quotes': b"a = '''b'''\nc = \"\"\"d\"\"\"\n",
    'ends in quote': b"a = 'b'",
    'ends in double quote': b"a = '''b'''\nc = \"d\"",
    'ends in backslash': b'# \\',
    'ends in backslashes': b'# \\\\\\',
    'backslashes before quotes': b"a = 'b'  # \\''' \\\\''' '''' ''\\'\n",
    'escapes': b"a = '\\n\\x00\\N{EM DASH}\\u1234'\n",
    'starts with quotes': b"'''doc'''\n",
    'starts with line ends': b'\n\n\na = 1\n',
    'windows line ends': b'a = 1\r\nb = 2\r\n',
    'old line ends': b'a = 1\rb = 2\r',
    'mixed line ends': b'a = 1\r\nb = 2\nc = 3\rd = 4\r\r\n',
    'form feed': b'a = 1\n\x0c\nb = 2\n',
    'control characters': b'a = "\x01\x1a\x1b\x7f"\n',
    'byte order mark': b'\xef\xbb\xbfa = 1\n',
    'byte order mark and quotes': b'\xef\xbb\xbf\'\'\'a\'\'\'\n"""b"""\n',
    'latin-1': b'# -*- coding: latin-1 -*-\na = "\xe9"\n',
    'cp1252, windows line ends': b'# coding: cp1252\r\na = "\x80"\r\n',
    'shift_jis': '# coding: shift_jis\na = "\u65e5\u672c"\n'.encode('shift_jis'),
    'utf-8': 'a = "\u65e5\u672c \U0001f40d"\nb\u00e4r = 1\n'.encode(),
    'separators': 'a = "\u2028\u2029\x85"\n'.encode(),
    'future': b'from __future__ import annotations\n',
    'spaces at the ends of lines': b'a = 1   \n\t\n',
}
DATA = {
    'nul': b'a\0b',
    'binary': bytes(range(256)) * 5,
    'lone surrogate': b'\xed\xa0\x80',
    'bad utf-8': b'caf\xe9',
    'json': '{"a": "\u00e4"}'.encode(),
}


def unchecked(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', stitch.StitchWarning)
        return function(*arguments, **options)


class TextTest(unittest.TestCase):
    def test_every_file_comes_back_byte_for_byte(self):
        sources = {f'pkg/m{number}.py': content for number, content in enumerate(CONTENTS.values())}
        sources['pkg/again.py'] = stitch.build({'inner/__init__.py': "a = '''x'''\n"}).encode()
        data = {f'pkg/data/d{number}': content for number, content in enumerate([*CONTENTS.values(), *DATA.values()])}
        text = stitch.build({**sources, **data})
        self.assertEqual(stitch.unpack(text), {**sources, **data})
        self.assertEqual(stitch.unpack(text.encode()), {**sources, **data})
        self.assertNotIn('\r', text)
        self.assertNotIn('\0', text)
        compile(text, 'stitched.py', 'exec', dont_inherit=True)

    def test_random_text(self):
        dice = random.Random(8)
        for _ in range(3000):
            text = ''.join(dice.choices(["'", "'''", '"', '"""', '\\', '\r', '\n', 'a', '\ufeff', '\x0c', 'r', '{'], k=dice.randrange(12)))
            value = ast.literal_eval(f'({literal(text)})')
            self.assertEqual(value.replace('\n', '', 1), text)
        for _ in range(500):
            content = bytes(dice.choices(b"'\"\\\r\n\0a\xef\xbb\xbf\xff", k=dice.randrange(12)))
            call = ast.parse(f'f({encode("data.bin", content)})').body[0].value
            options = {keyword.arg: keyword.value.value for keyword in call.keywords}
            self.assertEqual(decode(*[argument.value for argument in call.args], **options), content)

    def test_original_text_stays(self):
        """Each line of a source is a line of the stitched file, whatever its encoding and line ends."""
        for name, content in CONTENTS.items():
            if name in ('both quotes', 'mixed line ends', 'byte order mark and quotes', 'backslashes before quotes'):
                continue
            with self.subTest(name):
                lines = stitch.build({'pkg/m.py': content}).split('\n')
                encoding = 'latin-1' if 'latin' in name else 'cp1252' if 'cp1252' in name else 'shift_jis' if 'jis' in name else 'utf-8-sig'
                for line in content.decode(encoding).replace('\r\n', '\n').replace('\r', '\n').split('\n')[:-1]:
                    self.assertIn(line, lines)
        self.assertIn("'\\r'", stitch.build({'pkg/m.py': CONTENTS['mixed line ends']}))

    def test_long_runs_take_linear_time(self):
        content = b'# ' + b'\\' * 2_000_000 + b"\n'''" + b'"' * 600 + b'"""'
        self.assertEqual(stitch.unpack(stitch.build({'pkg/m.py': '', 'pkg/data': content}))['pkg/data'], content)


class WriteTest(TreeCase):
    def test_order_and_ending_are_those_of_the_document(self):
        text = stitch.build(HELLO, version='1.0.0')
        places = [text.index(f'# --- mypkg/{name}.py ---') for name in ('utils', 'core', '__main__')]
        self.assertEqual(places, sorted(places))
        self.assertTrue(text.startswith('#!/usr/bin/env python3\n# mypkg: '))
        self.assertIn('\n# Version: 1.0.0\n', text)
        self.assertTrue(text.endswith('\nif __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n'))

    def test_cycles_keep_their_order(self):
        files = {'pkg/a.py': 'from . import b', 'pkg/b.py': 'from . import c', 'pkg/c.py': 'from . import a',
                 'pkg/first.py': '', 'pkg/z.py': 'import pkg.first, pkg.a'}
        text = stitch.build(files)
        self.assertEqual(text, stitch.build(dict(reversed(list(files.items())))))
        self.assertLess(text.index('# --- pkg/first.py'), text.index('# --- pkg/z.py'))
        self.assertLess(text.index('# --- pkg/a.py'), text.index('# --- pkg/z.py'))

    def test_same_input_gives_same_text(self):
        folder = self.folder(HELLO)
        self.assertEqual(stitch.build(os.path.join(folder, 'mypkg')), stitch.build(os.path.join(folder, 'mypkg') + os.sep))

    def test_version(self):
        for files, version in (({'pkg/__init__.py': '__version__ = "1.2"\n'}, '1.2'),
                               ({'pkg/__init__.py': '__version__ = find()\n'}, 'unknown'),
                               ({'my_pkg/__init__.py': '', 'my.pkg-3.4.dist-info/METADATA': ''}, '3.4')):
            with self.subTest(version):
                self.assertIn(f'\n# Version: {version}\n', stitch.build(files))
                self.assertIn(f'\n# Version: {version}\n', stitch.build(self.folder(files)))
                self.assertIn('\n# Version: 9\n', stitch.build(files, version='9'))

    def test_header_is_comments_whatever_it_says(self):
        text = stitch.build(HELLO, version='1\nraise SystemExit\n\x1b')
        self.assertIn('# Version: 1\\nraise SystemExit\\n\\x1b\n', text)

    def test_sources(self):
        """The same files from a mapping, a package's folder, the folder that it lies in, and an archive with bytecode."""
        folder = self.folder({**HELLO, 'mypkg/__pycache__/core.cpython-39.pyc': 'old', 'mypkg/.git/x': ''})
        expected = {path: content.encode() for path, content in HELLO.items()}
        packed = {**{path: content.encode() for path, content in HELLO.items()}, 'mypkg/__pycache__/core.cpython-39.pyc': bytecode('m', '')}
        for source in (HELLO, folder, os.path.join(folder, 'mypkg'), archive(packed, 'mypkg')):
            self.assertEqual(stitch.unpack(stitch.build(source)), expected)

    def test_assembly(self):
        place = os.environ.get('PYEMBED_TEST_ASSEMBLIES', '')
        if not place:
            self.skipTest('PYEMBED_TEST_ASSEMBLIES names no assembly with a tree')
        files = unchecked(stitch.unpack, unchecked(stitch.build, place))
        self.assertIn('pyembed/stitch.py', files)
        with open(stitch.__file__, 'rb') as file:
            self.assertEqual(files['pyembed/stitch.py'], file.read())

    def test_what_is_a_package(self):
        """A folder with __init__.py, or with modules that no package stands beside; else what lies in it."""
        for files, root in (({'one/__init__.py': '', 'one/sub/__init__.py': ''}, 'one'),
                            ({'one/a.py': '', 'one/my-files/b.py': '', 'one/templates/b.txt': ''}, 'one'),
                            ({'one/a.py': 'import one.sub.x\n', 'one/sub/x.py': ''}, 'one'),
                            ({'one/a.py': 'from .sub import x\n', 'one/sub/__init__.py': ''}, 'one'),
                            ({'one/__main__.py': '', 'one/sub/__init__.py': ''}, 'one'),
                            ({'one/two/__init__.py': ''}, 'two'),
                            ({'one/one/__init__.py': ''}, 'one'),
                            ({'one/my-files/x.py': '', 'one/two/a.py': ''}, 'two')):
            with self.subTest(files=files):
                got = stitch.unpack(stitch.build(os.path.join(self.folder(files), 'one')))
                self.assertEqual({path.partition('/')[0] for path in got}, {root})

    @unittest.skipUnless(hasattr(os, 'mkfifo'), 'this system has no named pipes')
    def test_only_regular_files_of_a_folder_travel(self):
        """What else is there could have no end: a pipe that nobody writes to. The child process is given up then."""
        folder = self.folder({'one/a.py': '', 'two/real.py': 'x = 1\n'})
        one, two = os.path.join(folder, 'one'), os.path.join(folder, 'two')
        os.symlink(os.path.join(two, 'real.py'), os.path.join(one, 'b.py'))
        os.symlink(os.path.join(folder, 'nothing'), os.path.join(one, 'lock.py'))
        os.symlink(os.devnull, os.path.join(one, 'null.txt'))
        os.mkfifo(os.path.join(one, 'pipe.txt'))
        os.mkfifo(os.path.join(one, 'c.py'))
        os.mkfifo(os.path.join(folder, 'three.py'))
        os.mkdir(os.path.join(folder, 'four'))
        os.mkfifo(os.path.join(folder, 'four', 'd.py'))
        script = textwrap.dedent("""
            import sys
            from pyembed import stitch
            folder, one, four = sys.argv[1:]
            print(sorted(stitch.unpack(stitch.build(one))), sorted(stitch.unpack(stitch.build(folder, package='two'))))
            for source in folder, four:
                try:
                    stitch.build(source)
                except stitch.StitchError as error:
                    print(str(error)[len(source):])
            """)
        done = subprocess.run([sys.executable, '-c', script, folder, one, os.path.join(folder, 'four')], stdout=subprocess.PIPE, timeout=120,
                              check=True, text=True, env={**os.environ, 'PYTHONPATH': os.pathsep.join(sys.path)})
        self.assertEqual(done.stdout.splitlines(), [
            "['one/a.py', 'one/b.py'] ['two/real.py']",
            ': 2 packages or modules, and one file holds one: one, two; choose one by its name (--package)',
            ': no Python in this folder: stitch needs the folder of a package, with .py files'])

    def test_one_of_several(self):
        files = {'a/__init__.py': '', 'b/__init__.py': '', 'c.py': 'x = 1\n'}
        for source in (files, self.folder(files), archive(files)):
            self.assertEqual(set(stitch.unpack(stitch.build(source, package='b'))), {'b/__init__.py'})
            self.assertEqual(set(stitch.unpack(stitch.build(source, package='c'))), {'c.py'})
            with self.assertRaisesRegex(stitch.StitchError, 'a, b, c; choose one'):
                stitch.build(source)
            with self.assertRaisesRegex(stitch.StitchError, "no package 'd'; there is a, b, c"):
                stitch.build(source, package='d')

    def test_one_module_of_a_folder_that_could_be_a_package(self):
        """As a package without __init__.py beside a setup.py: nothing tells whether the folder is the package."""
        folder = self.folder({'one/tool.py': '', 'one/setup.py': 'import once\n', 'one/sub/x.py': ''})
        with self.assertRaisesRegex(stitch.StitchError, r'3 packages or modules.*: setup, sub, tool; .*\(--package\); one is the folder itself'):
            stitch.build(os.path.join(folder, 'one'))
        for name, paths in ('one', {'one/tool.py', 'one/setup.py', 'one/sub/x.py'}), ('tool', {'tool.py'}), ('sub', {'sub/x.py'}):
            with self.subTest(name):
                self.assertEqual(set(stitch.unpack(stitch.build(os.path.join(folder, 'one'), package=name))), paths)

    def test_package_in_a_folder_of_its_name(self):
        folder = self.folder({'one/one/__init__.py': '', 'one/tests/__init__.py': '', 'one/setup.py': ''})
        self.assertEqual(set(stitch.unpack(stitch.build(os.path.join(folder, 'one'), package='one'))), {'one/__init__.py'})

    def test_broken_files_that_nothing_imports_travel(self):
        files = {'pkg/__init__.py': '', 'pkg/project-template/x.py': 'class {{ name }}:\n', 'pkg/old.txt': 'print 1'}
        self.assertEqual(set(stitch.unpack(stitch.build(files))), set(files))

    def test_own_place_is_warned_of(self):
        with self.assertWarnsRegex(stitch.StitchWarning, 'pkg/m.py, line 2: __file__ is used') as caught:
            stitch.build({'pkg/__init__.py': 'import os\nx = os.__file__\n', 'pkg/m.py': '# __file__\nplace = __file__\n'})
        self.assertEqual(len(caught.warnings), 1)
        self.assertEqual(caught.filename, __file__)

    def test_how_it_runs(self):
        for source, kind in (('def main(args): pass\n', 'from pkg.__main__ import main\n'),
                             ('def main(*args): pass\n', 'from pkg.__main__ import main\n'),
                             ('def main(): pass\n', 'import main as _main\n'),
                             ('def main(): pass\nif __name__ == "__main__": main()\n', '_package.run(args)'),
                             ('def main(args): pass\nmain(1)\n', '_package.run(args)'),
                             ('from .x import main\n', '_package.run(args)'),
                             ('"""Doc."""\nimport sys\ntry:\n    import x\nexcept ImportError:\n    x = None\nY = 1\ndef main(a, b=2, *, c=3): pass\n',
                              'from pkg.__main__ import main\n'),
                             ('def main(a, b): pass\n', '_package.run(args)'),
                             ('def main(*, x): pass\n', '_package.run(args)'),
                             ('async def main(args): pass\n', '_package.run(args)'),
                             ('import sys\ndef run(): return 5\ndef main(): return run()\nsys.exit(run())\n', '_package.run(args)'),
                             ('import argparse\nargs = argparse.ArgumentParser().parse_args()\ndef main(args): pass\n', '_package.run(args)'),
                             ('import sys\nname = sys.argv[1]\ndef main(args): pass\n', '_package.run(args)'),
                             ('for x in []: pass\ndef main(args): pass\n', '_package.run(args)'),
                             ('if 1:\n    raise KeyError\ndef main(args): pass\n', '_package.run(args)'),
                             ('print(1)\n', '_package.run(args)')):
            with self.subTest(source):
                self.assertIn(kind, stitch.build({'pkg/__main__.py': source}).rpartition('_package.install()')[2])


class ErrorTest(TreeCase):
    def refused(self, source, pattern, **options):
        with self.assertRaisesRegex(stitch.StitchError, pattern):
            stitch.build(source, **options)

    def test_no_python(self):
        self.refused(self.folder({'data.txt': 'x'}), 'no Python in this folder')
        self.refused(self.folder({'__pycache__/x.py': ''}), 'no Python in this folder')
        self.refused(self.folder({'data.txt': 'x'}), 'no Python in this folder', package='x')
        self.refused(self.folder({'one/__init__.py': '', 'one/x/__init__.py': ''}) + os.sep + 'one', "no package 'x'", package='x')
        self.refused(self.folder({'pkg/a-b.py': ''}) + os.sep + 'pkg', "no package 'x'; there is none", package='x')
        self.refused({'pkg/data.txt': 'x'}, 'no Python in it')
        self.refused(self.folder({'pkg/a-b.py': ''}), 'no Python in the package')

    def test_syntax_errors(self):
        self.refused({'pkg/__init__.py': '', 'pkg/m.py': 'x = 1\ny = = 2\n'}, r'pkg/m\.py, line 2: .*correct or remove')
        self.refused({'pkg/m.py': b'x = "\xff"\n'}, r'pkg/m\.py, line')
        self.refused({'pkg/m.py': b'# coding: nonsense\n'}, r'pkg/m\.py, line')
        self.refused({'pkg/m.py': b'x = 1\0'}, r'pkg/m\.py, line')
        self.refused({'pkg/m.py': '(' * 5000}, r'pkg/m\.py, line')

    def test_names(self):
        self.refused(self.folder({'my-pkg/__init__.py': ''}) + os.sep + 'my-pkg', "named 'my-pkg'")
        self.refused(self.folder({'class/__init__.py': ''}) + os.sep + 'class', "named 'class'")

    def test_extension_modules(self):
        files = {'pkg/__init__.py': '', 'pkg/a.so': 'elf', 'pkg/b.cp311-win_amd64.pyd': 'pe', 'pkg/c.abi3.so': 'elf'}
        for source in (files, self.folder(files)):
            self.refused(source, r'pkg/a\.so, pkg/b\.cp311-win_amd64\.pyd, pkg/c\.abi3\.so; leave them out')
            self.assertEqual(set(stitch.unpack(stitch.build(source, leave_out_extensions=True))), {'pkg/__init__.py'})

    def test_bytecode_without_sources(self):
        self.refused({'pkg/__init__.py': '', 'pkg/m.pyc': 'x'}, r'pkg/m\.pyc is bytecode without a source')

    def test_archives(self):
        self.refused(b'PK\5\6', 'damaged or cut short')
        with self.assertRaises(FileNotFoundError):
            stitch.build(os.path.join(self.folder({}), 'missing'))
        with self.assertRaises(TypeError):
            stitch.build(3)

    def test_names_that_no_system_has(self):
        self.refused({'pkg/__init__.py': '', 'pkg/a:b': ''}, "'pkg/a:b' is not a path")


class UnpackTest(TreeCase):
    def test_changes_are_given_back_and_told(self):
        text = stitch.build(HELLO)
        with self.assertWarnsRegex(stitch.StitchWarning, r'line \d+: mypkg/utils\.py was changed') as caught:
            files = stitch.unpack(text.replace('Hello from utils', 'Good day'))
        self.assertEqual(files['mypkg/utils.py'], HELLO['mypkg/utils.py'].replace('Hello from utils', 'Good day').encode())
        self.assertEqual((len(caught.warnings), caught.filename), (1, __file__))
        head, _, rest = text.partition('\n# --- mypkg/core.py')
        with self.assertWarnsRegex(stitch.StitchWarning, 'files were added to the stitched file, or taken from it'):
            self.assertEqual(set(stitch.unpack(head + rest[rest.index('\n# --- '):])), {'mypkg/utils.py', 'mypkg/__main__.py'})

    def test_any_text_as_hash_is_a_change(self):
        text = re.sub('"mypkg/core.py", "[0-9a-f]*"', r'"mypkg/core.py", "\\ud800"', stitch.build(HELLO))
        with self.assertWarnsRegex(stitch.StitchWarning, r'mypkg/core\.py was changed'):
            self.assertEqual({path: content.decode() for path, content in stitch.unpack(text).items()}, HELLO)

    def test_line_ends_of_another_system_change_nothing(self):
        text = stitch.build({'pkg/a.py': b'a = 1\nb = 2\n', 'pkg/b.py': b'a = 1\r\n'})
        self.assertEqual(stitch.unpack(text.replace('\n', '\r\n').encode()), {'pkg/a.py': b'a = 1\nb = 2\n', 'pkg/b.py': b'a = 1\r\n'})

    def test_nothing_is_run(self):
        folder = self.folder({'single.py': stitch.build(HELLO) + '\nraise SystemExit("was run")\n'})
        self.assertEqual(list(stitch.unpack(os.path.join(folder, 'single.py'))), list(HELLO))

    def test_damage(self):
        text = stitch.build(HELLO)
        for broken, pattern in (('print(1)\n', 'no stitched file'),
                                (text.replace('_stitch_format = 1', '_stitch_format = 2'), 'of format 2; this PyEmbed reads up to 1: update'),
                                (text.replace('_stitch_format = 1', '_stitch_format = "a"'), 'format is not a number'),
                                (text[:text.index('# --- mypkg/utils.py')], 'no files'),
                                (text[:text.rindex("''')")], 'no Python file that can be parsed'),
                                (text.replace("r'''\ndef", "name + r'''\ndef"), 'not given as literals'),
                                (text.replace('add("mypkg/core.py"', 'add("../core.py"'), 'not a path'),
                                (text.replace('add("mypkg/core.py"', 'add("/core.py"'), 'not a path'),
                                (text.replace('add("mypkg/core.py"', 'add("C:core.py"'), 'not a path'),
                                (text.replace('add("mypkg/core.py"', r'add("mypkg\\core.py"'), 'not a path'),
                                (text.replace('add("mypkg/core.py"', r'add("mypkg/\ud800.py"'), 'not a path'),
                                (text.replace('add("mypkg/core.py"', 'add("mypkg/utils.py"'), 'there twice'),
                                (text.replace('add("mypkg/core.py"', 'add("mypkg/utils.py/x"'), 'a file and a folder'),
                                (text.replace("\n''')\n\n# --- mypkg/core", "\n''', \"nonsense\")\n\n# --- mypkg/core"), 'cannot be read'),
                                (text.replace('_package.add(', '_package.add(*', 1), 'not given as literals'),
                                (re.sub(r'_package = _Package\(.*\)', '_package = _Package("mypkg")', text), 'arguments are missing'),
                                (text + '_package.add()\n', 'arguments are missing'),
                                (text + '_package.add("a/b.py", "x")\n', 'arguments are missing'),
                                ('x = ' + '-' * 300000 + '1\n' + text, r'no Python file that can be parsed: \w'),
                                ('x = (' * 3000 + text, 'no Python file that can be parsed'),
                                (text.encode() + b'# \xff', 'no Python file that can be parsed')):
            with self.subTest(pattern), self.assertRaisesRegex(stitch.StitchError, pattern):
                unchecked(stitch.unpack, broken)


class EmbeddedTest(unittest.TestCase):
    def test_works_from_an_archive(self):
        """As in the command, where pyembed itself is embedded."""
        code = '''
            import os, pyembed
            from pyembed import _importer
            files = {}
            for place, folders, names in os.walk(pyembed.__path__[0]):
                for name in names:
                    if name.endswith('.py'):
                        with open(os.path.join(place, name), 'rb') as file:
                            files['pyembed/' + name] = file.read()
            from pyembed._archive import write_archive
            archive = write_archive(files, 'pyembed')
            for name in list(sys.modules):
                if name.partition('.')[0] == 'pyembed':
                    del sys.modules[name]
            sys.path.pop(0)
            sys.meta_path[:] = [finder for finder in sys.meta_path if not getattr(finder, '__module__', '').startswith('pyembed')]
            sys.path_hooks[:] = [hook for hook in sys.path_hooks if not getattr(hook, '__module__', '').startswith('pyembed')]
            module = type(sys)('pyembed._importer')
            sys.modules['pyembed._importer'] = module
            exec(files['pyembed/_importer.py'], vars(module))
            module.boot(memoryview(archive))
            from pyembed import stitch
            assert not os.path.exists(stitch.__file__), stitch.__file__
            print(stitch.build({'pkg/__init__.py': 'x = 1'}))
        '''
        import textwrap
        done = run_python(textwrap.dedent(code))
        self.assertEqual(stitch.unpack(done.stdout), {'pkg/__init__.py': b'x = 1'})


if __name__ == '__main__':
    unittest.main()
