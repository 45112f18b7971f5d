"""What a source file imports, what a package binds by itself, and whether a file changes how others are found.

Only imports that must succeed count. Left out are those that code is prepared to miss: in ``try`` statements that catch
import errors, under ``TYPE_CHECKING``, below tests for platforms, versions and features, in modules named for a platform, and on lines with
a comment ``# pyembed: ignore``. Nothing here looks at other files but the interpreter's own, so that an answer holds as long as the file does.
"""

import ast
import functools
import os
import re

from _import_statements import statements

#: Modules that came to the standard library or left it between CPython 3.9 and 3.14. What one interpreter says of them
#: does not hold for the others that a build may be for.
MOVING = frozenset("""
    _bootlocale aifc annotationlib asynchat asyncore audioop binhex cgi cgitb chunk compression crypt distutils formatter
    imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib
    tomllib uu xdrlib
""".split())

#: Packages of the standard library that distributors ship in part.
IN_PARTS = MOVING | frozenset(["ensurepip", "idlelib", "pydoc_data", "test", "tkinter", "turtledemo", "venv"])
LIBRARY = os.path.dirname(getattr(os, "__file__", ""))

RELATIVE = re.compile(rb"\bfrom[ \t\f\\\r\n]*\.")
ABSOLUTE = re.compile(rb"(?:^|[;:])[ \t\f]*(?:from\b[ \t\f]*([^\s;#]+)|import\b([^;#\r\n]*))", re.MULTILINE)
SILENCED = re.compile(r"#\s*pyembed:\s*ignore\b")

#: Modules that are made for one platform, by their paths: only tests for it import them.
PLATFORM_MODULE = re.compile(r"win32|windows|darwin|macos|osx|cygwin|cocoa|jython|pypy", re.IGNORECASE)

PATH_WORDS = (b"sys.path", b"addsitedir")
PATH_CHANGES = re.compile(rb"\bsys\.path\b(?!_)\s*(?:\.\s*(?:insert|append|extend)\b|\[[^\]\n]*\]\s*=|\+?=(?!=))|\baddsitedir\b")
MODULE_WORDS = (b"modules", b"meta_path", b"path_hooks", b"__path__", b"declare_namespace", b"ModuleType", b"new_module")
MODULE_CHANGES = re.compile(
    rb"\bmodules\s*\[[^\]\n]*\]\s*=(?!=)|\bmodules\s*\.\s*(?:setdefault|update)\b|\bmeta_path\b|\bpath_hooks\b|\b__path__\b|\bdeclare_namespace\b"
    rb"|\bModuleType\b|\bnew_module\b")
CHANGES_PATH, CHANGES_MODULES = 1, 2
#: What may bind names that are not to be seen.
OPEN = re.compile(rb"\b(?:globals|locals|vars|exec|setattr)\b|__getattr__|__dict__|__path__|\bmodules\b|\bimport\b[ \t(]*\*|[Ll]azy")


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
    for node, _, required in statements(tree.body):
        if not required:
            continue
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
