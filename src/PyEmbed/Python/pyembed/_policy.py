"""Import policy: stops imports of modules that a host's rules deny, and says by which rule and who asked.

CPython's import looks functions of ``_frozen_importlib`` up by name, C code included: at every uncached import, for each
name list of a package, and at a cached import of a module whose spec says that it is initialising. So three functions are
replaced there, and the specs of loaded modules that are denied say so for ever: imports that are allowed cost no more than a
look into a dict, cached ones nothing, and CPython leaves the guards out of tracebacks as it does the rest of importlib. Behind
them the loaders are guarded, by the place that a module is loaded from, for whoever gets there without them.

Import statements of the standard library and of this package are free: they are its own inner imports. They are known by
the identity of their code objects, of their globals, and by the statement itself, which names what is imported. An import
that such code makes by a call is made for whoever has called it.

This governs imports, not objects that can be reached: what is in ``sys.modules`` or an attribute of another module is there.
"""

import os
import sys
import _imp
import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _external
from _frozen_importlib import BuiltinImporter, FrozenImporter, ModuleSpec
from _frozen_importlib_external import ExtensionFileLoader, SourceFileLoader, SourcelessFileLoader

from . import _adapters, _importer, _loaders, _registry
from ._errors import describe
from ._mounts import standard_library
from ._rules import SERVES, Rules

_DENIED = 'denied'          # what the spec of a loaded module that is denied has as _initializing
_UNKNOWN = object()
_MODULE = type(sys)
_FUNCTION = type(lambda: None)
_CODE = type((lambda: None).__code__)
_namespace_of = _MODULE.__dict__['__dict__'].__get__

# What _host.import_own() is asked for besides modules of this package.
_HOST_NEEDS = frozenset(('builtins', 'concurrent', 'concurrent.futures', 'decimal', 'sys', 'traceback'))

_rules = None               # None where no policy applies
_verdicts = {}              # name -> None, or the rule that denies it
_seen = set()               # names in sys.modules that were looked at
_originals = []             # (object, attribute, what it was) of each thing replaced
_trusted = {}               # id of a code object -> (it, its globals, its module)
_pending = []               # (code of a module, its globals, its name), to go into _trusted with the code in it
_inner = {}                 # id of a code object of importlib or of a guard -> it
_roots = ()                 # folders that absolute names begin at, the longest first
_library = ()               # those of the standard library
_prefixes = {}              # folder -> dotted name of the package there; None where no root is above it
_import_opcode = _from_opcode = _extended = None


def apply(restricted, allow, deny, search_paths=()):
    """Make a policy that of this interpreter. The arguments are those of Rules; *search_paths* are folders that will be on
    sys.path. Raises ValueError where another policy applies."""
    global _rules, _roots, _library, _import_opcode, _from_opcode, _extended
    rules = Rules(restricted, allow, deny)
    if _rules is not None:
        if _rules != rules:
            raise ValueError('another import policy applies to this interpreter already')
        return
    from opcode import opmap
    _import_opcode, _from_opcode, _extended = opmap['IMPORT_NAME'], opmap['IMPORT_FROM'], opmap['EXTENDED_ARG']
    here = os.path.dirname(__file__)
    # The registry knows it, where sys.path may not name it any more.
    _library = _registry.library or tuple(standard_library())
    rules.standard |= _registry.names
    roots = {os.path.realpath(path) for path in (*_library, *sys.path, *search_paths, os.path.dirname(here)) if path}
    _roots = tuple(sorted(roots, key=len, reverse=True))
    _rules = rules
    for name, module in list(sys.modules.items()):
        if _is_own(name) or _is_standard(module):
            _trust_functions(module, name)
    _install()
    _look_at(sys.modules)


def lift():
    """Undo apply(), for a host whose start fails later on."""
    global _rules
    while _originals:
        owner, name, was = _originals.pop()
        setattr(owner, name, was)
    for module in list(sys.modules.values()):
        spec = _spec_of(module)
        if getattr(spec, '_initializing', None) is _DENIED:
            spec._initializing = False
    _rules = None
    for memory in (_verdicts, _seen, _trusted, _pending, _inner, _prefixes):
        memory.clear()


# What may be imported #################################################################################################

def _verdict(name):
    """The rule that denies a module; None where it is allowed."""
    rule = _verdicts.get(name, _UNKNOWN)
    if rule is _UNKNOWN:
        if len(_verdicts) > 100000:         # names need not be those of modules
            _verdicts.clear()
        rule = _verdicts[name] = _rules.denial(name)
    return rule


def _check(name):
    """Raise ImportError where a module is denied to whoever imports it now."""
    rule = _verdict(name)
    if rule is not None:
        _refuse(name, rule)


def _refuse(name, rule, asked=None):
    """Raise ImportError, unless the code that imports is free to. *asked* is another name that it imports the module by."""
    frame = sys._getframe(1)
    loading = None
    while frame is not None and _inner.get(id(frame.f_code)) is frame.f_code:
        if frame.f_code is _bootstrap._call_with_frames_removed.__code__:
            loading = loading or _loaded_by(frame)
        frame = frame.f_back
    if loading is None or not _is_standard(loading):
        if frame is not None and _is_free(frame, asked or name):
            return
    elif name.partition('.')[0] in _rules.standard:
        return                              # C code of the standard library, at its start
    if name in sys.modules:
        _mark(sys.modules[name])            # reload has given it another spec
    while frame is not None and (_trust_of(frame) is not None or _inner.get(id(frame.f_code)) is frame.f_code):
        frame = frame.f_back
    error = ImportError(f'import of {name!r} is denied by the import policy: {rule}; asked for by {describe(frame)}', name=name)
    error.rule = rule
    raise error


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
        return False
    top = name.partition('.')[0]
    if _is_own(trust[2]) and (top == 'pyembed' or name in _HOST_NEEDS):
        return True
    if name in SERVES:
        return True                         # by C code that the library calls
    code, at = frame.f_code.co_code, frame.f_lasti
    if at < 0 or code[at] not in (_import_opcode, _from_opcode):
        return False
    argument, shift = code[at + 1], 8
    while at >= shift // 4 and code[at - shift // 4] == _extended:
        argument |= code[at - shift // 4 + 1] << shift
        shift += 8
    said = frame.f_code.co_names[argument]
    if top == trust[2].partition('.')[0]:
        return True                         # within one package, where it may be a relative import
    if code[at] == _from_opcode:            # a module that is being imported is no attribute of its package yet
        return name.endswith('.' + said)
    return bool(said) and (name == said or name.startswith(said + '.') or said.startswith(name + '.'))


def _trust_of(frame):
    """(code, globals, module) of a frame of the standard library or of this package; None for every other frame."""
    while _pending:
        code, namespace, name = _pending.pop()
        _trust(code, namespace, name)
    found = _trusted.get(id(frame.f_code))
    return found if found is not None and found[0] is frame.f_code and found[1] is frame.f_globals else None


# Whose imports are free ###############################################################################################

def _is_own(name):
    return name == 'pyembed' or name.startswith('pyembed.')


def _is_standard(module):
    """Whether a module, or one with this spec, is of the standard library, by the loader and place of it."""
    spec = module if isinstance(module, ModuleSpec) else _spec_of(module)
    loader = getattr(spec, 'loader', None)
    if loader is BuiltinImporter or loader is FrozenImporter:
        return True
    return type(loader) in (SourceFileLoader, SourcelessFileLoader, ExtensionFileLoader) and _is_in_library(loader.path)


def _is_in_library(path):
    if type(path) is not str or os.path.normpath(path) != path:
        return False
    return any(path.startswith(folder + os.sep) and path[len(folder) + 1:].partition(os.sep)[0] not in ('site-packages', 'dist-packages')
               for folder in _library)


def _trust(code, namespace, name):
    """Trust a code object, and those in it, as code of a module."""
    _trusted[id(code)] = code, namespace, name
    for constant in code.co_consts:
        if type(constant) is _CODE:
            _trust(constant, namespace, name)


def _trust_functions(module, name):
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


def _trust_loading(loader, code, module):
    """Remember the code of a module that is about to run, where it is of the standard library or of this package."""
    kind = type(loader)
    if kind is SourceFileLoader or kind is SourcelessFileLoader:
        # Attributes of the instance may stand in for what reads the file.
        own = not loader.__dict__.keys() - {'name', 'path'} and (
            _is_in_library(loader.path) or (_is_own(module.__name__) and os.path.dirname(loader.path) == os.path.dirname(__file__)))
    elif isinstance(loader, _loaders.TreeLoader):
        finder = _importer._own
        own = finder is not None and loader._folder is not None and loader._folder.tree is finder.tree
    else:
        own = kind.__module__ == 'zipimport' and getattr(loader, 'archive', None) in _library
    if own:
        _pending.append((code, module.__dict__, _place_name(loader, module.__name__)))


# The name of what a loader loads ######################################################################################

def _place_name(loader, name):
    """The absolute name that a module has by its place, whatever the name is that it is loaded by."""
    folder = getattr(loader, '_folder', None)
    path = getattr(loader, 'path', None)
    if type(path) is not str:
        prefix = getattr(loader, 'prefix', None)        # a zipimporter
        return f'{prefix.replace(os.sep, ".")}{name.rpartition(".")[2]}' if type(prefix) is str else name
    place, file = os.path.split(path)
    if not os.path.isabs(place):                        # the origin of a source that the host gave
        return name
    if folder is not None:
        prefix = folder.inner.replace('/', '.')
        for entry in folder.tree.paths:                 # on sys.path by a .pth file
            if place == entry or place.startswith(entry + os.sep):
                prefix = place[len(entry) + 1:].replace(os.sep, '.')
    else:
        if place not in _prefixes:
            _prefixes[place] = _package_at(place)
        prefix = _prefixes[place]
        if prefix is None:
            return name
    tail = file.partition('.')[0]
    if tail == '__init__':
        return prefix or name
    return f'{prefix}.{tail}' if prefix else tail


def _package_at(folder):
    real = os.path.realpath(folder)
    if os.path.basename(real) == '__pycache__':
        real = os.path.dirname(real)
    for root in _roots:
        if real == root:
            return ''
        if real.startswith(root + os.sep):
            return real[len(root) + 1:].replace(os.sep, '.')
    return None


# The guards ###########################################################################################################

def _spec_of(module):
    """The spec of a module. Not by its attribute, which may load what importlib.util.LazyLoader has put off."""
    try:
        return _namespace_of(module).get('__spec__')
    except TypeError:
        return None


def _mark(module):
    """Let cached imports of a module pass the guard."""
    spec = _spec_of(module)
    if isinstance(spec, ModuleSpec):
        spec._initializing = _DENIED


def _look_at(names):
    for name in list(names):
        if type(name) is str:
            _seen.add(name)
            if _verdict(name) is not None:
                _mark(sys.modules.get(name))


def _look_at_new():
    """Look at what modules have put into sys.modules besides themselves: its last keys."""
    while True:
        new = []
        try:
            for name in reversed(sys.modules):
                if name in _seen:
                    break
                new.append(name)
        except RuntimeError:        # another thread has changed it
            continue
        break
    if new:
        _look_at(new)


def _exact(name):
    """A name without what a subclass of str makes of it."""
    return name if type(name) is str or not isinstance(name, str) else str.__str__(name)


def _guards():
    """(object, attribute, the guard in its place) of everything that is replaced."""
    find_and_load, lock_unlock_module = _bootstrap._find_and_load, _bootstrap._lock_unlock_module
    handle_fromlist, execute = _bootstrap._handle_fromlist, _bootstrap._exec

    def _find_and_load(name, import_):
        name = _exact(name)
        rule = _verdicts.get(name, _UNKNOWN)
        if rule is _UNKNOWN:
            rule = _verdict(name)
        if rule is not None:
            _refuse(name, rule)
        module = find_and_load(name, import_)
        if rule is not None:
            _mark(module)
        _look_at_new()
        return module

    def _lock_unlock_module(name):
        name = _exact(name)
        _check(name)
        spec = _spec_of(sys.modules.get(name))
        if getattr(spec, '_initializing', None) is not _DENIED:
            lock_unlock_module(name)
        elif type(spec.name) is str and spec.name != name and not _rules.names(name):
            rule = _verdict(spec.name)      # another name for a module that is denied
            if rule is not None:
                _refuse(spec.name, rule, name)

    def _handle_fromlist(module, fromlist, import_, *, recursive=False):
        names = fromlist = list(fromlist)
        if '*' in fromlist and not recursive and not hasattr(module, '__all__'):
            names = fromlist + [name for name in list(vars(module)) if type(name) is str and name[:1] != '_']
        for name in names:
            full = f'{getattr(module, "__name__", "?")}.{name}'
            if full in sys.modules:
                _check(full)
        return handle_fromlist(module, fromlist, import_, recursive=recursive)

    def _exec(spec, module):
        _check(_exact(spec.name))
        return execute(spec, module)

    def exec_module(self, module):
        code = self.get_code(module.__name__)
        if code is None:
            raise ImportError(f'cannot load module {module.__name__!r} when get_code() returns None')
        _trust_loading(self, code, module)
        _bootstrap._call_with_frames_removed(exec, code, module.__dict__)

    def frozen_exec_module(module):
        name = module.__spec__.name
        _check(_exact(name))
        code = _bootstrap._call_with_frames_removed(_imp.get_frozen_object, name)
        _pending.append((code, module.__dict__, name))
        _bootstrap._call_with_frames_removed(exec, code, module.__dict__)

    def by_place(original):
        def load(self, subject):
            name = subject if isinstance(subject, str) else getattr(subject, 'name', None) or subject.__name__
            _check(_place_name(self, _exact(name)))
            return original(self, subject)
        return load

    def by_name(original):
        def load(subject):
            name = subject
            if not isinstance(subject, str):        # a spec, or a module
                spec = subject if isinstance(subject, ModuleSpec) else _spec_of(subject)
                name = getattr(spec, 'name', None) or subject.__name__
            _check(_exact(name))
            return original(subject)
        return load

    yield _bootstrap, '_find_and_load', _find_and_load
    yield _bootstrap, '_lock_unlock_module', _lock_unlock_module
    yield _bootstrap, '_handle_fromlist', _handle_fromlist
    yield _bootstrap, '_exec', _exec
    yield _external._LoaderBasics, 'exec_module', exec_module
    yield BuiltinImporter, 'create_module', by_name(BuiltinImporter.create_module)
    yield BuiltinImporter, 'exec_module', by_name(BuiltinImporter.exec_module)
    yield FrozenImporter, 'exec_module', frozen_exec_module
    yield FrozenImporter, 'get_code', by_name(FrozenImporter.get_code)
    readers = [(_external.SourceLoader, 'get_code'), (SourcelessFileLoader, 'get_code'),
               (ExtensionFileLoader, 'create_module'), (ExtensionFileLoader, 'exec_module')]
    readers += [(kind, 'get_code') for kind in vars(_loaders).values()
                if isinstance(kind, type) and issubclass(kind, _loaders.TreeLoader) and 'get_code' in vars(kind)]
    if 'pyembed._native' in sys.modules:
        native = sys.modules['pyembed._native'].NativeImporter
        yield native, 'exec_module', by_name(native.exec_module)
    if 'zipimport' in sys.modules:
        zipimporter = sys.modules['zipimport'].zipimporter
        readers += [(zipimporter, name) for name in ('get_code', 'load_module') if hasattr(zipimporter, name)]
    for owner, name in readers:
        yield owner, name, by_place(vars(owner)[name])


def _install():
    guards = list(_guards())
    for module in (_bootstrap, _external):
        _pass_over(module)
    passing = _adapters.AdaptingLoader.exec_module.__code__
    _inner[id(passing)] = passing
    for owner, name, guard in guards:
        # CPython knows importlib's frames by the file's name, and leaves them out of tracebacks.
        guard.__code__ = guard.__code__.replace(co_filename=_bootstrap._call_with_frames_removed.__code__.co_filename)
        guard.__name__ = name
        _inner[id(guard.__code__)] = guard.__code__
        _originals.append((owner, name, vars(owner)[name]))
        setattr(owner, name, guard if not isinstance(owner, type) or not issubclass(owner, (BuiltinImporter, FrozenImporter)) else staticmethod(guard))
    for function in (_check, _refuse):
        function.__code__ = function.__code__.replace(co_filename=_bootstrap._call_with_frames_removed.__code__.co_filename)
        _inner[id(function.__code__)] = function.__code__


def _pass_over(module):
    """Take the functions of importlib's core for what lies between an import and who asked for it."""
    def visit(code):
        _inner[id(code)] = code
        for constant in code.co_consts:
            if type(constant) is _CODE:
                visit(constant)

    def visit_function(function):
        visit(function.__code__)
        for cell in function.__closure__ or ():
            if type(cell.cell_contents) is _FUNCTION:
                visit_function(cell.cell_contents)      # what _errors has replaced

    for value in list(vars(module).values()):
        if type(value) is _FUNCTION:
            visit_function(value)
        elif isinstance(value, type):
            for member in list(vars(value).values()):
                function = getattr(member, '__func__', member)
                if type(function) is _FUNCTION:
                    visit(function.__code__)
