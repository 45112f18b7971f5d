"""Import statements, of modules that are imported already too, and calls that import."""

import os

from ._registry import technique

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
technique('a str that says of itself to be another', '''
class Name(str):
    def partition(self, separator): return 'math', '', ''
    def startswith(self, *_): return False
    def __str__(self): return 'math'
    def __format__(self, _): return 'math'
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
