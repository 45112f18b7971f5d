"""What a bundle is made for: objects of all kinds, and the errors for what cannot be bundled; real packages."""

import importlib
import importlib.machinery
import importlib.util
import json
import os
import sys
import unittest

import support                                                                              # noqa: F401: the package under test
from pyembed import bundle
from test_bundle_following import call_all, on_path

BASE = {'thing/__init__.py': '', 'thing/kinds.py': 'class Kind:\n    def value(self):\n        import thing.deep\n        return 42\n    class Inner:\n        pass\n\n'
        'def plain():\n    return 1\n\ndef make():\n    def inner():\n        return 1\n    return inner\n\nanonymous = lambda: 1\n',
        'thing/deep.py': '', 'thing/held.py': 'class Holder:\n    def __init__(self, what):\n        self.what = what\n', 'thing/never.py': ''}


class ObjectCase(unittest.TestCase):

    def setUp(self):
        known = set(sys.modules)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in set(sys.modules) - known])
        self.place = self.enterContext(on_path(BASE)) if hasattr(self, 'enterContext') else self._enter(on_path(BASE))
        importlib.invalidate_caches()

    def _enter(self, manager):
        place = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return place

    def modules(self, objects, *arguments, **options):
        return sorted(bundle.read(bundle.build(objects, *arguments, **options)).modules)

    def refuses(self, objects, *texts, **options):
        with self.assertRaises(bundle.BundleError) as caught:
            bundle.build(objects, **options)
        for text in texts:
            self.assertIn(text, str(caught.exception))


class Kinds(ObjectCase):

    def test_functions_classes_and_modules(self):
        import thing.kinds
        self.assertEqual(self.modules(thing.kinds.plain), ['thing', 'thing.kinds'])
        self.assertEqual(self.modules(thing.kinds.Kind), ['thing', 'thing.deep', 'thing.kinds'])
        self.assertEqual(self.modules(thing.kinds.Kind.value), ['thing', 'thing.deep', 'thing.kinds'])
        self.assertEqual(self.modules(thing.kinds), ['thing', 'thing.deep', 'thing.kinds'])
        self.assertEqual(self.modules([thing.kinds.plain, 'thing.held']), ['thing', 'thing.held', 'thing.kinds'])
        self.assertEqual(self.modules('thing.*'), ['thing', 'thing.deep', 'thing.held', 'thing.kinds', 'thing.never'])

    def test_instances_bring_what_their_pickles_name(self):
        import thing.held
        import thing.kinds
        self.assertEqual(self.modules(thing.held.Holder(1)), ['thing', 'thing.held'])
        self.assertEqual(self.modules(thing.held.Holder(thing.kinds.Kind())), ['thing', 'thing.deep', 'thing.held', 'thing.kinds'])
        self.assertEqual(self.modules(thing.held.Holder(thing.kinds.plain)), ['thing', 'thing.held', 'thing.kinds'])
        self.assertEqual(self.modules({'a': thing.kinds.Kind.Inner()}), ['thing', 'thing.deep', 'thing.kinds'])

    def test_the_standard_library_stays(self):
        manifest = bundle.read(bundle.build([json.dumps, 'collections', 'thing.deep']))
        self.assertEqual(sorted(manifest.modules), ['thing', 'thing.deep'])
        self.assertIn('json', manifest.standard)

    def test_the_same_objects_give_the_same_bytes(self):
        self.assertEqual(bundle.build('thing.*'), bundle.build('thing.*'))

    def test_nothing_is_imported(self):
        before = set(sys.modules)
        bundle.build('thing.*')
        self.assertEqual({name for name in set(sys.modules) - before if name.startswith('thing')}, set())

    def test_a_chain_of_five_hundred_modules(self):
        files = {f'wide/m{i}.py': f'from wide import m{i + 1}\n' for i in range(499)}
        with on_path({**files, 'wide/__init__.py': '', 'wide/m499.py': ''}):
            self.assertEqual(len(self.modules('wide.m0')), 501)


class BadObjects(ObjectCase):

    def test_lambda(self):
        import thing.kinds
        self.refuses(thing.kinds.anonymous, 'thing.kinds:<lambda>', 'line', 'lambda', 'top level')

    def test_function_in_a_function(self):
        import thing.kinds
        self.refuses(thing.kinds.make(), 'make.<locals>.inner', 'top level')

    def test_object_without_a_source(self):
        self.refuses(len, 'written in C')
        self.refuses(dict, 'built into this Python')

    def test_something_of_the_program(self):
        self.refuses('__main__:f', '__main__', 'move')
        self.refuses(sys.modules['__main__'], '__main__', 'move')

    def test_object_that_its_module_has_no_more(self):
        import thing.kinds
        old = thing.kinds.plain
        thing.kinds.plain = None
        self.refuses(old, 'thing.kinds:plain', 'replaced')

    def test_instance_that_cannot_be_pickled(self):
        import thing.held
        with open(os.devnull, encoding='utf-8') as file:
            self.refuses(thing.held.Holder(file), 'thing.held:Holder', 'cannot be pickled')

    def test_names_that_are_wrong(self):
        self.refuses('no such', 'names no module')
        self.refuses('thing.nothere', "no module 'thing.nothere'")
        self.refuses('thing.kinds:Nope', "has no 'Nope'")
        self.refuses('thing.kinds:Kind.nope', "has no 'Kind.nope'")

    def test_what_brings_nothing(self):
        for objects, shown in (([], 'what was given'), (None, 'what was given'), (sys, 'sys'), (os.path, os.path.__name__), (['json:loads', 'os'], 'json:loads, os'), (3, 'what was given')):
            self.refuses(objects, 'nothing to bundle', shown)

    def test_arguments_of_other_types(self):
        for arguments, words in ((dict(rules=None), 'rules .*NoneType'), (dict(rules=b'exclude a'), 'rules .*bytes'), (dict(sources=['a.py']), 'sources .*list')):
            with self.subTest(arguments), self.assertRaisesRegex(TypeError, words):
                bundle.build('thing.kinds', **arguments)

    def test_a_rule_that_excludes_what_is_needed(self):
        self.refuses('thing.kinds', 'thing.kinds', "'exclude thing.kinds'", 'include', rules=['exclude thing.kinds'])
        self.refuses('thing.kinds:Kind.value', 'thing.kinds:Kind.value', "'exclude thing.kinds:Kind'", "'include thing.kinds:Kind'", rules=['exclude thing.kinds:Kind'])
        self.assertEqual(self.modules('thing.kinds:plain', ['exclude thing.kinds', 'include thing.kinds:plain']), ['thing', 'thing.kinds'])

    def test_a_module_that_was_changed_since_its_import(self):
        import thing.kinds
        path = os.path.join(self.place, 'thing', 'kinds.py')
        with open(path, 'a', encoding='utf-8') as file:
            file.write('\nX = 1\n')
        self.assertEqual(self.modules(thing.kinds.plain), ['thing', 'thing.kinds'])         # no function is another
        with open(path, encoding='utf-8') as file:
            text = file.read()
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text.replace('return 1', 'return 2'))
        self.refuses(thing.kinds.plain, 'thing.kinds:', path, 'changed since', 'anew')

    def test_a_default_value_that_was_changed_since_the_import(self):
        text = 'import sys\n\n\ndef first(a, b=1, *, c="x"):\n    return a\n\n\nclass C:\n    @staticmethod\n    def second(a=sys.maxsize, b=-1, *, c, d=None):\n        return a\n'
        with on_path({'defaults.py': text}) as place:
            import defaults
            self.assertEqual(self.modules(defaults), ['defaults'])
            for old, new in (('b=1', 'b=2'), ('b=1', 'b=1.0'), ('c="x"', 'c="y"'), ('c="x"', 'c'), ('d=None', 'd=0')):
                with open(os.path.join(place, 'defaults.py'), 'w', encoding='utf-8') as file:
                    file.write(text.replace(old, new))
                self.refuses(defaults, 'defaults:', 'changed since', 'anew')
            with open(os.path.join(place, 'defaults.py'), 'w', encoding='utf-8') as file:
                file.write(text)
            self.assertEqual(self.modules(defaults), ['defaults'])

    def test_code_that_has_run_is_not_changed(self):
        import thing.kinds
        for _ in range(5000):
            thing.kinds.plain()
            thing.kinds.Kind().value()
        self.modules(thing.kinds)

    def test_a_native_module_that_is_needed(self):
        with on_path({'nat.py': 'import nat_c\n\ndef go():\n    return nat_c.x\n', 'nat_c' + importlib.machinery.EXTENSION_SUFFIXES[0]: '',
                      'may.py': 'try:\n    import nat_c\nexcept ImportError:\n    nat_c = None\n'}):
            self.refuses('nat:go', 'nat_c', 'native extension module', 'nat.py', 'line 1', 'recursive-exclude nat_c')
            self.assertEqual(self.modules('nat:go', ['exclude nat_c']), ['nat'])
            manifest = bundle.read(bundle.build('may'))
            self.assertEqual((sorted(manifest.modules), manifest.left_out['nat_c']), (['may'], 'native'))

    def test_a_guard_that_raises_makes_nothing_unsure(self):
        with on_path({'guarded/__init__.py': 'import sys\nif "other" in sys.modules:\n    raise ImportError("not beside other")\nfrom . import _c\n',
                      'guarded/_c' + importlib.machinery.EXTENSION_SUFFIXES[0]: ''}):
            self.refuses('guarded', 'guarded._c', 'native extension module', 'line 4')

    def test_packages_that_change_their_path(self):
        with on_path({'vendor/__init__.py': 'import os\n__path__.append(os.path.join(os.path.dirname(__file__), "_v"))\n', 'vendor/_v/dep.py': 'x = 1\n',
                      'asks.py': 'from vendor import dep\nimport vendor.dep\n'}):
            manifest = bundle.read(bundle.build('asks'))
            self.assertEqual((sorted(manifest.modules), manifest.missing), (['asks', 'vendor'], [('vendor.dep', 'asks', 1)]))
            import asks                                                                             # noqa: F401
            self.assertEqual(self.modules('asks'), ['asks', 'vendor', 'vendor.dep'])

    def test_modules_that_a_finder_of_their_package_makes(self):
        with on_path({'maker/__init__.py': 'from . import _build\n', 'maker/_build.py': 'import sys\nsys.meta_path.append(None)\n', 'asks.py': 'import maker.made\n'}):
            self.assertEqual(bundle.read(bundle.build('asks')).left_out['maker.made'], 'made')

    def test_names_that_no_statement_can_have(self):
        with on_path({'my-tools/__init__.py': '', 'my-tools/m.py': 'def go():\n    return 1\n'}):
            self.assertEqual(self.modules('my-tools.m:go'), ['my-tools', 'my-tools.m'])

    def test_what_is_not_found(self):
        with on_path({'lost.py': 'import nowhere_to_find\n', 'maybe.py': 'def f():\n    import nowhere_to_find\n'}):
            self.refuses('lost', 'nowhere_to_find', 'lost.py', 'line 1', 'exclude nowhere_to_find')
            self.assertEqual(bundle.read(bundle.build('maybe')).missing, [('nowhere_to_find', 'maybe', 2)])

    def test_source_that_is_no_python(self):
        with on_path({'wrong.py': 'def f(:\n'}):
            self.refuses('wrong', 'wrong.py', 'line 1')


class RuleCases(ObjectCase):

    def test_excluded_packages_and_dependencies(self):
        files = {'r/__init__.py': '', 'r/m.py': 'import r.heavy, r.light\n', 'r/heavy.py': 'import r.dep\n', 'r/dep.py': '', 'r/light.py': ''}
        with on_path(files):
            self.assertEqual(self.modules('r.m'), ['r', 'r.dep', 'r.heavy', 'r.light', 'r.m'])
            self.assertEqual(self.modules('r.m', ['exclude r']), ['r.dep', 'r.heavy', 'r.light', 'r.m'])
            self.assertEqual(self.modules('r.m', ['exclude r.heavy']), ['r', 'r.dep', 'r.light', 'r.m'])
            self.assertEqual(self.modules('r.m', ['exclude-dependencies r.heavy']), ['r', 'r.light', 'r.m'])
            self.assertEqual(self.modules('r.m', ['exclude-dependencies r.heavy', 'include r.dep']), ['r', 'r.dep', 'r.light', 'r.m'])
            self.assertEqual(self.modules('r.m', ['recursive-exclude r', 'include r.m']), ['r.m'])
            self.assertEqual(self.modules('r.m', ['exclude r.m', 'include-all', 'exclude r.light']), ['r', 'r.dep', 'r.heavy', 'r.m'])


#: Functions of real packages, without arguments, and with a result that JSON has.
REAL = {
    'rich': '    import io\n    from rich.console import Console\n    from rich.table import Table\n    table = Table(title="t")\n    table.add_column("a", style="red")\n'
            '    table.add_row("[bold]2[/]")\n    out = io.StringIO()\n    Console(file=out, width=40, force_terminal=True, color_system="truecolor").print(table)\n    return out.getvalue()\n',
    'yaml': '    import yaml\n    return yaml.safe_dump(yaml.safe_load("a: [1, 2, {b: c}]"))\n',
    'jinja2': '    import jinja2\n    return jinja2.Template("{% for i in n %}{{ i|upper }}{% endfor %}").render(n="abc")\n',
    'attr': '    import attr\n    @attr.s\n    class C:\n        x = attr.ib(default=1)\n    return C(3).x\n',
    'packaging': '    from packaging.requirements import Requirement\n    return str(Requirement("a[b]>1"))\n',
    'html5lib': '    import html5lib\n    return html5lib.serialize(html5lib.parse("<p>a<b>c", treebuilder="etree"), tree="etree")\n',
}


class RealPackages(unittest.TestCase):

    def test_functions_of_real_packages_give_the_same_where_only_the_bundle_is(self):
        names = [name for name in REAL if importlib.util.find_spec(name) is not None]
        if not names:
            self.skipTest(f'none of these is installed for this Python: {", ".join(REAL)}')
        with on_path({'real.py': ''.join(f'def with_{name}():\n{REAL[name]}\n' for name in names)}):
            self.addCleanup(sys.modules.pop, 'real', None)
            real = importlib.import_module('real')
            expected = {name: getattr(real, f'with_{name}')() for name in names}
            found = call_all([(bundle.build(getattr(real, f'with_{name}')), 'real', f'with_{name}') for name in names])
        self.assertEqual(dict(zip(names, found)), expected)


if __name__ == '__main__':
    unittest.main()
