"""Bundles on a Dask cluster (https://distributed.dask.org/en/stable/plugins.html).

``client.register_plugin(BundlePlugin(bundle))``, in Dask before 2023.9 ``client.register_worker_plugin``, and every
worker imports what is in the bundle, those that join or start anew later too. The cluster needs nothing but Dask.
"""

import asyncio
import logging
import sys
from hashlib import sha256
from importlib import import_module
from importlib.machinery import PathFinder
from zlib import compress

from ._bootstrap import BOOT, importer_archive
from ._bundles import mount, take_off
from ._importer import MEMORY, open_tree
from ._loaders import TreeLoader
from .bundle import BundleError, read

__all__ = ['BundlePlugin']

_DASK = 'distributed'
_plugin = import_module(f'{_DASK}.diagnostics.plugin')      # no name that bundles of this package would follow

_archive = None         # what importer_archive() gives, compressed, once it was asked for
_of_scheduler = {}      # name -> BundlePlugin of the scheduler in this process
_replaced = {}          # (worker, name) -> BundlePlugin that Dask has torn down there, until its loop goes on
_TOPIC = 'pyembed'      # of the events by which workers tell the scheduler that they have taken a bundle off

# What a process runs to have the plugin. Nothing of it may need a file, so the importer keeps no bytecode either.
_START = BOOT + '''
import sys
if 'pyembed._importer' not in sys.modules:
    from zlib import decompress
    boot_from(memoryview(decompress(archive)), None, source, None, None, '')
from pyembed.distributed import BundlePlugin
plugin = BundlePlugin(bundle, name)
'''


class BundlePlugin(_plugin.SchedulerPlugin, _plugin.WorkerPlugin):
    """A bundle, mounted on each worker while this plugin is registered.

    *bundle* is what ``pyembed.bundle.build`` gave, or the path of a file with it. A worker has one bundle of each *name*:
    registering another replaces it, and what was imported from the first is imported anew. By default the name follows from the
    objects that the bundle was made for: one of the same objects, built after a change, takes the older one's place.

    The plugin brings the importer with it where there is none, and neither becomes a file. ``register_plugin`` mounts the bundle on the
    scheduler as well, where newer versions of Dask unpickle what tasks call, and has that send it to the workers, now and
    later. What keeps a process from mounting it is raised where the client registers the plugin, and told in that worker's log;
    the older bundle of that name then stays.

    Raises BundleError for what is no sound bundle, OSError for a path that cannot be read.
    """

    def __init__(self, bundle, name=None):
        if not isinstance(bundle, (bytes, bytearray, memoryview)):
            with open(bundle, 'rb') as file:
                bundle = file.read()
        self._bundle = bytes(bundle)
        self.name = name or ', '.join(read(self._bundle).objects)
        self._mounted = None        # the Bundle of _bundles, while it is there
        self._scheduler = None      # that it was started on

    def __reduce__(self):
        global _archive
        if _archive is None:
            archive, source = importer_archive()
            _archive = compress(archive), source
        archive, source = _archive
        return eval, ('exec(start) or plugin', {'start': _START, 'archive': archive, 'source': source,
                                                'bundle': self._bundle, 'name': self.name})

    # On a worker

    def setup(self, worker):
        """Mount the bundle; Dask calls it."""
        older = _replaced.pop((worker.id, self.name), None)
        log = logging.getLogger(f'{_DASK}.worker')
        try:
            self._mount()
        except Exception as error:      # workers that join later tell nobody
            log.error('The bundle %s cannot be mounted: %s', self.name, error)
            if older is not None:       # Dask has this plugin from now on, so it goes on as the other one
                self._bundle = older._bundle
                self._mount()
            raise
        shadowed = self._shadowed()
        if shadowed:
            log.warning('Of the bundle %s are not used: %s. This process has others, %s', self.name, ', '.join([name for name, _ in shadowed]), shadowed[0][1])

    def teardown(self, worker):
        """Take the bundle off, and forget what was imported from it; Dask calls it."""
        if self._mounted is not None:
            # Where another plugin takes the place of this one, Dask sets it up before anything else runs.
            _replaced[worker.id, self.name] = self
            asyncio.get_running_loop().call_soon(_replaced.pop, (worker.id, self.name), None)
        self._take_off()
        worker.log_event(_TOPIC, self.name)

    # On the scheduler

    async def start(self, scheduler):
        """Mount the bundle on the scheduler, and have that send it to the workers; Dask calls it."""
        clean_exception = import_module(f'{_DASK}.core').clean_exception
        dumps = import_module(f'{_DASK}.protocol.pickle').dumps
        serialize = import_module(f'{_DASK}.protocol.serialize')
        self._scheduler = scheduler
        older = _of_scheduler.get(self.name)
        _clear(scheduler, self.name)
        try:
            self._mount()
        except Exception:
            if older is not None:
                older._return(scheduler)
            raise
        _of_scheduler[self.name] = self
        responses = await scheduler.register_worker_plugin(None, dumps(self), self.name, idempotent=False)
        failed = next((response for response in responses.values() if response['status'] == 'error'), None)
        if failed is not None:
            _clear(scheduler, self.name)
            if older is not None:
                older._return(scheduler)
                await scheduler.register_worker_plugin(None, dumps(older), self.name, idempotent=False)
            else:
                await scheduler.unregister_worker_plugin(None, self.name)
            _, error, traceback = clean_exception(**{key: serialize.deserialize(part.header, part.frames)
                                                     for key, part in failed.items() if isinstance(part, serialize.Serialized)})
            raise error.with_traceback(traceback)

    def log_event(self, topic, msg):
        """Take off what was taken off the workers, of which Dask tells no plugin of the scheduler; Dask calls it."""
        if topic == _TOPIC:
            _clear(self._scheduler)

    def transition(self, key, start, finish, *arguments, **options):
        """Nothing: scheduler and workers call it with arguments of their own."""

    def _return(self, scheduler):
        """Be there on the scheduler again."""
        self._mount()
        _of_scheduler[self.name] = self
        scheduler.add_plugin(self, name=self.name)

    def _mount(self):
        try:
            self._mounted = mount(open_tree(memoryview(self._bundle), MEMORY + self.name))
        except BundleError as error:
            other = getattr(error, 'other', None)
            if other is None or not other.archive.origin.startswith(MEMORY):
                raise
            name = other.archive.origin[len(MEMORY):]
            raise BundleError(f'{self.name}: {error.reason}: take that one off first, client.unregister_worker_plugin({name!r}), or '
                              'make one bundle of the objects of both') from None
        _forget_functions()

    def _shadowed(self):
        """(name, place) of the modules of the bundle in whose stead this process has others, which are not the same."""
        entries = [entry for entry in self._mounted.entries if entry in sys.path]
        before = sys.path[:min(map(sys.path.index, entries), default=0)]
        specs, shadowed = {}, []
        for name, digest in sorted(self._mounted.manifest.modules.items()):         # a package goes before what is in it
            parent = name.rpartition('.')[0]
            if name in sys.modules:
                spec = getattr(sys.modules[name], '__spec__', None)
            elif not parent:
                spec = PathFinder.find_spec(name, before)
            else:
                place = getattr(specs.get(parent), 'submodule_search_locations', None)
                spec = PathFinder.find_spec(name, place) if place else None
            if spec is not None and not isinstance(spec.loader, TreeLoader):
                specs[name] = spec
                if digest and spec.origin and _digest(spec) != digest:
                    shadowed.append((name, spec.origin))
        return shadowed

    def _take_off(self):
        if self._mounted is not None:
            take_off(self._mounted, drop_modules=True)
            self._mounted = None
            _forget_functions()


def _clear(scheduler, replaced=None):
    """Take off, on the scheduler, the bundle that is replaced, and those that no worker is to have any more."""
    for name, plugin in list(_of_scheduler.items()):
        if name == replaced or name not in scheduler.worker_plugins:
            plugin._take_off()
            del _of_scheduler[name]
            if name in scheduler.plugins:
                scheduler.remove_plugin(name)


def _digest(spec):
    try:
        return sha256(spec.loader.get_data(spec.origin)).hexdigest()
    except (AttributeError, OSError):       # no file of Python's
        return None


def _forget_functions():
    """Empty Dask's cache of unpickled functions, which may be of modules that were replaced. Newer versions have none."""
    cache = getattr(sys.modules.get(f'{_DASK}.worker'), 'cache_loads', None)
    if cache is not None:
        cache.data.clear()
