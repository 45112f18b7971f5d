"""Bundles: what Python objects need, from this system to another.

A bundle holds the sources of the modules that an object's code leads to. It is a plain zip, which CPython imports from as it
is, and ``pyembed.mount`` mounts it. docs/bundles.md says what travels, and how it is there.
"""

import gc
import hashlib
import os
import sys

from . import _bundle_format
from ._bundle_format import BundleError, Entry, Manifest, entry_folder
from ._bundle_rules import Rules
from ._data import everything
from ._importer import MEMORY, MEMORY_ROOT
from ._pickles import RemoteTraceback, dumps, loads

__all__ = ['BundleError', 'RemoteTraceback', 'build', 'dumps', 'loads', 'read']


def build(objects, rules=(), *, sources=None, report=None):
    """The bundle, as bytes, of an object or of a list of objects.

    *objects* are modules, classes, functions, and any other objects, of which the class travels with every class and function
    that their pickle names; or names: ``'pkg.mod'``, ``'pkg.mod:Class.method'``, ``'pkg.*'`` for a package with every module below
    it. What they need is found by following their code; of that nothing is imported or run.

    *rules* say what of it travels: an iterable of str, ``'exclude a.b'``, or one str with a rule a line (docs/bundles.md).
    *sources* is a dict from module names to the paths of their sources, for what this system cannot import; one that
    ends with ``__init__.py`` is of a package. *report* is what ``pyembed.report()`` gave on the other system, also from
    JSON: what is there already is left out. Data that were registered (``pyembed.register_data``) travel all.

    The same objects and sources give the same bytes. Raises BundleError for an object that the other system could not find by
    its name, for what is needed and cannot travel, for a module that was changed since it was imported, for bad rules, and where
    there is nothing to bundle; TypeError for arguments of other types.
    """
    return build_bundle(objects, rules, sources, report)[0]


def read(source):
    """The manifest of a bundle, given as bytes or as its path, after all of it was checked.

    Raises BundleError for what is no bundle, a damaged one, or one of a newer format; OSError for what cannot be read."""
    return _bundle_format.read_bundle(source)


def build_bundle(objects, rules, sources, report):
    """As build(), and why each module travels: (the bundle, {module: (the module that needs it, line)}), ``('', 0)`` for those
    that the objects are of."""
    from ._bundle_data import files_beside
    from ._changes import check_unchanged
    from ._module_sources import ModuleSources
    from ._travelling import needed
    rules = rules if isinstance(rules, Rules) else Rules(rules)
    requirements = _requirements()
    found = ModuleSources(sources or {})
    other = None
    if report is not None:
        from ._received import Received
        other = Received(report)
    was_enabled = gc.isenabled()
    gc.disable()                    # syntax trees are many objects and no garbage
    try:
        need = needed(objects, rules, requirements, found, other)
    finally:
        if was_enabled:
            gc.enable()
    data = everything()
    if not need.modules and not data and all([why in ('standard', 'built-in') for why in need.left_out.values()]):
        shown = ', '.join(need.objects) or 'what was given'
        raise BundleError(f'there is nothing to bundle: {shown} is of the standard library, or of no module at all; '
                          'bundle an object or a module of your own')
    check_unchanged(need.modules, found)
    left_out = dict(need.left_out)
    files, entries = {}, {}
    modules = {}
    for name, module in need.modules.items():
        source = None if module.path is None or module.what == 'namespace' else found.read(module)
        digest = '' if source is None else hashlib.sha256(source).hexdigest()
        if other is not None and other.has(name, digest):
            left_out[name] = 'on B'
            continue
        modules[name] = digest
        if source is None:
            continue
        if module.archive_path not in files:        # a package may be imported as pkg.__init__, too
            entries.setdefault(_entry_of(module, need.modules), []).append(module.archive_path)
        files[module.archive_path] = source
    beside = files_beside(need.modules, modules, found, lambda module: _entry_of(module, need.modules))
    for path, (content, place) in beside.items():
        if path not in files:
            files[path] = content
            entries.setdefault(place, []).append(path)
    references = {name: requirements[name].references() for name in modules if name in requirements}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(data.items())}
    if other is not None:
        digests = {name: digest for name, digest in digests.items() if not other.has_data(name, digest)}
        data = {name: data[name] for name in digests}
    manifest = Manifest('.'.join(map(str, sys.version_info[:3])), sys.platform, sorted(found.standard), _entries(entries), modules, digests, references,
                        need.objects, need.missing, dict(sorted(left_out.items())))
    return _bundle_format.write(manifest, files, data), {name: need.reasons[name] for name in modules}


def _requirements():
    require = sys.modules.get('pyembed._require')
    return require.requirements() if require is not None else {}


def _entry_of(module, modules):
    """The folder on sys.path that a module lies below: that of the package that it is in, where that travels too."""
    inner = module.archive_path
    parent = modules.get(module.name.rpartition('.')[0])
    if parent is not None and parent.what == 'source':
        return _entry_of(parent, modules)
    if module.path.startswith(MEMORY):
        return MEMORY
    path = module.path.replace(os.sep, '/')
    return module.path[:-len(inner) - 1] if path.endswith('/' + inner) else os.path.dirname(module.path)


def _entries(found):
    """The Entry objects, in the order of sys.path, for {place: files}."""
    ranks, library = {}, None
    for rank, place in enumerate(sys.path):
        if isinstance(place, str):
            place = MEMORY if place.startswith(MEMORY_ROOT) else os.path.abspath(place)
            ranks.setdefault(place, rank)
            if place == os.path.dirname(os.__file__):
                library = rank
    merged = {}
    for place in sorted(found, key=lambda place: (ranks.get(place, -1), place)):
        after = library is not None and ranks.get(place, -1) > library
        merged.setdefault((entry_folder(place), 'library' if after else 'app'), []).extend(found[place])
    return [Entry(folder, placement, sorted(files)) for (folder, placement), files in merged.items()]
