"""Checks and compiles Python files for a build.

Run as ``python -I -S -B analyze.py SPOOL``. Requests come on standard input, answers go to standard output, both as UTF-8
lines of tab-separated fields in which ``\\\\``, ``\\t``, ``\\n``, ``\\r`` stand for backslash, tab, line feed and carriage return.

The first lines are about the interpreter::

    python    implementation  version  cache tag  executable
    stdlib    name...

A request is ``file  path-on-disk  path-in-archive  wants-bytecode(0|1)  attribute...``; its answer is::

    sha256    of the content, in hex
    problem   id  line  column  end-line  end-column  message          any number; columns count UTF-16 units from 1, 0 is unknown
    missing   the operating system's words                              instead of everything else: the file cannot be read
    uses-file flags                                                     the code asks for places on disk: 1 for its own, 2 if it
                                                                        also lists folders or names code files, 4 for others',
                                                                        with 2 for others' files too
    docstring first paragraph, on one line
    attribute name  defined(yes|no|unknown)  docstring                  one for each that was asked for
    bytecode  offset  length                                            in SPOOL: a .pyc with an unchecked hash (PEP 552)
    end

Only one file's objects are alive at a time. ``marshal`` marks objects that something else also refers to, so what stayed
alive from other files would change the bytes of this one.
"""

import _imp
import ast
import hashlib
import importlib.util
import marshal
import re
import sys

HEADER = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
RAW_MAGIC = int.from_bytes(importlib.util.MAGIC_NUMBER, "little")

COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")
RELATIVE = re.compile(rb"\bfrom[ \t\f\\\r\n]*(\.[. \t\f\\\r\n]*)")
DOCSTRING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\f]*(?:#[^\r\n]*)?\r?[\n\r])*[rRuU]?['\"]")
PLACES = re.compile(rb"__file__|__path__|__cached__|__spec__|__loader__|find_spec|[gt]_loader|find_loader|getfile|getsourcefile|"
                    rb"getabsfile|resource_filename|co_filename|frameinfo|erframes|inspect.*\bstack|\bresources\b|importlib_resources", re.DOTALL)

#: What a file asks for (docs/formats.md, section 1).
OWN_PLACE, CODE, OTHER_PLACES = 1, 2, 4
#: Names and attributes that give a module's place by themselves.
PLACE_NAMES = frozenset(["__file__", "__cached__", "__path__"])
#: Attributes that give it together with a spec.
SPEC_NAMES = frozenset(["origin", "submodule_search_locations", "cached"])
#: Functions that give another module's place.
PLACE_GETTERS = frozenset(["getfile", "getsourcefile", "getabsfile", "resource_filename"])
#: Attributes and methods of loaders that give a place, and functions that give loaders.
LOADER_PLACES, LOADER_GETTERS = frozenset(["path", "get_filename"]), frozenset(["find_spec", "get_loader", "find_loader"])
#: Functions that tell of frames, whose files most code only shows.
FRAME_GETTERS = frozenset(["getframeinfo", "getouterframes", "getinnerframes"])
#: Functions that make more of a frame's file than a text.
FRAME_FILE_USERS = frozenset(["dirname", "Path", "open", "listdir"])
#: Functions that work on ``__path__`` without files.
PATH_READERS = frozenset(["extend_path", "iter_modules", "walk_packages"])
#: Functions and methods that list folders.
LISTINGS = frozenset(["listdir", "scandir", "walk", "fwalk", "glob", "iglob", "rglob", "iterdir"])
#: Functions and attributes that lead from a file to its folder, and what gives folders from the start.
FOLDERS = frozenset(["dirname", "parent", "parents", "split", "__path__", "submodule_search_locations", "resource_filename"])
#: Functions that look at a file itself, as those do that watch for changes.
FILE_FUNCTIONS = frozenset(["stat", "lstat", "getmtime", "getsize", "samefile"])
#: Names of folders and modules that help to test a package. The package may import them; what they do with sources and
#: with other modules is for who runs its tests.
TEST_HELPERS = frozenset(["testing", "_testing"])
#: Functions that do more with a path than to show it.
PATH_FUNCTIONS = LISTINGS | {"dirname", "abspath", "realpath", "open", "exists", "isfile", "isdir", "stat", "getmtime", "Path"}


def escape(text):
    """The text as a field."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def unescape(field):
    """The text of a field."""
    if "\\" not in field:
        return field
    return re.sub(r"\\(.)", lambda m: {"t": "\t", "n": "\n", "r": "\r"}.get(m[1], m[1]), field)


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


def catches_import_errors(handlers):
    """Whether an ``except`` clause is there for imports that fail."""
    for handler in handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for kind in kinds:
            name = getattr(kind, "id", None) if kind is not None else "BaseException"
            if name in ("ImportError", "ModuleNotFoundError", "SystemError", "ValueError", "Exception", "BaseException"):
                return True
    return False


def relative_imports(node):
    """The relative imports below a node that nothing guards."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom):
            if child.level:
                yield child
        elif isinstance(child, ast.Try) and catches_import_errors(child.handlers):
            for part in child.handlers + child.orelse + child.finalbody:
                yield from relative_imports(part)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            for part in child.orelse:
                yield from relative_imports(part)
        elif not isinstance(child, ast.expr):
            yield from relative_imports(child)


def parse(source, name):
    """The source's tree."""
    return compile(source, name, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)


def import_problems(source, name):
    """The relative imports that lead beyond the top level. Only a file with enough dots is parsed for it."""
    depth = name.count("/")
    if not any(match[1].count(b".") > depth for match in RELATIVE.finditer(source)):
        return
    lines = None
    for node in relative_imports(parse(source, name)):
        if node.level > depth:
            if lines is None:
                lines = lines_of(source)
            place = []
            for line, offset in ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)):
                text = lines[line - 1]
                characters = len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "replace"))
                place += [line, units(text, characters)]
            statement = "from " + "." * node.level + (node.module or "") + " import " + ", ".join(a.name for a in node.names)
            where = "a top-level module" if depth == 0 else "a module %d package%s deep" % (depth, "" if depth == 1 else "s")
            yield ("PYE1007", *place, "attempted relative import beyond top-level package: '%s' in %s" % (statement, where))


def name_of(node):
    """The name of a variable or attribute; ``None`` of anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def own_names(tree, path):
    """The names that a file binds to modules of its own top-level package, or to what is in them, by importing: of each,
    whether it is the top-level package itself."""
    top = path.partition("/")[0].partition(".")[0]
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").partition(".")[0] == top):
            found.update((alias.asname or alias.name, False) for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == top:
                    found[alias.asname or top] = alias.name == top or not alias.asname
    return found


def is_own(node, own):
    """Whether an expression is one of the names, or an attribute below one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in own


def of_own(node, own):
    """The flags for the place of a module of the same package. That of the top-level package is known; another may lie
    anywhere in it."""
    return OWN_PLACE if isinstance(node, ast.Name) and own[node.id] else OWN_PLACE | CODE


def is_call(node, names):
    """Whether an expression calls a function or method of one of the names."""
    return isinstance(node, ast.Call) and name_of(node.func) in names


def outside_functions(node):
    """The nodes below one that are in no function, and the outermost functions themselves."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from outside_functions(child)


def is_used(tree, gives, uses):
    """Whether a use is made of what an expression gives, directly or by a name of the same function or of the module.
    *uses* tells of a node which expressions it would use so."""
    outer = list(outside_functions(tree))
    shared = held_names(outer, gives, frozenset())
    for scope in [outer, *(list(ast.walk(node)) for node in outer if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))]:
        held = held_names(scope, gives, shared)
        if any(holds(used, gives, held) for node in scope for used in uses(node)):
            return True
    return False


def held_names(nodes, gives, shared):
    """The names that nodes bind to what an expression gives, and to what is made of these, with those known before."""
    bindings = []
    for node in nodes:
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            bindings.append((node.value, node.targets if isinstance(node, ast.Assign) else [node.target]))
        elif isinstance(node, (ast.For, ast.comprehension)):
            bindings.append((node.iter, [node.target]))
    found, size = set(shared), -1
    while size != len(found):
        size = len(found)
        for value, targets in bindings:
            if holds(value, gives, found):
                found.update(part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
    return found


def holds(expression, gives, held):
    """Whether an expression has a part that gives it, or one of the names that hold it."""
    return any(gives(part) or isinstance(part, ast.Name) and part.id in held for part in ast.walk(expression))


def frames_asked(tree):
    """The flags for the files of frames and functions, where the source makes folders or files of them."""
    def gives(node):
        return (isinstance(node, ast.Attribute) and node.attr == "co_filename" or is_call(node, FRAME_GETTERS)
                or is_call(node, ("stack",)) and (isinstance(node.func, ast.Name) or name_of(node.func.value) == "inspect"))

    sources = [node for node in ast.walk(tree) if gives(node)]
    if not sources:
        return 0
    if not is_used(tree, gives, lambda node: node.args if is_call(node, FRAME_FILE_USERS) else ()):
        return 0
    first = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript) and is_zero(node.slice)}
    return OWN_PLACE if all(id(node) in first or is_of_this_file(node) for node in sources) else OTHER_PLACES


def is_zero(node):
    """Whether an index or argument is 0."""
    return isinstance(node, ast.Constant) and node.value == 0


def is_of_this_file(node):
    """Whether ``co_filename`` or ``getframeinfo(…)`` is that of the frame that runs, or of a function by its plain name."""
    if isinstance(node, ast.Call):
        frame = node.args[0] if node.args and name_of(node.func) == "getframeinfo" else None
    elif name_of(node.value) == "__code__":
        return isinstance(node.value.value, ast.Name)
    else:
        frame = getattr(node.value, "value", None)
    return is_call(frame, ("currentframe", "_getframe")) and all(map(is_zero, frame.args))


def resources_asked(tree, path, own):
    """The flags for ``importlib.resources.files`` whose text is taken as a path; used as a path itself it needs none."""
    modules, functions = {"importlib_resources"}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.asname or alias.name.rpartition(".")[2] for alias in node.names
                           if alias.name in ("importlib.resources", "importlib_resources"))
        elif isinstance(node, ast.ImportFrom):
            if node.module in ("importlib.resources", "importlib_resources"):
                functions.update(alias.asname or alias.name for alias in node.names if alias.name == "files")
            elif node.module == "importlib":
                modules.update(alias.asname or alias.name for alias in node.names if alias.name == "resources")

    def gives(node):
        return isinstance(node, ast.Call) and (isinstance(node.func, ast.Name) and node.func.id in functions or isinstance(
            node.func, ast.Attribute) and node.func.attr == "files" and name_of(node.func.value) in modules)

    sources = [node for node in ast.walk(tree) if gives(node)]
    if not sources:
        return 0
    def texts(node):
        found = (node.args[:1] if is_call(node, ("str",)) and isinstance(node.func, ast.Name)
                 else [node.func.value] if is_call(node, ("as_posix",)) and isinstance(node.func, ast.Attribute) else [])
        return [text for text in found
                if not any(name_of(part) in ("read_text", "read_bytes", "open", "name") for part in ast.walk(text))]

    if not is_used(tree, gives, texts):
        return 0
    top = path.partition("/")[0].partition(".")[0]

    def is_of_own_package(call):
        if not call.args:
            return True
        package = call.args[0]
        if isinstance(package, ast.Constant):
            return isinstance(package.value, str) and package.value.partition(".")[0] == top
        return name_of(package) in ("__name__", "__package__") and isinstance(package, ast.Name) or is_own(package, own)

    return OWN_PLACE if all(map(is_of_own_package, sources)) else OTHER_PLACES


def imported_places(node, path):
    """The flags of ``from package import __file__`` and its like."""
    places = [alias for alias in node.names if alias.name in PLACE_NAMES]
    if not places:
        return 0
    if node.level or (node.module or "").partition(".")[0] == path.partition("/")[0].partition(".")[0]:
        # Of __path__ by its own name more can be told where it is used.
        return OWN_PLACE | CODE if any(alias.asname or alias.name != "__path__" for alias in places) else 0
    return OTHER_PLACES


def loader_place(node):
    """The flags of an attribute that may be the place in a loader; None where that depends on where the loader is from."""
    of = node.value
    name = name_of(of)
    if name == "__loader__":
        return OWN_PLACE if isinstance(of, ast.Name) else OTHER_PLACES
    if name == "loader" and isinstance(of, ast.Attribute):
        if name_of(of.value) == "__spec__":
            return OWN_PLACE if isinstance(of.value, ast.Name) else OTHER_PLACES
        return None
    if is_call(of, LOADER_GETTERS):
        return OTHER_PLACES
    return None if node.attr == "get_filename" else 0


def places_asked(tree, path):
    """The flags of what a file asks for; 0 where it asks for no place. Another module of its own package counts as its
    own place, but for the top-level package with all the code, since that module may lie anywhere; unless that is its
    tests, whose place is for who runs them."""
    own = own_names(tree, path)
    files = resources_asked(tree, path, own)
    flags = files | frames_asked(tree)
    finds_loaders = reads_loaders = False
    finds_specs = reads_specs = lists = shows_sources = handles_paths = stats = False
    leaves_files = bool(files)
    settled = set()         # arguments that their call has told what to make of
    for node in ast.walk(tree):     # calls come before their arguments, attributes before what they are of
        name = name_of(node)
        if isinstance(node, ast.Call):
            called = name_of(node.func)
            if called in PLACE_GETTERS and node.args and is_own(node.args[0], own):
                settled.add(id(node.func))
                if name_of(node.args[0]) not in ("test", "tests"):
                    flags |= of_own(node.args[0], own)
            elif called in PATH_READERS:
                settled.update(map(id, [*node.args, *(keyword.value for keyword in node.keywords)]))
            elif called in ("getattr", "hasattr") and len(node.args) > 1 and is_place(node.args[1]):
                settled.add(id(node.args[1]))
                flags |= OTHER_PLACES if called == "getattr" else 0
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                lists = lists or node.value.endswith((".py", ".pyc"))
                if node.value in ("__file__", "__cached__") and id(node) not in settled:
                    flags |= OWN_PLACE
        elif isinstance(node, ast.ImportFrom):
            flags |= imported_places(node, path)
        elif name is not None:
            lists = lists or name in LISTINGS
            handles_paths = handles_paths or name in PATH_FUNCTIONS
            leaves_files = leaves_files or name in FOLDERS
            stats = stats or name in FILE_FUNCTIONS
            finds_specs = finds_specs or name == "find_spec"
            finds_loaders = finds_loaders or name in LOADER_GETTERS
            if id(node) in settled:
                pass
            elif name == "getsourcefile":
                shows_sources = True
            elif name in PLACE_GETTERS:
                flags |= OTHER_PLACES
            elif name in PLACE_NAMES and isinstance(node.ctx, ast.Load):
                if isinstance(node, ast.Name):
                    flags |= OWN_PLACE
                else:
                    flags |= of_own(node.value, own) if is_own(node.value, own) else OTHER_PLACES
            elif name in SPEC_NAMES and isinstance(node, ast.Attribute):
                if name_of(node.value) == "__spec__":
                    flags |= OWN_PLACE if isinstance(node.value, ast.Name) else OTHER_PLACES
                else:
                    reads_specs = True
            elif name in LOADER_PLACES and isinstance(node, ast.Attribute):
                place = loader_place(node)
                flags |= place or 0
                reads_loaders = reads_loaders or place is None
    if finds_specs and reads_specs or finds_loaders and reads_loaders or shows_sources and handles_paths:
        flags |= OTHER_PLACES
    if not TEST_HELPERS.isdisjoint(path[:-len(".py")].split("/")[1:]):
        return flags & OWN_PLACE
    return flags | CODE if flags and (lists or flags & OTHER_PLACES and (stats or not leaves_files)) else flags


def is_place(node):
    """Whether an expression is the name of an attribute that gives a place."""
    return isinstance(node, ast.Constant) and node.value in PLACE_NAMES


def bound_names(body, found):
    """Collects the names that statements bind, with their docstrings; gives False where more names may be bound."""
    closed = True
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[node.name] = ast.get_docstring(node) or ""
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


def analyze(path, name, wants_bytecode, attributes, spool, answer):
    """Looks at one file and passes each record of the answer to ``answer``."""
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        answer("missing", error.strerror or str(error))
        return
    answer("sha256", hashlib.sha256(source).hexdigest())
    try:
        code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        answer("problem", *refusal(source, error))
        return
    for problem in import_problems(source, name):
        answer("problem", *problem)
    flags = places_asked(parse(source, name), name) if PLACES.search(source) else 0
    if flags:
        answer("uses-file", flags)
    if DOCSTRING.match(source) and "__doc__" in code.co_names and isinstance(code.co_consts[0], str):
        answer("docstring", first_paragraph(code.co_consts[0]))
    if attributes:
        found = {}
        closed = bound_names(parse(source, name).body, found)
        for attribute in attributes:
            first = attribute.partition(".")[0]
            known = "yes" if first in found else "no" if closed else "unknown"
            answer("attribute", attribute, known, first_paragraph(found.get(attribute, "")))
    if wants_bytecode:
        data = HEADER + _imp.source_hash(RAW_MAGIC, source) + marshal.dumps(code)
        answer("bytecode", spool.tell(), len(data))
        spool.write(data)


def standard_library():
    """The names of the standard library's top-level modules."""
    names = getattr(sys, "stdlib_module_names", None)
    if names is None:
        import os

        names = set(sys.builtin_module_names)
        library = os.path.dirname(os.__file__)
        for folder in (library, os.path.join(library, "lib-dynload")):
            for entry in os.listdir(folder) if os.path.isdir(folder) else ():
                stem, dot, suffix = entry.partition(".")
                if suffix in ("py", "pyd") or suffix.endswith("so") or os.path.isfile(os.path.join(folder, entry, "__init__.py")):
                    names.add(stem)
        names -= {"test", "site-packages", "sitecustomize", "usercustomize"}
    return sorted(name for name in names if name.isidentifier())


def main():
    """Serves requests until standard input ends."""
    lines = open(0, "r", encoding="utf-8", newline="\n", closefd=False)
    output = open(1, "w", encoding="utf-8", errors="backslashreplace", newline="\n", closefd=False)

    def answer(*fields):
        output.write("\t".join([escape(str(field)) for field in fields]) + "\n")

    version = ".".join(str(part) for part in sys.version_info[:3])
    answer("python", sys.implementation.name, version, sys.implementation.cache_tag or "", sys.executable)
    answer("stdlib", *standard_library())
    output.flush()
    with open(sys.argv[1], "wb") as spool:
        for line in lines:
            _, path, name, wants_bytecode, *attributes = [unescape(field) for field in line.rstrip("\n").split("\t")]
            analyze(path, name, wants_bytecode == "1", attributes, spool, answer)
            spool.flush()
            answer("end")
            output.flush()


if __name__ == "__main__":
    import warnings

    # What the interpreter warns of while it compiles is for those who run the code, not for those who pack it.
    warnings.simplefilter("ignore")
    main()
