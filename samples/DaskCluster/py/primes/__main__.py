"""``DaskCluster SCHEDULER [LIMIT]``: counts the primes below LIMIT on every core of a Dask cluster.

Dask is the one that is installed for the Python that runs this; the cluster's should be of the same version.
"""

import site
import sys
from collections import Counter

from .count import count


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print('usage: DaskCluster SCHEDULER [LIMIT]', file=sys.stderr)
        return 2
    try:
        address, limit = arguments[0], int(arguments[1]) if len(arguments) > 1 else 1_000_000
    except ValueError:
        print(f'LIMIT is to be a number, not {arguments[1]!r}', file=sys.stderr)
        return 2

    sys.path += [folder for folder in site.getsitepackages() if folder not in sys.path]
    try:
        from distributed import Client      # pyembed: ignore
    except ModuleNotFoundError as error:
        print(f'{error}: install Dask for {sys.prefix} (pip install distributed; Debian: python3-distributed)', file=sys.stderr)
        return 1
    from pyembed.bundle import build
    from pyembed.distributed import BundlePlugin

    with Client(address) as client:
        # What `count` needs, and nothing else of this assembly. Dask before 2023.9 has another name for it.
        register = getattr(client, 'register_plugin', None) or client.register_worker_plugin
        plugin = BundlePlugin(build(count))
        register(plugin)

        cores = client.nthreads()
        parts = 4 * sum(cores.values())
        bounds = [limit * part // parts for part in range(parts + 1)]
        futures = client.map(count, bounds[:-1], bounds[1:])
        print(f'primes below {limit}: {sum(client.gather(futures))}')

        done = Counter(worker for workers in client.who_has(futures).values() for worker in workers)
        for worker in sorted(cores):
            print(f'{worker}, {cores[worker]} cores: {done[worker]} of {parts} parts')
        client.unregister_worker_plugin(plugin.name)
    return 0
