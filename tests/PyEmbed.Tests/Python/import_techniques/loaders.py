"""Specs, loaders, and where modules are found."""

import os
from importlib.machinery import EXTENSION_SUFFIXES

from ._registry import technique

EXTENSIONS = os.path.join(os.path.dirname(os.__file__), 'lib-dynload')

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
_PRETENDING = 'class Path(str):\n    pass\n'
technique('exec_module of a file loader whose path is a kind of str', _PRETENDING + '''
import types
from importlib.machinery import SourceFileLoader
module = types.ModuleType('innocent'); SourceFileLoader('innocent', Path(FOLDER + "/DISK.py")).exec_module(module); got = module.secret
''')
technique('exec_module of a file loader whose path says to be another', '''
import types
from importlib.machinery import SourceFileLoader
class Path(str):
    def __getitem__(self, _): return 'innocent.py'
    def rfind(self, *_): return 0
    def __fspath__(self): return FOLDER + "/DISK.py"
    __str__ = __fspath__
module = types.ModuleType('innocent'); SourceFileLoader('innocent', Path(FOLDER + "/DISK.py")).exec_module(module); got = module.secret
''')
technique('exec_module of a file loader whose path is no str', '''
import types, pathlib
from importlib.machinery import SourceFileLoader
module = types.ModuleType('innocent'); SourceFileLoader('innocent', pathlib.Path(FOLDER, "DISK.py")).exec_module(module); got = module.secret
''')
technique('spec_from_file_location of a kind of str', _PRETENDING + '''
import importlib.util as u
spec = u.spec_from_file_location('innocent', Path(FOLDER + "/DISK.py")); module = u.module_from_spec(spec)
spec.loader.exec_module(module); got = module.secret
''')
technique('a relative path', '''
import types, os
from importlib.machinery import SourceFileLoader
before = os.getcwd(); os.chdir(FOLDER)
try:
    module = types.ModuleType('innocent'); SourceFileLoader('innocent', "DISK.py").exec_module(module); got = module.secret
finally:
    os.chdir(before)
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
for title, prefix in ('prefix', '"NAME/"'), ('prefix that is a kind of str', 'Path("NAME/")'):
    technique(f'zipimporter whose {title} was changed', _PRETENDING + f'''
import os, zipfile, zipimport
place = os.path.join(FOLDER, 'inner-NAME.zip')
with zipfile.ZipFile(place, 'w') as archive: archive.writestr('NAME/x.py', 'secret = 1')
importer = zipimport.zipimporter(place); importer.prefix = {prefix}
got = importer.load_module('x').secret
''', until=(3, 15))
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

if all(os.path.exists(os.path.join(EXTENSIONS, name + EXTENSION_SUFFIXES[0])) for name in ('_json', '_queue', '_lsprof')):
    technique('the loader of an extension module, with the spec of another', '''
import _json
spec = type(_json.__spec__)("NAME", None, origin=_json.__file__.replace('_json', "NAME")); got = _json.__loader__.create_module(spec)
''', names=('_queue', '_lsprof'))
    technique('the loader of an extension module, with the spec of another as a submodule', '''
import _json
spec = type(_json.__spec__)("json.NAME", None, origin=_json.__file__.replace('_json', "NAME")); got = _json.__loader__.create_module(spec)
''', names=('_queue', '_lsprof'))
technique('a spec whose name changes', '''
from importlib.machinery import BuiltinImporter, ModuleSpec
class Spec(ModuleSpec):
    name = property(lambda self: self.names.pop(0) if len(self.names) > 1 else self.names[0], lambda self, name: None)
got = None
for lies in range(4):
    Spec.names = ["sys"] * lies + ["NAME"]
    try: module = BuiltinImporter.create_module(Spec('x', None))
    except ImportError as error:
        if hasattr(error, 'rule'): raise
    else: got = got or (module if module.__name__ == "NAME" else None)
''', names=('_symtable', '_stat'))
technique('what is no spec, and has a name and another', '''
from importlib.machinery import BuiltinImporter
class Spec: __name__, name, origin = "sys", "NAME", None
got = BuiltinImporter.create_module(Spec)
''', names=('_symtable', '_stat'))

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
