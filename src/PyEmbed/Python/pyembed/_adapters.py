"""Adapters: what some modules of others have to be told of our trees, as soon as they are imported.

Most of the standard library asks finders and loaders, and needs no telling. What is left looks at the disk, or keeps a
register of its own. To adapt such a module, add a line to ADAPTERS: the module's full name, and a function of this
package as ``'pyembed._module:function'``. The function is called with the module

* each time the module's code has run, at its import and at each reload, by the importing thread, which holds the
  module's own lock and no other;
* when PyEmbed boots, for a module that was imported before.

Its own module is imported for the first call, so it costs nothing until then. That module must not import what it
adapts at its top level, since two threads could then wait for each other. What the function raises, the import raises.
The adapted module's ``__spec__`` and ``__loader__`` are what they would be without us. The spec that find_spec gives
before has an AdaptingLoader instead, which passes everything on. A module that runs as ``__main__`` is not adapted, since
runpy takes no more than its code: pdb imports itself then, and the other programs need nothing.
"""

import sys
from _frozen_importlib import FrozenImporter
from _frozen_importlib_external import PathFinder

ADAPTERS = {
    'linecache': 'pyembed._tools:read_lines_from_trees',
    'multiprocessing.spawn': 'pyembed._workers:install',
    'pdb': 'pyembed._tools:debug_trees',
    'pkg_resources': 'pyembed._pkg_resources:register',
    'runpy': 'pyembed._tools:open_files_of_trees',
    'unittest.loader': 'pyembed._tools:see_trees',
}


class AdaptingLoader:
    """Stands for the loader in the spec of a module to adapt, up to when the module's code runs."""

    __slots__ = ('_loader',)

    def __init__(self, loader):
        self._loader = loader

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def __reduce__(self):
        return AdaptingLoader, (self._loader,)

    def __eq__(self, other):
        return other.__class__ is AdaptingLoader and self._loader == other._loader

    def __hash__(self):
        return hash(self._loader)

    def exec_module(self, module):
        loader = self._loader
        if module.__spec__.loader is self:
            module.__spec__.loader = loader
        if getattr(module, '__loader__', None) is self:
            module.__loader__ = loader
        loader.exec_module(module)
        adapt(module)


def find_adapted(fullname, path, target):
    """The spec of a module of ADAPTERS, wherever it comes from, so that its adapter runs after its code."""
    spec = FrozenImporter.find_spec(fullname, path, target) or PathFinder.find_spec(fullname, path, target)
    if spec is not None and hasattr(spec.loader, 'exec_module'):
        spec.loader = AdaptingLoader(spec.loader)
    return spec


def adapt(module):
    """Run the adapter of a module that has been imported."""
    name, _, function = ADAPTERS[module.__name__].partition(':')
    __import__(name)
    getattr(sys.modules[name], function)(module)


def adapt_imported():
    """Run the adapters of modules that were imported before there was a finder to do so."""
    for name in ADAPTERS:
        module = sys.modules.get(name)
        if module is not None:
            adapt(module)
