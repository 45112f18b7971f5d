"""Following imports by their syntax, and the order of modules that comes of it."""

import ast
import os
import textwrap
import unittest

import support                                                                                              # noqa: F401 (finds the package)

from pyembed import _import_order, _import_statements, _imports

STATEMENTS = '''
    import a0
    try:
        import a1
    except ImportError:
        import a2
    else:
        import a3
    finally:
        import a4
    try:
        import a5
    except OSError:
        import a6
    if TYPE_CHECKING:
        import a7
    else:
        import a8
    if not typing.TYPE_CHECKING:
        import a9
    if sys.platform == 'win32':
        import a10
    elif debug:
        import a11
    if debug:
        import a12
    if False:
        import a13
    with suppress(ImportError):
        import a14
    with lock:
        import a15
    class C:
        import a16
        def f(self):
            import a17
            if TYPE_CHECKING: import a18
    for x in y: import a19
    def g(): import a20; raise X
    def h():
        if sys.version_info < (3, 9):
            return
        import a21
    import a22
'''
T, C, F, N = _import_statements.KINDS
EXPECTED = {0: (T, True), 1: (C, False), 2: (C, False), 3: (C, False), 4: (T, True), 5: (T, True), 6: (C, True), 7: (N, False),
            8: (T, False), 9: (T, False), 10: (C, False), 11: (C, False), 12: (C, True), 13: (N, False), 14: (C, False), 15: (T, True),
            16: (T, True), 17: (F, True), 18: (N, False), 19: (C, True), 20: (F, True), 21: (F, False), 22: (T, True)}


def graph_of(files, whole=False):
    files = {path: textwrap.dedent(source) for path, source in files.items()}
    return _imports.follow(_imports.find_modules(files), lambda module: files[module.path].encode(), whole)


def pairs(edges):
    return [(edge.importer, edge.imported) for edge in edges]


class Statements(unittest.TestCase):
    def test_a_statement_has_the_kind_of_where_it_stands(self):
        tree = ast.parse(textwrap.dedent(STATEMENTS))
        found = {int(node.names[0].name[1:]): (kind, required) for node, kind, required in _import_statements.statements(tree.body)}
        self.assertEqual(found, EXPECTED)

    def test_statements_come_as_they_stand_in_the_file(self):
        tree = ast.parse(textwrap.dedent(STATEMENTS))
        found = [node.names[0].name for node, *_ in _import_statements.statements(tree.body)]
        self.assertEqual(found, [f'a{number}' for number in range(len(EXPECTED))])

    def test_a_chain_of_elif_as_long_as_python_takes_is_no_recursion(self):
        tree = ast.parse('if a: pass\n')
        for number in range(20000):
            tree.body[0] = ast.If(ast.Name('a', ast.Load()), [ast.Import([ast.alias('x')])], [tree.body[0]])
        self.assertEqual(len(list(_import_statements.statements(tree.body))), 20000)
        while tree.body:                    # taken apart here: to free it in one go would recurse
            tree.body = tree.body[0].orelse if isinstance(tree.body[0], ast.If) else []


class Modules(unittest.TestCase):
    def test_files_become_modules_as_cpython_finds_them(self):
        found = _imports.find_modules([
            'p/__init__.py', 'p/a.py', 'p/a.cpython-311-x86_64-linux-gnu.so', 'p/b.pyc', 'p/b.py', 'p/c.pyc', 'p/d.abi3.so', 'p/e.pyd', 'p/data.txt',
            'p/e/__init__.py', 'p/__pycache__/a.cpython-311.pyc', 'n/deep/m.py', 'hidden.py', 'hidden/m.py', 'p/not-a-name.py', 'p/x.y.py', 'p/q/r.txt'])
        self.assertEqual({name: (module.kind, module.path) for name, module in found.items()}, {
            'hidden': ('module', 'hidden.py'), 'n': ('namespace', None), 'n.deep': ('namespace', None), 'n.deep.m': ('module', 'n/deep/m.py'),
            'p': ('package', 'p/__init__.py'), 'p.a': ('extension', 'p/a.cpython-311-x86_64-linux-gnu.so'), 'p.b': ('module', 'p/b.py'),
            'p.c': ('module', 'p/c.pyc'), 'p.d': ('extension', 'p/d.abi3.so'), 'p.e': ('package', 'p/e/__init__.py')})
        self.assertEqual(list(found), sorted(found))
        self.assertEqual([name for name, module in found.items() if module.has_source], ['hidden', 'n.deep.m', 'p', 'p.b', 'p.e'])


class Graphs(unittest.TestCase):
    def test_names_are_followed_to_the_modules_they_mean(self):
        graph = graph_of({
            'p/__init__.py': 'from .a import x\n',
            'p/a.py': 'from . import b, VERSION\nfrom .sub import c as d\nimport p.sub.c\nimport os.path, numpy\nfrom collections import abc\n',
            'p/b.py': 'from .gone import y\nfrom .a.deeper import z\n',
            'p/sub/c.py': 'from .. import b\nfrom ..sub import c\nfrom ... import beyond\n',
        })
        self.assertEqual(pairs(graph.edges), [('p', 'p.a'), ('p.a', 'p'), ('p.a', 'p.b'), ('p.a', 'p.sub.c'), ('p.b', 'p.a'),
                                              ('p.sub.c', 'p.b')])
        self.assertEqual(pairs(graph.outside), [('p.a', 'numpy'), ('p.a', 'os.path'), ('p.a', 'collections'), ('p.b', 'p.gone'),
                                                ('p.b', 'p.a.deeper')])
        self.assertEqual(graph.problems, [('p/sub/c.py', 3, 'attempted relative import beyond top-level package')])

    def test_of_several_imports_the_one_that_runs_first_of_all_counts(self):
        graph = graph_of({'a.py': 'def f():\n    import b\ntry:\n    import b\nexcept ImportError: pass\nimport b\nimport b\n', 'b.py': ''})
        self.assertEqual(graph.edges, [('a', 'b', 'top-level', 6)])

    def test_a_star_imports_the_modules_in_all(self):
        graph = graph_of({'p/__init__.py': '__all__ = ["a", "f"]\ndef f(): pass\n__all__ += ["b"]\n', 'p/a.py': '', 'p/b.py': '', 'p/c.py': '',
                          'm.py': 'from p import *\n'})
        self.assertEqual(pairs(graph.edges), [('m', 'p'), ('m', 'p.a'), ('m', 'p.b')])

    def test_calls_with_a_name_count(self):
        graph = graph_of({
            'p/__init__.py': 'def f():\n    return importlib.import_module(".a", __name__)\n',
            'p/a.py': '__import__("p.b")\nx = import_module(".c", package=__package__)\nimport_module(name)\nimport_module(".b", other)\n'
                      '__import__("c", g, l, (), 1)\nimport_module("no module")\n',
            'p/b.py': '', 'p/c.py': ''})
        self.assertEqual(graph.edges, [('p', 'p.a', F, 2), ('p.a', 'p.b', T, 1), ('p.a', 'p.c', T, 2)])
        self.assertEqual(graph.outside, [])

    def test_a_file_that_does_not_parse_is_told_with_its_line(self):
        graph = graph_of({'a.py': 'import b\n', 'b.py': 'x = (\nimport a\n', 'c.py': 'import a\0\n', 'd.py': 'x = 1\nimport if\n'})
        self.assertEqual(pairs(graph.edges), [('a', 'b')])
        self.assertEqual([(path, bool(message)) for path, _, message in graph.problems], [('b.py', True), ('c.py', True), ('d.py', True)])
        self.assertEqual(graph.problems[2].line, 2)

    def test_an_error_after_the_last_import_is_told_where_whole_files_are_asked_for(self):
        modules, source = _imports.find_modules(['a.py']), b'import b\nx = )\n'
        self.assertEqual(_imports.follow(modules, lambda module: source).problems, [])
        self.assertEqual([problem.line for problem in _imports.follow(modules, lambda module: source, whole=True).problems], [2])

    def test_of_a_big_file_as_much_is_parsed_as_has_imports(self):
        for source in ('import b\nx = (\n', 'import b\r\nclass C: pass\r\n', 'if x:\n    import b\nelse:\n    pass\ny = 1\n', 'try:\n  import b\nexcept E:\n  pass\nz\n',
                       'from b import (\n  c\n)\nx\n', 'x = """\nimport c\ny\n"""\nimport b\nz\n', 'import b\ny = """\nimport c\nx\n"""\nz\n', 'import b, \\\nos\nx\n',
                       'import b\rx\r', '"""import\nx\n"""\nimport b', '\ufeffimport b\nx\n', 'import b  # import\n@c\ndef d(): pass\n'):
            graph = graph_of({'a.py': source, 'b.py': ''})
            self.assertIn(('a', 'b'), pairs(graph.edges), source)
            self.assertNotIn(('a', 'c'), pairs(graph.outside), source)
            graph = graph_of({'a.py': source, 'b.py': ''}, whole=True)
            self.assertEqual(pairs(graph.edges), [] if graph.problems else [('a', 'b')], source)
            self.assertEqual([problem.line for problem in graph.problems], [2] if source.endswith('(\n') else [], source)

    def test_an_assertion_counts_for_what_follows_in_its_block(self):
        source = ('import a\nassert sys.platform == "x"\nimport b\ndef f():\n    assert version\n    if x:\n        import c\n    import d\n'
                  'def g():\n    assert x == 1\n    import e\n')
        tree = ast.parse(source)
        for simple in (False, True):
            found = [(node.names[0].name, required) for node, _, required in _import_statements.statements(tree.body, simple)]
            self.assertEqual(found, [('a', True), ('b', False), ('c', False), ('d', False), ('e', False)])
        found = [required for _, _, required in _import_statements.statements(tree.body[-1:])]
        self.assertEqual(found, [True])

    def test_what_is_parsed_has_every_import_of_the_file(self):
        folder = os.path.dirname(os.__file__)
        names = [name for name in sorted(os.listdir(folder)) if name.endswith('.py')][::3]
        for name in names:
            with open(os.path.join(folder, name), 'rb') as file:
                source = file.read()
            module = _imports.Module(name, 'module', name)
            trees = ast.parse(source), _imports._parse_imports(source, module), _imports._parse_imports(source, module, whole=True)
            whole, part, cut = [[(node.lineno, kind) for node, kind, _ in _import_statements.statements(tree.body)] for tree in trees]
            self.assertEqual(part, whole, name)
            self.assertEqual(cut, whole, name)
        self.assertGreater(len(names), 20)


class Orders(unittest.TestCase):
    def test_modules_follow_those_that_they_import(self):
        graph = graph_of({'mypkg/__main__.py': 'from .core import process\n', 'mypkg/core.py': 'from .utils import helper\n', 'mypkg/utils.py': ''})
        self.assertEqual(graph.order(), ['mypkg', 'mypkg.utils', 'mypkg.core', 'mypkg.__main__'])
        self.assertEqual(graph.cycles(), [])

    def test_imports_that_run_later_or_never_do_not_count(self):
        graph = graph_of({'a.py': 'def f(): import b\nif TYPE_CHECKING: import b\n', 'b.py': 'import a\n'})
        self.assertEqual(graph.order(), ['a', 'b'])
        self.assertEqual(graph.cycles(), [])

    def test_a_package_comes_before_who_imports_what_is_in_it(self):
        graph = graph_of({'a.py': 'import p.q.m\n', 'p/__init__.py': '', 'p/q/__init__.py': 'import z\n', 'p/q/m.py': '', 'z.py': ''})
        self.assertEqual(graph.order(), ['p.q.m', 'z', 'p.q', 'p', 'a'])

    def test_a_cycle_is_ordered_by_the_imports_that_cannot_be_left_out(self):
        for first, second in (('a', 'b'), ('b', 'a')):
            graph = graph_of({f'{first}.py': f'import {second}\n', f'{second}.py': f'try: import {first}\nexcept ImportError: pass\n'})
            self.assertEqual(graph.order(), [second, first])

    def test_cycles_are_named_with_a_shortest_way(self):
        graph = graph_of({'a.py': 'import b\nimport d\n', 'b.py': 'import c\n', 'c.py': 'import a\n', 'd.py': 'import a\n', 'x.py': 'import y, a\n',
                          'y.py': 'if x: import x\n', 'z.py': 'import z\n'})
        self.assertEqual(graph.cycles(), [(['a', 'b', 'c', 'd'], ['a', 'd', 'a']), (['x', 'y'], ['x', 'y', 'x'])])
        order = graph.order()
        self.assertLess(order.index('a'), order.index('x'))

    def test_a_cycle_may_pass_through_a_package(self):
        graph = graph_of({'a.py': 'import p.m\n', 'p/__init__.py': 'import a\n', 'p/m.py': ''})
        self.assertEqual(graph.cycles(), [(['a', 'p'], ['a', 'p', 'a'])])

    def test_long_chains_are_no_recursion(self):
        needs = {number: [number + 1] for number in range(50000)}
        needs[50000] = []
        self.assertEqual(_import_order.dependency_order(needs, needs), list(range(50000, -1, -1)))
        needs[50000] = [0]
        self.assertEqual(len(_import_order.components(needs)), 1)
        self.assertEqual(len(_import_order.shortest_cycle(_import_order.components(needs)[0], needs)), 50002)


if __name__ == '__main__':
    unittest.main()
