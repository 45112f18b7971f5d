"""The resolution order of restricted interpreters, each in a process of its own."""

import os
import tempfile
import unittest

import support
from test_boot import HOST, package_files

START = '''
module.boot(memoryview(open(sys.argv.pop(1), "rb").read()), codes="")
import pyembed
from pyembed import _importer, _registry
'''


def run(code, *arguments):
    """What code prints in a process that a host has booted the importer in; ``pyembed`` and ``_registry`` are there."""
    host = HOST.format(package=support.PACKAGE, names=[name.partition('/')[2] for name in package_files()])
    return support.run_python(host + START + code, OWN, *arguments, options=('-I', '-S')).stdout.splitlines()


def setUpModule():
    global OWN
    OWN = os.path.join(support.CACHE, 'registry-own.zip')
    with open(OWN, 'wb') as file:
        file.write(support.archive(support.with_bytecode(package_files()), 'pyembed', placement='library', materialize='never'))


class RegistryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        for name in ('on_disk.py', 'json.py', 'colorsys.py'):
            with open(os.path.join(self.folder, name), 'w') as file:
                file.write(f'x = "disk {name}"\n')

    def test_a_tree_cannot_stand_in_for_the_standard_library(self):
        self.assertEqual(run('''
pyembed.mount({"colorsys.py": "shadow = 1", "mine.py": "x = 1"})
_registry.install(True)
import colorsys, mine
print(hasattr(colorsys, "shadow"), mine.x)
print([(name, used == "fs:" + colorsys.__file__, hidden) for name, used, hidden in pyembed.report()["shadowed"]])
'''), ['False 1', "[('colorsys', True, 'memory:/files')]"])

    def test_neither_can_a_finder_nor_a_folder(self):
        self.assertEqual(run('''
class Eager:
    asked = []
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        cls.asked.append(name)
sys.path.insert(0, sys.argv[1])
_registry.install(True)
sys.meta_path.insert(sys.meta_path.index(_registry.Registry) + 1, Eager)
import colorsys, json.tool, on_disk, xml.dom
print(hasattr(colorsys, "x"), on_disk.x, "on_disk" in Eager.asked, {"colorsys", "json", "json.tool", "xml.dom"}.isdisjoint(Eager.asked))
''', self.folder), ["False disk on_disk.py True True"])

    def test_without_the_file_system_only_trees_are_on_the_path(self):
        self.assertEqual(run('''
sys.path.append(sys.argv[1])
root = pyembed.mount({"mine/__init__.py": ""})
_registry.install(False)
print(sys.path == [root], len(sys.path_hooks))
import mine, json, email.mime.text, xml.etree.ElementTree, unittest, encodings.idna, concurrent.futures, asyncio
def missing(name):
    try:
        __import__(name)
        print("found", name)
    except ModuleNotFoundError:
        pass
missing("on_disk")
sys.path.insert(0, sys.argv[1])
missing("on_disk")
mine.__path__.append(sys.argv[1])
missing("mine.on_disk")
json.__path__.insert(0, sys.argv[1])
missing("json.on_disk")
sys.path_importer_cache.clear()
missing("on_disk")
import importlib
importlib.invalidate_caches()
sys.path.append(json.__path__[-1] + "/../../../" + sys.argv[1])
missing("on_disk")
''', self.folder), ['True 2'])

    def test_site_packages_are_not_the_standard_library(self):
        self.assertEqual(run('''
import os
_registry.install(False)
library = _registry.library
inner = os.path.dirname(os.__file__)
print(_registry.is_library(inner), _registry.is_library(inner + "/json"), _registry.is_library(inner + "/site-packages"),
      _registry.is_library(inner + "/site-packages/pip"), _registry.is_library(inner + "/json/../.."), _registry.is_library(inner + "x"))
'''), ['True True False False False False'])

    def test_without_the_file_system_no_tree_becomes_files(self):
        self.assertEqual(run('''
_registry.install(False)
pyembed.mount({"mine/__init__.py": "", "mine/d.txt": "1"})
import mine, importlib.resources
print(mine.__spec__.origin, hasattr(mine, "__file__"), _importer.extracted)
'''), ['memory:/mine/__init__.py False {}'])

    def test_the_adapters_still_work(self):
        self.assertEqual(run('''
_registry.install(False)
import runpy, pyembed._tools
print(type(runpy.io).__name__, type(runpy.__loader__).__name__ != "AdaptingLoader")
'''), ['Facade True'])

    def test_every_module_of_the_standard_library_is_found_as_before(self):
        self.assertEqual(run('''
import importlib.util, pkgutil
names = [module.name for module in pkgutil.iter_modules() if module.name != "pyembed"] + ["os.path", "json.decoder", "xml.dom.minidom", "collections.abc"]
def found():
    specs = {name: importlib.util.find_spec(name) for name in names}
    return {name: (spec and spec.origin, type(spec.loader)) for name, spec in specs.items()}
before = found()
_registry.install(False)
after = found()
print(len(names) > 150, {name: (before[name], after[name]) for name in names if str(before[name]) != str(after[name])})
'''), ['True {}'])

    def test_a_start_that_fails_leaves_all_as_it_was(self):
        self.assertEqual(run('''
import _frozen_importlib as b
sys.path.append(sys.argv[1])
def state():
    return list(sys.path), list(sys.path_hooks), list(sys.meta_path), b._find_and_load, _importer.allow_files
before = state()
_registry.uninstall()
print(state() == before)
for files in False, True:
    _registry.install(files)
    _registry.install(files)
    print(_registry.installed(), sys.meta_path.count(_registry.Registry), state() == before)
    try: import on_disk; del sys.modules["on_disk"]
    except ImportError: pass
    _registry.uninstall()
    print(_registry.installed(), state() == before)
import on_disk, json
try: import nowhere
except ImportError as error: print(on_disk.x, json.__name__, error)
''', self.folder), ['True', 'False 1 False', 'None True', 'True 1 False', 'None True', "disk on_disk.py json No module named 'nowhere'"])

    def test_a_module_not_found_is_one_error_with_origins_and_who_asked(self):
        lines = run('''
import sys, traceback
pyembed.mount({"asks/__init__.py": "", "asks/one.py": "x = 1\\nif x: import nowhere\\n",
               "asks/two.py": "import importlib\\ndef f(): importlib.import_module('asks.nowhere')\\n"}, "memory://asks")
sys.path.append(sys.argv[1])
class Named:
    @staticmethod
    def find_spec(name, path=None, target=None): pass
sys.meta_path.insert(0, Named)
_registry.install(False)
try:
    import asks.one
except ImportError as error:
    print(type(error).__name__, error.name, str(error) == error.msg == error.args[0])
    print(error.msg.replace(error.origins[1], "LIBRARY") if error.origins[1][:4] == "fs:/" else error)
    print([line for line in traceback.format_exc().splitlines() if line.startswith("  File")][1:])
    print(error.origins[0], error.origins[-1], error.path)
import asks.two
try:
    asks.two.f()
except ImportError as error:
    print(error.msg)
try:
    import json.nowhere
except ImportError as error:
    print(error.origins == ("fs:" + json.__path__[0] if "json" in globals() else error.origins[0], "finder:/Named"), error.name)
import importlib.util
print(importlib.util.find_spec("nowhere"))
sys.modules["halted"] = None
try:
    import halted
except ImportError as error:
    print(error)
''', self.folder)
        column = ', column 7' if support.sys.version_info >= (3, 11) else ''
        self.assertEqual(lines[0], 'ModuleNotFoundError nowhere True')
        self.assertTrue(lines[1].startswith("No module named 'nowhere'; looked in: builtin, "), lines[1])
        self.assertTrue(lines[1].endswith(f'; asked for by asks.one (memory:/asks/one.py, line 2{column})'), lines[1])
        self.assertEqual(lines[2:4], ["['  File \"memory:/asks/one.py\", line 2, in <module>']", 'builtin memory:/files None'])
        self.assertTrue(lines[4].startswith("No module named 'asks.nowhere'; looked in: finder:/Named, memory:/asks; asked for by asks.two "), lines[4])
        self.assertEqual(lines[5:], ['True json.nowhere', 'None', 'import of halted halted; None in sys.modules'])

    def test_an_error_raised_while_a_module_runs_stays_what_it_was(self):
        self.assertEqual(run('''
import traceback
_registry.install(False)
pyembed.mount({"fails.py": "import json\\n1 // 0\\n", "outer.py": "x = 1\\nif x: import fails\\n", "lacks.py": "raise ModuleNotFoundError('mine', name='lacks')"})
try:
    import outer
except ZeroDivisionError:
    print([line for line in traceback.format_exc().splitlines() if line.startswith("  File")][1:])
try:
    import lacks
except ImportError as error:
    print(error, hasattr(error, "origins"))
'''), ["['  File \"memory:/outer.py\", line 2, in <module>', '  File \"memory:/fails.py\", line 2, in <module>']", 'mine False'])


if __name__ == '__main__':
    unittest.main()
