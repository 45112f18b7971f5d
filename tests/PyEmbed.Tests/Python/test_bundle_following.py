"""A corpus of ways in which code leads to other code: each case is bundled, and called where only the bundle is.

Each case is files, the name of a function without arguments, and the modules that must travel; all others must stay.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

import support
from pyembed import bundle

LEAF = 'def value():\n    return 42\n\ndef other():\n    import never\n'

#: name -> (files, the function, the modules)
CASES = {
    'alias of a module': ({'m.py': 'def go():\n    import leaf as l\n    f = l.value\n    return f()\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'm leaf'),
    'alias of a function': ({'m.py': 'from leaf import value as v\ndef go():\n    return v()\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'm leaf'),
    'attribute of a module': ({'m.py': 'import p.leaf\ndef go():\n    return p.leaf.value()\n', 'p/__init__.py': '', 'p/leaf.py': LEAF, 'never.py': ''},
                              'm:go', 'm p p.leaf'),
    're-export by a package': ({'m.py': 'import p\ndef go():\n    return p.value()\n', 'p/__init__.py': 'from .inner import value\n',
                                'p/inner.py': 'from p.leaf import value\n', 'p/leaf.py': 'def value():\n    from p import deep\n    return deep.x\n', 'p/deep.py': 'x = 42\n',
                                'p/never.py': ''}, 'm:go', 'm p p.deep p.inner p.leaf'),
    'relative imports': ({'p/__init__.py': '', 'p/a/__init__.py': '', 'p/a/m.py': 'def go():\n    from ..b import leaf\n    from .. import c\n    return leaf.value() + c.n\n',
                          'p/b/__init__.py': '', 'p/b/leaf.py': LEAF, 'p/c.py': 'n = 0\n', 'never.py': ''}, 'p.a.m:go', 'p p.a p.a.m p.b p.b.leaf p.c'),
    'star': ({'m.py': 'from leaf import *\ndef go():\n    return value()\n', 'leaf.py': 'def value():\n    import deep\n    return deep.x\n', 'deep.py': 'x = 42\n'},
             'm:go', 'deep leaf m'),
    'star of a package with __all__': ({'m.py': 'from p import *\ndef go():\n    return leaf.value()\n', 'p/__init__.py': '__all__ = ["leaf"]\n',
                                        'p/leaf.py': 'def value():\n    return 42\n', 'p/never.py': ''}, 'm:go', 'm p p.leaf'),
    'decorator': ({'m.py': 'from deco import twice\n@twice\ndef go():\n    return 21\n',
                   'deco.py': 'def twice(f):\n    def inner():\n        import leaf\n        return leaf.double(f())\n    return inner\n', 'leaf.py': 'def double(x):\n    return 2 * x\n'},
                  'm:go', 'deco leaf m'),
    'registry by a decorator': ({'m.py': 'import handlers\nfrom reg import known\ndef go():\n    return known["a"]()\n', 'reg.py': 'known = {}\ndef register(f):\n    known["a"] = f\n    return f\n',
                                 'handlers.py': 'from reg import register\n@register\ndef a():\n    import leaf\n    return leaf.value()\n', 'leaf.py': 'def value():\n    return 42\n'},
                                'm:go', 'handlers leaf m reg'),
    'inheritance': ({'m.py': 'from base import Base\nclass Own(Base):\n    pass\ndef go():\n    return Own().value()\n',
                     'base.py': 'class Base:\n    def value(self):\n        from leaf import value\n        return value()\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'base leaf m'),
    'subclasses that register': ({'m.py': 'import base, child\ndef go():\n    return base.Base.__subclasses__()[0]().value()\n', 'base.py': 'class Base:\n    pass\n',
                                  'child.py': 'from base import Base\nclass Child(Base):\n    def value(self):\n        import leaf\n        return leaf.value()\n',
                                  'leaf.py': 'def value():\n    return 42\n'}, 'm:go', 'base child leaf m'),
    'metaclass': ({'m.py': 'from meta import Meta\nclass C(metaclass=Meta):\n    pass\ndef go():\n    return C.made\n',
                   'meta.py': 'class Meta(type):\n    def __new__(cls, *args):\n        import leaf\n        made = type.__new__(cls, *args)\n        made.made = leaf.value()\n        return made\n',
                   'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m meta'),
    'closure': ({'m.py': 'import leaf\ndef make():\n    def inner():\n        return leaf.value()\n    return inner\ndef go():\n    return make()()\n', 'leaf.py': LEAF, 'never.py': ''},
                'm:go', 'leaf m'),
    'dataclass': ({'m.py': 'import dataclasses\nfrom kinds import Kind\n@dataclasses.dataclass\nclass D:\n    k: Kind = None\n    def value(self):\n        import leaf\n        return leaf.value()\n'
                           'def go():\n    return D().value()\ndef unused():\n    import never\n', 'kinds.py': 'class Kind:\n    pass\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'kinds leaf m'),
    'enum': ({'m.py': 'import enum\nclass E(enum.Enum):\n    A = 1\n    def __init__(self, x):\n        import leaf\n        self.found = leaf.value()\ndef go():\n    return E.A.found\n',
              'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'condition': ({'m.py': 'import sys\nif sys.version_info >= (3,):\n    from leaf import value\nelse:\n    from old import value\ndef go():\n    return value()\n',
                   'leaf.py': LEAF, 'old.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m old'),
    'try': ({'m.py': 'try:\n    import nothere\nexcept ImportError:\n    import leaf\ndef go():\n    try:\n        import leaf2\n    except ImportError:\n        return None\n    return leaf2.value()\n',
             'leaf.py': LEAF, 'leaf2.py': LEAF, 'never.py': ''}, 'm:go', 'leaf leaf2 m'),
    'type checking': ({'m.py': 'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from never import T\ndef go(x: "T" = None):\n    return 42\n', 'never.py': ''}, 'm:go', 'm'),
    'method': ({'m.py': 'class C:\n    def go(self):\n        import leaf\n        return leaf.value()\ndef go():\n    return C().go()\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'cycle': ({'a.py': 'import b\ndef go():\n    return b.value()\ndef n():\n    return 42\n', 'b.py': 'import a\ndef value():\n    return a.n()\n'}, 'a:go', 'a b'),
    'cycle of re-exports': ({'p/__init__.py': 'from .a import go\nfrom .b import n\n', 'p/a.py': 'def go():\n    from p import n\n    return n()\n',
                             'p/b.py': 'from p import go\ndef n():\n    return 42\n'}, 'p:go', 'p p.a p.b'),
    'namespace package': ({'m.py': 'def go():\n    from ns.inner import leaf\n    return leaf.value()\n', 'ns/inner/leaf.py': LEAF, 'never.py': ''}, 'm:go', 'm ns ns.inner ns.inner.leaf'),
    'lazy package': ({'m.py': 'import p\ndef go():\n    return p.value()\n',
                      'p/__init__.py': 'import importlib\n_lazy = {"value": "leaf"}\ndef __getattr__(name):\n    if name not in _lazy:\n        raise AttributeError(name)\n'
                                       '    return getattr(importlib.import_module("." + _lazy[name], __name__), name)\n',
                      'p/leaf.py': 'def value():\n    return 42\n', 'p/never.py': ''}, 'm:go', 'm p p.leaf'),
    'submodule by from': ({'m.py': 'from p import leaf\ndef go():\n    return leaf.value()\n', 'p/__init__.py': '', 'p/leaf.py': LEAF, 'never.py': ''}, 'm:go', 'm p p.leaf'),
    'import_module': ({'m.py': 'import importlib\ndef go():\n    return importlib.import_module("p.leaf").value()\n', 'p/__init__.py': '', 'p/leaf.py': 'def value():\n    return 42\n',
                       'never.py': ''}, 'm:go', 'm p p.leaf'),
    '__import__': ({'m.py': 'def go():\n    return __import__("leaf").value()\n', 'leaf.py': 'def value():\n    return 42\n', 'never.py': ''}, 'm:go', 'leaf m'),
    'plugins that are listed': ({'p/__init__.py': '', 'p/m.py': 'import importlib, pkgutil\nimport p.plugins\ndef go():\n    from p.plugins import load\n    return load()\n',
                                 'p/plugins/__init__.py': 'import importlib, pkgutil\ndef load():\n    found = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]\n'
                                                          '    return sum(m.n for m in found)\n',
                                 'p/plugins/a.py': 'n = 40\n', 'p/plugins/b.py': 'n = 2\n', 'p/never.py': ''}, 'p.m:go', 'p p.m p.plugins p.plugins.a p.plugins.b'),
    'getattr of a module': ({'m.py': 'import leaf\ndef go():\n    return getattr(leaf, "val" + "ue")()\n', 'leaf.py': 'def value():\n    import deep\n    return deep.x\n', 'deep.py': 'x = 42\n'},
                            'm:go', 'deep leaf m'),
    'globals()': ({'m.py': 'def go():\n    return globals()["hid" + "den"]()\ndef hidden():\n    import leaf\n    return leaf.value()\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'table of functions': ({'m.py': 'from leaf import value\nTABLE = {"a": value}\ndef go():\n    return TABLE["a"]()\n', 'leaf.py': 'def value():\n    import deep\n    return deep.x\n', 'deep.py': 'x = 42\n'},
                           'm:go', 'deep leaf m'),
    'bound at the top by a function': ({'m.py': 'leaf = None\ndef load():\n    global leaf\n    import leaf\ndef go():\n    load()\n    return leaf.value()\n', 'leaf.py': LEAF, 'never.py': ''},
                                       'm:go', 'leaf m'),
    'default and annotation': ({'m.py': 'from leaf import value\ndef go(f=value):\n    return f()\n', 'leaf.py': 'def value():\n    import deep\n    return deep.x\n', 'deep.py': 'x = 42\n'},
                               'm:go', 'deep leaf m'),
    'lambda and comprehension': ({'m.py': 'import leaf\ndef go():\n    return sum(f() for f in [lambda: leaf.value()])\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'function set on a class': ({'m.py': 'from leaf import value\nclass C:\n    pass\nC.value = lambda self: value()\ndef go():\n    return C().value()\n',
                                 'leaf.py': 'def value():\n    import deep\n    return deep.x\n', 'deep.py': 'x = 42\n'}, 'm:go', 'deep leaf m'),
    'nested class': ({'m.py': 'class Outer:\n    class Inner:\n        def go(self):\n            import leaf\n            return leaf.value()\ndef go():\n    return Outer.Inner().go()\n',
                      'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'program block': ({'m.py': 'def go():\n    return 42\nif __name__ == "__main__":\n    import never\n', 'never.py': ''}, 'm:go', 'm'),
    'async and generators': ({'m.py': 'import asyncio\nasync def inner():\n    import leaf\n    return leaf.value()\ndef go():\n    return asyncio.run(inner())\n', 'leaf.py': LEAF, 'never.py': ''},
                             'm:go', 'leaf m'),
    'module stored in another': ({'m.py': 'import mid\ndef go():\n    return mid.leaf.value()\n', 'mid.py': 'import leaf\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m mid'),
    'data of a package': ({'p/__init__.py': '', 'p/m.py': 'import pkgutil\ndef go():\n    return int(pkgutil.get_data("p", "data/n.txt"))\n', 'p/data/n.txt': '42'}, 'p.m:go', 'p p.m'),
    'data by importlib.resources': ({'q/__init__.py': '', 'q/n.txt': '42', 'm.py': 'import importlib.resources\ndef go():\n    return int(importlib.resources.read_text("q", "n.txt"))\n'},
                                    'm:go', 'm q'),
    'singledispatch': ({'m.py': 'import functools\n@functools.singledispatch\ndef f(x):\n    return 0\n@f.register\ndef _(x: int):\n    import leaf\n    return leaf.value()\ndef go():\n    return f(1)\n',
                        'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'property and cached': ({'m.py': 'import functools\nclass C:\n    @functools.cached_property\n    def v(self):\n        import leaf\n        return leaf.value()\ndef go():\n    return C().v\n',
                             'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'import in a class body': ({'m.py': 'class C:\n    from leaf import value\n    n = value()\ndef go():\n    return C.n\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'an imported module under a name of its own': ({'m.py': 'import sys\nimport leaf\nsys.modules["m.other"] = leaf\ndef go():\n    import leaf as x\n    return x.value()\n', 'leaf.py': LEAF}, 'm:go', 'leaf m'),
    'context manager': ({'m.py': 'from leaf import manager\ndef go():\n    with manager() as n:\n        return n\n',
                         'leaf.py': 'import contextlib\n@contextlib.contextmanager\ndef manager():\n    import deep\n    yield deep.x\n', 'deep.py': 'x = 42\n'}, 'm:go', 'deep leaf m'),
}
CASES.update({
    'submodule in the place of another module': ({'p/__init__.py': 'try:\n    import nothere as leaf\nexcept ImportError:\n    from . import leaf\ndef go():\n    return leaf.value()\n',
                                                  'p/leaf.py': 'def value():\n    import deep\n    return deep.x\n', 'deep.py': 'x = 42\n', 'p/never.py': ''}, 'p:go', 'deep p p.leaf'),
    'submodule in the place of a name': ({'m.py': 'from p import leaf\ndef go():\n    return leaf.value()\n', 'p/__init__.py': 'try:\n    from ._fast import leaf\nexcept ImportError:\n    from . import leaf\n',
                                          'p/leaf.py': 'def value():\n    import deep\n    return deep.x\n', 'deep.py': 'x = 42\n', 'p/never.py': ''}, 'm:go', 'deep m p p.leaf'),
    'submodule in the place of a function': ({'p/__init__.py': 'def leaf():\n    pass\ndel leaf\nfrom . import leaf\ndef go():\n    return leaf.value()\n', 'p/leaf.py': LEAF, 'never.py': ''}, 'p:go', 'p p.leaf'),
    'function of a submodule of its name': ({'m.py': 'from p import leaf\ndef go():\n    return leaf()\n', 'p/__init__.py': 'from .leaf import leaf\n',
                                             'p/leaf.py': 'def leaf():\n    return 42\n\ndef other():\n    import never\n', 'never.py': ''}, 'm:go', 'm p p.leaf'),
    'import_module of a relative name': ({'m.py': 'import importlib\ndef go():\n    return importlib.import_module(".leaf", "p").value()\n', 'p/__init__.py': '',
                                          'p/leaf.py': 'def value():\n    return 42\n', 'p/never.py': ''}, 'm:go', 'm p p.leaf'),
    'import_module of what no statement can name': ({'m.py': 'import importlib\ndef go():\n    return importlib.import_module("my-p.leaf").value()\n', 'my-p/__init__.py': '',
                                                     'my-p/leaf.py': 'def value():\n    return 42\n', 'my-p/never.py': ''}, 'm:go', 'm my-p my-p.leaf'),
    'find_spec': ({'m.py': 'import importlib.util\ndef go():\n    spec = importlib.util.find_spec("p.leaf")\n    return spec.loader.get_code("p.leaf").co_names and 42\n',
                   'p/__init__.py': '', 'p/leaf.py': 'import importlib.util\nn = 42 if importlib.util.find_spec("p.never") is None else 0\n', 'p/never.py': ''}, 'm:go', 'm p p.leaf'),
    'resolve_name': ({'m.py': 'import pkgutil\ndef go():\n    return pkgutil.resolve_name("p.leaf:value")() + pkgutil.resolve_name("p.other.n")\n', 'p/__init__.py': '', 'p/leaf.py': 'def value():\n    return 40\n',
                      'p/other.py': 'n = 2\n', 'p/never.py': ''}, 'm:go', 'm p p.leaf p.other'),
    'run_module': ({'m.py': 'import runpy\ndef go():\n    return runpy.run_module("p", run_name="__main__")["n"]\n', 'p/__init__.py': '', 'p/__main__.py': 'if __name__ == "__main__":\n    import deep\n    n = deep.x\n',
                    'p/never.py': '', 'deep.py': 'x = 42\n'}, 'm:go', 'deep m p p.__main__'),
    'exec of a text': ({'m.py': 'def go():\n    found = {}\n    exec("from leaf import value", found)\n    return found["value"]()\n', 'leaf.py': LEAF, 'never.py': ''}, 'm:go', 'leaf m'),
    'a process that runs a module': ({'m.py': 'import subprocess, sys\ndef go():\n    return int(subprocess.check_output([sys.executable, "-S", "-m", "leaf"], env={"PYTHONPATH": sys.path[0]}))\n',
                                      'leaf.py': 'if __name__ == "__main__":\n    from deep import x\n    print(x)\n', 'deep.py': 'x = 42\n', 'never.py': ''}, 'm:go', 'deep leaf m'),
    'name for a helper of the package': ({'p/__init__.py': '', 'p/m.py': 'from p.tools import needs\n@needs("p.sub.leaf")\ndef go():\n    return 42\n',
                                          'p/tools.py': 'import sys\nwanted = []\ndef needs(name):\n    wanted.append(name)\n    return lambda f: lambda: load() or f()\ndef load():\n    for name in wanted:\n        __import__(name)\n',
                                          'p/sub/__init__.py': '', 'p/sub/leaf.py': '', 'p/sub/never.py': ''}, 'p.m:go', 'p p.m p.sub p.sub.leaf p.tools'),
    'name for a helper that imports it': ({'m.py': 'from tools import load\ndef go():\n    return load("p.leaf").value()\n', 'p/__init__.py': '', 'p/leaf.py': 'def value():\n    return 42\n', 'p/never.py': '',
                                           'tools.py': 'from importlib import import_module\ndef load(name):\n    return import_module(name)\n'}, 'm:go', 'm p p.leaf tools'),
    'name for a log': ({'p/__init__.py': '', 'p/m.py': 'import logging\ndef go():\n    logging.getLogger("p.never")\n    return 42\n', 'p/never.py': ''}, 'p.m:go', 'p p.m'),
})

#: Calls each function of the JSON on its standard input, [[bundle, module, function], ...], and prints their results.
CALLER = '''
import importlib, json, sys
own, results = list(sys.path), []
for bundle, module, name in json.load(sys.stdin):
    known = set(sys.modules)
    sys.path[:] = [bundle, *own]
    try:
        results.append(getattr(importlib.import_module(module), name)())
    except BaseException as error:
        results.append(f'{type(error).__name__}: {error}')
    for added in set(sys.modules) - known:
        if getattr(getattr(sys.modules[added], '__spec__', None), 'origin', None) and bundle in str(sys.modules[added].__spec__.origin) or getattr(sys.modules[added], '__path__', None) is not None:
            del sys.modules[added]
    sys.path_importer_cache.clear()
print(json.dumps(results))
'''


@contextlib.contextmanager
def on_path(files):
    """The files in a folder that is first on sys.path."""
    with tempfile.TemporaryDirectory(dir=support.CACHE) as place:
        for path, content in files.items():
            target = os.path.join(place, *path.split('/'))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with io.open(target, 'w', encoding='utf-8') as file:
                file.write(content)
        sys.path.insert(0, place)
        try:
            yield place
        finally:
            sys.path.remove(place)


def call_all(calls):
    """The results of calls, [(bundle's bytes, module, function)], in one process that has nothing but each bundle."""
    with tempfile.TemporaryDirectory(dir=support.CACHE) as place:
        listed = []
        for number, (content, module, name) in enumerate(calls):
            path = os.path.join(place, f'{number}.zip')
            with open(path, 'wb') as file:
                file.write(content)
            listed.append([path, module, name])
        done = subprocess.run([sys.executable, '-I', '-S', '-B', '-c', CALLER], input=json.dumps(listed), capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise AssertionError(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])


class Corpus(unittest.TestCase):

    def test_each_case_holds_what_it_needs_and_runs(self):
        calls, names = [], []
        for name, (files, function, modules) in CASES.items():
            with self.subTest(name), on_path(files):
                content = bundle.build(function)
                self.assertEqual(' '.join(sorted(bundle.read(content).modules)), ' '.join(sorted(modules.split())))
                calls.append((content, *function.split(':')))
                names.append(name)
        self.assertEqual(dict(zip(names, call_all(calls))), dict.fromkeys(names, 42))


    def test_code_that_asks_pyembed_brings_it_whole(self):
        files = {'u/__init__.py': 'import pyembed\npyembed.require("u.win", system="u.checks:never")\n', 'u/checks.py': 'def never():\n    return False\n',
                 'u/m.py': 'def go():\n    try:\n        import u.win\n    except ImportError as error:\n        return type(error).__name__\n', 'u/win.py': ''}
        with on_path(files):
            content = bundle.build('u.m:go')
        self.assertIn('pyembed._finders', bundle.read(content).modules)
        self.assertEqual(call_all([(content, 'u.m', 'go')]), ['RequirementError'])


if __name__ == '__main__':
    unittest.main()
