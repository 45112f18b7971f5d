"""Ways to import a module, each of which an import policy must stop.

A technique is the text of a script. In it NAME stands for a package of its own, ``v…`` where it is denied and ``a…`` where
it is allowed, which otherwise are the same; CHILD for a module of the allowed package ``holder``; PORTION for one of a
namespace; DISK for a module in FOLDER, a folder on sys.path; ZIPPED for one in ARCHIVE, a zip. The script sets ``got`` to what
it gained; modules also say themselves that they ran. *late* scripts are those whose import raises where no one can catch it.

Run as a program under a policy: prints a JSON list of what came of each technique, for the denied and for the allowed name.
"""

import builtins
import json
import os
import sys
import zipfile

TECHNIQUES = []


def technique(title, script, *, late=False, names=None, until=None):
    """*names* are a denied and an allowed module of the standard library, in the place of NAME; *until* is the first version
    of Python that has not what the script uses."""
    if until is None or sys.version_info < until:
        TECHNIQUES.append((title, script, late, names))


# Statements

technique('import', 'import NAME; got = NAME')
technique('import as', 'import NAME as got')
technique('import of several', 'import math, NAME as got')
technique('import of a submodule', 'import NAME.sub; got = NAME.sub')
technique('import of a submodule as', 'import NAME.sub as got')
technique('import of a module of an allowed package', 'import CHILD; got = True')
technique('from a module', 'from NAME import secret as got')
technique('from a submodule', 'from NAME.sub import secret as got')
technique('from a package, a submodule', 'from NAME import sub as got')
technique('from an allowed package, a module', 'from holder import CHILDTAIL as got')
technique('star', 'from NAME import *\ngot = secret')
technique('star of a package whose __all__ names modules', 'import holder; holder.__all__ = ["CHILDTAIL"]\nfrom holder import *\ngot = True')
technique('relative import', 'from . import CHILDTAIL as got', names=None)
technique('relative import from a module', 'from .CHILDTAIL import secret as got')
technique('module of a namespace', 'import PORTION as got')
technique('module of a namespace, from', 'from space import PORTIONTAIL as got')
technique('module on disk', 'import DISK as got')
technique('module in a zip', 'import sys; sys.path.append(ARCHIVE); import ZIPPED as got')
technique('built-in module', 'import NAME as got', names=('_symtable', '_stat'))
technique('frozen module', 'import NAME as got', names=('__hello__', '__phello__'))

# What is imported already

technique('cached module', 'import json; import NAME as got', names=('json.scanner', 'json.encoder'))
technique('cached module, from', 'import json; from NAME import c_make_scanner as got', names=('json.scanner', None))
technique('cached module, from its package', 'import json; from json import TAIL as got', names=('json.scanner', 'json.encoder'))
technique('cached module, by __import__', 'import json; got = __import__("NAME", fromlist=["x"])', names=('json.scanner', 'json.encoder'))
technique('cached module, by import_module', 'import json, importlib; got = importlib.import_module("NAME")', names=('json.scanner', 'json.encoder'))
technique('cached module, reloaded', 'import json, importlib; got = importlib.reload(json.TAIL)', names=('json.scanner', 'json.encoder'))
technique('cached module, popped', 'import json, sys; sys.modules.pop("NAME"); import NAME as got', names=('json.scanner', 'json.encoder'))
technique('cached module, by another name', 'import json, sys; sys.modules["other"] = sys.modules["NAME"]; import other as got',
          names=('json.scanner', 'json.encoder'))
technique('cached built-in module', 'import NAME as got', names=('posix' if os.name == 'posix' else 'nt', 'sys'))
technique('cached module that another one put there', 'import NAME as got', names=('os.path', 'collections.abc'))
technique('the module that an alias of the standard library stands for', 'import NAME as got', names=(os.path.__name__, '_collections_abc'))

# Calls

technique('__import__', 'got = __import__("NAME")')
technique('__import__ with a list of names', 'got = __import__("holder", fromlist=["CHILDTAIL"])')
technique('__import__, relative', 'got = __import__("CHILDTAIL", {"__package__": "holder", "__name__": "holder.x"}, None, ["secret"], 1)')
technique('__import__ by map', 'got = list(map(__import__, ["NAME"]))')
technique('__import__ by partial', 'import functools; got = functools.partial(__import__, "NAME")()')
technique('__import__ of __builtins__', 'got = getattr(__builtins__, "__import__")("NAME")')
technique('import_module', 'import importlib; got = importlib.import_module("NAME")')
technique('import_module, relative', 'import importlib; got = importlib.import_module(".CHILDTAIL", "holder")')
technique('importlib.__import__', 'import importlib; got = importlib.__import__("NAME")')
technique('_gcd_import', 'import importlib; got = importlib._bootstrap._gcd_import("NAME")')
technique('_find_and_load', 'import _frozen_importlib as b; got = b._find_and_load("NAME", __import__)')
technique('_find_and_load_unlocked', 'import _frozen_importlib as b; got = b._find_and_load_unlocked("NAME", b._gcd_import)')
technique('_handle_fromlist', 'import holder, _frozen_importlib as b; b._handle_fromlist(holder, ["CHILDTAIL"], b._gcd_import); got = holder.CHILDTAIL')
technique('a str that takes itself for another', '''
class Name(str):
    def __hash__(self): return hash('math')
    def __eq__(self, other): return other == 'math' or str.__eq__(self, other)
import importlib
got = importlib._bootstrap._gcd_import(Name("NAME"))
''')
technique('an own __import__ that looks into sys.modules, then imports', '''
import builtins
plain = builtins.__import__
space = {'__builtins__': {'__import__': lambda *args: plain(*args)}}
exec('import NAME as got', space)
got = space['got']
''')

# Specs and loaders

technique('find_spec, module_from_spec, exec_module', '''
import importlib.util as u
spec = u.find_spec("NAME"); module = u.module_from_spec(spec); spec.loader.exec_module(module); got = module.secret
''')
technique('a spec by another name', '''
import importlib.util as u
spec = u.find_spec("NAME"); spec.name = 'innocent'; module = u.module_from_spec(spec)
module.__name__ = spec.loader.name = 'innocent'
spec.loader.exec_module(module); got = module.secret
''')
technique('spec_from_file_location', '''
import importlib.util as u
spec = u.spec_from_file_location('innocent', u.find_spec("NAME").origin); module = u.module_from_spec(spec)
spec.loader.exec_module(module); got = module.secret
''')
technique('spec_from_file_location on disk', '''
import importlib.util as u
spec = u.spec_from_file_location('innocent', FOLDER + "/DISK.py"); module = u.module_from_spec(spec)
spec.loader.exec_module(module); got = module.secret
''')
technique('a path with detours', '''
import importlib.util as u, os
spec = u.spec_from_file_location('innocent', FOLDER + "/../" + os.path.basename(FOLDER) + "/./DISK.py"); module = u.module_from_spec(spec)
spec.loader.exec_module(module); got = module.secret
''')
technique('spec_from_file_location in the standard library', '''
import importlib.util as u
spec = u.spec_from_file_location('innocent', u.find_spec("NAME").origin); module = u.module_from_spec(spec)
spec.loader.exec_module(module); got = module
''', names=('colorsys', 'bisect'))
technique('get_code and exec', '''
import importlib.util as u
exec(u.find_spec("NAME").loader.get_code("NAME")); got = secret
''')
technique('load_module', 'import importlib.util as u; got = u.find_spec("NAME").loader.load_module("NAME")', until=(3, 15))
technique('load_module of a file loader', '''
from importlib.machinery import SourceFileLoader
got = SourceFileLoader('innocent', FOLDER + "/DISK.py").load_module()
''', until=(3, 15))
technique('exec_module of a file loader', '''
import types
from importlib.machinery import SourceFileLoader
module = types.ModuleType('innocent'); SourceFileLoader('innocent', FOLDER + "/DISK.py").exec_module(module); got = module.secret
''')
technique('bytecode by a loader of its own', '''
import py_compile, types
from importlib.machinery import SourcelessFileLoader
file = py_compile.compile(FOLDER + "/DISK.py", FOLDER + "/__pycache__/DISK.x.pyc")
module = types.ModuleType('innocent'); SourcelessFileLoader('innocent', file).exec_module(module); got = module.secret
''')
technique('PathFinder', '''
from importlib.machinery import PathFinder
import importlib.util as u
spec = PathFinder.find_spec("NAME"); module = u.module_from_spec(spec); spec.loader.exec_module(module); got = module.secret
''')
technique('a finder of sys.path_importer_cache', '''
import sys, importlib.util as u
spec = next(s for s in (f.find_spec("NAME") for f in sys.path_importer_cache.values() if f) if s)
module = u.module_from_spec(spec); spec.loader.exec_module(module); got = module.secret
''')
technique('_load', 'import importlib.util as u, _frozen_importlib as b; got = b._load(u.find_spec("NAME"))')
technique('_exec', '''
import importlib.util as u, _frozen_importlib as b, sys
spec = u.find_spec("NAME"); module = sys.modules["NAME"] = u.module_from_spec(spec); got = b._exec(spec, module).secret
''')
technique('LazyLoader', '''
import importlib.util as u, sys
spec = u.find_spec("NAME"); spec.loader = u.LazyLoader(spec.loader); module = u.module_from_spec(spec)
sys.modules["NAME"] = module; spec.loader.exec_module(module); got = module.secret
''')
technique('BuiltinImporter.load_module', 'from importlib.machinery import BuiltinImporter as b; got = b.load_module("NAME")', names=('_symtable', '_stat'), until=(3, 15))
technique('BuiltinImporter.load_module of a cached module', 'from importlib.machinery import BuiltinImporter as b; got = b.load_module("NAME")',
          names=('posix' if os.name == 'posix' else 'nt', '_weakref'), until=(3, 15))
technique('spec of BuiltinImporter', '''
import importlib.util as u
from importlib.machinery import BuiltinImporter
got = u.module_from_spec(u.spec_from_loader("NAME", BuiltinImporter))
''', names=('_symtable', '_stat'))
technique('FrozenImporter.load_module', 'from importlib.machinery import FrozenImporter as f; got = f.load_module("NAME")', names=('__hello__', '__phello__'), until=(3, 15))
technique('spec of FrozenImporter', '''
import importlib.util as u
from importlib.machinery import FrozenImporter
spec = FrozenImporter.find_spec("NAME"); module = u.module_from_spec(spec); spec.loader.exec_module(module); got = module
''', names=('__hello__', '__phello__'))
technique('imp', 'import imp; got = imp.load_module("innocent", *imp.find_module("DISK", [FOLDER]))', until=(3, 12))
technique('imp.load_source', 'import imp; got = imp.load_source("innocent", FOLDER + "/DISK.py")', until=(3, 12))
technique('zipimporter', 'import zipimport; got = zipimport.zipimporter(ARCHIVE).load_module("ZIPPED")', until=(3, 15))
technique('get_code of zipimporter', 'import zipimport; exec(zipimport.zipimporter(ARCHIVE).get_code("ZIPPED")); got = secret')
technique('another importlib from its source', '''
import importlib.util as u, sys, _imp, _thread, _warnings, _weakref
spec = u.spec_from_file_location('importlib2', u.find_spec('importlib').submodule_search_locations[0] + '/_bootstrap.py')
other = u.module_from_spec(spec); spec.loader.exec_module(other)
vars(other).update(sys=sys, _imp=_imp, _thread=_thread, _warnings=_warnings, _weakref=_weakref)
if hasattr(other, '_WeakValueDictionary'): other._blocking_on = other._WeakValueDictionary()
got = other._gcd_import("NAME")
''')
technique('reload', '''
import importlib, sys, types, importlib.util as u
module = sys.modules["NAME"] = types.ModuleType("NAME"); module.__spec__ = importlib.machinery.PathFinder.find_spec("NAME")
got = importlib.reload(module).secret
''')

# The search path and what is found there

technique('sys.path into a package', 'import holder, sys; sys.path.insert(0, holder.__path__[0]); import CHILDTAIL as got')
technique('__path__ of another package', 'import holder, shelf; shelf.__path__.append(holder.__path__[0]); import shelf.CHILDTAIL as got')
technique('a finder that gives the spec of another module', '''
import sys, importlib.machinery as m
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return m.PathFinder.find_spec("NAME") if name == 'innocent' else None
sys.meta_path.insert(0, Finder)
import innocent; got = innocent.secret
''')
technique('a path hook that imports', '''
import sys, builtins
sys.path_hooks.append(__import__); sys.path.append("NAME")
try: import there_is_no_such_module
except (ImportError, AttributeError) as error:
    pass
got = "NAME" in builtins.RAN
''', late=True)
technique('a path hook that imports for the standard library', '''
import sys, builtins
sys.path_hooks.append(__import__); sys.path.append("NAME"); sys.modules.pop('copy', None)
try: import copy
except (ImportError, AttributeError) as error: pass
got = "NAME" in builtins.RAN
''', late=True, until=(3, 12))
technique('meta_path replaced', '''
import sys, importlib.machinery as m
sys.meta_path[:] = [m.BuiltinImporter, m.PathFinder]
import NAME as got
''')
technique('a package whose __path__ imports', '''
import sys, functools
class Parent:
    __spec__ = None
    __path__ = property(functools.partial(__import__, "NAME"))
sys.modules['wsgiref'] = Parent()
try:
    import wsgiref.headers
except (ImportError, TypeError, AttributeError) as error:
    if hasattr(error, 'rule'): raise
import builtins
got = "NAME" in builtins.RAN
''')

# The standard library's imports by name

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

# Code that pretends

technique('exec', 'exec("import NAME as got")')
technique('eval', 'got = eval("__import__(\'NAME\')")')
technique('compile with the name of a file of the standard library', '''
import json
exec(compile("import NAME as got", json.__file__, "exec"))
''')
technique('globals of the standard library', '''
import json
exec("import NAME as got", json.__dict__); got = json.__dict__.pop('got')
''')
technique('globals that say they are of the standard library', '''
import json
space = {key: json.__dict__[key] for key in ('__name__', '__file__', '__spec__', '__loader__', '__package__', '__path__')}
exec("import NAME as got", space); got = space['got']
''')
technique('code put into a function of the standard library', '''
import textwrap
def own(*args): import NAME; return NAME
was = textwrap.dedent.__code__
textwrap.dedent.__code__ = own.__code__
try: got = textwrap.dedent('')
finally: textwrap.dedent.__code__ = was
''')
technique('code of the standard library with other globals and names', '''
import types, os
code = os.get_exec_path.__code__.replace(co_names=tuple("NAME" if n == 'warnings' else n for n in os.get_exec_path.__code__.co_names))
try: types.FunctionType(code, os.__dict__)({})
except AttributeError: pass
import builtins
got = "NAME" in builtins.RAN
''')
technique('functions of the standard library with other globals', '''
import types, os, builtins
class Space(dict): pass
names = dict(os.__dict__, __builtins__={'__import__': lambda *a: __import__("NAME")})
try: types.FunctionType(os.get_exec_path.__code__, names)({})
except (AttributeError, KeyError): pass
got = "NAME" in builtins.RAN
''')
technique('an import statement of the standard library by a replaced __import__', '''
import builtins, os
plain = builtins.__import__
def once(*args):
    builtins.__import__ = plain
    return plain("NAME")
builtins.__import__ = once
try: os.get_exec_path({})
except AttributeError: pass
finally: builtins.__import__ = plain
got = "NAME" in builtins.RAN
''')

# Places

technique('function', 'def f(): import NAME; return NAME\ngot = f()')
technique('lambda', 'got = (lambda: __import__("NAME"))()')
technique('generator', 'def g():\n    import NAME\n    yield NAME\ngot = next(g())')
technique('generator expression', 'got = next(__import__(n) for n in ["NAME"])')
technique('comprehension', 'got = [__import__(n) for n in ["NAME"]]')
technique('coroutine', '''
async def f():
    import NAME
    return NAME
try: f().send(None)
except StopIteration as end: got = end.value
''')
technique('class body', 'class C:\n    import NAME as found\ngot = C.found')
technique('metaclass', 'class M(type):\n    def __new__(*a):\n        import NAME\n        return NAME\nclass C(metaclass=M): pass\ngot = C')
technique('decorator', 'def d(f):\n    import NAME\n    return NAME\n@d\ndef got(): pass')
technique('default argument', 'def f(x=__import__("NAME")): return x\ngot = f()')
technique('descriptor', 'class D:\n    @property\n    def p(self):\n        import NAME\n        return NAME\ngot = D().p')
technique('module __getattr__', 'import lazy; lazy.wanted = "NAME"; got = lazy.anything')
technique('allowed module that imports', 'import lazy; got = lazy.load("NAME")')
technique('context manager', 'class C:\n    def __enter__(self):\n        import NAME\n        return NAME\n    def __exit__(self, *a): pass\nwith C() as got: pass')
technique('exception handler', 'try: 1/0\nexcept ZeroDivisionError:\n    import NAME as got')
technique('thread', '''
import threading
def run():
    global got
    import NAME
    got = NAME
threading.excepthook = lambda args: None
thread = threading.Thread(target=run); thread.start(); thread.join()
''', late=True)
technique('thread without Python code', '''
import _thread, time, builtins, sys
sys.unraisablehook = lambda args: errors.append(1)
errors = []
_thread.start_new_thread(__import__, ("NAME",))
for _ in range(1000):
    if errors or "NAME" in builtins.RAN: break
    time.sleep(.01)
time.sleep(.05)
''', late=True)
technique('thread pool', '''
import concurrent.futures, importlib
with concurrent.futures.ThreadPoolExecutor(1) as pool: got = pool.submit(importlib.import_module, "NAME").result()
''')
technique('event loop', '''
import asyncio
async def main():
    return await asyncio.get_running_loop().run_in_executor(None, __import__, "NAME")
got = asyncio.run(main())
''')
technique('atexit', 'import atexit; atexit.register(__import__, "NAME"); atexit._run_exitfuncs()', late=True)
technique('__del__', 'class C:\n    def __del__(self):\n        import NAME\nimport sys; sys.unraisablehook = lambda args: None\nC()', late=True)
technique('weakref callback', 'import weakref, sys\nsys.unraisablehook = lambda args: None\nclass C: pass\nc = C(); r = weakref.ref(c, lambda r: __import__("NAME")); del c', late=True)
technique('signal handler', '''
import signal
def handler(*args): import NAME
was = signal.signal(signal.SIGTERM, handler)
try: signal.raise_signal(signal.SIGTERM); sum(range(1000))
finally: signal.signal(signal.SIGTERM, was)
got = True
''')
technique('trace function', '''
import sys
def trace(*args):
    sys.settrace(None)
    import NAME
def f(): pass
sys.settrace(trace)
try: f()
finally: sys.settrace(None)
got = True
''')
technique('profile function', '''
import sys
def profile(*args):
    sys.setprofile(None)
    import NAME
sys.setprofile(profile)
len('')
sys.setprofile(None)
got = True
''')
technique('sort key', 'got = sorted(["NAME"], key=__import__)')
technique('callback of the standard library', 'import re; re.sub("x", lambda m: __import__("NAME").secret, "x"); got = True')
technique('object_hook', 'import json; json.loads("{}", object_hook=lambda d: __import__("NAME")); got = True')
technique('__reduce__', 'import pickle\nclass C:\n    def __reduce__(self): return __import__, ("NAME",)\ngot = pickle.loads(pickle.dumps(C()))')
technique('cached_property', 'import functools\nclass C:\n    @functools.cached_property\n    def p(self):\n        import NAME\n        return NAME\ngot = C().p')
technique('lru_cache', 'import functools; got = functools.lru_cache(None)(__import__)("NAME")')


# The trees and files of the techniques

SOURCE = '''
import builtins
builtins.RAN.append({0!r})
secret = {0!r}
class Thing(Warning): pass
def function(*args, **kwargs): return 'made'
def create_parser(): return 'parser'
'''
LAZY = '''
wanted = None
def load(name): return __import__(name)
def __getattr__(name):
    if name == 'anything' and wanted: return __import__(wanted)
    raise AttributeError(name)
'''


def denied():
    """The Deny list under which every technique must fail."""
    names = {name for _, _, _, pair in TECHNIQUES if pair for name in pair[:1]}
    for index in range(len(TECHNIQUES)):
        names |= {f'{prefix}v{index:03}' for prefix in ('', 'holder.', 'shelf.holder.', 'space.', 'd', 'z')}
    return sorted(names)


def trees():
    """Files of two trees: path -> source."""
    one, two = {'holder/__init__.py': '', 'shelf/__init__.py': '', 'lazy.py': LAZY}, {}
    for index in range(len(TECHNIQUES)):
        for kind in 'va':
            name = f'{kind}{index:03}'
            one[f'{name}/__init__.py'] = SOURCE.format(name)
            one[f'{name}/sub.py'] = SOURCE.format(name)
            one[f'holder/{name}.py'] = SOURCE.format(name)
            (one if index % 2 else two)[f'space/{name}.py'] = SOURCE.format(name)
    return one, two


def write(folder):
    """The files on disk of the techniques."""
    with zipfile.ZipFile(os.path.join(folder, 'archive.zip'), 'w') as archive:
        for index in range(len(TECHNIQUES)):
            for kind in 'va':
                name = f'{kind}{index:03}'
                archive.writestr(f'z{name}.py', SOURCE.format(name))
                with open(os.path.join(folder, f'd{name}.py'), 'w') as file:
                    file.write(SOURCE.format(name))


def prepare(folder):
    """All that a process needs that gets nothing but a folder."""
    write(folder)
    for place, files in zip(('one', 'two'), trees()):
        for path, source in files.items():
            file = os.path.join(folder, place, path)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, 'w') as stream:
                stream.write(source)
    with open(os.path.join(folder, 'deny.txt'), 'w') as stream:
        stream.write('\n'.join(denied()))


def run(index, kind, folder):
    """What comes of a technique: (what it gained or which module ran, the ImportError of a rule, any other error)."""
    title, script, late, names = TECHNIQUES[index]
    name = f'{kind}{index:03}'
    for word, text in (('CHILDTAIL', name), ('PORTIONTAIL', name), ('CHILD', f'holder.{name}'), ('PORTION', f'space.{name}'), ('DISK', f'd{name}'),
                       ('ZIPPED', f'z{name}'), ('SERIAL', str(1 + 2 * (index % 100) + (kind == 'v')))):
        script = script.replace(word, text)
    target = name if names is None else names['va'.index(kind)]
    script = script.replace('TAIL', target.rpartition('.')[2]).replace('NAME', target)
    space = {'__name__': 'script', '__builtins__': builtins, 'FOLDER': folder, 'ARCHIVE': os.path.join(folder, 'archive.zip')}
    if title.startswith('relative import'):
        import holder
        space['__package__'] = 'holder'
    state = [(value, value.copy()) for value in (sys.path, sys.meta_path, sys.path_hooks, sys.path_importer_cache, sys.modules)]
    hooks = sys.unraisablehook, sys.breakpointhook
    errors = []
    try:
        exec(compile(script, f'<{title}>', 'exec'), space)
    except BaseException as error:
        cause = error
        while cause is not None and not hasattr(cause, 'rule'):
            cause = cause.__cause__ or cause.__context__
        errors = [None if cause is None else str(cause), f'{type(error).__name__}: {error}' if cause is None and not late else None]
    finally:
        for value, was in state:
            if isinstance(value, list):
                value[:] = was
            else:
                value.clear()
                value.update(was)
        sys.unraisablehook, sys.breakpointhook = hooks
    gained = (space.get('got') is not None and space.get('got') is not False and space.get('got') != []) or name in builtins.RAN
    disk = any(word in TECHNIQUES[index][1] for word in ('DISK', 'ZIPPED'))
    return {'title': title, 'kind': kind, 'disk': disk, 'late': late, 'gained': bool(gained), 'rule': errors and errors[0], 'error': errors and errors[1]}


def main(folder):
    builtins.RAN = []
    out, sys.stdout, err, sys.stderr = sys.stdout, open(os.devnull, 'w'), sys.stderr, open(os.devnull, 'w')
    results = []
    try:
        for index, (_, _, _, names) in enumerate(TECHNIQUES):
            results.append(run(index, 'v', folder))
            if names is None or names[1] is not None:
                results.append(run(index, 'a', folder))
    finally:
        sys.stdout, sys.stderr = out, err
    print(json.dumps(results))
    sys.stdout.flush()


if __name__ == '__main__':
    main(sys.argv[1])
