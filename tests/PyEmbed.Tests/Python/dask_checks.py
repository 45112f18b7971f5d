"""Bundles on a Dask cluster of real processes: a scheduler and workers that know nothing of PyEmbed. test_distributed runs this
under each Python that has Dask.

One cluster serves all tests: two workers of one thread each, one of them with a nanny. What a test adds to it, it takes off.
"""

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

from support import CACHE, pyembed

import cloudpickle
from distributed import Client
from pyembed import bundle
from pyembed.distributed import BundlePlugin

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'docs', 'cluster.md')
LIMIT = 60      # seconds until something that does not come is a failure

FILES = {
    'shop/__init__.py': '',
    'shop/prices.py': 'PRICE = 2\n',
    'shop/unused.py': 'raise ImportError("nobody needs this")\n',
    'shop/work.py': '''
        import dataclasses
        import enum
        import os

        from . import prices

        class Kind(enum.Enum):
            NEW = 'new'

        @dataclasses.dataclass
        class Order:
            count: int
            kind: Kind

            def total(self):
                return self.count * prices.PRICE

        class Refused(Exception):
            def __init__(self, order):
                super().__init__(order)
                self.order = order

        def total(count):
            return count * prices.PRICE

        def order(count):
            return Order(count, Kind.NEW)

        def refuse(order):
            raise Refused(order)        # the line

        def table():
            import pyembed
            return pyembed.get_data('shop.table')
    ''',
}


def state():
    """What a worker is like, as far as bundles may change it; runs there."""
    import os
    import sys
    modules = sorted(name for name in sys.modules if name.partition('.')[0] in ('shop', 'pyembed'))
    below = [os.path.join(folder, file) for folder, folders, files in os.walk(os.environ['HOME']) for file in folders + files]
    return {'modules': modules, 'path': sys.path[:], 'written': below, 'folder': os.listdir(os.getcwd())}


def find_total():
    """Runs on a worker, whose modules it asks for by name."""
    import importlib
    return importlib.import_module('shop.work').total(21)


def place_of_work():
    import shop.work
    return shop.work.__file__, type(shop.work.__loader__).__name__


def bundles_of_scheduler():
    """The origins of the bundles that are mounted on the scheduler."""
    import sys
    bundles = sys.modules.get('pyembed._bundles')
    return [bundle.archive.origin.partition('/')[2] for bundle in bundles._bundles] if bundles is not None else []


def names_of_plugins(dask_worker):
    return list(dask_worker.plugins)


cloudpickle.register_pickle_by_value(sys.modules[__name__])     # no worker has this module


class Cluster:
    def __init__(self):
        self.folder = tempfile.mkdtemp(dir=CACHE)
        self.processes = {}
        self.address = self._scheduler()

    def _scheduler(self):
        where = os.path.join(self.folder, 'scheduler.json')
        self._start('scheduler', 'dask_scheduler', '--host', '127.0.0.1', '--port', '0', '--no-dashboard', '--dashboard-address', '127.0.0.1:0', '--scheduler-file', where)
        end = time.monotonic() + LIMIT
        while True:
            if self.processes['scheduler'].poll() is not None or time.monotonic() > end:
                raise AssertionError(self.log('scheduler'))
            try:
                with open(where) as file:
                    return json.load(file)['address']
            except (FileNotFoundError, ValueError):
                time.sleep(.05)

    def start_worker(self, name, *options):
        self._start(name, 'dask_worker', self.address, '--nthreads', '1', '--no-dashboard', '--name', name, *options)

    def _start(self, name, module, *arguments):
        place = os.path.join(self.folder, name)
        for part in ('home', 'work', 'scratch'):
            os.makedirs(os.path.join(place, part))
        variables = {**os.environ, 'HOME': os.path.join(place, 'home'), 'XDG_CACHE_HOME': os.path.join(place, 'home'),
                     'DASK_TEMPORARY_DIRECTORY': os.path.join(place, 'scratch'), 'PYTHONPATH': os.environ.get('DASK_FOLDER', ''),
                     'PYTHONDONTWRITEBYTECODE': '1'}
        with open(os.path.join(place, 'log'), 'wb') as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, '-c', f'from distributed.cli.{module} import main; main()', *arguments],
                cwd=os.path.join(place, 'work'), env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def log(self, name):
        with open(os.path.join(self.folder, name, 'log'), errors='replace') as file:
            return file.read()

    def stop(self, *names):
        for name in names:
            self.processes[name].terminate()
        for name in names:
            try:
                self.processes.pop(name).wait(LIMIT)
            except subprocess.TimeoutExpired:
                self.processes[name].kill()
                raise


def setUpModule():
    global cluster, client
    cluster = Cluster()
    unittest.addModuleCleanup(lambda: cluster.stop(*reversed(cluster.processes)))
    cluster.start_worker('plain', '--no-nanny')
    cluster.start_worker('nursed', '--nanny')
    client = Client(cluster.address, timeout=LIMIT)
    unittest.addModuleCleanup(client.close)
    client.wait_for_workers(2, timeout=LIMIT)


class DaskCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=CACHE)
        self.addCleanup(shutil.rmtree, self.folder)
        sys.path.insert(0, self.folder)
        self.addCleanup(sys.path.remove, self.folder)
        self.write(FILES)
        self.addCleanup(self.forget)

    def write(self, files):
        """Write modules on A, and forget those that were imported."""
        for path, content in files.items():
            os.makedirs(os.path.dirname(os.path.join(self.folder, path)), exist_ok=True)
            with open(os.path.join(self.folder, path), 'w') as file:
                file.write(textwrap.dedent(content))
        self.forget()

    def forget(self):
        for name in [name for name in sys.modules if name.partition('.')[0] == 'shop']:
            del sys.modules[name]
        sys.path_importer_cache.pop(self.folder, None)

    def register(self, plugin):
        register = getattr(client, 'register_plugin', None) or client.register_worker_plugin
        self.addCleanup(self.unregister, plugin.name)
        register(plugin)

    def unregister(self, name):
        try:
            client.unregister_worker_plugin(name)
        except ValueError:
            pass        # a test took it off itself
        end = time.monotonic() + LIMIT
        while name in client.run_on_scheduler(bundles_of_scheduler):     # which learns it from the workers
            self.assertLess(time.monotonic(), end, cluster.log('scheduler'))
            time.sleep(.02)

    def on_workers(self, function, *arguments):
        """What a function gives on each worker: a dict from its name to that."""
        results = client.run(function, *arguments)
        workers = client.scheduler_info()['workers']
        return {workers[address]['name']: result for address, result in results.items() if address in workers}     # others have left


class BundlesOnDask(DaskCase):
    def test_every_worker_runs_the_functions_of_a_bundle(self):
        from shop.work import total
        with self.assertRaisesRegex(Exception, 'shop|deserializ'):      # nobody but A has it
            client.submit(total, 21, pure=False).result(LIMIT)
        self.register(BundlePlugin(bundle.build(total)))
        for worker in self.on_workers(os.getpid):
            self.assertEqual(client.submit(total, 21, workers=worker, pure=False).result(LIMIT), 42)
        self.assertEqual(client.gather(client.map(total, range(50), pure=False)), [2 * count for count in range(50)])

    def test_what_is_needed_travels_and_nothing_becomes_a_file(self):
        before = self.on_workers(state)
        self.assertEqual({name: found['modules'] for name, found in before.items() if 'shop' in found['modules']}, {})
        from shop.work import total
        self.register(BundlePlugin(bundle.build(total)))
        self.on_workers(find_total)
        for name, found in self.on_workers(state).items():
            with self.subTest(name):
                self.assertEqual([module for module in found['modules'] if module.startswith('shop')], ['shop', 'shop.prices', 'shop.work'])
                self.assertEqual(found['written'], before[name]['written'])
                self.assertEqual(found['folder'], before[name]['folder'])
        for name, (file, loader) in self.on_workers(place_of_work).items():
            inside = os.path.join(cluster.folder, name, 'work', '.pyembed', *self.folder.split(os.sep), 'shop', 'work.py')
            self.assertEqual(file, inside)
            self.assertFalse(os.path.exists(os.path.join(cluster.folder, name, 'work', '.pyembed')))

    def test_types_travel_both_ways(self):
        from shop import work
        self.register(BundlePlugin(bundle.build(work)))
        order = client.submit(work.order, 3).result(LIMIT)
        self.assertEqual((type(order), order.kind), (work.Order, work.Kind.NEW))
        self.assertEqual(client.submit(work.Order.total, order).result(LIMIT), 6)
        with self.assertRaises(work.Refused) as caught:
            client.submit(work.refuse, order).result(LIMIT)
        self.assertEqual(caught.exception.order, order)

    def test_data_travel(self):
        pyembed.register_data('shop.table', b'1;2')
        from shop import work
        self.register(BundlePlugin(bundle.build(work.table)))
        self.assertEqual(client.submit(work.table, pure=False).result(LIMIT), b'1;2')

    def test_what_the_page_shows(self):
        with open(PAGE, encoding='utf-8') as file:
            plugin, upload, _ = re.findall('```python\n(.*?)```', file.read(), re.DOTALL)
        plugin = plugin.replace('tcp://scheduler:8786', cluster.address)
        if not hasattr(client, 'register_plugin'):
            plugin = plugin.replace('register_plugin', 'register_worker_plugin')
        self.addCleanup(self.unregister, 'shop.work:total')
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            names = {}
            exec(plugin, names)
        self.addCleanup(names['client'].close)
        self.assertEqual(shown.getvalue(), '[0, 2, 4, 6]\n')

    def test_a_worker_that_joins_late_has_it(self):
        from shop.work import total
        self.register(BundlePlugin(bundle.build(total)))
        cluster.start_worker('late', '--no-nanny')
        self.addCleanup(client.wait_for_workers, 2, timeout=LIMIT)
        self.addCleanup(cluster.stop, 'late')
        client.wait_for_workers(3, timeout=LIMIT)
        self.assertEqual(client.submit(total, 21, workers='late', pure=False).result(LIMIT), 42)

    @unittest.skipIf(os.name == 'nt', 'kills by a signal')
    def test_a_worker_that_was_killed_has_it_again(self):
        from shop.work import total
        self.register(BundlePlugin(bundle.build(total)))
        pid = self.on_workers(os.getpid)['nursed']
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + LIMIT
        while True:
            try:
                if self.on_workers(os.getpid).get('nursed', pid) != pid:
                    break
            except OSError:
                pass            # the one that was killed still counts as a worker
            self.assertLess(time.monotonic(), end, cluster.log('nursed'))
            time.sleep(.1)
        self.assertEqual(client.submit(total, 21, workers='nursed', pure=False).result(LIMIT), 42)

    def test_a_newer_bundle_of_the_same_objects_replaces_the_older_one(self):
        from shop.work import total
        first = BundlePlugin(bundle.build(total))
        self.register(first)
        self.assertEqual(set(self.on_workers(find_total).values()), {42})
        self.assertEqual(client.gather(client.map(total, [1, 2], pure=False)), [2, 4])
        self.write({'shop/prices.py': 'PRICE = 300\n'})
        from shop.work import total
        second = BundlePlugin(bundle.build(total))
        self.assertEqual(second.name, first.name)
        self.register(second)
        self.assertEqual(set(self.on_workers(find_total).values()), {6300})
        self.assertEqual(client.gather(client.map(total, [1, 2], pure=False)), [300, 600])

    def test_a_bundle_that_does_not_agree_with_another_is_one_error(self):
        from shop.work import order, total
        self.register(BundlePlugin(bundle.build(total)))
        self.write({'shop/prices.py': 'PRICE = 300\n'})
        from shop.work import order
        with self.assertRaisesRegex(bundle.BundleError, 'shop.prices .*differs'):
            self.register(BundlePlugin(bundle.build(order)))
        self.assertEqual(set(self.on_workers(find_total).values()), {42})

    def test_a_replacement_that_is_refused_leaves_the_older_bundle(self):
        from shop.work import order, total
        self.register(BundlePlugin(bundle.build(total)))
        self.register(BundlePlugin(bundle.build(order), 'orders'))
        before = client.run_on_scheduler(bundles_of_scheduler)
        self.write({'shop/prices.py': 'PRICE = 300\n'})
        from shop.work import total
        with self.assertRaises(bundle.BundleError) as caught:
            self.register(BundlePlugin(bundle.build(total)))
        self.assertIn("client.unregister_worker_plugin('orders')", str(caught.exception))
        self.assertEqual(sorted(client.run_on_scheduler(bundles_of_scheduler)), sorted(before))
        # It is there by itself, not only what the other brought.
        self.unregister('orders')
        self.assertEqual(set(self.on_workers(find_total).values()), {42})
        if hasattr(client, 'register_plugin'):      # where the scheduler has a say
            cluster.start_worker('joining', '--no-nanny')
            self.addCleanup(client.wait_for_workers, 2, timeout=LIMIT)
            self.addCleanup(cluster.stop, 'joining')
            client.wait_for_workers(3, timeout=LIMIT)
            self.assertEqual(set(self.on_workers(find_total).values()), {42})
        self.register(BundlePlugin(bundle.build(total)))
        self.assertEqual(set(self.on_workers(find_total).values()), {6300})
        self.unregister('shop.work:total')
        with self.assertRaises(ModuleNotFoundError):
            self.on_workers(find_total)

    def test_two_bundles_share_what_is_equal(self):
        from shop.work import order, total
        self.register(BundlePlugin(bundle.build(total)))
        self.register(BundlePlugin(bundle.build(order)))
        self.unregister('shop.work:total')
        self.assertEqual(set(self.on_workers(find_total).values()), {42})

    def test_taken_off_it_is_forgotten(self):
        before = self.on_workers(state)
        from shop.work import total
        plugin = BundlePlugin(bundle.build(total))
        self.register(plugin)
        self.on_workers(find_total)
        self.unregister(plugin.name)
        after = self.on_workers(state)
        self.assertEqual({name: found['path'] for name, found in after.items()}, {name: found['path'] for name, found in before.items()})
        self.assertEqual([module for found in after.values() for module in found['modules'] if module.startswith('shop')], [])
        with self.assertRaises(ModuleNotFoundError):
            self.on_workers(find_total)

    def test_what_is_no_bundle_is_refused_before_it_is_sent(self):
        from shop.work import total
        content = bundle.build(total)
        for damaged in (b'', b'PK', content[:-1], content[:len(content) // 2], content.replace(b'PRICE = 2', b'PRICE = 3')):
            with self.assertRaises(bundle.BundleError):
                BundlePlugin(damaged)
        with self.assertRaises(FileNotFoundError):
            BundlePlugin(os.path.join(self.folder, 'none.zip'))

    def test_a_bundle_from_a_file_by_a_name(self):
        from shop.work import total
        path = os.path.join(self.folder, 'total.zip')
        with open(path, 'wb') as file:
            file.write(bundle.build(total))
        plugin = BundlePlugin(path, name='totals')
        self.register(plugin)
        self.assertEqual(plugin.name, 'totals')
        self.assertEqual([set(names) & {'totals'} for names in self.on_workers(names_of_plugins).values()], [{'totals'}] * 2)


class UploadFile(DaskCase):
    """Dask's own way. What it uploads stays on the workers, so this comes last: unittest goes by the names of classes."""

    def test_upload_file_takes_a_bundle_as_it_is(self):
        from shop.work import total
        path = os.path.join(self.folder, 'uploaded.zip')
        with open(path, 'wb') as file:
            file.write(bundle.build(total))
        client.upload_file(path)
        cluster.start_worker('later', '--no-nanny')
        self.addCleanup(client.wait_for_workers, 2, timeout=LIMIT)
        self.addCleanup(cluster.stop, 'later')
        client.wait_for_workers(3, timeout=LIMIT)
        for worker in self.on_workers(os.getpid):
            self.assertEqual(client.submit(total, 21, workers=worker, pure=False).result(LIMIT), 42)
        self.assertEqual({loader for file, loader in self.on_workers(place_of_work).values()}, {'zipimporter'})
        # The plugin is no remedy for what was uploaded, which the log tells where the code has changed.
        self.register(BundlePlugin(bundle.build(total)))
        self.assertNotIn('are not used', cluster.log('plain'))
        self.write({'shop/prices.py': 'PRICE = 300\n'})
        from shop.work import total
        self.register(BundlePlugin(bundle.build(total)))
        self.assertRegex(cluster.log('plain'), r'Of the bundle shop\.work:total are not used: shop\.prices\. This process has others, .*uploaded\.zip')
