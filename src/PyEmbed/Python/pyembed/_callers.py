"""Who imports: whether an import is an inner one of the standard library or of this package, and else whose it is.

Code of modules is known by the identity of its code objects and of their globals, which no script can have others of. An
import statement counts as its module's own if it names what is imported. An import by a call is that of whoever called.
"""

import os
import sys
import _imp
import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _external
from _frozen_importlib import BuiltinImporter, FrozenImporter, ModuleSpec
from _frozen_importlib_external import ExtensionFileLoader, SourceFileLoader, SourcelessFileLoader
from opcode import opmap

from . import _importer, _loaders
from ._module_places import is_in_place
from ._rules import SERVES

_UNKNOWN = object()
_FUNCTION = type(lambda: None)
_CODE = type((lambda: None).__code__)
_IMPORT_NAME, _IMPORT_FROM, _EXTENDED_ARG = opmap['IMPORT_NAME'], opmap['IMPORT_FROM'], opmap['EXTENDED_ARG']
_namespace_of = type(sys).__dict__['__dict__'].__get__

# What _host.import_own() is asked for besides modules of this package.
_HOST_NEEDS = frozenset(('_io', '_socket', '_ssl', 'select', 'builtins', 'concurrent', 'concurrent.futures', 'decimal', 'sys', 'traceback'))

specs = [ModuleSpec]    # the types of specs that no script has made
library = ()        # the folders of the standard library, and its zip
_trusted = {}       # id of a code object -> (it, its globals, its module)
_pending = {}       # id of a module's code -> (it, its globals, its name), to go into _trusted with the code in it
_passing = {}       # id of a code object that lies between an import and who asked for it -> it


def forget():
    """Let go of all code."""
    for memory in (_trusted, _pending, _passing):
        memory.clear()


# Who asks #############################################################################################################

def find(name, standard):
    """(whether the import of a module that goes on now is free, the frame of who asked for it, None for the host).
    *standard* are the top-level names of the standard library."""
    frame = sys._getframe(1)
    loading = None
    while frame is not None and _is_passing(frame) and not _is_importlibs_own(frame, name):
        if loading is None and frame.f_code is _bootstrap._call_with_frames_removed.__code__:
            loading = _loaded_by(frame)
        frame = frame.f_back
    if loading is not None and is_standard(loading):
        free = name.partition('.')[0] in standard       # C code of the standard library, at its start
    else:
        free = frame is not None and _is_free(frame, name)
    while frame is not None and (_trust_of(frame) is not None or _is_passing(frame)):
        frame = frame.f_back
    return free, frame


def _is_passing(frame):
    return _passing.get(id(frame.f_code)) is frame.f_code


def _is_importlibs_own(frame, name):
    """Whether a frame that lies between runs an import statement of importlib itself, such as that of tokenize by decode_source."""
    return (frame.f_globals is vars(_bootstrap) or frame.f_globals is vars(_external)) and _states(frame, name)


def _loaded_by(frame):
    """The module, or its spec, whose C code a frame of _call_with_frames_removed runs; None where it runs other code."""
    function, arguments = frame.f_locals.get('f'), frame.f_locals.get('args')
    for name in ('create_builtin', 'exec_builtin', 'create_dynamic', 'exec_dynamic'):
        if function is getattr(_imp, name, _UNKNOWN) and arguments:
            return arguments[0]
    return None


def _is_free(frame, name):
    """Whether a frame that imports a module runs an inner import of the standard library or of this package."""
    trust = _trust_of(frame)
    if trust is None:
        return _is_passing(frame)           # importlib's own statement
    top = name.partition('.')[0]
    if is_own(trust[2]) and (top == 'pyembed' or name in _HOST_NEEDS):
        return True
    if name in SERVES:
        return True                         # by C code that the library calls
    return _states(frame, name, trust[2].partition('.')[0])


def _states(frame, name, package=None):
    """Whether a frame stands at an import statement that names a module, or, where that is in *package*, at any."""
    code, at = frame.f_code.co_code, frame.f_lasti
    if at < 0 or code[at] not in (_IMPORT_NAME, _IMPORT_FROM):
        return False
    argument, shift = code[at + 1], 8
    while at >= shift // 4 and code[at - shift // 4] == _EXTENDED_ARG:
        argument |= code[at - shift // 4 + 1] << shift
        shift += 8
    said = frame.f_code.co_names[argument]
    if name.partition('.')[0] == package:
        return True                         # within one package, where it may be a relative import
    if code[at] == _IMPORT_FROM:            # a module that is being imported is no attribute of its package yet
        return name.endswith('.' + said)
    return bool(said) and (name == said or name.startswith(said + '.') or said.startswith(name + '.'))


def _trust_of(frame):
    """(code, globals, module) of a frame of the standard library or of this package; None for every other frame."""
    for key, loaded in list(_pending.items()):
        _trust(*loaded)                     # and only then off: another thread may ask meanwhile
        _pending.pop(key, None)
    found = _trusted.get(id(frame.f_code))
    return found if found is not None and found[0] is frame.f_code and found[1] is frame.f_globals else None


# Code that is trusted ##################################################################################################

def is_own(name):
    return name == 'pyembed' or name.startswith('pyembed.')


def is_standard(module):
    """Whether a module, or one with this spec, is of the standard library, by the loader and place of it."""
    spec = module if type(module) in specs else spec_of(module)
    if type(spec) not in specs or type(spec.name) is not str or type(spec.origin) not in (str, type(None)):
        return False                        # what a script has made runs its code where C code asks for the attributes
    loader = spec.loader
    if loader is BuiltinImporter or loader is FrozenImporter:
        return True
    return type(loader) in (SourceFileLoader, SourcelessFileLoader, ExtensionFileLoader) and is_in_library(loader.path)


def is_in_library(path):
    if type(path) is not str or os.path.normpath(path) != path:
        return False
    return any(path.startswith(folder + os.sep) and path[len(folder) + 1:].partition(os.sep)[0] not in ('site-packages', 'dist-packages')
               for folder in library)


def _trust(code, namespace, name):
    """Trust a code object, and those in it, as code of a module."""
    _trusted[id(code)] = code, namespace, name
    for constant in code.co_consts:
        if type(constant) is _CODE:
            _trust(constant, namespace, name)


def trust_functions(module, name):
    """Trust the functions of a module that is loaded."""
    try:
        namespace = _namespace_of(module)
    except TypeError:
        return
    if name == '__main__':
        return
    done = set()

    def visit(value):
        if id(value) in done:
            return
        done.add(id(value))
        kind = type(value)
        if kind is _FUNCTION:
            if value.__globals__ is namespace:
                _trust(value.__code__, namespace, name)
            visit(value.__dict__.get('__wrapped__'))
            for cell in value.__closure__ or ():
                try:
                    visit(cell.cell_contents)
                except ValueError:          # empty
                    pass
        elif kind is staticmethod or kind is classmethod:
            visit(value.__func__)
        elif kind is property:
            for function in (value.fget, value.fset, value.fdel):
                visit(function)
        elif isinstance(value, type):
            if value.__module__ == namespace.get('__name__'):
                for member in list(vars(value).values()):
                    visit(member)
        elif '__wrapped__' in getattr(value, '__dict__', ()):
            visit(value.__dict__['__wrapped__'])

    for value in list(namespace.values()):
        visit(value)


def trust_loading(loader, code, module, name):
    """Trust the code of a module that is about to run, where it is of the standard library or of this package; whether it is.
    *name* is the module's by its place."""
    kind = type(loader)
    if kind is SourceFileLoader or kind is SourcelessFileLoader:
        # Attributes of the instance may stand in for what reads the file.
        own = not loader.__dict__.keys() - {'name', 'path'} and (
            is_in_library(loader.path) or (is_own(name) and os.path.dirname(loader.path) == os.path.dirname(__file__)))
    elif isinstance(loader, _loaders.TreeLoader):
        finder = _importer._own
        own = finder is not None and loader._folder is not None and loader._folder.tree is finder.tree and is_in_place(loader)
    else:
        own = loader is FrozenImporter or kind.__module__ == 'zipimport' and getattr(loader, 'archive', None) in library
    if own:
        _pending[id(code)] = code, module.__dict__, name
    return own


def spec_of(module):
    """The spec of a module. Not by its attribute, which may load what importlib.util.LazyLoader has put off."""
    try:
        return _namespace_of(module).get('__spec__')
    except TypeError:
        return None


# What lies between ####################################################################################################

def pass_code(code):
    """Take a code object, and those in it, for what lies between an import and who asked for it."""
    _passing[id(code)] = code
    for constant in code.co_consts:
        if type(constant) is _CODE:
            pass_code(constant)


def pass_module(module):
    """Take the functions of a module of importlib's core for what lies between."""
    def visit(function):
        pass_code(function.__code__)
        for cell in function.__closure__ or ():
            if type(cell.cell_contents) is _FUNCTION:
                visit(cell.cell_contents)       # what _errors has replaced

    for value in list(vars(module).values()):
        members = list(vars(value).values()) if isinstance(value, type) else [value]
        for member in members:
            function = getattr(member, '__func__', member)
            if type(function) is _FUNCTION:
                visit(function)
