"""Modules that the host has written in C#, and what becomes of their functions where managed code must not run.

The host is asked for a module when that is imported, not before. Its functions are ``builtin_function_or_method`` objects,
whose ``__self__`` is a NativeReference. In a forked child, of whose .NET threads only the forking one is there, the tables
that CPython finds their code in are overwritten, so that a call is one of ``__self__``.
"""

import sys
import _thread
from _frozen_importlib import BuiltinImporter, ModuleSpec
from _frozen_importlib_external import PathFinder

ORIGIN = 'builtin'      # of the spec of every module of the host

_builders = {}          # full name of a module -> the host's function that builds it: build(name, module) -> names of submodules
_packages = set()       # names of the modules that had submodules when they were built
_tables = []            # views of the hosts' method tables: name, code, flags, documentation of each function
_releases = []          # views of the pointers to what hosts run when a NativeReference goes
_refuse = 0             # the address of PyObject_CallNoArgs
_forked = False
_exiting = False


class NativeReference(type(sys)):
    """What ties a function, or an exception, to managed code. As a module it is a proper ``__self__`` of a builtin function."""

    __slots__ = ()

    def __reduce_ex__(self, protocol):
        """Of one that an exception has, copies and pickles have the name of the .NET type."""
        return str, (self.__name__,)

    def __call__(self):
        """What is called in the stead of a function that must not run any more."""
        if _forked:
            raise RuntimeError(f'{self.__name__}() is .NET code, which cannot run in a forked child process: of .NET\'s threads only the forking '
                               'one is there. Use the start method "spawn", or call it before the fork.')
        if _exiting:
            while True:         # as every thread that comes to .NET while that ends
                lock = _thread.allocate_lock()
                lock.acquire()
                lock.acquire()
        raise RuntimeError(f'{self.__name__}() is .NET code of a host that has stopped Python')


class NativeImporter(BuiltinImporter):
    """Finder and loader of the host's modules, as BuiltinImporter is of those that are built into the interpreter."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        """PEP 451. Builds nothing: whether a module is a package shows once it was built."""
        if fullname not in _builders:
            return None
        return ModuleSpec(fullname, cls, origin=ORIGIN, is_package=fullname in _packages)

    @staticmethod
    def create_module(spec):
        """PEP 451: an ordinary module will do."""

    @staticmethod
    def exec_module(module):
        """PEP 451: let the host build the module; again where it is reloaded."""
        name = module.__spec__.name
        build = _builders.get(name)
        if build is None:
            raise ImportError(f'{name!r} is not a module of the host', name=name)
        children = build(name, module)
        if children:
            _packages.add(name)
            _builders.update(dict.fromkeys(children, build))
            if module.__spec__.submodule_search_locations is None:
                module.__spec__.submodule_search_locations = []
            module.__path__ = module.__spec__.submodule_search_locations
            module.__package__ = name

    @staticmethod
    def get_code(fullname):
        """None: there is no Python code."""
        _require(fullname)

    @staticmethod
    def get_source(fullname):
        """None: there is no Python source."""
        _require(fullname)

    @staticmethod
    def is_package(fullname):
        """Whether the module had submodules when it was built."""
        _require(fullname)
        return fullname in _packages


def _require(fullname):
    if fullname not in _builders:
        raise ImportError(f'{fullname!r} is not a module of the host', name=fullname)


def install(names, build):
    """Make the host's modules importable, before all that any finder finds. Raises ValueError for a name that is not free."""
    for name in names:
        if name in _builders:
            raise ValueError(f'PythonOptions.NativeModules cannot add {name!r}: another host in this process has a native module of that name')
        if _is_standard(name):
            raise ValueError(f'PythonOptions.NativeModules cannot add {name!r}: that is a module of Python\'s standard library, which others '
                             'import. Choose another name.')
        if name in sys.modules or name == 'pyembed':
            raise ValueError(f'PythonOptions.NativeModules cannot add {name!r}: a module of that name is imported already. Choose another name.')
    _builders.update(dict.fromkeys(names, build))
    if NativeImporter not in sys.meta_path:
        sys.meta_path.insert(0, NativeImporter)


def normal_name(name):
    """A name as the parser has it: PEP 3131. It is on demand: names are seldom other than ASCII."""
    from unicodedata import normalize
    return normalize('NFKC', name)


def uninstall(names):
    """Forget modules. Those that are imported stay in ``sys.modules``."""
    for name in names:
        _builders.pop(name, None)
        _packages.discard(name)
    if not _builders and NativeImporter in sys.meta_path:
        sys.meta_path.remove(NativeImporter)


def _is_standard(name):
    if name == '__main__' or name in sys.builtin_module_names:
        return True
    if sys.version_info >= (3, 10):
        return name in sys.stdlib_module_names
    import os
    library = os.path.dirname(os.__file__)
    return PathFinder.find_spec(name, [library, os.path.join(library, 'lib-dynload')]) is not None


def enter(release, refuse):
    """Learn from a host how its code is kept from running: the view of a pointer to clear, and the address of what is called
    in the stead of its functions."""
    global _refuse
    _refuse = refuse
    _releases.append(release.cast('N'))


def add_table(view):
    """Learn of a method table: of a view of its entries, each four words."""
    _tables.append(view.cast('N'))


def leave_forked():
    """In a forked child: let no function enter managed code."""
    global _forked
    _forked = True
    _turn_off()


def leave_at_exit():
    """At the end of the process: let no thread that still runs enter managed code."""
    global _exiting
    _exiting = True
    _turn_off()


def _turn_off():
    for release in _releases:
        release[0] = 0
    for table in _tables:
        for place in range(1, len(table), 4):
            table[place] = _refuse


def is_forked():
    """Whether this is a forked child, in which no managed code may run."""
    return _forked


def modules():
    """(name, origin, whether it is imported) of the modules of the host, sorted."""
    return sorted([(name, ORIGIN, getattr(getattr(sys.modules.get(name), '__spec__', None), 'loader', None) is NativeImporter) for name in _builders])
