"""Where code runs that imports: in any syntax, and called by whatever calls back."""

from ._registry import technique

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
technique('__prepare__', '''
class M(type):
    @classmethod
    def __prepare__(cls, *_): return {'found': __import__("NAME")}
class C(metaclass=M): pass
got = C.found
''')
technique('__set_name__', 'class D:\n    def __set_name__(self, *_):\n        import NAME\n        global got; got = NAME\nclass C: d = D()')
technique('__init_subclass__', 'class B:\n    def __init_subclass__(cls): cls.found = __import__("NAME")\nclass C(B): pass\ngot = C.found')
technique('__missing__', 'class D(dict):\n    def __missing__(self, key): return __import__(key)\ngot = D()["NAME"]')
technique('names of code that are made as they are asked for', 'class D(dict):\n    def __missing__(self, key):\n        if key == "x": return __import__("NAME")\n        raise KeyError(key)\ngot = eval("x", {}, D())')
technique('format', 'class C:\n    def __format__(self, how): return str(__import__(how))\ngot = f"{C():NAME}"')
technique('an import hook of another that asks', '''
import sys, builtins
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == 'innocent': __import__("NAME")
sys.meta_path.insert(0, Finder)
try: import innocent
except ModuleNotFoundError: got = "NAME" in builtins.RAN
''')
technique('an audit hook', '''
import sys, builtins
wanted = ["NAME"]
def hook(event, arguments):
    if event == 'x.y' and wanted: __import__(wanted.pop())
sys.addaudithook(hook)
sys.audit('x.y')
got = "NAME" in builtins.RAN
''')
technique('displayhook', 'import sys; sys.displayhook = __import__\ntry: exec(compile("\'NAME\'", "x", "single")); got = True\nfinally: sys.displayhook = sys.__displayhook__')
