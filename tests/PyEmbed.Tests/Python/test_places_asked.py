"""What sources ask for: the build reads their syntax, the importer, where no build has looked, their words. Of each source
of one table both must say what the table says; the words may say more, never less."""

import unittest

from support import TreeCase, _importer, archive
from test_places import load_analyze

from pyembed import _places

OWN, CODE, OTHERS = 1, 2, 4
FRAME = 'import os, inspect, sys\n'
RESOURCES = 'from importlib.resources import files\n'

# (what the build says, source of the module pkg/mod.py)
ASKS = [
    (OWN, 'import os\nHERE = os.path.dirname(__file__)'),
    (OWN, 'x = __cached__'),
    (OWN, 'x = __path__[0]'),
    (OWN, "x = globals()['__file__']"),
    (OWN, 'x = __spec__.origin'),
    (OWN, 'x = __loader__.path'),
    (OWN, 'x = __loader__.get_filename()'),
    (OWN, 'x = __spec__.loader.path'),
    (OWN | CODE, 'import os\nx = os.listdir(os.path.dirname(__file__))'),
    (OWN, 'import os, pkg\nx = os.path.dirname(pkg.__file__)'),
    (OWN, 'import os, pkg.sub\nx = os.path.dirname(pkg.__file__)'),
    (OWN, 'import inspect, pkg as p\nx = inspect.getfile(p)'),
    (OWN | CODE, 'import os, pkg.sub as s\nx = os.path.dirname(s.__file__)'),
    (OWN | CODE, 'import os, pkg.sub\nx = os.path.dirname(pkg.sub.__file__)'),
    (OWN | CODE, 'from pkg import __file__ as here'),
    (OWN | CODE, 'from . import __file__ as here'),
    (OWN | CODE, 'from . import __path__ as paths'),
    (OWN, 'from . import __path__\nx = __path__[0]'),
    (OWN | CODE, 'import inspect\nfrom . import data\nx = inspect.getfile(data)'),
    (OTHERS | CODE, 'from other import __file__ as there'),
    (OTHERS | CODE, 'import other\nx = other.__file__'),
    (OTHERS, 'import os, other\nx = os.path.dirname(other.__file__)'),
    (OTHERS | CODE, 'import os, other\nx = os.stat(os.path.dirname(other.__file__))'),
    (OTHERS, 'import os, other\nx = os.path.dirname(other.__loader__.path)'),
    (OTHERS, 'import os, pkgutil\nx = os.path.dirname(pkgutil.get_loader("a").get_filename())'),
    (OTHERS, 'import os, pkgutil\nx = os.path.dirname(pkgutil.get_loader("a").path)'),
    (OTHERS, 'import os\nfrom importlib.util import find_spec\nx = os.path.dirname(find_spec("a").loader.get_filename("a"))'),
    (OTHERS, 'import os\nfrom importlib.util import find_spec\nx = os.path.dirname(find_spec("a").origin)'),
    (OTHERS | CODE, 'import pkg_resources\nx = pkg_resources.resource_listdir, pkg_resources.resource_filename\nimport os\nos.walk'),
    (OWN, FRAME + 'def f(): pass\nx = os.path.dirname(f.__code__.co_filename)'),
    (OWN, FRAME + 'x = os.path.dirname(sys._getframe().f_code.co_filename)'),
    (OWN, FRAME + 'x = os.path.dirname(os.path.abspath(inspect.stack()[0].filename))'),
    (OWN, FRAME + 'x = os.path.dirname(inspect.stack()[0][1])'),
    (OWN, FRAME + 'x = os.path.dirname(inspect.getframeinfo(inspect.currentframe()).filename)'),
    (OTHERS, FRAME + 'def caller(): return os.path.dirname(inspect.stack()[1].filename)'),
    (OTHERS, FRAME + 'def caller():\n    frame = sys._getframe(1)\n    name = frame.f_code.co_filename\n    return os.path.dirname(name)'),
    (OTHERS, FRAME + 'for frame in inspect.getouterframes(inspect.currentframe()):\n    x = os.path.dirname(frame.filename)'),
    (OWN, RESOURCES + 'x = str(files("pkg") / "d.txt")'),
    (OWN, RESOURCES + 'x = str(files(__name__).joinpath("d.txt"))'),
    (OWN, 'import importlib.resources as r\nplace = r.files("pkg.sub")\ndef f(): return str(place / "d.txt")'),
    (OWN, 'from importlib import resources\nx = resources.files(__package__).as_posix()'),
    (OWN, 'import importlib_resources\nx = str(importlib_resources.files("pkg"))'),
    (OTHERS, RESOURCES + 'x = str(files("other") / "d.txt")'),
]
# What the build takes for no question; the words can tell less.
SILENT = [
    '# __file__',
    'import pkgutil\nfor m in pkgutil.iter_modules(__path__): pass',
    'from . import __path__\nimport pkgutil\nx = list(pkgutil.iter_modules(__path__))',
    'import inspect\nfrom . import tests\ndef test(): return inspect.getfile(tests)',
    FRAME + 'def show(frame): return os.path.basename(frame.f_code.co_filename)',
    FRAME + 'def show(frame): return "".join([frame.f_code.co_filename])\nopen("x")',
    FRAME + 'def show(frame):\n    name = frame.f_code.co_filename\n    return name\ndef read(name):\n    return open(name)',
    FRAME + 'def depth(): return len(inspect.stack())',
    'class Stack:\n    def pop(self): return self.stack()[0]\nopen("x")',
    RESOURCES + 'x = files("pkg").joinpath("d.txt").read_text()',
    RESOURCES + 'x = str(files("pkg").joinpath("d.txt").read_text())',
    RESOURCES + 'x = open(files("pkg") / "d.txt")\ny = str(1)',
    'import os\nfiles = os.listdir\nx = str(files("."))',
    'class Loader:\n    def get_filename(self): return self.path\nx = Loader().get_filename()',
]


class PlacesAskedTest(TreeCase):
    def words(self, source):
        tree = _importer.open_tree(memoryview(archive({'pkg/mod.py': source}, 'words')), 'words')
        return _places._search(tree, 'pkg/mod.py')

    def syntax(self, source):
        analyze = load_analyze()
        if not analyze.places.WORDS.search(source.encode()):
            return 0
        return analyze.places.asked(analyze.parse(source.encode(), 'pkg/mod.py'), 'pkg/mod.py')

    def test_the_build(self):
        for expected, source in ASKS:
            with self.subTest(source):
                self.assertEqual(self.syntax(source), expected)
        for source in SILENT:
            with self.subTest(source):
                self.assertEqual(self.syntax(source), 0)

    def test_the_words(self):
        for expected, source in ASKS:
            with self.subTest(source):
                self.assertEqual(self.words(source) & expected, expected)

    def test_the_words_do_not_ask_for_everything(self):
        for source in ('x = 1', 'import os\nx = os.listdir(".")', 'import inspect\nx = inspect.currentframe().f_code.co_filename',
                       RESOURCES + 'x = files("pkg").joinpath("d.txt").read_text()', 'from inspect import getsourcefile'):
            with self.subTest(source):
                self.assertEqual(self.words(source), 0)


if __name__ == '__main__':
    unittest.main()
