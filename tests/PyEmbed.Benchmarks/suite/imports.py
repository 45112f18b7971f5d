"""Imports by several ways, each in a process of its own: prepared trees, and the rounds over them."""

import json

from . import processes, rounds


class Trees:
    """Trees that are packed for one CPython, below one folder."""

    def __init__(self, python, work, place):
        self.python, self.work, self.place = python, work, place

    def pack(self, trees, disk=True):
        """Pack *trees*, see children/prepare.py."""
        what = json.dumps({"place": str(self.place), "trees": trees, "disk": disk})
        processes.child(self.python, "prepare.py", self.work, processes.PACKAGE, input=what)

    def script(self, name, text):
        """Write what is to be timed; returns the file."""
        (self.work / (name + ".py")).write_text(text, encoding="utf-8")
        return self.work / (name + ".py")

    def ways(self, names, what, script, **variables):
        """{name: function that measures it once, in milliseconds}."""
        return {name: lambda way=name: 1000 * float(processes.child(
            self.python, "imports.py", way, self.work, what, self.place, processes.PACKAGE, script, **variables)) for name in names}


def details(figures):
    return rounds.summary(figures, "ms")
