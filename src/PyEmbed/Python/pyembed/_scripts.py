"""Scripts of a host: compiled once, by one interpreter of the process, and run by any of them.

What travels between interpreters is the code as marshal has it. Each makes a code object of it once and keeps that; a run gets
global variables of its own. Its result is what its global variable ``result`` is in the end.
"""

import sys
from _io import StringIO
from marshal import dumps, loads

from . import _adapters
from ._run import _complete_builtins, _new_main

MOST = 256          # scripts whose code is kept; those that were not used for longest go first

# An isolate runs one thing at a time, so a script can be its __main__; that of the main interpreter is the program's.
_IS_ISOLATE = 'pyembed._isolate' in sys.modules

_known = {}         # number of a script -> (code, package, what linecache has of it); the last one was used last


def compile_script(source, file):
    """The code of a source text."""
    return dumps(compile(source, file, 'exec', 0, True))


def load_script(module):
    """The code of a module, or of a package's ``__main__``, as its loader has it, the file's name, the source (None where there
    is none) and the package. Only packages that it is in are imported."""
    from runpy import _get_module_details
    name, spec, code = _get_module_details(module)
    get_source = getattr(spec.loader, 'get_source', None)
    return dumps(code), code.co_filename, None if get_source is None else get_source(name), spec.parent


def run(number, variables, *script):
    """Run a script and return its result and None, or None and the exception.

    *script* is what makes up one that is not known here: its code, the file's name, source and package. None is returned where it is
    needed and was not given."""
    known = _known.pop(number, None)
    if known is None:
        if not script:
            return None
        known = _load(*script)
    _known[number] = known
    if len(_known) > MOST:
        _forget()
    code, package, lines = known
    if lines is not None and 'linecache' in sys.modules:
        sys.modules['linecache'].cache[code.co_filename] = lines
    main = _new_main()
    names = main.__dict__
    names['__package__'] = package
    names.update(variables)
    outer = sys.modules.get('__main__')
    try:
        if _IS_ISOLATE:
            sys.modules['__main__'] = main
        exec(code, names)
    except BaseException as error:
        if not isinstance(error, SystemExit) or error.code not in (None, 0):
            error.__traceback__ = error.__traceback__.tb_next       # without this function
            return None, error
    finally:
        if _IS_ISOLATE:
            sys.modules['__main__'] = outer
    return names.get('result'), None


def _load(code, file, source, package):
    _complete_builtins()
    # As the compiler finds the ends of lines.
    lines = None if source is None else (len(source), None, StringIO(source, None).readlines(), file)
    return loads(code), package, lines


def _forget():
    linecache = sys.modules.get('linecache')
    for number in list(_known)[:-MOST]:
        code, _, lines = _known.pop(number, (None, None, None))
        if lines is not None and linecache is not None and linecache.cache.get(code.co_filename) is lines:
            linecache.cache.pop(code.co_filename, None)


def show_sources(linecache):
    """Adapter (see _adapters): let linecache have the source of scripts, which are in no file."""
    from ._tools import read_lines_from_trees
    read_lines_from_trees(linecache)
    for code, _, lines in list(_known.values()):
        if lines is not None:
            linecache.cache[code.co_filename] = lines


_adapters.ADAPTERS['linecache'] = 'pyembed._scripts:show_sources'
