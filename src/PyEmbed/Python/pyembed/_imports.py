"""Follows imports by their syntax: which module imports which, and when. Nothing is imported or run."""

import ast
import re
import warnings
from collections import namedtuple

from ._import_order import components, dependency_order, shortest_cycle
from ._import_statements import CONDITIONAL, KINDS, TOP_LEVEL, name_of, statements

PACKAGE, MODULE, NAMESPACE, EXTENSION = 'package', 'module', 'namespace', 'extension'

_BINARY = 'so', 'pyd'
_CALLS = b'import_module', b'__import__'
#: Before the first statement of a file's top level after a place, as far as bytes tell; never within a compound statement.
_NEXT_STATEMENT = re.compile(rb'[\r\n](?![\s#)\]}]|(?:except|else|elif|finally)\b)')


class Module(namedtuple('Module', 'name kind path')):
    """A module among files: its dotted name, what it is (PACKAGE, MODULE, NAMESPACE or EXTENSION), and the path of the file
    that Python would run for it, with ``/`` between folders; None for a namespace package (PEP 420)."""

    __slots__ = ()

    @property
    def has_source(self):
        """Whether the file is a source."""
        return self.path is not None and self.path.endswith('.py')


#: An import: the names of the module that has the statement and of the one that it is for, when it runs (see
#: _import_statements.KINDS), and in which line.
Edge = namedtuple('Edge', 'importer imported kind line')

#: The message of a Problem of a file that can be parsed.
BEYOND = 'attempted relative import beyond top-level package'

#: Why what a file imports is not known, or not all: its path, the line (0 where there is none), the reason.
Problem = namedtuple('Problem', 'path line message')


def find_modules(paths):
    """{name: Module} of the modules that files make, sorted by name.

    *paths* are those of the files, relative to a folder on sys.path, with ``/`` between folders. Where several files would be
    one module, CPython's order in a folder decides: package, extension module, source, bytecode. A folder that holds modules
    and no ``__init__`` is a namespace package. Files whose names no ``import`` statement can have are left out."""
    best = {}
    for path in paths:
        name, rank = _module_at(path)
        if name is not None and rank < best.get(name, (_LAST, None))[0]:
            best[name] = rank, path
    for name in list(best):
        parent = name.rpartition('.')[0]
        while parent and parent not in best:
            best[parent] = _LAST, None
            parent = parent.rpartition('.')[0]
    modules = {}
    for name in sorted(best):
        (is_module, suffix), path = best[name]
        parent = name.rpartition('.')[0]
        if not parent or parent in modules and modules[parent].kind in (PACKAGE, NAMESPACE):    # else a module hides the folder
            kind = NAMESPACE if path is None else PACKAGE if not is_module else EXTENSION if suffix == 0 else MODULE
            modules[name] = Module(name, kind, path)
    return modules


_LAST = True, 9


def _module_at(path):
    """(dotted name, (whether it is no package, the place of the suffix in CPython's order)) of the module in a file; the
    name is None where no statement can import it."""
    *folders, file = path.split('/')
    stem, _, suffix = file.partition('.')
    if suffix == 'py':
        order = 1
    elif suffix == 'pyc':
        order = 2
    elif suffix.rpartition('.')[2] in _BINARY:
        order = 0
    else:
        return None, _LAST
    is_module = stem != '__init__' or not folders
    parts = [*folders, stem] if is_module else folders
    if '__pycache__' in folders or not all(map(str.isidentifier, parts)):
        return None, _LAST
    return '.'.join(parts), (is_module, order)


def follow(modules, read, whole=False):
    """The ImportGraph of modules, as find_modules() gives them; *read* gives the bytes of a Module's source.

    Files are parsed as far as their last import, which saves most of the time for big ones; with *whole* to their end, so
    that the graph's problems have every file that does not parse."""
    graph = ImportGraph(modules)
    with warnings.catch_warnings():
        # What Python warns of while it parses is for those who run the code.
        warnings.simplefilter('ignore')
        for module in modules.values():
            if module.has_source:
                graph._read(module, read(module), whole)
    graph._finish()
    return graph


class ImportGraph:
    """Modules, and the imports between them and of others.

    ``modules`` is {name: Module}, ``edges`` has the imports of modules among these, ``outside`` of all others: each a list of
    Edge, sorted by importer and line, with one for two modules, that of the import that runs first of all. An import of ``a.b``
    is one of ``a`` too, which has no edge of its own; of ``from a import b`` the edge leads to ``a.b`` where that is a module, else to
    ``a``. ``problems`` is a list of Problem."""

    def __init__(self, modules):
        self.modules = modules
        self.edges = []
        self.outside = []
        self.problems = []
        self._found = {}            # (importer, imported) -> (number of the kind, line)
        self._exports = {}          # module -> the names in its __all__
        self._stars = []            # (importer, imported, kind, line) of each ``from … import *``

    def order(self):
        """The names of the modules, each after those that it imports when it is itself imported. In a cycle, imports that
        may be left out or fail do not count."""
        return dependency_order(self._needs((TOP_LEVEL, CONDITIONAL)), self._needs((TOP_LEVEL,)))

    def cycles(self):
        """(names, way) of each set of modules that import each other when they are imported: their names, sorted, and a
        shortest way from the first back to it. A way may pass through a package for the sake of a module in it."""
        needs = self._needs((TOP_LEVEL, CONDITIONAL))
        return sorted((names, shortest_cycle(names, needs)) for names in components(needs) if len(names) > 1)

    def _needs(self, kinds):
        """{name: names} of what each module imports by imports of these kinds, with the packages that Python imports first,
        but for those that the module is in: they are being imported."""
        needs = {name: {} for name in self.modules}
        for edge in self.edges:
            if edge.kind in kinds:
                needs[edge.importer][edge.imported] = None
                parent = edge.imported.rpartition('.')[0]
                while parent and not f'{edge.importer}.'.startswith(f'{parent}.'):
                    needs[edge.importer][parent] = None
                    parent = parent.rpartition('.')[0]
        return needs

    def _read(self, module, source, whole):
        try:
            tree = _parse_imports(source, module, whole)
        except SyntaxError as error:
            self.problems.append(Problem(module.path, error.lineno or 0, error.msg))
            return
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            self.problems.append(Problem(module.path, 0, str(error) or type(error).__name__))
            return
        calls = any(word in source for word in _CALLS)
        for node, kind, _ in statements(tree.body, simple=calls):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._add_statement(module, node, kind)
            else:
                for line, name in _names_called_for(node, module):
                    self._add(module.name, name, kind, line)
        if module.kind == PACKAGE:
            self._exports[module.name] = _exports(tree)

    def _add_statement(self, module, node, kind):
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._add(module.name, alias.name, kind, node.lineno)
            return
        base = _absolute(module, node.level, node.module or '')
        if base is None:
            self.problems.append(Problem(module.path, node.lineno, BEYOND))
            return
        for alias in node.names:
            if alias.name == '*':
                self._stars.append((module.name, base, kind, node.lineno))
            name = f'{base}.{alias.name}'
            self._add(module.name, name if name in self.modules else base, kind, node.lineno)

    def _add(self, importer, imported, kind, line):
        if imported != importer:
            found = KINDS.index(kind), line
            self._found[importer, imported] = min(found, self._found.get((importer, imported), found))

    def _finish(self):
        for importer, base, kind, line in self._stars:
            for name in self._exports.get(base, ()):
                if f'{base}.{name}' in self.modules:
                    self._add(importer, f'{base}.{name}', kind, line)
        for (importer, imported), (kind, line) in list(self._found.items()):
            known = imported
            while known and known not in self.modules:
                known = known.rpartition('.')[0]
            # What there is of a dotted name is imported before the rest is missed; a package that the module is in was before.
            if known not in ('', imported) and not f'{importer}.'.startswith(f'{known}.'):
                self._add(importer, known, KINDS[kind], line)
        for (importer, imported), (kind, line) in sorted(self._found.items(), key=lambda item: (item[0][0], item[1][1], item[0][1])):
            edges = self.edges if imported in self.modules else self.outside
            edges.append(Edge(importer, imported, KINDS[kind], line))
        del self._found, self._exports, self._stars


def _parse(source, path):
    return compile(source, path, 'exec', ast.PyCF_ONLY_AST, dont_inherit=True)


def _parse_imports(source, module, whole=False):
    """The syntax tree of a source up to that statement of its top level that has the last import, or ``__all__`` of a package.
    With *whole* what follows is parsed, too, and left out of the tree."""
    last = max(source.rfind(b'import'), source.rfind(b'__all__') if module.kind == PACKAGE else -1)
    if whole:
        tree = _parse(source, module.path)
        line = len(source[:last + 1].splitlines())
        tree.body = [node for node in tree.body if node.lineno <= line]
        return tree
    if last < 0:
        return ast.Module([], [])
    after = _NEXT_STATEMENT.search(source, last)
    if after is not None:
        try:        # What parses ends between two statements: nothing is open at its end.
            return _parse(source[:after.end()], module.path)
        except (SyntaxError, ValueError):
            pass    # that was within a string, or an error is to be told with the whole file
    return _parse(source, module.path)


def _absolute(module, level, name):
    """The absolute name of a module that another names, relative to itself where *level* is not 0; None where that leads out
    of its top-level package."""
    if not level:
        return name
    parts = module.name.split('.')
    keep = len(parts) - level + (module.kind == PACKAGE)
    return '.'.join([*parts[:keep], *([name] if name else [])]) if keep > 0 else None


def _names_called_for(node, module):
    """(line, name) of each module that a statement imports by calling ``import_module`` or ``__import__`` with its name."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or not call.args or not isinstance(call.args[0], ast.Constant):
            continue
        function, name = name_of(call.func), call.args[0].value
        if not isinstance(name, str) or not name.strip('.'):
            continue
        if function == 'import_module':
            level = len(name) - len(name.lstrip('.'))
            absolute = _absolute(module, level, name[level:]) if not level or _is_own_package(call, module) else None
        elif function == '__import__' and len(call.args) < 5 and not any(keyword.arg == 'level' for keyword in call.keywords):
            absolute = name
        else:
            absolute = None
        if absolute and all(map(str.isidentifier, absolute.split('.'))):
            yield call.lineno, absolute


def _is_own_package(call, module):
    """Whether a call of ``import_module`` gives the package of the module that it is in."""
    given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == 'package')]
    return any(name_of(node) == '__package__' or name_of(node) == '__name__' and module.kind == PACKAGE for node in given)


def _exports(tree):
    """The names that a module's ``__all__`` has by literals."""
    names = set()
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else ()
        if getattr(node, 'value', None) is not None and any(name_of(target) == '__all__' for target in targets):
            names.update(part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return names
