"""What a source file asks for: its own place on disk, that of others, what lies there.

The flags are those of docs/formats.md, section 1. They are found in the syntax, without a look at other files: a name that
is bound by an import from the file's own top-level package counts as a module of that package.
"""

import ast
import re

WORDS = re.compile(rb"__file__|__path__|__cached__|__spec__|__loader__|find_spec|[gt]_loader|find_loader|getfile|getsourcefile|"
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


def asked(tree, path):
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
