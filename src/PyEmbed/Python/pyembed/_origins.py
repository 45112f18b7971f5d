"""Origins: where a module comes from, as text for people, reports and policies.

``builtin`` is what came with the interpreter or its host; ``memory:/pkg/mod.py`` what was given in memory, by its path
there; ``assembly:/App.dll/name.zip/pkg/mod.py`` what an assembly embeds; ``fs:/folder/pkg/mod.py`` what was read from disk,
by the place of the file, or of the folder or archive that it was in. They are no URLs: nothing is escaped.
"""

import os
import sys

from ._loaders import TreeLoader, origin_in, origin_of

BUILTIN = 'builtin'
_SOURCES = BUILTIN, 'built-in', 'frozen'
_MODULE = type(sys)
_namespace_of = _MODULE.__dict__['__dict__'].__get__


def of_resource(assembly, resource):
    """The origin of an archive, ``PyEmbed/name.zip``, that the assembly at a path embeds."""
    return f'assembly{origin_of(assembly)[2:]}/{resource.rpartition("/")[2]}'


def of_spec(spec):
    """The origins of a module: one, but none where nobody knows, and one for each portion of a namespace package."""
    loader = getattr(spec, 'loader', None)
    if isinstance(loader, TreeLoader) and loader._folder is not None:
        inner, name = loader._folder.inner, os.path.basename(loader.path)
        return [origin_in(loader._folder.tree, f'{inner}/{name}' if inner else name)]
    origin = getattr(spec, 'origin', None)
    if origin in _SOURCES:
        return [BUILTIN]
    if origin.__class__ is str:
        return [origin_of(origin) if os.path.isabs(origin) else origin]
    return [origin_of(path) for path in dict.fromkeys(getattr(spec, 'submodule_search_locations', None) or ())
            if path.__class__ is str]


def of_modules():
    """(name, origin) for each module in sys.modules whose origin is known, sorted."""
    found = []
    for name, module in list(sys.modules.items()):
        try:
            # Not by an attribute, which may load what importlib.util.LazyLoader has put off.
            spec = _namespace_of(module)['__spec__']
        except (TypeError, KeyError):
            continue
        found += [(name, origin) for origin in of_spec(spec)]
    return sorted(found)
