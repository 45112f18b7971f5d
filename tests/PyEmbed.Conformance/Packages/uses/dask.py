"""Graphs of tasks, bags, arrays and frames computed in threads; the graph's keys, its configuration."""

import dask
import dask.array as da
import dask.bag as db
import dask.config
import dask.dataframe as dd
import pandas as pd

dask.config.set(scheduler="threads", num_workers=2)


@dask.delayed
def add(a, b):
    return a + b


print(add(add(1, 2), 3).compute(), dask.compute(add(1, 1), [add(2, 2)]))
array = da.arange(1000, chunks=100).reshape(10, 100)
print(array.sum(axis=1).compute(), (array @ array.T).compute().trace(), array.rechunk((5, 50)).chunks)
bag = db.from_sequence(["one two", "two three"], npartitions=2)
print(sorted(bag.str.split().flatten().frequencies().compute()))
frame = dd.from_pandas(pd.DataFrame({"k": list("abab"), "n": [1, 2, 3, 4]}), npartitions=2)
print(frame.groupby("k").n.sum().compute().to_dict(), frame.n.mean().compute(), frame.npartitions, len(frame))
print(dask.get({"x": 1, "y": (lambda n: n + 1, "x")}, "y"), dask.config.get("scheduler"), dask.base.tokenize(1, "a") == dask.base.tokenize(1, "a"))
print(da.linalg.norm(da.ones((4, 4), chunks=2)).compute(), da.random.RandomState(1).normal(size=4, chunks=2).compute().round(4))
