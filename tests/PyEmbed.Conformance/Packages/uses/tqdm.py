"""Bars over loops, files, functions; written to text, with fixed times."""

import io

import tqdm
import tqdm.asyncio
import tqdm.auto
import tqdm.contrib
import tqdm.contrib.concurrent
import tqdm.contrib.itertools
import tqdm.contrib.logging
import tqdm.utils

out = io.StringIO()
print(sum(tqdm.tqdm(range(5), file=out, ncols=50, bar_format="{desc}{percentage:3.0f}%|{bar}| {n}/{total}", desc="d: ", mininterval=0)))
print(out.getvalue().split("\r")[-1].strip())
print(list(tqdm.contrib.tenumerate("ab", file=out)), list(tqdm.contrib.itertools.product("ab", [1], file=out)))
print(tqdm.contrib.concurrent.thread_map(abs, [-1, 2], file=out, max_workers=2))
print(tqdm.tqdm.format_meter(5, 10, 2.0, ncols=60, prefix="p", unit="B", unit_scale=True), tqdm.tqdm.format_sizeof(123456), tqdm.tqdm.format_interval(3725))
with tqdm.tqdm(total=3, file=out, postfix={"a": 1}) as bar:
    bar.update(2)
    bar.set_description("x")
    bar.write("line", file=out)
print(bar.n, "line" in out.getvalue(), tqdm.trange(0, file=out).n, tqdm.utils.disp_len("ä文"))
