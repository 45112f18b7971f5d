"""Finds modules and their sources as ``import`` does, and imports none for it."""

import io
import os
import pkgutil
import re
import sys
import tokenize
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES
from collections.abc import Mapping

from ._bundle_data import Folder
from ._bundle_format import BundleError
from ._importer import MEMORY
from ._imports import MODULE, PACKAGE
from ._loaders import _namespace_of
from ._standard_library import standard_library

#: What a module is: with a source; a namespace package (PEP 420); in C, in a file; bytecode without a source; of the standard
#: library, built in or frozen; made by code and of no file; another module under a second name; not to be found.
SOURCE, NAMESPACE, NATIVE, SOURCELESS, STANDARD, BUILTIN, MADE, ALIAS, MISSING = (
    'source', 'namespace', 'native', 'sourceless', 'standard', 'built-in', 'made', 'alias', 'missing')

_QUOTED = re.compile(rb"""(["'])(\.*[^\W\d]\w*(?:\.[^\W\d]\w*)*)\1""")
_CANNOT_BE_IMPORTED = ImportError, AttributeError, ValueError, OSError


class Found:
    """What was found for a module's name."""

    __slots__ = 'name', 'what', 'path', 'loader', 'locations', 'is_given', 'is_imported'

    def __init__(self, name, what, path=None, loader=None, locations=None, is_given=False, is_imported=False):
        self.name = name                # of an alias, that of the module that it stands for
        self.what = what
        self.path = path                # of the file, or its place in a tree or zip; None where there is none
        self.loader = loader
        self.locations = locations      # list of a package's folders; None for what is no package
        self.is_given = is_given        # whether the caller has given the source
        self.is_imported = is_imported

    @property
    def kind(self):
        """As _imports.Module's."""
        return MODULE if self.locations is None else PACKAGE

    @property
    def is_library(self):
        """Whether a module is of an installed library."""
        return self.path is not None and any(site in self.path for site in _SITES)

    @property
    def archive_path(self):
        """The path of a module's source in a bundle: where its name leads."""
        return self.name.replace('.', '/') + ('.py' if self.locations is None else '/__init__.py')


class ModuleSources:
    """Finds modules on this system. *given* is {module name: path of its source}, which wins over what there is. Not for
    several threads."""

    def __init__(self, given=None):
        if given is not None and not isinstance(given, Mapping):
            raise TypeError(f'sources must be a dict from module names to paths, not {type(given).__name__!r}')
        self._given = {name: _source_path(name, path) for name, path in (given or {}).items()}
        self._found = {}
        self._bytes = {}
        self._strings = {}
        self.standard = frozenset(standard_library())
        self._library = _library_folders()
        self._packages_given = {name.rpartition('.')[0] for name in self._given}

    def given(self):
        """The names of the modules whose sources were given, sorted."""
        return sorted(self._given)

    def find(self, name):
        """The Found of a module by its dotted name."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._find(name)
        return found

    def read(self, found):
        """The bytes of a module's source. Raises BundleError where it cannot be read."""
        if found.name not in self._bytes:
            self._bytes[found.name] = self._read(found)
        return self._bytes[found.name]

    def submodules(self, name):
        """The names of the modules directly in a package."""
        found = self.find(name)
        names = {given for given in self._given if given.rpartition('.')[0] == name}
        if found.locations:
            names.update(f'{name}.{module.name}' for module in pkgutil.iter_modules(found.locations))
            names.update(f'{name}.{folder}' for folder in _namespaces(found.locations) if self.find(f'{name}.{folder}').what == NAMESPACE)
        return sorted(names)

    def all_below(self, package):
        """The names of all modules that are below a package, but for what runs where it is the program."""
        for name in self.submodules(package):
            if name.rpartition('.')[2] != '__main__':
                yield name
                yield from self.all_below(name)

    def strings(self, name):
        """The set of the strings in a module's source that are dotted names; empty where it has none."""
        found = self.find(name)
        if found.what != SOURCE:
            return frozenset()
        if name not in self._strings:
            self._strings[name] = {text.decode() for _, text in _QUOTED.findall(self.read(found))}
        return self._strings[name]

    # Finding

    def _find(self, name):
        if name in self._given:
            path = self._given[name]
            folder = [os.path.dirname(path)] if os.path.basename(path) == '__init__.py' else None
            return Found(name, SOURCE, path, locations=folder, is_given=True)
        module, spec = sys.modules.get(name), None
        if module is not None:
            spec = _spec_of(module)
            if spec is not None and spec.name == name and (spec.loader is not None or spec.submodule_search_locations is not None):
                found = self._of_spec(name, spec)
                found.is_imported = True
                return found
        if name.partition('.')[0] in self.standard and '.' in name and self.find(name.rpartition('.')[0]).what in (STANDARD, BUILTIN):
            return Found(name, STANDARD)
        searched = self._search(name)
        if searched is not None:
            return self._of_spec(name, searched)
        if module is not None:
            other = getattr(spec, 'name', None) or _name_of(module)
            if other and other != name and sys.modules.get(other) is module:
                return Found(other, ALIAS)
            return Found(name, MADE)
        if name in self._packages_given:
            return Found(name, NAMESPACE, locations=[])
        if name.partition('.')[0] in self.standard and '.' not in name:
            return Found(name, STANDARD)            # of other systems
        return Found(name, MISSING)

    def _search(self, name):
        parent = name.rpartition('.')[0]
        path = None
        if parent:
            package = self.find(parent)
            if package.what == ALIAS:
                package = self.find(package.name)
            path = package.locations
            module = sys.modules.get(parent)
            if module is not None:
                path = _namespace_of(module).get('__path__', path) if isinstance(module, type(sys)) else path
            if path is None:
                return None
        for finder in sys.meta_path:
            if getattr(finder, '__module__', None) == 'pyembed._require':
                continue                # what stands in where a requirement is not met: the source is behind it
            find_spec = getattr(finder, 'find_spec', None)
            try:
                spec = find_spec(name, path, None) if find_spec is not None else None
            except _CANNOT_BE_IMPORTED:
                spec = None
            except KeyError:
                if parent in sys.modules or not parent:
                    raise
                # importlib follows the path of a namespace in its package, which must be imported for that.
                spec = ModuleSpec(name, None, is_package=True)
                spec.submodule_search_locations.extend(
                    place for place in (os.path.join(entry, name[len(parent) + 1:]) for entry in path) if any(Folder(place).names()))
            if spec is not None:
                return spec
        return None

    def _of_spec(self, name, spec):
        origin, loader = spec.origin, spec.loader
        locations = spec.submodule_search_locations
        locations = list(locations) if locations is not None else None
        loader = _namespace_of_loader(loader)
        if origin in ('built-in', 'frozen') or not isinstance(spec, ModuleSpec) and origin is None:
            return Found(name, STANDARD if name.partition('.')[0] in self.standard else BUILTIN)
        if name.partition('.')[0] in self.standard and self._is_standard(origin, locations):
            return Found(name, STANDARD)
        if locations is not None and origin in (None, 'namespace'):
            return Found(name, NAMESPACE, locations=locations)
        if not isinstance(origin, str):
            return Found(name, MADE)
        path = origin if origin.startswith(MEMORY) else os.path.abspath(origin)
        what = SOURCE
        if path.endswith(tuple(EXTENSION_SUFFIXES)):
            what = NATIVE
        elif path.endswith(tuple(BYTECODE_SUFFIXES)):
            what = SOURCELESS
        elif not hasattr(loader, 'get_data') and not hasattr(loader, 'get_source'):
            what = MADE
        found = Found(name, what, path, loader, locations)
        if what == SOURCE and self._source(found) is None:
            found.what = SOURCELESS
        return found

    def _is_standard(self, origin, locations):
        """Whether what has a standard module's name is that module, and not one before it on sys.path."""
        place = origin if isinstance(origin, str) and origin != 'namespace' else next(iter(locations or ()), None)
        if place is None:
            return True
        if place.endswith(tuple(EXTENSION_SUFFIXES)):
            return True
        return any(place.startswith(folder) and not place[len(folder):].startswith(_SITES) for folder in self._library)

    # Reading

    def _read(self, found):
        source = self._source(found)
        if source is None:
            raise BundleError(f'{found.name} has no source: {found.path}')
        return source

    def _source(self, found):
        """The bytes of a source; None where a loader has none."""
        path, loader = found.path, found.loader
        try:
            if loader is None:
                with open(path, 'rb') as file:
                    source = file.read()
            elif hasattr(loader, 'get_data') and path.endswith('.py'):
                source = loader.get_data(path)
            else:
                text = loader.get_source(found.name)
                source = text if text is None else _encode(text)
        except (OSError, ImportError) as error:
            if not found.is_given and isinstance(error, ImportError):
                return None
            remedy = 'correct the path among the sources' if found.is_given else 'put the file back, or exclude the module'
            raise BundleError(f'{found.name}: its source {path} cannot be read: {error}; {remedy}') from error
        self._bytes[found.name] = source
        return source


def _source_path(name, path):
    """The absolute path of a source that was given for a module. Raises BundleError."""
    if not isinstance(name, str) or not all(map(str.isidentifier, name.split('.'))):
        raise BundleError(f'{name!r}, for which the source {path!r} is given, is not the full name of a module')
    path = os.path.abspath(os.fspath(path))
    if not path.endswith('.py') or not os.path.isfile(path):
        raise BundleError(f'{name}: its source {path} ' + ('is no Python source, whose name ends with .py' if os.path.isfile(path) else
                                                           'is no file') + '; correct the path among the sources')
    return path


_SITES = os.sep + 'site-packages', os.sep + 'dist-packages'


def _library_folders():
    """Where the standard library lies."""
    import sysconfig
    return {folder for folder in (os.path.dirname(os.__file__), sysconfig.get_path('stdlib'), sysconfig.get_path('platstdlib')) if folder}


def _spec_of(module):
    """The spec of what is in sys.modules. No attribute is asked for: modules may be loaded when one is."""
    try:
        return _namespace_of(module).get('__spec__')
    except TypeError:
        return None             # not a module, but what one has put in its place


def _name_of(module):
    try:
        return _namespace_of(module).get('__name__')
    except TypeError:
        return None


def _namespace_of_loader(loader):
    """The loader that importlib.util.LazyLoader stands before."""
    return loader.loader if type(loader).__name__ == 'LazyLoader' and hasattr(loader, 'loader') else loader


def _namespaces(locations):
    """The names of the folders among these that hold modules, and are no packages by a file."""
    return {name for location in locations for name in Folder(location).folders() if name.isidentifier() and _has_modules(Folder(location).below(name))}


def _has_modules(folder):
    files, folders = folder.names()
    return any(name.endswith('.py') for name in files) or any(_has_modules(folder.below(name)) for name in folders if name.isidentifier())


def _encode(text):
    """The bytes of a source that a loader gives as text."""
    encoding = tokenize.detect_encoding(io.BytesIO(text.encode()).readline)[0]
    return text.encode(encoding)
