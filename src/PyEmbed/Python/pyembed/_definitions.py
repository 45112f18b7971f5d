"""What the source of a module binds and uses, definition by definition, by its syntax. Nothing is imported or run.

A module consists of the code that runs when it is imported, of its top-level functions and classes, each with all that is
in it, and of the block that runs only where the module is the program.
"""

import ast
import re
from collections import namedtuple

from ._import_statements import FUNCTION, TOP_LEVEL, TYPE_CHECKING, _asks_for_type_checker, name_of, statements
from ._imports import PACKAGE, Module, _absolute, _exports, _is_own_package

#: An import: of which module, absolute; the names that ``from`` takes, None for ``import``; the line; how sure it is that it
#: runs and is needed.
Import = namedtuple('Import', 'module names line level')
#: Not by a statement, but by the name of a package of which data is read; may fail; must not fail if it runs; runs with the
#: module, and must not fail.
ASKED, TOLERATED, REQUIRED, CERTAIN = range(4)

#: What a name is bound to by an import: a module (then ``name`` is None), or a name of a module.
Binding = namedtuple('Binding', 'module name')

#: The block ``if __name__ == '__main__'``: never a name of a definition.
PROGRAM = '<program>'

_FUNCTIONS = ast.FunctionDef, ast.AsyncFunctionDef
_IMPORTERS = 'import_module', '__import__'
#: What loads a module by its name, where that is literal: (the last of what it is an attribute of, its own name).
_LOADERS = frozenset([('util', 'find_spec'), ('pkgutil', 'resolve_name'), ('pkgutil', 'find_loader'), ('pkgutil', 'get_loader'),
                      ('runpy', 'run_module')])
_LOADING = {name: home for home, name in _LOADERS}
#: What takes names of modules for others than to import them.
_NO_IMPORTERS = frozenset(['getLogger', 'getChild', 'filterwarnings', 'simplefilter'])
_NAMESPACES = frozenset(['globals', 'eval', 'exec'])
#: What can be a module's name: not all of these can stand in a statement.
_DOTTED = re.compile(r'\.*[\w-]+(?:\.[\w-]+)*')
_RESOURCES = 'resources', 'pkgutil', 'pkg_resources'
_RESOURCE_READERS = frozenset('''
    files open_text open_binary read_text read_binary path contents is_resource get_data resource_filename resource_string
    resource_stream resource_listdir resource_exists resource_isdir
'''.split())
_LISTINGS = frozenset(['iter_modules', 'walk_packages', 'listdir', 'scandir', 'glob', 'iterdir'])
#: What keeps a function or class as it is, or only wraps it, and calls nothing of it when it is defined.
_QUIET = frozenset(['functools', 'contextlib', 'dataclasses', 'typing', 'typing_extensions', 'abc', 'types', 'warnings', 'collections.abc'])
_QUIET_BUILTINS = frozenset(['staticmethod', 'classmethod', 'property'])


class Part:
    """What a part of a module uses: ``imports``, ``references`` (tuples of a name and the attributes after it), the names
    that it binds itself by imports, whether it may use whatever its module has, and the lines of imports by computed names."""

    def __init__(self):
        self.imports = []
        self.references = {}        # an ordered set
        self.bindings = {}          # name -> list of Binding
        self.uses_all = False
        self.computed = []
        self.lists = False          # whether it lists folders or packages
        self.handed = []            # (dotted name, the names of the function that gets it, or (), line) of calls with literals


class Definitions:
    """The parts of one module. *module* has its ``name`` and ``kind``, as _imports.Module. Raises what compile() raises for
    a source that is no Python."""

    def __init__(self, source, module, path):
        self.module = module
        tree = compile(source, path, 'exec', ast.PyCF_ONLY_AST, dont_inherit=True)
        self._has_resources = any(word.encode() in source for word in _RESOURCES)
        body, program = _without_program(tree.body)
        nodes = self._nodes = {}    # name -> list of the nodes that define it; of the others that are here, see below
        self.bindings = {}          # name -> list of Binding
        self.values = set()         # names that are bound otherwise, or may be
        self.stars = []             # modules of which all names are taken
        self.run = self._running(body)
        if b'global ' in source:
            self._add_globals(tree)
        #: The Part of each definition, by its name, and that of PROGRAM.
        self.parts = {name: self._part(found, REQUIRED) for name, found in nodes.items()}
        #: The definitions that something may call as soon as they are made: decorators, base classes and metaclasses.
        self.woken = [name for name, found in nodes.items() if any(map(self._wakes, found))]
        #: The definitions of which one is a class, each with the names in it; None where a base class may have more.
        self.classes = {name: _names_in(found) for name, found in nodes.items() if any(isinstance(node, ast.ClassDef) for node in found)}
        #: The names in ``__all__`` that are literals.
        self.exports = _exports(tree) if b'__all__' in source else set()
        self.definitions = frozenset(nodes)
        self.parts[PROGRAM] = self._part(program, TOLERATED)
        self._nodes = None          # the tree takes a thousand times the memory of the rest

    def _part(self, nodes, level):
        part = Part()
        for node, kind, required in statements(nodes, guards=False):
            if kind != TYPE_CHECKING:
                self._add_import(part, node, level if required else TOLERATED, part.bindings)
        self._collect(part, nodes, False)
        return part

    # What runs with the module

    def _running(self, body):
        part = Part()
        raising = _raising(body)
        for node, kind, required in statements(body, guards=False):
            if kind not in (FUNCTION, TYPE_CHECKING):
                level = CERTAIN if kind == TOP_LEVEL and required else REQUIRED if required or node in raising else TOLERATED
                self._add_import(part, node, level, self.bindings, self.stars)
        self._collect(part, body, True)
        return part

    def _add_import(self, part, node, level, bindings, stars=None):
        if isinstance(node, ast.Import):
            for alias in node.names:
                part.imports.append(Import(alias.name, None, node.lineno, level))
                bound, module = (alias.asname, alias.name) if alias.asname else (alias.name.partition('.')[0],) * 2
                bindings.setdefault(bound, []).append(Binding(module, None))
            return
        base = _absolute(self.module, node.level, node.module or '')
        if base is None:
            return                  # fails on every system
        part.imports.append(Import(base, tuple(alias.name for alias in node.names), node.lineno, level))
        for alias in node.names:
            if alias.name != '*':
                bindings.setdefault(alias.asname or alias.name, []).append(Binding(base, alias.name))
            elif stars is not None:
                stars.append(base)

    def _add_globals(self, tree):
        """The names that functions bind at the top level of their module."""
        for node in ast.walk(tree):
            if isinstance(node, _FUNCTIONS):
                names = {name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names}
                if names:
                    part = Part()
                    for inner, kind, _ in statements(node.body, guards=False):
                        if kind != TYPE_CHECKING:
                            self._add_import(part, inner, TOLERATED, part.bindings)
                    for name in names:
                        self.values.add(name)
                        self.bindings.setdefault(name, []).extend(part.bindings.get(name, ()))

    # Names

    def _collect(self, part, nodes, running):
        """Add what nodes use to a part. Of what runs with the module the bodies of functions are left out, and functions and
        classes become definitions."""
        stack = [(node, running) for node in reversed(nodes)]
        while stack:                # no recursion: expressions may be very deep
            node, top = stack.pop()
            kind = node.__class__
            if kind is ast.Name:
                self._add_name(part, node, top)
            elif kind is ast.Attribute:
                inner = self._add_attribute(part, node)
                if inner is not None:
                    stack.append((inner, top))
            elif kind is ast.Call and self._add_call(part, node):
                stack.extend((argument, top) for argument in (*node.args[1:], *(keyword.value for keyword in node.keywords)))
            elif kind is ast.Compare and _asks_whether_found(node):
                stack.append((node.left.func, top))
            elif kind in _SEQUENCES and self._add_command(part, node):
                stack.extend((item, top) for item in node.elts)
            elif running and kind in _FUNCTIONS:
                if top:
                    self._nodes.setdefault(node.name, []).append(node)
                stack.extend((inner, False) for inner in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)))
            elif running and kind is ast.ClassDef:
                if top:
                    self._nodes.setdefault(node.name, []).append(node)
                inner = *node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords), *node.body
                stack.extend((child, False) for child in inner)
            elif kind is ast.If and _asks_for_type_checker(node.test)[0]:
                stack.extend((child, top) for child in (node.body if _asks_for_type_checker(node.test)[1] else node.orelse))
            elif kind is ast.AnnAssign and running:
                stack.extend((child, top) for child in (node.target, node.value) if child is not None)
            elif kind not in _LEAVES:
                for name in node._fields:
                    value = getattr(node, name, None)
                    if value.__class__ is list:
                        stack.extend((child, top) for child in value if isinstance(child, ast.AST))
                    elif isinstance(value, ast.AST):
                        stack.append((value, top))

    def _add_name(self, part, node, top):
        if node.ctx.__class__ is ast.Load:
            part.references[node.id,] = None
            if node.id in _NAMESPACES:
                part.uses_all = True
            elif node.id in _IMPORTERS:
                part.computed.append(node.lineno)
            elif node.id in _LISTINGS:
                part.lists = True
        elif top:
            self.values.add(node.id)

    def _add_attribute(self, part, node):
        """Add an attribute, and give the expression that it is of, where that is no name."""
        names = []
        if node.ctx.__class__ is not ast.Load:
            node = node.value
            if node.__class__ is ast.Name:
                return None         # what is set on a name uses nothing of what the name stands for
        while node.__class__ is ast.Attribute:
            names.append(node.attr)
            if node.attr in _LISTINGS:
                part.lists = True
            node = node.value
        if names and names[0] in _IMPORTERS:
            part.computed.append(node.lineno)
        if node.__class__ is not ast.Name:
            return node
        names.append(node.id)
        chain = tuple(reversed(names))
        part.references[chain] = None
        if chain[:2] == ('sys', 'modules'):
            part.uses_all = True
        return None

    def _add_call(self, part, node):
        """Add a call that imports a module by its name, or reads what lies in a package of that name. False for any other."""
        function = name_of(node.func)
        imports = function in _IMPORTERS
        if not imports and not (self._has_resources and function in _RESOURCE_READERS):
            self._add_handed(part, node, function)
            return False
        if not node.args or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
            return False
        name = node.args[0].value
        if not _DOTTED.fullmatch(name):
            return False
        level = len(name) - len(name.lstrip('.'))
        anchor = self._anchor(node) if level else self.module
        module = _absolute(anchor, level, name[level:]) if anchor is not None else None
        if module is None:
            return False
        if imports:
            part.imports.append(Import(module, ('*',), node.lineno, TOLERATED))
        else:
            part.imports.append(Import(module, None, node.lineno, ASKED))
            self._collect(part, [node.func], False)
        return True

    def _add_handed(self, part, call, function):
        """Add what a call is given that may be the name of a module, or is code."""
        literals = [given.value for given in (*call.args, *(keyword.value for keyword in call.keywords))
                    if given.__class__ is ast.Constant and given.value.__class__ is str]
        if not literals or function in _NO_IMPORTERS:
            return
        first = call.args[0].value if call.args and call.args[0].__class__ is ast.Constant else None
        if function in _CODE and first is literals[0] and isinstance(call.func, ast.Name):
            self._add_code(part, first, call.lineno)
        elif function in _LOADING and first is literals[0] and self._is_loader(call.func):
            name = first.partition(':')[0]
            if _DOTTED.fullmatch(name) and name[0] != '.':
                if function == 'resolve_name' and ':' not in first:
                    part.handed.append((name, None, call.lineno))       # as far as it is a module
                elif function == 'run_module':
                    part.imports.append(Import(name, ('*', PROGRAM), call.lineno, TOLERATED))
                else:               # what is not there may be what it asks
                    part.imports.append(Import(name, ('*',), call.lineno, ASKED))
        else:
            part.handed.extend((text, _chain(call.func), call.lineno) for text in literals if '.' in text and _DOTTED.fullmatch(text) and text[0] != '.')

    def _is_loader(self, function):
        """Whether a function that is called is one of _LOADERS."""
        home = _LOADING[name_of(function)]
        if isinstance(function, ast.Attribute):
            return name_of(function.value) == home or isinstance(function.value, ast.Name) and any(
                (binding.name or binding.module.rpartition('.')[2]) == home for binding in self.bindings.get(function.value.id, ()))
        return True

    def _add_code(self, part, text, line):
        """Add what code uses that is given as text."""
        try:
            tree = compile(text.strip(), '<text>', 'exec', ast.PyCF_ONLY_AST, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        for node, _, _ in statements(tree.body):
            node.lineno = line
            self._add_import(part, node, TOLERATED, part.bindings)
        self._collect(part, tree.body, False)

    def _add_command(self, part, node):
        """Add the module that a command line given as a list runs, ``[sys.executable, '-m', 'module']``. Always True."""
        items = node.elts
        for place, option in enumerate(items[:-1]):
            if option.__class__ is not ast.Constant or option.value != '-m':
                continue
            name = items[place + 1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and _DOTTED.fullmatch(name.value) and name.value[0] != '.':
                part.imports.append(Import(name.value, ('*', PROGRAM), name.lineno, TOLERATED))
        return True

    def _anchor(self, call):
        """The module that a relative name in a call is relative to; None where that is computed."""
        if _is_own_package(call, self.module):
            return self.module
        for given in (*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == 'package')):
            if isinstance(given, ast.Constant) and isinstance(given.value, str) and _DOTTED.fullmatch(given.value) and given.value[0] != '.':
                return Module(given.value, PACKAGE, None)
        return None

    def _wakes(self, node):
        """Whether something that is not known may call a definition, or anything in it, as soon as it is made."""
        if any(not self._is_quiet(decorator, _QUIET_BUILTINS) for decorator in node.decorator_list):
            return True
        return isinstance(node, ast.ClassDef) and (
            any(not self._is_quiet(base, _BUILTINS) for base in node.bases) or any(
                keyword.arg != 'metaclass' or not self._is_quiet(keyword.value, _BUILTINS) for keyword in node.keywords))

    def _is_quiet(self, node, builtins):
        """Whether a decorator or base class is one of Python's own that calls nothing of what it gets."""
        while isinstance(node, (ast.Call, ast.Subscript)):
            node = node.func if isinstance(node, ast.Call) else node.value
        names = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return False
        bindings = self.bindings.get(node.id)
        if node.id in self._nodes or node.id in self.values:
            return False
        if bindings is None:
            return not names and node.id in builtins and not self.stars
        return all('.'.join(filter(None, (binding.module, *reversed(names[1:])))) in _QUIET for binding in bindings)


_SEQUENCES = ast.List, ast.Tuple
_CODE = 'exec', 'eval'
_LEAVES = frozenset([ast.Constant, ast.Import, ast.ImportFrom, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.Load,
                     ast.Store, ast.Del])
_BUILTINS = frozenset(name for name, value in vars(__import__('builtins')).items() if isinstance(value, type))


def _asks_whether_found(test):
    """Whether a comparison is of what find_spec() gives for a literal, and None: nothing is loaded by that."""
    return (test.left.__class__ is ast.Call and name_of(test.left.func) == 'find_spec' and len(test.left.args) == 1 and not test.left.keywords
            and test.left.args[0].__class__ is ast.Constant and all(isinstance(side, ast.Constant) and side.value is None for side in test.comparators))


def _chain(node):
    """The names of a variable and the attributes after it; () for anything else."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def _names_in(nodes):
    """The names in classes, and what is set on them; None where they may have others."""
    names = set()
    for node in nodes:
        if not isinstance(node, ast.ClassDef) or node.bases or node.keywords or node.decorator_list:
            return None
        for inner in ast.walk(node):
            names.add(getattr(inner, 'name', None) if isinstance(inner, (*_FUNCTIONS, ast.ClassDef)) else name_of(inner))
    return names


def _without_program(body):
    """The statements of a module without its blocks ``if __name__ == '__main__'``, and those in these blocks."""
    run, program = [], []
    for node in body:
        if isinstance(node, ast.If) and _asks_for_program(node.test):
            program.extend(node.body)
            run.extend(node.orelse)
        else:
            run.append(node)
    return run, program


def _raising(body):
    """The imports at a module's top level in ``try`` statements that catch their errors only to raise others."""
    found = set()
    for node in body:
        if isinstance(node, ast.Try) and node.handlers and all(isinstance(handler.body[-1], ast.Raise) for handler in node.handlers):
            found.update(inner for inner in node.body if isinstance(inner, (ast.Import, ast.ImportFrom)))
    return found


def _asks_for_program(test):
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [test.left, *test.comparators]
    return any(name_of(side) == '__name__' for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == '__main__' for side in sides)
