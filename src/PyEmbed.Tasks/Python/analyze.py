"""Checks and compiles Python files for a build.

Run as ``python -s -S -B analyze.py SPOOL``, without variables of Python's in the environment. Requests come on standard input, answers go to standard output, both as UTF-8
lines of tab-separated fields in which ``\\\\``, ``\\t``, ``\\n``, ``\\r`` stand for backslash, tab, line feed and carriage return.

The first lines are about the interpreter::

    python    implementation  version  cache tag  executable  build
    stdlib    name...

where the build is what answers depend on. In every field U+FFFD stands for a lone surrogate, which UTF-8 has no bytes for. A request is ``file  path-on-disk  path-in-archive  checks(0|1)  level  attribute...``:
the level is that of optimisation (0, 1, 2), or empty where no bytecode is wanted; without checks the answer is about
bytecode only. The answer is::

    sha256    of the content, in hex
    problem   id  line  column  end-line  end-column  message          any number; columns count UTF-16 units from 1, 0 is unknown
    missing   the operating system's words                              instead of everything else: the file cannot be read
    uses-file flags                                                     the code asks for places on disk: 1 for its own, 2 if it
                                                                        also lists folders or names code files, 4 for others',
                                                                        with 2 for others' files too
    import    line  column  end-line  end-column  level  module  name...
                                                                        any number: imports that must succeed, but for those of
                                                                        modules in every version's standard library
    lacking   line  column  end-line  end-column  module
                                                                        any number: imports of a module that the standard library
                                                                        of this interpreter lacks in a package that it has
    binds     name...                                                   of an __init__.py: all names that it may bind; absent
                                                                        where it may have others
    changes-imports flags                                               1: the code changes sys.path, 2: sys.modules, the
                                                                        paths of packages, or what finds modules
    docstring first paragraph, on one line
    attribute name  defined(yes|no|unknown)  docstring                  one for each that was asked for
    bytecode  offset  length  crc                                       in SPOOL: a .pyc with an unchecked hash (PEP 552)
    end
"""

import ast
import binascii
import codecs
import functools
import hashlib
import os
import re
import stat
import sys

import bytecode
import imports
import places
from _standard_library import standard_library

del sys.path[0]                         # this script's folder

COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")
DOCSTRING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\f]*(?:#[^\r\n]*)?\r?[\n\r])*[rRuU]?['\"]")


def escape(text):
    """The text as a field."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def unescape(field):
    """The text of a field."""
    if "\\" not in field:
        return field
    return re.sub(r"\\(.)", lambda m: {"t": "\t", "n": "\n", "r": "\r"}.get(m[1], m[1]), field)


def replace_surrogates(error):
    """An error handler of codecs: what UTF-8 cannot encode becomes U+FFFD."""
    return "\ufffd".encode("utf-8") * (error.end - error.start), error.end


def first_paragraph(docstring):
    """The lines before the first empty one, joined."""
    lines = []
    for line in docstring.strip().splitlines():
        if not line.strip():
            break
        lines.append(line.strip())
    return " ".join(lines)


def declared_encoding(source):
    """The encoding that PEP 263 gives the source; ``SyntaxError`` where mark and cookie disagree."""
    marked = source.startswith(b"\xef\xbb\xbf")
    for line in re.split(b"\r\n|\r|\n", source[3:] if marked else source, maxsplit=2)[:2]:
        match = COOKIE.match(line)
        if match:
            encoding = match[1].decode("ascii")
            if marked and encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig"):
                raise SyntaxError("the byte-order mark says UTF-8 and the cookie says " + encoding)
            return "utf-8-sig" if marked else encoding
        if not BLANK.match(line):
            break
    return "utf-8-sig" if marked else "utf-8"


def lines_of(source):
    """The source's lines as text; undecodable bytes count as one character each."""
    try:
        text = source.decode(declared_encoding(source), "replace")
    except (LookupError, SyntaxError):
        text = source.decode("latin-1")
    return re.split("\r\n|\r|\n", text)


def units(text, count):
    """The column of the character after ``count`` characters: UTF-16 units, from 1."""
    return 1 + count + sum(character > "\uffff" for character in text[:count])


def column(lines, line, characters):
    """The column for a character's 1-based number in a line, or 0 where there is none."""
    if not characters or characters < 1 or not line or line > len(lines):
        return 0
    return units(lines[line - 1], characters - 1)


def encoding_problem(source):
    """Why the source cannot be decoded, as (line, message); None where it can."""
    try:
        encoding = declared_encoding(source)
    except SyntaxError as error:
        return 1, str(error)
    try:
        source.decode(encoding)
    except LookupError:
        return 1, "unknown encoding: " + encoding
    except UnicodeDecodeError as error:
        return source.count(b"\n", 0, error.start) + 1, str(error)
    except UnicodeError as error:
        return 1, str(error)
    return None


def refusal(source, error):
    """The problem record for a file that does not compile."""
    nul = source.find(b"\0")
    if nul >= 0:
        line = source.count(b"\n", 0, nul) + 1
        return "PYE1003", line, 0, 0, 0, "source code contains NUL bytes"
    undecodable = encoding_problem(source)
    if undecodable:
        line, message = undecodable
        return "PYE1002", line, 0, 0, 0, message
    if not isinstance(error, SyntaxError):
        return "PYE1001", 0, 0, 0, 0, type(error).__name__ + ": " + str(error)
    lines = lines_of(source)
    line = error.lineno or 0
    end_line = getattr(error, "end_lineno", None) or 0
    start = column(lines, line, error.offset)
    end = column(lines, end_line, getattr(error, "end_offset", None))
    if not end or (end_line, end) <= (line, start):
        end_line = end = 0
    return "PYE1001", line, start, end_line, end, error.msg


def parse(source, name):
    """The source's tree."""
    return compile(source, name, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)


def place(node, lines):
    """Where a node begins and ends: lines and columns."""
    found = []
    for line, offset in ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)):
        text = lines()[line - 1] if offset else ""
        found += [line, units(text, len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "replace")))]
    return found


def look_at_imports(tree, name, source, known, answer):
    """Answers what a file imports, what a package binds, and what changes how modules are found."""
    lines = functools.lru_cache(None)(lambda: lines_of(source))
    for node, found in imports.imports(tree, name, source, lines, known):
        if isinstance(found, str):
            answer("problem", "PYE1007", *place(node, lines), found)
        elif found[0] is None:
            answer("lacking", *place(node, lines), found[1])
        else:
            answer("import", *place(node, lines), *found)
    bound = imports.bound(tree, source) if name.endswith("/__init__.py") else None
    if bound is not None:
        answer("binds", *bound)


def bound_names(body, found):
    """Collects the names that statements bind, with their docstrings; gives False where more names may be bound."""
    closed = True
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[node.name] = ast.get_docstring(node) or ""
            for member in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    found[node.name + "." + member.name] = ast.get_docstring(member) or ""
            closed = closed and node.name != "__getattr__"
            continue
        for child in ast.walk(node):
            if isinstance(child, ast.alias):
                if child.name == "*":
                    closed = False
                else:
                    found[(child.asname or child.name).partition(".")[0]] = ""
            elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                found[child.id] = ""
            elif isinstance(child, ast.Call) and getattr(child.func, "id", None) in ("globals", "exec", "setattr", "vars"):
                closed = False
        for field in ("body", "orelse", "finalbody", "handlers"):
            for part in getattr(node, field, None) or ():
                closed = bound_names(getattr(part, "body", [part]) if field == "handlers" else [part], found) and closed
    return closed


def look(source, name, attributes, known, answer):
    """Answers what the syntax tells. The file is parsed at most once, and not at all where its text shows that there is
    nothing to say; what was parsed is gone before the code is marshalled."""
    is_package = name.endswith("/__init__.py") and not imports.OPEN.search(source)
    imports_others = imports.has_others(source, known)
    asks_for_places = places.WORDS.search(source)
    tree = parse(source, name) if is_package or imports_others or asks_for_places or attributes else None
    if is_package or imports_others:
        look_at_imports(tree, name, source, known, answer)
    changes = imports.changes(source)
    if changes:
        answer("changes-imports", changes)
    flags = places.asked(tree, name) if asks_for_places else 0
    if flags:
        answer("uses-file", flags)
    if attributes:
        found = {}
        closed = bound_names(tree.body, found)
        for attribute in attributes:
            first = attribute.partition(".")[0]
            known = "yes" if first in found else "no" if closed else "unknown"
            answer("attribute", attribute, known, first_paragraph(found.get(attribute, "")))


def read(path):
    """The content of a regular file; of another kind it could have no end."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(0, "it is not a regular file")
    with open(path, "rb") as file:
        return file.read()


def analyze(path, name, checks, level, attributes, known, spool, answer):
    """Looks at one file and passes each record of the answer to ``answer``. *known* has the modules that may always be
    imported."""
    try:
        source = read(path)
    except OSError as error:
        answer("missing", error.strerror or str(error))
        return
    answer("sha256", hashlib.sha256(source).hexdigest())
    if not name.endswith(".py"):
        return
    try:
        code = compile(source, name, "exec", dont_inherit=True, optimize=int(level or 0))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        answer("problem", *refusal(source, error))
        return
    if checks:
        look(source, name, attributes, known, answer)
        docstring = first_paragraph(docstring_of(source, name, code))
        if docstring:
            answer("docstring", docstring)
    if level:
        data = bytecode.pyc(source, code)
        answer("bytecode", spool.tell(), len(data), binascii.crc32(data))
        spool.write(data)


def docstring_of(source, name, code):
    """The docstring of a module; level 2 leaves it out of the code."""
    if not DOCSTRING.match(source):
        return ""
    if "__doc__" in code.co_names and isinstance(code.co_consts[0], str):
        return code.co_consts[0]
    return ast.get_docstring(parse(source, name), clean=False) or ""


def main():
    """Serves requests until standard input ends."""
    lines = open(0, "r", encoding="utf-8", newline="\n", closefd=False)
    codecs.register_error("pyembed.surrogates", replace_surrogates)
    output = open(1, "w", encoding="utf-8", errors="pyembed.surrogates", newline="\n", closefd=False)

    def answer(*fields):
        output.write("\t".join([escape(str(field)) for field in fields]) + "\n")

    version = ".".join(str(part) for part in sys.version_info[:3])
    build = sys.version + " " + bytecode.HEADER.hex()
    answer("python", sys.implementation.name, version, sys.implementation.cache_tag or "", sys.executable, build)
    library = standard_library()
    answer("stdlib", *library)
    known = imports.settled(library)
    output.flush()
    with open(sys.argv[1], "wb") as spool:
        for line in lines:
            _, path, name, checks, level, *attributes = [unescape(field) for field in line.rstrip("\n").split("\t")]
            analyze(path, name, checks == "1", level, attributes, known, spool, answer)
            spool.flush()
            answer("end")
            output.flush()


if __name__ == "__main__":
    import warnings

    # What the interpreter warns of while it compiles is for those who run the code, not for those who pack it.
    warnings.simplefilter("ignore")
    main()
