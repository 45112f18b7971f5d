"""Metadata: the entry points of three hundred distributions, as applications with plug-ins ask for them."""

from .. import imports, processes, rounds

ROWS = ("entry-points-300-vs-disk",)
COUNT = 300


def measure(run):
    trees = imports.Trees(run.default, run.folder("packed"), run.folder("place"))
    for number in range(COUNT):
        folder = trees.place / ("dist_%d-1.%d.dist-info" % (number, number))
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: dist-%d\nVersion: 1.%d\n" % (number, number) + "Classifier: x\n" * 20)
        (folder / "entry_points.txt").write_text("[console_scripts]\ncommand%d = dist_%d:main\n\n[bench.plugins]\nplugin%d = dist_%d:plugin\n" % ((number,) * 4))
        (folder / "RECORD").write_text("")
    trees.pack({"metadata": {"tops": sorted(entry.name for entry in trees.place.iterdir()), "kinds": []}})

    def once(way):
        return 1000 * float(processes.child(run.default, "metadata.py", way, trees.work, "metadata", trees.place, processes.PACKAGE, COUNT))

    figures = rounds.interleave({way: lambda way=way: once(way) for way in ("disk", "pyembed")}, run.rounds)
    yield ROWS[0], run.default.version, {**rounds.ratio(figures, "pyembed", "disk"), "details": imports.details(figures)}
