"""What the standard library imports by name for whoever calls it."""

from ._registry import technique

technique('runpy.run_module', 'import runpy; got = runpy.run_module("NAME.sub")["secret"]')
technique('runpy.run_module of a cached module', 'import json, runpy; got = runpy.run_module("NAME")', names=('json.scanner', 'json.encoder'))
technique('pkgutil.resolve_name', 'import pkgutil; got = pkgutil.resolve_name("NAME:secret")')
technique('pkgutil.walk_packages', '''
import pkgutil, holder
got = [info.name for info in pkgutil.walk_packages([holder.__path__[0].rpartition('holder')[0]], onerror=lambda name: None) if info.name.startswith("NAME.")]
''', late=True)
technique('pkgutil.find_loader', 'import pkgutil; got = pkgutil.find_loader("NAME").load_module("NAME")', until=(3, 14))
technique('pydoc.locate', 'import pydoc; got = pydoc.locate("NAME")', late=True)
technique('pydoc.safeimport', 'import pydoc; got = pydoc.safeimport("NAME")', late=True)
technique('help', 'import pydoc; got = "secret" in pydoc.render_doc("NAME.sub")', late=True)
technique('pickle', 'import pickle; got = pickle.loads(b"cNAME\\nsecret\\n.")')
technique('pickle in Python', 'import pickle, io; got = pickle._Unpickler(io.BytesIO(b"cNAME\\nsecret\\n.")).load()')
technique('pickle by STACK_GLOBAL', 'import pickle; got = pickle.loads(b"\\x80\\x04\\x8c\\x04NAME\\x8c\\x06secret\\x93.")')
technique('copyreg', '''
import copyreg, pickle
copyreg.add_extension("NAME", "secret", SERIAL)
got = pickle.loads(b"\\x80\\x02\\x82" + bytes([SERIAL]) + b".")
''')
technique('encodings', 'import codecs; codecs.lookup("TAIL".replace("_codec", "")); got = True', names=('encodings.rot_13', 'encodings.hex_codec'), late=True)
technique('codecs.lookup', 'import codecs, sys; got = codecs.lookup("TAIL")', names=('encodings.cp037', 'encodings.cp500'), late=True)
technique('unittest', 'import unittest; loader = unittest.TestLoader(); loader.loadTestsFromName("NAME.sub"); got = not loader.errors', late=True)
technique('doctest', 'import doctest; got = doctest.DocTestFinder(exclude_empty=False) and doctest.testmod(__import__("NAME")) or True')
technique('DocTestSuite', 'import doctest; got = doctest.DocTestSuite("NAME")')
technique('logging.config', '''
import logging.config
got = logging.config.BaseConfigurator({}).resolve("NAME.secret")
''')
technique('dictConfig', '''
import logging.config
logging.config.dictConfig({'version': 1, 'formatters': {'f': {'()': "NAME.function"}}}); got = True
''')
technique('warnings', 'import warnings; got = warnings._getcategory("NAME.Thing")')
technique('breakpoint', 'import os; os.environ["PYTHONBREAKPOINT"] = "NAME.function"; got = breakpoint()', late=True)
technique('entry points', 'from importlib.metadata import EntryPoint; got = EntryPoint("x", "NAME:secret", "g").load()')
technique('mock.patch', '''
import unittest.mock
with unittest.mock.patch("NAME.secret", 1): got = True
''')
technique('xml.sax', 'import xml.sax; got = xml.sax.make_parser(["NAME"]) == "parser"', late=True)
technique('timeit', 'import timeit; timeit.timeit("import NAME", number=1); got = True')
technique('code.interact', 'import code; code.InteractiveInterpreter().runsource("import NAME")', late=True)
technique('cProfile', 'import cProfile; cProfile.Profile().run("import NAME"); got = True')
technique('bdb', 'import bdb; bdb.Bdb().run("import NAME"); got = True', late=True)
technique('site and .pth files', '''
import site, os
with open(FOLDER + "/NAME.pth", "w") as file: file.write("import NAME\\n")
site.addpackage(FOLDER, "NAME.pth", set())
''', late=True)
technique('the C API', '''
import ctypes
call = ctypes.pythonapi.PyImport_ImportModule; call.restype = ctypes.py_object; got = call(b"NAME")
''')
technique('PyRun_SimpleString', 'import ctypes; got = ctypes.pythonapi.PyRun_SimpleString(b"import NAME") == 0', late=True)
technique('type hints', '''
import typing
def f(x: '__import__("NAME")'): pass
try: typing.get_type_hints(f)
except TypeError: pass          # a module is no type
import builtins
got = "NAME" in builtins.RAN
''')
technique('a registry of DOM implementations', '''
import xml.dom.domreg as registry, builtins
registry.well_known_implementations['x'] = "NAME"
try: registry.getDOMImplementation('x')
except AttributeError: pass     # it has no such function
got = "NAME" in builtins.RAN
''')
technique('files of a package', 'import importlib.resources as r; got = r.files("NAME")')
technique('names that pickle maps', '''
import io, pickle
pickle._compat_pickle.IMPORT_MAPPING["old"] = "NAME"
try: got = pickle._Unpickler(io.BytesIO(b"cold\\nsecret\\n.")).load()
finally: del pickle._compat_pickle.IMPORT_MAPPING["old"]
''')
technique('unittest.main', '''
import unittest, builtins
try: unittest.main("NAME", argv=['x'], exit=False)
finally: got = "NAME" in builtins.RAN
''')
technique('timeit.main', 'import timeit, builtins; timeit.main(["-n1", "-r1", "import NAME"]); got = "NAME" in builtins.RAN', late=True)
technique('doctest of a text', '''
import doctest
runner = doctest.DocTestRunner(verbose=False)
runner.run(doctest.DocTestParser().get_doctest('>>> import NAME\\n', {}, 'x', None, None), out=lambda text: None)
got = runner.summarize(verbose=False)[0] == 0
''', late=True)
technique('mock of an attribute', '''
import unittest.mock
patch = unittest.mock.patch("NAME.secret", 1); patch.start(); patch.stop(); got = True
''')
