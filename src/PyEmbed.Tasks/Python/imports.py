"""What a source file imports, what a package binds by itself, and whether a file changes how others are found.

Only imports that must succeed count. Left out are those that code is prepared to miss: in ``try`` statements that catch
import errors, under ``TYPE_CHECKING``, below tests for platforms, versions and features, in modules named for a platform, and on lines with
a comment ``# pyembed: ignore``. Nothing here looks at other files but the interpreter's own, so that an answer holds as long as the file does.
"""

import ast
import functools
import os
import re

#: Modules that came to the standard library or left it between CPython 3.9 and 3.14. What one interpreter says of them
#: does not hold for the others that a build may be for.
MOVING = frozenset("""
    _bootlocale aifc annotationlib asynchat asyncore audioop binhex cgi cgitb chunk compression crypt distutils formatter
    imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib
    tomllib uu xdrlib
""".split())

#: Modules of the standard library that some platforms or builds lack; from 3.10 on the interpreter itself knows them.
OF_PLATFORMS = frozenset("""
    _curses _dbm _gdbm _msi _overlapped _posixshmem _posixsubprocess _scproxy _tkinter _uuid _winapi asyncio crypt curses
    dbm distutils ensurepip fcntl grp idlelib lib2to3 msilib msvcrt multiprocessing nis nt ossaudiodev posix pty pwd
    readline resource spwd sqlite3 ssl syslog termios tkinter tty turtle turtledemo venv winreg winsound
""".split())

#: Packages of the standard library that distributors ship in part.
IN_PARTS = MOVING | frozenset(["ensurepip", "idlelib", "pydoc_data", "test", "tkinter", "turtledemo", "venv"])
LIBRARY = os.path.dirname(getattr(os, "__file__", ""))

RELATIVE = re.compile(rb"\bfrom[ \t\f\\\r\n]*\.")
ABSOLUTE = re.compile(rb"(?:^|[;:])[ \t\f]*(?:from\b[ \t\f]*([^\s;#]+)|import\b([^;#\r\n]*))", re.MULTILINE)
SILENCED = re.compile(r"#\s*pyembed:\s*ignore\b")

#: What code calls its tests for platforms, versions and optional features.
CONDITION = re.compile(
    r"platform|version|type_?checking|implementation|maxsize|find_spec|find_loader|import|available|installed|modules"
    r"|^(?:is|use|with|on|_)*_?(?:has|have|had|py|py_?[23]|python|pypy|jython|ironpython|java|nt|win|win32|win64|windows|mac|macos|osx|darwin|linux"
    r"|posix|unix|cygwin|mypy)(?:$|_|\d)", re.IGNORECASE)
#: Modules that are made for one platform, by their paths: only tests for it import them.
PLATFORM_MODULE = re.compile(r"win32|windows|darwin|macos|osx|cygwin|cocoa|jython|pypy", re.IGNORECASE)
#: Exceptions that an import raises, that are caught around imports, or that tell one version's names from another's.
IMPORT_ERRORS = frozenset(["SystemError", "ValueError", "NameError", "AttributeError", "Exception", "BaseException"])

PATH_WORDS = (b"sys.path", b"addsitedir")
PATH_CHANGES = re.compile(rb"\bsys\.path\b(?!_)\s*(?:\.\s*(?:insert|append|extend)\b|\[[^\]\n]*\]\s*=|\+?=(?!=))|\baddsitedir\b")
MODULE_WORDS = (b"modules", b"meta_path", b"path_hooks", b"__path__", b"declare_namespace", b"ModuleType", b"new_module")
MODULE_CHANGES = re.compile(
    rb"\bmodules\s*\[[^\]\n]*\]\s*=(?!=)|\bmodules\s*\.\s*(?:setdefault|update)\b|\bmeta_path\b|\bpath_hooks\b|\b__path__\b|\bdeclare_namespace\b"
    rb"|\bModuleType\b|\bnew_module\b")
CHANGES_PATH, CHANGES_MODULES = 1, 2
#: What may bind names that are not to be seen.
OPEN = re.compile(rb"\b(?:globals|locals|vars|exec|setattr)\b|__getattr__|__dict__|__path__|\bmodules\b|\bimport\b[ \t(]*\*|[Ll]azy")

TRY = (ast.Try, getattr(ast, "TryStar", ast.Try))
#: The usual statements that hold no others.
SIMPLE = frozenset([ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise, ast.Delete, ast.Pass])


def changes(source):
    """The flags for a file that changes where modules are found: on the path, or otherwise."""
    flags = 0
    if any(word in source for word in PATH_WORDS) and PATH_CHANGES.search(source):
        flags |= CHANGES_PATH
    if any(word in source for word in MODULE_WORDS) and MODULE_CHANGES.search(source):
        flags |= CHANGES_MODULES
    return flags


def settled(standard_library):
    """Those names that are in the standard library of every version, as in sources."""
    return frozenset(name.encode("ascii") for name in [*standard_library, "test", "__main__"] if name not in MOVING)


@functools.lru_cache(None)
def stems(folder):
    """What may be imported from a package in a folder; None for a folder that holds none."""
    if not os.path.isfile(os.path.join(folder, "__init__.py")):
        return None
    return frozenset(entry.partition(".")[0] for entry in os.listdir(folder))


@functools.lru_cache(None)
def lacking(module):
    """The first module in a dotted name that a package of this interpreter's standard library lacks; empty where none is
    known to be missing: what is no folder may have any attribute for a module, as ``os.path``."""
    parts = module.split(".")
    folder = LIBRARY
    if not folder or parts[0] in IN_PARTS:
        return ""
    for i in range(1, len(parts)):
        folder = os.path.join(folder, parts[i - 1])
        found = stems(folder)
        if found is None:
            return ""
        if parts[i] not in found:
            return ".".join(parts[:i + 1])
    return ""


def has_others(source, known):
    """Whether a source may import more than the modules of *known* and what they have below them. Takes text in strings and comments for code."""
    if RELATIVE.search(source):
        return True
    for match in ABSOLUTE.finditer(source):
        for part in (match[1] or match[2]).split(b","):
            words = part.partition(b".")[0].split()
            if words and words[0] not in known:
                return True
            if words and b"." in part and lacking(part.split()[0].decode("utf-8", "replace")):
                return True
    return False


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
    return "import" in name.lower() or name == "ModuleNotFoundError"


def name_of(node):
    """The last name of a variable or attribute; empty for anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_condition(test):
    """Whether a test asks for what differs between installations: platform, version, features that may be missing."""
    for node in ast.walk(test):
        name = name_of(node)
        if name and CONDITION.search(name) or name == "name" and name_of(getattr(node, "value", None)) == "os":
            return True
    return False


def tolerates(item):
    """Whether the context manager of a ``with`` statement is there for imports that fail."""
    return any(is_import_error(name_of(node)) or name_of(node) in ("Exception", "BaseException") for node in ast.walk(item.context_expr))


def leaves(body):
    """Whether a block ends with leaving what it is in."""
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return name_of(last.value.func) in ("exit", "_exit", "skip", "quit")
    return isinstance(last, (ast.Raise, ast.Return, ast.Continue, ast.Break))


def blocks_of(node):
    """The blocks below a statement whose imports must succeed, in their order; None where the rest of the block that the
    statement is in is for some installations only."""
    if isinstance(node, TRY):
        return [node.finalbody] if catches_import_errors(node.handlers) else [
            node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody]
    if isinstance(node, ast.If):
        if is_condition(node.test):
            return None if leaves(node.body) or node.orelse and leaves(node.orelse) else []
        return [node.orelse] if isinstance(node.test, ast.Constant) and not node.test.value else [node.body, node.orelse]
    if isinstance(node, ast.Assert):
        return None if is_condition(node.test) else []
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [] if any(map(tolerates, node.items)) else [node.body]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.body]
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        return [node.body, node.orelse]
    return [case.body for case in getattr(node, "cases", ())]


def required(body):
    """The import statements of a block and of all blocks below it that must succeed."""
    open_blocks = [iter(body)]      # No recursion: a chain of elif is as deep as it is long.
    while open_blocks:
        node = next(open_blocks[-1], None)
        if node is None:
            open_blocks.pop()
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif node.__class__ not in SIMPLE:
            below = blocks_of(node)
            if below is None:
                open_blocks.pop()
            else:
                open_blocks.extend(iter(block) for block in reversed(below))


def bound(tree, source):
    """The names that a file may bind in its module; None where it may have any."""
    if OPEN.search(source):
        return None
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
    return sorted(names)


def statement(node):
    """The text of a ``from`` import."""
    return "from " + "." * node.level + (node.module or "") + " import " + ", ".join(alias.name for alias in node.names)


def imports(tree, name, source, lines, known):
    """The imports of a file, as pairs of node and either the message of what is wrong with it, or the tuple
    ``(level, module, name...)``. *lines* gives the file's lines; names in *known* are left out, and so is what is below them,
    but for what they lack: for that the level is None."""
    depth = name.count("/")
    may_be_silenced = b"pyembed:" in source
    is_of_platform = PLATFORM_MODULE.search(name)
    for node in required(tree.body):
        if may_be_silenced and any(SILENCED.search(lines()[line - 1]) for line in (node.lineno, node.end_lineno)):
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                if is_of_platform:
                    continue
                if alias.name.partition(".")[0].encode("utf-8") not in known:
                    yield node, (0, alias.name)
                elif lacking(alias.name):
                    yield node, (None, lacking(alias.name))
        elif node.level > depth:
            where = "a top-level module" if depth == 0 else "a module %d package%s deep" % (depth, "" if depth == 1 else "s")
            yield node, "attempted relative import beyond top-level package: '%s' in %s" % (statement(node), where)
        elif is_of_platform:
            continue
        elif node.level or node.module.partition(".")[0].encode("utf-8") not in known:
            yield node, (node.level, node.module or "", *(alias.name for alias in node.names))
        elif lacking(node.module):
            yield node, (None, lacking(node.module))
