"""Generated modules, 1,000 to 100,000 of them: all imported, and ten of them, by every way there is."""

from .. import generated, imports, rounds

ROWS = ("import-[1-9]*-vs-*", "import-flatness", "code-cache-vs-bytecode")
SIZES = 1_000, 3_000, 10_000, 30_000, 100_000
KINDS = ("minimal", "sources", "compiled", "zip-stored", "zip-deflated")
OTHERS = ("zip-stored", "zip-deflated", "deferred")
SLOW = ("no-bytecode", "compiled")


def measure(run):
    """All sizes for the default CPython; for the newest, in a quick run, 3,000 only."""
    wanted = [size for size in SIZES if run.wants(*names(size)) and not (run.quick and size == SIZES[-1])]
    if 3_000 not in wanted and run.wants("code-cache-vs-bytecode"):
        wanted.append(3_000)
    flat = run.wants("import-flatness")
    if flat and run.quick:
        yield "import-flatness", run.default.version, {"skipped": "it takes 100,000 modules, which a quick run leaves out"}
    elif flat:
        wanted = sorted({*wanted, SIZES[0], SIZES[-1]})
    if not wanted:
        return
    place = run.folder("tree")
    generated.write(place, max(wanted))
    for python in run.compared:
        sizes = [size for size in wanted if size == 3_000] if run.quick and python != run.default else wanted
        if not sizes:
            continue
        trees = imports.Trees(python, run.folder(python.version), place)
        trees.pack({name(size): {"count": size, "kinds": KINDS if size == 3_000 else ()} for size in sizes})
        for size in sizes:
            yield from all_of(run, trees, size)
        yield from ten(run, trees, sizes, flat and SIZES[-1] in sizes)


def name(size):
    return "modules-%d" % size


def names(size):
    """The rows of a size."""
    return ["import-%d-vs-disk" % size, "import-10-of-%d-vs-disk" % size] + (
        ["import-3000-vs-minimal", *("import-3000-%s-vs-disk" % way for way in (*OTHERS, *SLOW))] if size == 3_000 else [])


def all_of(run, trees, size):
    """Import all modules of a tree."""
    script = trees.script("all-%d" % size, "\n".join("import " + generated.name_of(number) for number in range(size)))
    version = trees.python.version
    if size != 3_000:
        if run.wants("import-%d-vs-disk" % size):
            few = run.quick and size > 3_000
            ways = trees.ways(("disk", "pyembed"), name(size), script)
            figures = rounds.interleave(ways, run.some(1 if few else 5 if size > 3_000 else 15), warm=0 if few else 1)
            yield "import-%d-vs-disk" % size, version, {**rounds.ratio(figures, "pyembed", "disk"), "details": imports.details(figures)}
        return

    # The round that does not count fills the code cache.
    ways = trees.ways(("disk", "pyembed", "minimal", "sources", *OTHERS), name(size), script)
    figures = rounds.interleave(ways, run.rounds if trees.python == run.default or not run.quick else run.some(3))
    detail = {"details": imports.details(figures)}
    yield "import-3000-vs-disk", version, {**rounds.ratio(figures, "pyembed", "disk"), **detail}
    yield "import-3000-vs-minimal", version, rounds.ratio(figures, "pyembed", "minimal")
    yield "code-cache-vs-bytecode", version, rounds.ratio(figures, "sources", "pyembed")
    for way in OTHERS:
        yield "import-3000-%s-vs-disk" % way, version, rounds.ratio(figures, way, "disk")
    wanted = [way for way in SLOW if run.wants("import-3000-%s-vs-disk" % way)]
    if wanted:
        figures = rounds.interleave(trees.ways(("disk", *wanted), name(size), script), run.some(1 if run.quick else 5), warm=0 if run.quick else 1)
        for way in wanted:
            yield "import-3000-%s-vs-disk" % way, version, {**rounds.ratio(figures, way, "disk"), "details": imports.details(figures)}


def ten(run, trees, sizes, flat):
    """Mount, and import ten modules: of each size against disk, and of the largest tree against the smallest."""
    version = trees.python.version
    ways = {}
    for size in sizes:
        if run.wants("import-10-of-%d-vs-disk" % size) or flat and size in (SIZES[0], SIZES[-1]):
            script = trees.script("ten-%d" % size, "\n".join("import " + module for module in generated.ten_of(size)))
            for way, once in trees.ways(("disk", "pyembed"), name(size), script).items():
                ways[way, size] = once
    if not ways:
        return
    figures = rounds.interleave(ways, 2 * run.rounds)
    for size in sizes:
        if run.wants("import-10-of-%d-vs-disk" % size):
            one = {way: figures[way, size] for way in ("disk", "pyembed")}
            yield "import-10-of-%d-vs-disk" % size, version, {**rounds.ratio(one, "pyembed", "disk"), "details": imports.details(one)}
    if flat:
        ends = {"%d modules" % size: figures["pyembed", size] for size in (SIZES[0], SIZES[-1])}
        yield "import-flatness", version, {
            **rounds.ratio(ends, "%d modules" % SIZES[-1], "%d modules" % SIZES[0]), "details": rounds.summary(ends, "ms", 3)}
