"""One Python file from a package, and the package from that file again.

A stitched file holds the text of each of the package's files and a short loader, and needs nothing but CPython 3.9 or
later. The modules are imported as from disk: each has a namespace, ``__spec__`` and ``__path__`` of its own, its place is
``<stitched file>/mypkg/core.py``, resources are found, tracebacks show lines. docs/stitch.md describes the file.
"""

import ast
import gc
import hashlib
import os
import sys
import warnings

from ._import_statements import name_of
from ._imports import BEYOND, find_modules, follow
from ._stitch_sources import StitchError, find_package
from ._stitch_text import decode
from ._stitch_writer import FORMAT, FUNCTION, MARK, PROCEDURE, SCRIPT, tree_hash, write

__all__ = ['StitchError', 'StitchWarning', 'build', 'unpack']

_EXTENSIONS = '.so', '.pyd'


class StitchWarning(UserWarning):
    """A package will not do everything from one file that it does from a folder, or a stitched file was changed."""


def build(source, *, package=None, version=None, leave_out_extensions=False):
    """The text of a Python file that holds a whole package.

    *source* is the folder of a package, a folder that holds one, or anything that ``pyembed.mount`` takes: an assembly,
    a zip, a mapping. *package* chooses one of several top-level packages or modules, *version* is what the header says
    in place of what the package itself does. Extension modules cannot be imported from a text file: they are an error,
    or with *leave_out_extensions* left out. The same input gives the same text.

    Raises StitchError for a source without Python, with several roots of which none was chosen, without sources, with a
    file that is no Python, or with extension modules; OSError for what cannot be read. Warns with StitchWarning of
    modules that use ``__file__``, which names a place where no file is. Nothing of the package is run.
    """
    return build_package(find_package(source, package), version, leave_out_extensions)


def build_package(found, version, leave_out_extensions):
    """As build(), for a package that was found; the warnings are for the caller's caller."""
    files = _travelling(found, leave_out_extensions)
    modules = find_modules(files)
    if not any(module.has_source for module in modules.values()):
        raise StitchError(f'{found.origin}: no Python in the package {found.name!r}: stitch needs .py files')
    text = write(found, files, _order(found, files, modules), _version(found, files, version), _main(found, files))
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        if unpack(text) != files:
            raise AssertionError(f'{found.origin}: the stitched file does not give back the files; this is a defect of PyEmbed')
    for module in modules.values():
        line = _use_of_file(files[module.path]) if module.has_source else 0
        if line:
            warnings.warn(f'{module.path}, line {line}: __file__ is used, and from one file it names a place where no file '
                          'is; importlib.resources finds the data', StitchWarning, stacklevel=3)
    return text


def unpack(file_or_text):
    """The files that a stitched file holds: a dict of path (``'mypkg/core.py'``) to bytes, in their order in the file.

    *file_or_text* is the path of the file, or its text (a str with line ends, or bytes). The file is parsed, and never
    run. Files that were changed in it are given back as changed, with a StitchWarning for each. Raises StitchError for
    text that is no stitched file, is of a newer format, or names a path outside, OSError for a file that cannot be read.
    """
    if isinstance(file_or_text, bytes) or isinstance(file_or_text, str) and '\n' in file_or_text:
        where, text = 'the stitched text', file_or_text
    else:
        where = os.fsdecode(file_or_text)
        with open(file_or_text, 'rb') as file:
            text = file.read()
    try:
        text = text if isinstance(text, str) else text.decode('utf-8-sig')
        tree = _parse(text) if MARK in text else None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise StitchError(f'{where}: this is no Python file that can be parsed: {str(error) or type(error).__name__}') from error
    if tree is None:
        raise StitchError(f'{where}: this is no stitched file: `pyembed stitch` makes them')
    return _unpack(tree, where)


# Reading a package ###################################################################################################

def _travelling(package, leave_out_extensions):
    """The files of a package that a stitched file holds."""
    files, extensions = {}, []
    for path in sorted(package.files):
        if '__pycache__' in path.split('/'):
            continue
        if path.endswith('.pyc'):
            if path[:-1] not in package.files:
                raise StitchError(f'{package.origin}: {path} is bytecode without a source, and one file holds sources: add '
                                  'the source, or remove the file')
            continue
        if path.endswith(_EXTENSIONS):
            extensions.append(path)
            continue
        _check_path(path, package.origin)
        files[path] = package.files[path]
    if extensions and not leave_out_extensions:
        raise StitchError(f'{package.origin}: extension modules cannot be imported from one file: {", ".join(extensions)}; '
                          'leave them out (--leave-out-extensions) if the package works without them')
    return files


def _order(package, files, modules):
    """The paths of all files: modules after those that they import, then the others."""
    was_enabled = gc.isenabled()
    gc.disable()                    # syntax trees are many objects and no garbage
    try:
        graph = follow(modules, lambda module: files[module.path], whole=True)
    finally:
        if was_enabled:
            gc.enable()
    wrong = [f'{problem.path}, line {problem.line}: {problem.message}' for problem in graph.problems if problem.message != BEYOND]
    if wrong:
        more = f' (and {len(wrong) - 1} more)' if len(wrong) > 1 else ''
        raise StitchError(f'{package.origin}: {wrong[0]}{more}: this is no Python for CPython {sys.version.partition(" ")[0]}, '
                          'which stitches; correct or remove the file')
    order = dict.fromkeys(modules[name].path for name in graph.order() if modules[name].has_source)
    return [*order, *(path for path in files if path not in order)]


def _parse(source):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')         # what the compiler has to say of the package's code
        return ast.parse(source)


def _use_of_file(source):
    """The first line of a module that reads ``__file__``; 0 where none does."""
    if b'__file__' not in source:
        return 0
    return min((node.lineno for node in ast.walk(_parse(source)) if isinstance(node, ast.Name) and node.id == '__file__'),
               default=0)


def _version(package, files, version):
    """What the header gives as version: what the caller says, ``__version__`` where it is a literal, or the metadata's."""
    source = files.get(f'{package.name}/__init__.py') or files.get(f'{package.name}.py') or b''
    for node in _parse(source).body if b'__version__' in source and not version else ():
        if (isinstance(node, ast.Assign) and any(name_of(target) == '__version__' for target in node.targets)
                and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
            version = node.value.value
    return version or package.version or 'unknown'


def _main(package, files):
    """How a package's __main__ runs: as FUNCTION where importing it does no more than define a function ``main`` that can be
    called with the arguments, as PROCEDURE where that takes none, else as SCRIPT, whole; None where there is no __main__."""
    source = files.get(f'{package.name}/__main__.py')
    if source is None:
        return None
    main = None
    for node in _parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == 'main':
            main = node.args
        elif not _only_binds(node):
            return SCRIPT
    if main is None or None in main.kw_defaults:
        return SCRIPT
    positional = len(main.posonlyargs) + len(main.args)
    if positional - len(main.defaults) > 1:
        return SCRIPT
    return FUNCTION if positional or main.vararg else PROCEDURE


def _only_binds(node):
    """Whether a statement of a module does no more than import and define, and so may run where the module is imported only."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.If, ast.Try, ast.Pass)) and not any(
        isinstance(part, (ast.Call, ast.Subscript, ast.Raise)) or name_of(part) == 'main'
        or name_of(part) == '__name__' and isinstance(node, ast.If) for part in ast.walk(node))


# Reading a stitched file #############################################################################################

def _unpack(tree, where):
    files, hashes, written = {}, {}, None
    for node in tree.body:
        call = getattr(node, 'value', None)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id == MARK.partition(' ')[0]:
                _check_format(call, where)
            elif node.targets[0].id == '_package' and isinstance(call, ast.Call):
                written = _constants(call.args[:2], node, where, 2)[1]
        elif (isinstance(node, ast.Expr) and isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
                and call.func.attr == 'add' and isinstance(call.func.value, ast.Name) and call.func.value.id == '_package'):
            path, hashed, text, *options = _constants(call.args, node, where, 3)
            newline = _constants([keyword.value for keyword in call.keywords if keyword.arg == 'newline'], node, where)
            _check_path(path, f'{where}, line {node.lineno}')
            if path in files:
                raise StitchError(f'{where}, line {node.lineno}: {path!r} is there twice')
            try:
                files[path] = decode(text, *options[:1], **dict(zip(['newline'], newline)))
            except (ValueError, LookupError) as error:
                raise StitchError(f'{where}, line {node.lineno}: the contents of {path!r} cannot be read: {error}') from error
            hashes[path] = hashed
            if hashlib.sha256(files[path]).hexdigest() != hashed:
                warnings.warn(f'{where}, line {node.lineno}: {path} was changed in the stitched file', StitchWarning, stacklevel=3)
    if not files or written is None:
        raise StitchError(f'{where}: this stitched file is damaged: no files are in it')
    if tree_hash(hashes) != written:
        warnings.warn(f'{where}: files were added to the stitched file, or taken from it', StitchWarning, stacklevel=3)
    for path in files:
        above = path.rpartition('/')[0]
        while above:
            if above in files:
                raise StitchError(f'{where}: {above!r} is a file and a folder')
            above = above.rpartition('/')[0]
    return files


def _check_format(value, where):
    found = value.value if isinstance(value, ast.Constant) else None
    if not isinstance(found, int) or found < 1:
        raise StitchError(f'{where}: this stitched file is damaged: its format is not a number')
    if found > FORMAT:
        raise StitchError(f'{where}: this stitched file is of format {found}; this PyEmbed reads up to {FORMAT}: update it')


def _constants(nodes, call, where, least=0):
    if len(nodes) < least:
        raise StitchError(f'{where}, line {call.lineno}: this stitched file is damaged: arguments are missing')
    values = [node.value if isinstance(node, ast.Constant) else None for node in nodes]
    if not all(isinstance(value, str) for value in values):
        raise StitchError(f'{where}, line {call.lineno}: this stitched file is damaged: a file is not given as literals')
    return values


def _check_path(path, where):
    """Raise StitchError for a path that does not lie in the package on every system."""
    parts = path.split('/')
    if any(part in ('', '.', '..') for part in parts) or any(character in path for character in '\\\0:') or not _is_text(path):
        raise StitchError(f'{where}: {path!r} is not a path that a file of a package can have on every system')


def _is_text(path):
    try:
        path.encode()
        return True
    except UnicodeEncodeError:
        return False
