"""The import statements of a source file: when each runs, and whether the code is prepared to miss what it imports.

The build has this file too, beside its own scripts: it must not import other modules of this package.
"""

import ast
import re

#: When a statement runs: with its module; with it or not, or allowed to fail; when a function is called; only for type checkers.
TOP_LEVEL, CONDITIONAL, FUNCTION, TYPE_CHECKING = KINDS = 'top-level', 'conditional', 'function', 'type-checking'

#: What code calls its tests for platforms, versions and optional features.
CONDITION = re.compile(
    r'platform|version|type_?checking|implementation|maxsize|find_spec|find_loader|import|available|installed|modules'
    r'|^(?:is|use|with|on|_)*_?(?:has|have|had|py|py_?[23]|python|pypy|jython|ironpython|java|nt|win|win32|win64|windows|mac|macos|osx|darwin|linux'
    r'|posix|unix|cygwin|mypy)(?:$|_|\d)', re.IGNORECASE)
#: Exceptions that an import raises, that are caught around imports, or that tell one version's names from another's.
IMPORT_ERRORS = frozenset(['SystemError', 'ValueError', 'NameError', 'AttributeError', 'Exception', 'BaseException'])

_TRY = ast.Try, getattr(ast, 'TryStar', ast.Try)
#: The usual statements that hold no others.
_SIMPLE = frozenset([ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise, ast.Delete, ast.Pass])
_TOP, _CONDITIONAL, _FUNCTION, _NEVER = range(len(KINDS))


def statements(body, simple=False, guards=True):
    """(node, kind, is required) for each import statement in a block and in all blocks below it, as they stand in the file,
    and with *simple* for each usual statement that holds no others, too. A statement is required where the code is not
    prepared to miss what it imports: outside of what depends on the installation, and of ``try`` that catches import errors.
    What follows an ``if`` that raises depends on the installation where *guards* count."""
    blocks = [(iter(body), _TOP, True, [])]     # No recursion: a chain of elif is as deep as it is long.
    while blocks:
        block, kind, required, asserted = blocks[-1]
        node = next(block, None)
        if node is None:
            blocks.pop()
            continue
        if node.__class__ is ast.Assert:
            asserted.append(node.test)      # looked at once something follows for which it counts: tests are full of them
            continue
        if node.__class__ in _SIMPLE and not simple:
            continue
        if asserted:
            if any(map(is_condition, asserted)):
                kind, required = max(kind, _CONDITIONAL), False
            blocks[-1] = block, kind, required, []
        if node.__class__ in _SIMPLE or isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, KINDS[kind], required
            continue
        below, rest = _blocks_of(node)
        if rest and (guards or not _raises(node)):      # of this block is for some installations only
            blocks[-1] = block, max(kind, rest), False, []
        for inner, inner_kind, inner_required in reversed(below):
            if inner:
                blocks.append((iter(inner), max(kind, inner_kind), required and inner_required, []))


def _blocks_of(node):
    """The blocks below a statement, in their order, as (statements, kind, is required), and the kind of the rest of the
    block that the statement is in, where that depends on the installation, else 0."""
    if isinstance(node, _TRY):
        caught = catches_import_errors(node.handlers)
        kind = _CONDITIONAL if caught else _TOP
        return [(node.body, kind, not caught), *((handler.body, _CONDITIONAL, not caught) for handler in node.handlers),
                (node.orelse, kind, not caught), (node.finalbody, _TOP, True)], 0
    if isinstance(node, ast.If):
        return _branches(node)
    if isinstance(node, (ast.With, ast.AsyncWith)):
        tolerant = any(map(tolerates, node.items))
        return [(node.body, _CONDITIONAL if tolerant else _TOP, not tolerant)], 0
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [(node.body, _FUNCTION, True)], 0
    if isinstance(node, ast.ClassDef):
        return [(node.body, _TOP, True)], 0
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        return [(node.body, _CONDITIONAL, True), (node.orelse, _CONDITIONAL, True)], 0
    return [(case.body, _CONDITIONAL, True) for case in getattr(node, 'cases', ())], 0


def _branches(node):
    """As _blocks_of(), for an ``if`` statement."""
    for_checkers, negated = _asks_for_type_checker(node.test)
    if for_checkers:
        kinds = (_TOP, _NEVER) if negated else (_NEVER, _TOP)
    elif isinstance(node.test, ast.Constant):
        kinds = (_TOP, _NEVER) if node.test.value else (_NEVER, _TOP)
    else:
        kinds = _CONDITIONAL, _CONDITIONAL
    if is_condition(node.test):
        leaving = leaves(node.body) or node.orelse and leaves(node.orelse)
        return ([(node.body, kinds[0], False), (node.orelse, kinds[1], False)], _CONDITIONAL if leaving else 0)
    runs = not isinstance(node.test, ast.Constant) or bool(node.test.value)
    return [(node.body, kinds[0], runs), (node.orelse, kinds[1], True)], 0


def _raises(node):
    """Whether what an ``if`` statement leaves its block by is ``raise``."""
    return isinstance(node, ast.If) and all(isinstance(body[-1], ast.Raise) for body in (node.body, node.orelse) if body and leaves(body))


def _asks_for_type_checker(test):
    """(whether a test is ``TYPE_CHECKING``, plain or negated; whether it is negated)."""
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    return name_of(test.operand if negated else test) in ('TYPE_CHECKING', 'MYPY'), negated


def catches_import_errors(handlers):
    """Whether an ``except`` clause is there for imports that fail."""
    for handler in handlers:
        if handler.type is None:
            return True
        for kind in handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]:
            name = name_of(kind)
            if name in IMPORT_ERRORS or is_import_error(name):
                return True
    return False


def is_import_error(name):
    """Whether the name is that of an exception for imports, or of a tuple of them."""
    return 'import' in name.lower() or name == 'ModuleNotFoundError'


def name_of(node):
    """The last name of a variable or attribute; empty for anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ''


def is_condition(test):
    """Whether a test asks for what differs between installations: platform, version, features that may be missing."""
    for node in ast.walk(test):
        name = name_of(node)
        if name and CONDITION.search(name) or name == 'name' and name_of(getattr(node, 'value', None)) == 'os':
            return True
    return False


def tolerates(item):
    """Whether the context manager of a ``with`` statement is there for imports that fail."""
    return any(is_import_error(name_of(node)) or name_of(node) in ('Exception', 'BaseException') for node in ast.walk(item.context_expr))


def leaves(body):
    """Whether a block ends with leaving what it is in."""
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return name_of(last.value.func) in ('exit', '_exit', 'skip', 'quit')
    return isinstance(last, (ast.Raise, ast.Return, ast.Continue, ast.Break))
