"""Finds modules whose source was changed since they were imported: another system would run other code than this one."""

import ast
import functools
import sys
import types
import warnings
from _frozen_importlib_external import SourceFileLoader

from ._bundle_format import BundleError
from ._loaders import _namespace_of

_CODE = types.CodeType
_CACHED = type(functools.lru_cache()(lambda: None))
#: What makes the code of a function, besides its constants. All but these are made from these, or change as the code runs.
_FIELDS = ('co_name', 'co_argcount', 'co_posonlyargcount', 'co_kwonlyargcount', 'co_flags', 'co_code', 'co_names', 'co_varnames', 'co_freevars',
           'co_cellvars', 'co_firstlineno')


def check_unchanged(modules, sources):
    """Raise BundleError for the first of the modules, {name: Found}, that is imported, and of which a function, or one of its
    default values that are literals, is not what its source now says. What no function shows, such as the value of a constant,
    cannot be told from what code has set since."""
    for name, found in modules.items():
        module = sys.modules.get(name)
        # Loaders of other kinds may change what they compile, as those of test tools do.
        if found.what != 'source' or not isinstance(found.loader, SourceFileLoader) or not isinstance(module, types.ModuleType):
            continue
        functions = list(_functions(_namespace_of(module), name, found.path))
        if functions:
            codes = _codes(found, sources)
            defaults = _defaults(found, sources) if codes is not None and any(map(_has_defaults, functions)) else {}
            for function in functions:
                code = function.__code__
                if codes is None or not any(_is_same(code, other) for other in codes.get(code.co_name, ())) or (
                        _has_defaults(function) and not _has_these(function, defaults.get((code.co_name, code.co_firstlineno)))):
                    raise BundleError(f'{name}:{function.__qualname__} is not what {found.path} says by now, line {code.co_firstlineno}: the module was '
                                      'changed since it was imported; start Python anew, or import it again (importlib.reload)')


def _functions(namespace, name, path):
    """The functions of a module and of its classes that stand in its source."""
    for value in list(namespace.values()):
        # By the type alone: objects that stand for others may fail when they are asked for anything.
        if issubclass(type(value), type) and type.__getattribute__(value, '__module__') == name:
            yield from (inner for member in list(vars(value).values()) for inner in _plain(member, path))
        else:
            yield from _plain(value, path)


def _plain(value, path):
    """A function as the source has it, without what decorators have put around it; none where they have changed it."""
    if type(value) in (staticmethod, classmethod):
        value = value.__func__
    elif type(value) is property:
        value = value.fget
    for _ in range(50):         # as many decorators, at most: they could go in a circle
        if type(value) not in (types.FunctionType, _CACHED) or '__wrapped__' not in value.__dict__:
            break
        value = value.__wrapped__
    if type(value) is types.FunctionType and value.__code__.co_filename == path and not value.__code__.co_name.startswith('<'):
        yield value


def _codes(found, sources):
    """{name: list of the code} of the functions in a module's source, wherever they stand in it; None where it is no Python
    any more."""
    try:
        queue = [_compiled(found, sources)]
    except (SyntaxError, ValueError):
        return None
    codes = {}
    for code in queue:
        codes.setdefault(code.co_name, []).append(code)
        queue.extend(constant for constant in code.co_consts if isinstance(constant, _CODE))
    return codes


def _has_defaults(function):
    return bool(function.__defaults__ or function.__kwdefaults__)


def _defaults(found, sources):
    """{(name, first line): the node of its arguments} of the functions in a module's source; none where it sets such values
    itself."""
    if b'defaults__' in sources.read(found):
        return {}
    tree = compile(sources.read(found), found.path, 'exec', ast.PyCF_ONLY_AST, dont_inherit=True)
    return {(node.name, min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])): node.args
            for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def _has_these(function, arguments):
    """Whether the default values of a function are those in a source, as far as these are literals."""
    if arguments is None:
        return True
    values = function.__defaults__ or ()
    if len(values) != len(arguments.defaults):
        return False
    named = function.__kwdefaults__ or {}
    written = {argument.arg: node for argument, node in zip(arguments.kwonlyargs, arguments.kw_defaults) if node is not None}
    return all(map(_is_value, values, arguments.defaults)) and named.keys() == written.keys() and all(
        _is_value(named[name], node) for name, node in written.items())


def _is_value(value, node):
    """Whether a value is that of an expression; True for what is no literal."""
    if not isinstance(node, ast.Constant):
        return True
    return type(value) is type(node.value) and repr(value) == repr(node.value)


def _compiled(found, sources):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        try:
            return found.loader.get_code(found.name)        # of bytecode, where that is of this source: faster than compiling
        except ImportError:
            # It knows the module under another name.
            return compile(sources.read(found), found.path, 'exec', dont_inherit=True)


def _is_same(code, other):
    """Whether two code objects are of the same text. Their own comparison sees what the interpreter has done to code that ran."""
    if any(getattr(code, field) != getattr(other, field) for field in _FIELDS) or len(code.co_consts) != len(other.co_consts):
        return False
    for constant, second in zip(code.co_consts, other.co_consts):
        if isinstance(constant, _CODE) and isinstance(second, _CODE):
            if not _is_same(constant, second):
                return False
        elif type(constant) is not type(second) or constant != second and repr(constant) != repr(second):
            return False
    return True
