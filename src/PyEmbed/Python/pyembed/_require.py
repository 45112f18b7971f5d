"""Requirements: modules that can be imported only where something holds, of the system or of the modules that it has.

While there are any, a finder stands before those that search. It finds such a module as the others do and puts a placeholder
in the place of its loader: that asks for the requirement when the module is loaded, not while it is found (importlib then
holds its lock), and gives the loader its place back where that is met. What is not required costs one look into a dict.
"""

import sys
import _frozen_importlib as _bootstrap
import _thread

_PROVIDERS = 'pyembed._registry', 'pyembed._native'     # modules of finders that nothing goes before

_lock = _thread.allocate_lock()     # held while what follows is replaced
_own = {}               # module -> Requirement that this process has declared
_of_bundles = []        # Requirement of each bundle that is mounted and has one, in the order of the mounts
_required = {}          # module -> the Requirement in force; replaced, never changed, so that readers need no lock
_finding = set()        # (thread, module) that is being looked for among the other finders
_asking = set()         # (thread, module) whose requirement is being asked for


class RequirementError(ImportError):
    """A module cannot be imported on this system: what it requires is not met, or cannot be asked for. ``name`` is the module,
    ``requirement`` what it requires (``'mypkg.checks:is_windows'``), ``kind`` of what that is (``'system'`` or
    ``'modules'``). Where asking itself has failed, why is the ``__cause__``."""

    __module__ = 'pyembed'

    origins = ()        # it says all that is to be said: no place was searched in vain

    def __init__(self, message, name=None, requirement=None, kind=None):
        super().__init__(message, name=name)
        self.requirement = requirement
        self.kind = kind

    def __reduce__(self):
        return type(self), (self.msg, self.name, self.requirement, self.kind), self.__dict__


class Requirement:
    """What a module requires of the system, and of the modules that there are: each a callable without arguments, or the
    name of one (``'module:function'``), whose result says whether it is met; None where nothing is required."""

    __slots__ = 'module', 'system', 'modules'

    def __init__(self, module, system=None, modules=None):
        self.module = module
        self.system = system
        self.modules = modules

    def __repr__(self):
        return f'{type(self).__name__}({self.module!r}, {self.system!r}, {self.modules!r})'

    def kinds(self):
        """(kind, callable or name) of what is required."""
        return [(kind, asked) for kind, asked in (('system', self.system), ('modules', self.modules)) if asked is not None]

    def check(self):
        """Raise RequirementError where the module cannot be imported on this system."""
        for kind, asked in self.kinds():
            if not self._ask(kind, asked):
                raise RequirementError(
                    f'{self.module} cannot be imported on this system ({_this_system()}): its requirement {name_of(asked)} '
                    f'({kind}) is not met', self.module, name_of(asked), kind)

    def is_met(self):
        """Whether the module can be imported on this system. Raises RequirementError where that cannot be asked."""
        return all([self._ask(kind, asked) for kind, asked in self.kinds()])

    def is_met_of(self, kind):
        """Whether what is required of one kind, 'system' or 'modules', is met; True where nothing is. Raises as is_met()."""
        asked = getattr(self, kind)
        return asked is None or self._ask(kind, asked)

    def references(self):
        """(system, modules) as they travel: each ``'module:function'`` or None. Raises BundleError for a callable that has no
        such name."""
        return tuple(None if asked is None else self._reference(kind, asked) for kind, asked in (('system', self.system), ('modules', self.modules)))

    def _ask(self, kind, asked):
        """Whether one requirement is met."""
        key = _thread.get_ident(), self.module
        if key in _asking:
            raise RequirementError(f'{self.module} cannot be imported while its own requirement {name_of(asked)} ({kind}) is '
                                   'asked for: what that needs must not import the module', self.module, name_of(asked), kind)
        _asking.add(key)
        try:
            return bool((resolve(asked) if asked.__class__ is str else asked)())
        except (Exception, SystemExit) as error:        # one that ends the program has no answer either
            if isinstance(error, RequirementError) and error.name == self.module:
                raise       # the requirement itself imports the module
            raise RequirementError(
                f'{self.module} cannot be imported on this system ({_this_system()}): asking for its requirement '
                f'{name_of(asked)} ({kind}) has failed: {type(error).__name__}: {error}', self.module, name_of(asked), kind) from error
        finally:
            _asking.discard(key)

    def _reference(self, kind, asked):
        if asked.__class__ is str:
            return asked
        name = name_of(asked)
        module, _, qualname = name.partition(':')
        found = sys.modules.get(module)
        for part in qualname.split('.'):
            found = getattr(found, part, None)
        # A method of a class is another object each time it is asked for.
        if not qualname or module == '__main__' or (found is not asked and not (type(asked) is _METHOD and found == asked)):
            from ._bundle_format import BundleError
            raise BundleError(f'{self.module} cannot travel: its requirement {asked!r} ({kind}) is not found by the name {name!r} '
                              'on another system; define it as a function at the top level of a module that can be imported there')
        return name


_METHOD = type(Requirement('').check)


def _this_system():
    return '{}, {} {}.{}.{}'.format(sys.platform, 'CPython' if sys.implementation.name == 'cpython' else sys.implementation.name,
                                    *sys.version_info[:3])


def name_of(asked):
    """What to call a requirement: ``'module:function'`` as far as it says so itself."""
    if asked.__class__ is str:
        return asked
    module, qualname = getattr(asked, '__module__', None), getattr(asked, '__qualname__', None)
    return f'{module}:{qualname}' if module and qualname else repr(asked)


def resolve(reference):
    """The object that ``'module:function'`` names. Raises what importing the module raises, and AttributeError."""
    module, _, qualname = reference.partition(':')
    __import__(module)
    found = sys.modules[module]
    for part in qualname.split('.'):
        found = getattr(found, part)
    return found


# What is declared #####################################################################################################

def require(module, system=None, modules=None):
    """See pyembed.require."""
    if module.__class__ is not str:
        raise TypeError(f'module must be the full name of a module, not {type(module).__name__}')
    if not _is_dotted(module):
        raise ValueError(f'{module!r} is not the full name of a module')
    if system is None and modules is None:
        raise ValueError(f'nothing is required for {module!r}: give system, modules or both')
    for kind, asked in (('system', system), ('modules', modules)):
        _check_callable(kind, asked)
    with _lock:
        known = _own.get(module)
        if known is not None:
            system = known.system if system is None else system
            modules = known.modules if modules is None else modules
        _own[module] = Requirement(module, system, modules)
        _put_in_force()


def _is_dotted(name):
    return all(part.isidentifier() for part in name.split('.'))


def _check_callable(kind, asked):
    if asked is None or callable(asked):
        return
    if asked.__class__ is not str:
        raise TypeError(f"{kind} must be a callable without arguments, or its name, 'module:function', not {type(asked).__name__}")
    if not is_reference(asked):
        raise ValueError(f"{kind} must be a callable without arguments, or its name, 'module:function', not {asked!r}")


def is_reference(text):
    """Whether a text has the form ``'module:function'``."""
    module, colon, qualname = text.partition(':')
    return bool(colon) and _is_dotted(module) and _is_dotted(qualname)


def add(module, system, modules):
    """Declare what a bundle that is being mounted says of a module: names of callables, or None."""
    with _lock:
        _of_bundles.append(Requirement(module, system, modules))
        _put_in_force()


def remove(module, system, modules):
    """Take back one call of add(), with the same arguments."""
    with _lock:
        for index in reversed(range(len(_of_bundles))):
            entry = _of_bundles[index]
            if (entry.module, entry.system, entry.modules) == (module, system, modules):
                del _of_bundles[index]
                break
        _put_in_force()


def requirements():
    """{module: Requirement} in force. What this process has declared itself goes before what bundles say, and of these what the
    one says that was mounted last, for each kind of requirement on its own."""
    return dict(_required)


def _put_in_force():
    global _required
    required = {}
    for entry in (*_of_bundles, *_own.values()):
        known = required.get(entry.module)
        if known is None:
            required[entry.module] = entry
        else:
            required[entry.module] = Requirement(entry.module, known.system if entry.system is None else entry.system,
                                                 known.modules if entry.modules is None else entry.modules)
    _required = required
    if not required:
        if Requirements in sys.meta_path:
            sys.meta_path.remove(Requirements)
    elif Requirements not in sys.meta_path:
        places = [place for place, finder in enumerate(sys.meta_path, 1) if getattr(finder, '__module__', None) in _PROVIDERS]
        sys.meta_path.insert(max(places, default=0), Requirements)


# How it is asked for ###################################################################################################

class Requirements:
    """The finder of modules that have a requirement."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        requirement = _required.get(fullname)
        if requirement is None:
            return None
        key = _thread.get_ident(), fullname
        if key in _finding:
            return None
        _finding.add(key)
        try:
            spec = _bootstrap._find_spec(fullname, path, target)
        finally:
            _finding.discard(key)
        if spec is None:
            # So that an import says what is required, and not only that there is no such module.
            return _bootstrap.ModuleSpec(fullname, PlaceholderLoader(None, requirement))
        if spec is not getattr(sys.modules.get(fullname), '__spec__', None):    # else another import has loaded it meanwhile
            loader = spec.loader
            spec.loader = PlaceholderLoader(loader._loader if loader.__class__ is PlaceholderLoader else loader, requirement)
        return spec

    @staticmethod
    def invalidate_caches():
        """Nothing to do: what the other finders know is theirs."""


class PlaceholderLoader:
    """Stands for the loader of a module that has a requirement, up to when it is met. Everything but loading and code is the
    loader's own: the source of what cannot be imported here can be read."""

    def __init__(self, loader, requirement):
        self._loader = loader
        self._requirement = requirement

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def __reduce__(self):
        return PlaceholderLoader, (self._loader, self._requirement)

    def create_module(self, spec):
        self._requirement.check()
        loader = self._loader
        if loader is None and spec.submodule_search_locations is None:
            raise ModuleNotFoundError(f'No module named {spec.name!r}', name=spec.name)
        if loader is None or hasattr(loader, 'exec_module'):
            spec.loader = loader            # it does the rest, as if we had never been there
        return loader.create_module(spec) if hasattr(loader, 'create_module') else None

    def exec_module(self, module):
        """Run a module again (importlib.reload), or that of a loader which has load_module() only."""
        self._requirement.check()
        loader, spec = self._loader, module.__spec__
        if spec is not None and spec.loader is self:
            spec.loader = loader
        if getattr(module, '__loader__', None) is self:
            module.__loader__ = loader
        if hasattr(loader, 'exec_module'):
            loader.exec_module(module)
        elif loader is not None:
            loader.load_module(module.__name__)

    def get_code(self, fullname):
        """The module's code, which runpy runs."""
        self._requirement.check()
        return self._loader.get_code(fullname)
