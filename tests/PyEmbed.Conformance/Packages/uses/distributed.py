"""A cluster in one process: tasks submitted, mapped, gathered, failing; locks, queues, variables."""

import logging

import dask
from distributed import Client, Event, LocalCluster, Lock, Queue, Variable, as_completed, get_worker, wait

logging.disable(logging.CRITICAL)


def square(n):
    return n * n


def who():
    return type(get_worker()).__name__


with LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster, Client(cluster) as client:
    futures = client.map(square, range(6))
    print(client.gather(futures), sorted(future.result() for future in as_completed(futures)), client.submit(sum, futures).result())
    print(client.submit(who).result(), len(client.scheduler_info()["workers"]))
    failing = client.submit(lambda: 1 / 0)
    wait(failing)
    print(failing.status, type(failing.exception()).__name__)
    queue, variable, event = Queue("q"), Variable("v"), Event("e")
    queue.put(3)
    variable.set({"a": 1})
    event.set()
    with Lock("l"):
        print(queue.get(), variable.get(), event.is_set())
    print(dask.delayed(square)(dask.delayed(square)(3)).compute(), client.run(lambda: 7).values().__len__())
    print(client.gather(client.scatter([1, 2])))
