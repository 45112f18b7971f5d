"""Code that pretends to be of the standard library."""

from ._registry import technique

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
technique('a spec whose parent is a package of others', '''
import _frozen_importlib as b
space = {'__spec__': b.ModuleSpec('holder.x', None), '__name__': 'elsewhere'}
exec('from .CHILDTAIL import secret as got', space); got = space['got']
''')
technique('globals that are no plain dict', '''
class Space(dict):
    def get(self, key, default=None): return 'holder' if key == '__package__' else dict.get(self, key, default)
import holder
got = __import__("CHILDTAIL", Space(__package__='holder', __name__='holder.x'), None, ["secret"], 1).secret
''')
technique('a name in letters that normalize to others', 'exec("import NAME as got".replace("NAME", "".join(chr(ord(c) + 0xfee0) if c.isalnum() else c for c in "NAME")))')
technique('a module of its own that is reloaded as another', '''
import importlib, sys, types, _frozen_importlib as b
fake = types.ModuleType("NAME"); fake.__spec__ = b.ModuleSpec("NAME", None); sys.modules["NAME"] = fake
got = importlib.reload(fake).secret
''')
technique('__path__ moved to where the module lies', '''
import shelf, holder
shelf.__path__[:] = holder.__path__
import shelf.CHILDTAIL as got
''')
technique('__package__ beyond the top', '''
space = {'__package__': 'holder.inner', '__name__': 'holder.inner.x'}
import sys, types; sys.modules['holder.inner'] = types.ModuleType('holder.inner')
exec('from ..CHILDTAIL import secret as got', space); got = space['got']
''')
