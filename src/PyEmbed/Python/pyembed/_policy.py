"""Import policy: stops imports of modules that a host's rules deny, and says by which rule and who asked.

CPython's import looks functions of ``_frozen_importlib`` up by name, C code included: at every uncached import, for each
name list of a package, and at a cached import of a module whose spec says that it is initialising. So four functions are
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
import _thread
import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _external
from itertools import islice
from _frozen_importlib import BuiltinImporter, FrozenImporter, ModuleSpec
from _frozen_importlib_external import ExtensionFileLoader, SourceFileLoader, SourcelessFileLoader

from . import _adapters, _callers, _errors, _importer, _loaders, _module_places, _registry
from ._callers import spec_of
from ._module_places import is_in_place, package_of, place_name, settle
from ._mounts import standard_library
from ._rules import Rules

_DENIED = 'denied'          # what the spec of a loaded module that is denied has as _initializing
_UNKNOWN = object()
_MODULE = type(sys)
_MOVED = 8                  # as many modules as others import at this moment, each of which importlib moves to the end at last

_rules = None               # None where no policy applies
_verdicts = {}              # name -> None, or the rule that denies it
_open = {}                  # package -> whether everything in it is allowed
_open_folders = set()       # (path, what serves it where it is of a tree), and the latter, of folders of others' modules that all are allowed
_host_thread = None         # the thread on which the host imports for itself, see exempt()
_ends = False               # whether CPython ends this process, as it does workers; a host never lets it
_originals = []             # (object, attribute, what it was, None where it is inherited) of each thing replaced


def apply(restricted, allow, deny, search_paths=()):
    """Make a policy that of this interpreter. The arguments are those of Rules; *search_paths* are folders that will be on
    sys.path. Raises ValueError where another policy applies."""
    global _rules
    rules = Rules(restricted, allow, deny)
    if _rules is not None:
        if _rules != rules:
            raise ValueError('another import policy applies to this interpreter already')
        return
    # The registry knows it, where sys.path may not name it any more.
    library = _callers.library = _registry.library or tuple(standard_library())
    rules.standard |= _registry.names or frozenset(_registry.names_in(library))
    rules.standard |= {f'encodings.{name}' for name in _registry.names_in(os.path.join(folder, 'encodings') for folder in library)}
    _module_places.set_roots([*library, *sys.path, *search_paths, os.path.dirname(os.path.dirname(__file__))])
    _rules = rules
    for name, module in list(sys.modules.items()):
        if _callers.is_own(name) or _callers.is_standard(module):
            _callers.trust_functions(module, name)
    _install()
    _look_at(list(sys.modules))


def applied():
    """The arguments of apply() by which another interpreter gets the policy of this one; None where there is none."""
    if _rules is None:
        return None
    return _rules.restricted, _rules.allow and sorted(_rules.allow), sorted(_rules.deny), list(_module_places.roots())


def apply_to_worker(*policy):
    """Make a policy that of a process that no host runs; see applied()."""
    global _ends
    _ends = True
    apply(*policy)


def lift():
    """Undo apply(), for a host whose start fails later on."""
    global _rules
    while _originals:
        owner, name, was = _originals.pop()
        if was is None:
            delattr(owner, name)
        else:
            setattr(owner, name, was)
    for module in list(sys.modules.values()):
        spec = spec_of(module)
        if type(spec) is _DeniedSpec or getattr(spec, '_initializing', None) is _DENIED:
            if type(spec) is _DeniedSpec:
                spec.__class__ = ModuleSpec
            spec._initializing = False
    _rules = None
    _callers.forget()
    for memory in (_verdicts, _open, _open_folders):
        memory.clear()


def exempt(function, *arguments):
    """Call a function of the host's own choice: what it imports meanwhile, on this thread, is free."""
    global _host_thread
    _host_thread = _thread.get_ident()
    try:
        return function(*arguments)
    finally:
        _host_thread = None


# What may be imported #################################################################################################

def _verdict(name):
    """The rule that denies a module; None where it is allowed."""
    rule = _verdicts.get(name, _UNKNOWN)
    if rule is _UNKNOWN:
        if len(_verdicts) > 100000:         # names need not be those of modules
            _verdicts.clear()
        rule = _verdicts[name] = _rules.denial(name)
    return rule


def _is_open(package):
    found = _open.get(package)
    if found is None:
        found = _open[package] = _rules.opens(package)
    return found


def _check(name):
    """Raise ImportError where a module is denied to whoever imports it now."""
    rule = _verdict(name)
    if rule is not None:
        _refuse(name, rule)


def _check_place(loader, name):
    """Raise ImportError where a module that a loader loads under a name is denied by its own, or by lying on disk."""
    settle(loader)
    name = place_name(loader, name)
    _check(name)
    if not is_in_place(loader):
        _refuse(name, f'the path of its loader, {loader.path!r}, is not where that reads from')
    path = getattr(loader, 'archive' if type(loader).__module__ == 'zipimport' else 'path', None)
    on_disk = type(path) is str and (os.path.isabs(path) or isinstance(loader, _external.FileLoader)) and getattr(loader, '_folder', None) is None
    if not _importer.allow_files and on_disk and not (
            _callers.is_in_library(path) or path in _callers.library or _callers.is_own(name)):
        _refuse(name, f'PythonOptions.FileSystem is off, and {path!r} is a file')


def _refuse(name, rule, asked=None):
    """Raise ImportError, unless the code that imports is free to. *asked* is another name that it imports the module by."""
    free, frame = _callers.find(asked or name, _rules.standard)
    _mark(sys.modules.get(name), name)      # it is loaded at this moment, or reload has given it another spec
    if free or _host_thread == _thread.get_ident() or (_ends and frame is None and name == 'threading'):     # at the end, for itself
        return
    error = ImportError(f'import of {name!r} is denied by the import policy: {rule}; asked for by {_errors.describe(frame)}', name=name)
    error.rule, error.asked_by = rule, _errors.site(frame)
    raise error


# The guards ###########################################################################################################

class _DeniedSpec(ModuleSpec):
    """The spec of a module that is denied: once that is loaded it says so for ever, without a moment between in which another
    thread could take it for any other."""

    def __setattr__(self, name, value):
        object.__setattr__(self, name, _DENIED if name == '_initializing' and not value else value)


_callers.specs.append(_DeniedSpec)


def _watch(spec):
    """Let a spec that is loaded, or about to be, be that of a denied module."""
    if type(spec) is ModuleSpec:
        spec.__class__ = _DeniedSpec


def _mark(module, name):
    """Let cached imports of a module pass the guard."""
    spec = spec_of(module)
    if spec is None and type(module) is _MODULE and name != '__main__':     # made by C code, as pyexpat.errors is
        spec = module.__spec__ = ModuleSpec(name, None)
    if isinstance(spec, ModuleSpec):
        _watch(spec)
        if getattr(spec, '_initializing', None) is not True:    # else other threads wait until it is loaded
            spec._initializing = _DENIED


def _look_at(names):
    for name in names:
        if type(name) is str and not _open.get(name.rpartition('.')[0]) and _verdict(name) is not None:
            _mark(sys.modules.get(name), name)


def _look_at_last(before):
    """Look at the modules that were put into sys.modules since there were as many as *before*: its last keys."""
    while True:
        try:
            new = list(islice(reversed(sys.modules), max(len(sys.modules) - before, 0) + _MOVED))
        except RuntimeError:        # another thread has changed it
            continue
        break
    _look_at(new)


def _exact(name):
    """A name without what a subclass of str makes of it."""
    return name if type(name) is str or not isinstance(name, str) else str.__str__(name)


def _plain(spec, name, origin):
    """A spec, or one like it where a script has made the class of it, whose attributes are then what was checked."""
    return spec if type(spec) in _callers.specs else ModuleSpec(name, None, origin=origin)


def _guards():
    """(object, attribute, the guard in its place) of everything that is replaced."""
    modules, separator = sys.modules, os.sep
    is_known_open = _open.get
    call = _bootstrap._call_with_frames_removed
    trees = None                    # those that were mounted when a folder was last found open
    lock_unlock_module, handle_fromlist, execute = _bootstrap._lock_unlock_module, _bootstrap._handle_fromlist, _bootstrap._exec
    find_and_load = _bootstrap._find_and_load
    explains = find_and_load.__module__ == _errors.__name__
    if explains:
        find_and_load = find_and_load.__wrapped__       # one function does the work of both
    create_extension, create_built_in = ExtensionFileLoader.create_module, BuiltinImporter.create_module

    def _find_and_load(name, import_):
        try:
            if type(name) is not str or not is_known_open(name.rpartition('.')[0]):
                name = _exact(name)
                return find_checked(name, import_)
            # C code that makes more modules than are asked for is in no such package, as far as it is the standard library's.
            return find_and_load(name, import_)
        except ModuleNotFoundError as error:
            if explains:
                _errors.explain(error, name, sys._getframe())
            raise

    def find_checked(name, import_):
        rule = _verdict(name)
        if rule is not None:
            _refuse(name, rule)
        before = len(modules)
        module = find_and_load(name, import_)
        if rule is not None:
            _mark(module, name)
        _is_open(name.rpartition('.')[0])       # for those that follow
        if len(modules) != before + 1 or name.partition('.')[0] in _rules.standard:
            _look_at_last(before)
        return module

    def _lock_unlock_module(name):
        name = _exact(name)
        _check(name)
        spec = spec_of(sys.modules.get(name))
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
        # Where everything in a folder is allowed there is nothing to check, and nothing of others to trust.
        get_code = plain.get(type(self))
        if (get_code is not None and type(self.path) is str and (self.path[:self.path.rfind(separator)], self.__dict__.get('_folder')) in _open_folders):
            code = get_code(self, module.__name__)
        else:
            code = self.get_code(module.__name__)
            if code is None:
                raise ImportError(f'cannot load module {module.__name__!r} when get_code() returns None')
            package = get_code is not None and is_in_place(self) and package_of(self)
            if not _callers.trust_loading(self, code, module, place_name(self, module.__name__)) and package and _is_open(package):
                open_folder(self.path[:self.path.rfind(separator)], self.__dict__.get('_folder'))
        call(exec, code, module.__dict__)

    def by_folder(kind):
        get_code = kind.get_code

        def exec_cached(self, module):
            # What these read is of their folder, whatever path they show.
            if type(self) is kind and self._folder in _open_folders:
                exec(get_code(self, module.__name__), module.__dict__)
            else:
                exec_module(self, module)

        # CPython knows what runs code for importlib by this name, and leaves it and what is above it out of tracebacks.
        exec_cached.__code__ = exec_cached.__code__.replace(co_name=call.__name__)
        return exec_cached

    def open_folder(path, folder):
        nonlocal trees
        if trees is not _importer._trees:       # what is no longer mounted is not kept
            trees = _importer._trees
            _open_folders.clear()
        _open_folders.add((path, folder))
        if folder is not None:
            _open_folders.add(folder)

    def frozen_exec_module(module):
        name = module.__spec__.name
        _check(_exact(name))
        code = _bootstrap._call_with_frames_removed(_imp.get_frozen_object, name)
        _callers.trust_loading(FrozenImporter, code, module, name)
        _bootstrap._call_with_frames_removed(exec, code, module.__dict__)

    def by_place(original):
        def load(self, subject):
            subject = _exact(subject)
            name = subject if isinstance(subject, str) else getattr(subject, 'name', None) or subject.__name__
            _check_place(self, _exact(name))
            return original(self, subject)
        return load

    def create_dynamic(self, spec):
        name, origin = _exact(spec.name), _exact(spec.origin)
        _check_place(self, name)
        if origin != self.path:         # the file that is loaded is that of the spec
            _check_place(ExtensionFileLoader(name, origin), name)
        return create_extension(self, _plain(spec, name, origin))

    def create_builtin(spec):
        name = _exact(spec.name)
        _check(name)
        return create_built_in(_plain(spec, name, None))

    def by_name(original):
        def load(subject):
            name = subject
            if not isinstance(subject, str):        # a spec, or a module
                spec = subject if isinstance(subject, ModuleSpec) else spec_of(subject)
                name = getattr(spec, 'name', None) or subject.__name__
            _check(_exact(name))
            return original(subject)
        return load

    _be_of_importlib(find_checked)
    yield _bootstrap, '_find_and_load', _find_and_load
    yield _bootstrap, '_lock_unlock_module', _lock_unlock_module
    yield _bootstrap, '_handle_fromlist', _handle_fromlist
    yield _bootstrap, '_exec', _exec
    yield _external._LoaderBasics, 'exec_module', exec_module
    yield BuiltinImporter, 'create_module', create_builtin
    yield ExtensionFileLoader, 'create_module', create_dynamic
    yield BuiltinImporter, 'exec_module', by_name(BuiltinImporter.exec_module)
    yield FrozenImporter, 'exec_module', frozen_exec_module
    yield FrozenImporter, 'get_code', by_name(FrozenImporter.get_code)
    own = [kind for kind in vars(_loaders).values() if isinstance(kind, type) and issubclass(kind, _loaders.TreeLoader)]
    plain = {kind: kind.get_code for kind in (SourceFileLoader, SourcelessFileLoader, *own) if hasattr(kind, 'get_code')}
    for kind in (_loaders.CachedLoader, _loaders.CompiledLoader, _loaders.StrippedLoader):
        yield kind, 'exec_module', by_folder(kind)
    readers = [(_external.SourceLoader, 'get_code'), (SourcelessFileLoader, 'get_code'),
               (ExtensionFileLoader, 'exec_module')]
    readers += [(kind, name) for kind in own for name in ('get_code', '_compile') if name in vars(kind)]
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
        _callers.pass_module(module)
    _callers.pass_code(_adapters.AdaptingLoader.exec_module.__code__)
    for owner, name, guard in guards:
        _be_of_importlib(guard)
        guard.__name__ = name
        _originals.append((owner, name, vars(owner).get(name)))
        is_static = isinstance(owner, type) and issubclass(owner, (BuiltinImporter, FrozenImporter))
        setattr(owner, name, staticmethod(guard) if is_static else guard)
    for function in (_check, _check_place, _refuse, _callers.find):
        _be_of_importlib(function)


def _be_of_importlib(function):
    """Let CPython, which knows importlib's frames by the file's name, leave those of a function out of tracebacks."""
    function.__code__ = function.__code__.replace(co_filename=_bootstrap._call_with_frames_removed.__code__.co_filename)
    _callers.pass_code(function.__code__)
