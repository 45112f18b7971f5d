"""What a run of the suite is: how long it may take, what is wanted of it, where its files are, and which CPythons take part."""

import dataclasses
import os
import pathlib

from . import processes


@dataclasses.dataclass
class Run:
    """One run. Workloads ask it, and write below ``work``, which is gone afterwards."""

    work: pathlib.Path
    feed: pathlib.Path | None
    quick: bool
    rounds: int
    only: frozenset
    pythons: list
    workload: str = ""

    @property
    def default(self):
        """The CPython that budgets are for."""
        return self.pythons[0]

    @property
    def compared(self):
        """The default CPython and the newest one found."""
        newest = max(self.pythons, key=lambda python: tuple(map(int, python.version.split("."))))
        return [self.default] + [newest] * (newest != self.default)

    @property
    def wheelhouse(self):
        """The folder of wheels, or None."""
        return os.environ.get("PYEMBED_WHEELHOUSE") or None

    def wants(self, *names):
        """Whether any of these rows is asked for."""
        return not self.only or self.workload in self.only or not self.only.isdisjoint(names)

    def some(self, most):
        """Rounds of what takes long: no more than *most*."""
        return min(self.rounds, most)

    def folder(self, name):
        """A folder of this workload's own; made where it is not there."""
        place = self.work / self.workload / name
        place.mkdir(parents=True, exist_ok=True)
        return place

    @property
    def nupkg(self):
        """The newest packed PyEmbed of the feed."""
        if self.feed is None:
            raise SystemExit("%s builds projects, which takes the packed PyEmbed: give --feed, as build/bench.sh does" % self.workload)
        found = sorted(pathlib.Path(self.feed).glob("PyEmbed.[0-9]*.nupkg"), key=os.path.getmtime)
        if not found:
            raise SystemExit("%s has no PyEmbed.*.nupkg" % self.feed)
        return found[-1]


def start(work, feed, quick, rounds, only):
    """A run, with the CPythons that are found now."""
    return Run(work, feed, quick, rounds or (5 if quick else 15), frozenset(only), processes.pythons())
