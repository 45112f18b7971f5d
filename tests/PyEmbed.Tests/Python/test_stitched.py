"""Stitched files as CPython runs and imports them, without PyEmbed: each test in processes of their own."""

import os
import subprocess
import sys
import textwrap
import unittest
import warnings

from support import TreeCase
from pyembed import stitch

FILES = {
    'zoo/__init__.py': '"""The zoo."""\nfrom zoo.animals import cat\nname = "zoo"\n',
    'zoo/errors.py': 'import warnings\n\x0c\ndef fail():\n    raise ValueError("no")  # the line\n\ndef warn():\n    warnings.warn("careful")  # warned\n',
    'zoo/animals/__init__.py': '',
    'zoo/animals/cat.py': 'def helper():\n    return "cat"\n',
    'zoo/animals/dog.py': 'from __future__ import annotations\nfrom . import cat\nfrom .. import name\n\ndef helper(x: Unknown = None):\n    return "dog"\n',
    'zoo/animals/data/food.txt': 'caf\u00e9\n'.encode(),
    'zoo/animals/data/picture.bin': bytes(range(256)),
    'zoo/spaces/deep/plain.py': 'value = 3\n',
    'zoo/latin.py': b'# coding: latin-1\ntext = "\xe9"\n',
    'zoo/windows.py': b'text = """a\r\nb"""\r\n',
    'zoo/cycle_a.py': 'from zoo import cycle_b\nvalue = 1\n\ndef get():\n    return cycle_b.value\n',
    'zoo/cycle_b.py': 'from zoo import cycle_a\nvalue = 2\n',
    'zoo/only_on_mars.py': 'import martian\n',
    'zoo/types.py': 'import enum\n\nclass Color(enum.Enum):\n    RED = 1\n',
    'zoo/work.py': 'def double(x):\n    return 2 * x\n',
}
PROGRAM = {
    'app/__init__.py': '',
    'app/core.py': 'import threading\n\ndef fail():\n    raise ValueError("no")  # the line\n\ndef fail_in_thread():\n    thread = threading.Thread(target=fail)\n    thread.start()\n    thread.join()\n',
    'app/__main__.py': '''
        import sys
        from .core import fail, fail_in_thread

        def main(args):
            if args == ["fail"]:
                fail()
            if args == ["thread"]:
                fail_in_thread()
            print(__name__, args, sys.argv[1:] == args)
            return len(args)
    ''',
}
SCRIPT = {
    'tool/__init__.py': '',
    'tool/core.py': 'value = 5\n',
    'tool/__main__.py': '''
        import multiprocessing
        import sys
        from .core import value

        def double(x):
            return 2 * x + value

        class Point:
            pass

        if __name__ == "__main__":
            print(__name__, __package__, sys.argv, sys.modules["__main__"].double is double)
            if "pool" in sys.argv:
                with multiprocessing.get_context(sys.argv[2]).Pool(1) as pool:
                    print(pool.map(double, [1, 2]), type(pool.apply(Point)) is Point)
            sys.exit(int(sys.argv[1]))
    ''',
}


class StitchedCase(TreeCase):
    def stitch(self, files, name='single.py'):
        """A folder with the stitched file of that name, and nothing else."""
        files = {path: textwrap.dedent(content).lstrip('\n') if path.endswith('__main__.py') else content for path, content in files.items()}
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', stitch.StitchWarning)
            return self.folder({name: stitch.build(files)})

    def python(self, folder, *arguments, code=0, options=(), text=None):
        """Run CPython in a folder; returns what it printed. None stands for any exit code."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith('PYTHON')}
        variables.update(PYTHONDONTWRITEBYTECODE='1', PYTHONIOENCODING='utf-8')
        done = subprocess.run([sys.executable, '-W', 'error::ImportWarning', *options, *arguments], cwd=folder, env=variables, input=text,
                              capture_output=True, encoding='utf-8', timeout=120)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.stderr = done.stderr
        return done.stdout

    def script(self, folder, script, **options):
        return self.python(folder, '-c', 'import sys\n' + textwrap.dedent(script), **options)


class ImportTest(StitchedCase):
    def test_modules(self):
        folder = self.stitch(FILES)
        place = os.path.join(folder, 'single.py')
        self.script(folder, f'''
            import single
            assert "zoo.animals.dog" not in sys.modules
            from zoo.animals import dog, cat
            assert (cat.helper(), dog.helper()) == ("cat", "dog")
            assert not hasattr(dog, "process") and dog.name == "zoo" and dog.cat is cat
            import zoo, zoo.latin, zoo.windows, zoo.cycle_a, zoo.spaces.deep.plain as plain
            assert single.zoo is zoo
            assert not set(vars(single)) & {{"helper", "name", "cat", "dog"}}
            assert (zoo.__package__, zoo.animals.__package__, dog.__package__) == ("zoo", "zoo.animals", "zoo.animals")
            place = {place!r}
            assert zoo.__path__ == [place + "/zoo".replace("/", {os.sep!r})]
            assert dog.__file__ == dog.__spec__.origin == {os.path.join(place, 'zoo', 'animals', 'dog.py')!r}
            assert (dog.__spec__.name, dog.__spec__.parent, dog.__spec__.has_location) == ("zoo.animals.dog", "zoo.animals", True)
            assert dog.__loader__ is dog.__spec__.loader
            assert zoo.__doc__ == "The zoo." and zoo.latin.text == "\\xe9" and zoo.windows.text == "a\\nb"
            assert zoo.cycle_a.get() == 2
            assert plain.value == 3 and list(zoo.spaces.__path__) == [place + "/zoo/spaces".replace("/", {os.sep!r})]
            assert getattr(zoo.spaces, "__file__", None) is None and zoo.spaces.deep.__package__ == "zoo.spaces.deep"
            assert dog.helper.__annotations__ == {{"x": "Unknown"}}
            try:
                import zoo.only_on_mars
            except ModuleNotFoundError as error:
                assert error.name == "martian"
            else:
                raise AssertionError
            assert "zoo.only_on_mars" not in sys.modules
            try:
                import zoo.missing
            except ModuleNotFoundError as error:
                assert error.name == "zoo.missing"
            else:
                raise AssertionError
        ''')

    def test_same_modules_as_from_disk(self):
        code = '''
            import zoo.animals.dog, zoo.cycle_a, zoo.latin, zoo.spaces.deep.plain, zoo.types
            print(sorted(set(sys.modules) - {"single"}))
            import importlib.resources
            print(importlib.resources.files("zoo.animals").joinpath("data/picture.bin").read_bytes())
            print(sorted(set(sys.modules) - {"single"}))
        '''
        stitched = self.script(self.stitch(FILES), 'import single\n' + textwrap.dedent(code))
        self.assertEqual(stitched, self.script(self.folder(FILES), code))

    def test_by_any_name(self):
        for name in ('zoo.py', 'other_name.py'):
            folder = self.stitch(FILES, name)
            with self.subTest(name):
                self.script(folder, f'''
                    import {name[:-3]}
                    import zoo, zoo.animals.dog
                    assert zoo.name == "zoo" and {name[:-3]}.zoo.name if {name != 'zoo.py'} else zoo.__path__
                    assert zoo.__file__.endswith({os.path.join(name, 'zoo', '__init__.py')!r})
                    import importlib
                    assert importlib.reload(zoo) is zoo
                ''')
        self.script(self.stitch(FILES, 'zoo.py'), 'import zoo.animals.dog as dog; assert dog.helper() == "dog"')

    def test_a_namespace_and_a_module(self):
        self.script(self.stitch({'plain/a.py': 'from .b import x\n', 'plain/b.py': 'x = 1\n'}), '''
            import single, plain.a
            assert plain.a.x == 1 and plain.__package__ == "plain" and plain.__spec__.submodule_search_locations
            assert "namespace" in repr(plain) or sys.version_info < (3, 12)
        ''')
        self.script(self.stitch({'one.py': 'x = 1\n'}), 'import single, one; assert one.x == 1 and one.__package__ == ""')

    def test_twice_in_a_process(self):
        self.script(self.stitch(PROGRAM), '''
            import importlib, runpy
            import single
            import app.core
            first = app.core
            importlib.reload(single)
            runpy.run_path("single.py")
            exec(compile(open("single.py", encoding="utf-8").read(), "<text>", "exec"), {})
            assert sys.modules["app.core"] is first and single.app.core is first
            assert len([finder for finder in sys.meta_path if hasattr(finder, "stitched")]) == 1
        ''')

    def test_without_a_file(self):
        folder = self.stitch(PROGRAM)
        with open(os.path.join(folder, 'single.py'), encoding='utf-8') as file:
            out = self.python(folder, '-', 'a', text=file.read(), code=1)
        self.assertEqual(out, "app.__main__ ['a'] True\n")
        self.script(self.stitch(FILES), '''
            exec(open("single.py", encoding="utf-8").read(), {"__name__": "x"})
            import zoo.animals.dog, traceback, zoo.errors
            assert zoo.animals.dog.__file__.startswith("<stitched zoo>")
            try:
                zoo.errors.fail()
            except ValueError:
                assert "# the line" in traceback.format_exc()
        ''')

    def test_in_a_zip(self):
        import zipfile
        folder = self.stitch(PROGRAM, '__main__.py')
        with zipfile.ZipFile(os.path.join(folder, 'app.zip'), 'w') as archive:
            archive.write(os.path.join(folder, '__main__.py'), '__main__.py')
            archive.write(os.path.join(folder, '__main__.py'), 'single.py')
        self.assertEqual(self.python(folder, 'app.zip', 'x', 'y', code=2), "app.__main__ ['x', 'y'] True\n")
        self.script(folder, '''
            sys.path.insert(0, "app.zip")
            import single, app.core, inspect
            assert "# the line" in inspect.getsource(app.core.fail)
        ''')

    def test_imported_from_elsewhere(self):
        folder = self.stitch(FILES)
        os.mkdir(os.path.join(folder, 'zoo'))
        with open(os.path.join(folder, 'zoo', '__init__.py'), 'w', encoding='utf-8'):
            pass
        self.script(folder, f'''
            import zoo
            try:
                import single
            except ImportError as error:
                assert {os.path.join(folder, 'single.py')!r} in str(error) and zoo.__file__ in str(error), error
            else:
                raise AssertionError
            assert not any(hasattr(finder, "stitched") for finder in sys.meta_path)
            del sys.modules["zoo"]
            import single
            assert sys.modules["zoo"].name == "zoo"         # the file goes before the path
        ''')
        os.rename(os.path.join(folder, 'single.py'), os.path.join(folder, 'first.py'))
        with open(os.path.join(folder, 'second.py'), 'w', encoding='utf-8', newline='') as file:
            file.write(stitch.build({'zoo/__init__.py': ''}))
        self.script(folder, '''
            import first
            try:
                import second
            except ImportError as error:
                assert "first.py" in str(error) and "second.py" in str(error), error
            else:
                raise AssertionError
        ''')

    def test_two_stitched_packages(self):
        folder = self.stitch(FILES)
        with open(os.path.join(folder, 'other.py'), 'w', encoding='utf-8', newline='') as file:
            file.write(stitch.build({'garden/__init__.py': 'import zoo.errors\nimport warnings\ndef warn():\n    warnings.warn("more")  # also warned\n'}))
        self.script(folder, 'import single, other, zoo.errors, garden\nzoo.errors.warn()\ngarden.warn()')
        self.assertIn('# warned', self.stderr)
        self.assertIn('# also warned', self.stderr)


class ToolsTest(StitchedCase):
    def test_sources_and_lines(self):
        folder = self.stitch(FILES)
        self.script(folder, f'''
            import single, zoo.errors, zoo.latin, traceback, inspect, linecache, pkgutil, runpy
            try:
                zoo.errors.fail()
            except ValueError:
                text = traceback.format_exc()
            assert 'File "' + zoo.errors.__file__ + '", line 4, in fail\\n    raise ValueError("no")  # the line\\n' in text, text
            assert inspect.getsource(zoo.errors.fail) == 'def fail():\\n    raise ValueError("no")  # the line\\n'
            assert inspect.getsourcefile(zoo.errors) == inspect.getfile(zoo.errors.fail) == zoo.errors.__file__
            assert inspect.getsource(zoo.latin).endswith('"\\xe9"\\n')
            linecache.checkcache()
            assert linecache.getline(zoo.errors.__file__, 7) == '    warnings.warn("careful")  # warned\\n'
            assert [module[1:] for module in pkgutil.iter_modules(zoo.__path__, "zoo.")] == [
                ("zoo.animals", True), ("zoo.cycle_a", False), ("zoo.cycle_b", False), ("zoo.errors", False), ("zoo.latin", False),
                ("zoo.only_on_mars", False), ("zoo.types", False), ("zoo.windows", False), ("zoo.work", False)]
            assert pkgutil.get_data("zoo.animals", "data/food.txt") == "caf\\xe9\\n".encode()
            assert runpy.run_module("zoo.work")["double"](2) == 4
            try:
                zoo.__loader__.get_data(zoo.__file__ + "x")
            except FileNotFoundError as error:
                assert error.filename == zoo.__file__ + "x"
            import pickle, copy
            import zoo.types
            assert pickle.loads(pickle.dumps(zoo.types.Color.RED)) is zoo.types.Color.RED
        ''')

    def test_iter_modules_as_from_disk(self):
        code = '''
            import pkgutil, zoo
            print([module[1:] for module in pkgutil.walk_packages(zoo.__path__, "zoo.", onerror=lambda name: None)])
        '''
        stitched = self.script(self.stitch(FILES), 'import single\n' + textwrap.dedent(code))
        self.assertEqual(stitched, self.script(self.folder(FILES), code))

    def test_warnings_show_the_line(self):
        self.script(self.stitch(FILES), 'import single, zoo.errors; zoo.errors.warn()')
        self.assertIn('errors.py:7: UserWarning: careful\n  warnings.warn("careful")  # warned\n', self.stderr)

    def test_debugger(self):
        folder = self.stitch(PROGRAM)
        out = self.python(folder, '-m', 'pdb', 'single.py', 'fail', text='c\nl\nq\n')
        self.assertIn('-> raise ValueError("no")  # the line', out)
        out = self.script(folder, 'import single, app.core, pdb; pdb.run("app.core.fail()")', text='b app.core.fail\nc\nq\n', code=None)
        self.assertIn('-> raise ValueError("no")  # the line', out)

    def test_resources(self):
        folder = self.stitch(FILES)
        place = self.script(folder, '''
            import single, zoo.animals, importlib.resources as resources
            files = resources.files("zoo.animals")
            assert (files / "data" / "food.txt").read_text(encoding="utf-8") == "caf\\xe9\\n"
            assert files.joinpath("data/picture.bin").read_bytes() == bytes(range(256))
            assert sorted(child.name for child in files.iterdir()) == ["__init__.py", "cat.py", "data", "dog.py"]
            assert resources.files("zoo").joinpath("animals").is_dir() and not files.joinpath("x").exists()
            with resources.as_file(files.joinpath("data/food.txt")) as path:
                assert path.read_bytes() == "caf\\xe9\\n".encode()
            reader = zoo.animals.__loader__.get_resource_reader("zoo.animals")
            assert reader.is_resource("cat.py") and not reader.is_resource("data") and not reader.is_resource("x")
            try:
                reader.resource_path("cat.py")
            except FileNotFoundError:
                pass
            else:
                raise AssertionError
            assert reader.open_resource("cat.py").read().startswith(b"def helper")
            if sys.version_info >= (3, 10):
                import os
                with open(files / "data" / "food.txt", "rb") as file:
                    assert file.read() == "caf\\xe9\\n".encode()
                assert sorted(os.listdir(files / "data")) == ["food.txt", "picture.bin"]
                print(os.fspath(files / "data"))
                assert resources.files("zoo.spaces").joinpath("deep/plain.py").read_text() == "value = 3\\n"
            if not (3, 13) > sys.version_info >= (3, 11):
                assert resources.read_binary("zoo.animals", "cat.py").startswith(b"def helper")
                assert resources.is_resource("zoo.animals", "dog.py")
        ''')
        self.assertFalse(os.path.exists(place.strip()))


class RunTest(StitchedCase):
    def test_main(self):
        folder = self.stitch(PROGRAM)
        self.assertEqual(self.python(folder, 'single.py'), "app.__main__ [] True\n")
        self.assertEqual(self.python(folder, 'single.py', 'a', '-b', code=2), "app.__main__ ['a', '-b'] True\n")
        out = self.script(folder, 'import single, app.__main__; assert single.main is app.__main__.main; assert single.main(["x"]) == 1')
        self.assertEqual(out, "app.__main__ ['x'] False\n")
        self.assertEqual(self.python(os.path.dirname(folder), os.path.join(os.path.basename(folder), 'single.py')), "app.__main__ [] True\n")

    def test_procedure(self):
        folder = self.stitch({'app/__main__.py': 'import sys\n\ndef main():\n    print(sys.argv[1:])\n    return "bad" if sys.argv[1:] else None\n'})
        self.assertEqual(self.python(folder, 'single.py'), '[]\n')
        self.assertEqual(self.python(folder, 'single.py', 'x', code=1), "['x']\n")
        self.assertEqual(self.stderr, 'bad\n')

    def test_script(self):
        folder = self.stitch(SCRIPT)
        place = os.path.join(folder, 'single.py')
        self.assertEqual(self.python(folder, 'single.py', '3', code=3), f"__main__ tool {[place, '3']} True\n")
        out = self.script(folder, '''
            import single
            main, argv = sys.modules["__main__"], list(sys.argv)
            assert "tool.core" not in sys.modules and "tool.__main__" not in sys.modules
            assert single.main(["4"]) == 4
            assert sys.modules["__main__"] is main and sys.argv == argv and "tool.__main__" not in sys.modules
        ''')
        self.assertEqual(out, f"__main__ tool {[place, '4']} True\n")
        folder = self.stitch({'tool/__main__.py': 'import sys\nsys.exit()\n'})
        self.script(folder, 'import single; assert single.main([]) == 0')
        folder = self.stitch({'tool/__main__.py': 'import sys\nsys.exit("bad")\n'})
        self.python(folder, 'single.py', code=1)
        self.assertEqual(self.stderr, 'bad\n')

    def test_workers(self):
        for method in ['spawn'] + ['forkserver', 'fork'] * (os.name != 'nt'):
            with self.subTest(method):
                out = self.python(self.stitch(SCRIPT), 'single.py', '0', method, 'pool')
                self.assertEqual(out.splitlines()[1:], ['[7, 9] True'])
        folder = self.stitch({**FILES, 'zoo/__main__.py': '''
            import multiprocessing
            from .work import double

            def main(args):
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    print(pool.map(double, [1, 2]))
        '''})
        self.assertEqual(self.python(folder, 'single.py'), '[2, 4]\n')

    def test_nothing_to_run(self):
        folder = self.stitch(FILES)
        self.assertEqual(self.python(folder, 'single.py', code=2), '')
        self.assertEqual(self.stderr.count('\n'), 1)
        self.assertIn("single.py: the package 'zoo' has no __main__ to run", self.stderr)
        self.script(folder, 'import single; assert not hasattr(single, "main")')

    def test_uncaught_exceptions_show_the_line(self):
        folder = self.stitch(PROGRAM)
        with open(os.path.join(folder, 'core.py'), 'w', encoding='utf-8') as file:     # CPython itself looks for it by this name
            file.write('1\n2\n3\nthe wrong file\n')
        place = os.path.join(folder, 'single.py', 'app', 'core.py')
        for argument, code in ('fail', 1), ('thread', 1):
            with self.subTest(argument):
                self.python(folder, 'single.py', argument, code=code)
                self.assertIn(f'  File "{place}", line 4, in fail\n    raise ValueError("no")  # the line\n', self.stderr)
                self.assertIn('\nValueError: no\n', self.stderr)
                self.assertNotIn('frozen', self.stderr)
                self.assertNotIn('wrong', self.stderr)
                self.assertEqual('Exception in thread Thread-1' in self.stderr, argument == 'thread')

    def test_uncaught_exceptions_of_another_program_show_the_line(self):
        self.script(self.stitch(PROGRAM), 'import single, app.core; app.core.fail()', code=1)
        self.assertIn('    raise ValueError("no")  # the line\n', self.stderr)
        self.script(self.stitch(PROGRAM), 'sys.excepthook = hook = lambda *_: print("mine")\nimport single, app.core; app.core.fail()', code=1)
        self.assertEqual(self.stderr, '')

    def test_errors_while_importing(self):
        folder = self.stitch({'app/__init__.py': 'from app.broken import x\n', 'app/broken.py': 'def f():\n    return 1 / 0  # here\nx = f()\n'})
        for arguments in (['single.py'], ['-c', 'import single']):
            self.python(folder, *arguments, code=1)
            self.assertIn('ZeroDivisionError', self.stderr)
            self.assertNotIn('frozen', self.stderr)
        self.python(folder, 'single.py', code=1)
        self.assertIn('return 1 / 0  # here', self.stderr)


if __name__ == '__main__':
    unittest.main()
