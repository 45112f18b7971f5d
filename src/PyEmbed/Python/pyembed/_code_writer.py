"""Writes segments of the code cache; see _code_cache.

One process at a time writes to a root, and another that comes meanwhile does not wait: what it has compiled is compiled
again by the next. Segments that are at most twice as large as what is written are put together with it, so each is more
than twice as large as the next one, and there are few however many processes have compiled a bit.
"""

from . import _importer
from ._archive import write_archive
from ._code_cache import is_whole, read_segments, seal
from ._roots import Root

_SMALL = 1 << 16        # bytes; what is written counts as no less, as files themselves have their cost
_LIMIT = 1 << 30        # bytes; no larger segment is made of smaller ones
_pruned = False


def write(cache, codes):
    """Write a segment with *codes*, a dict of a source's archive path to its marshalled code. Raises OSError."""
    global _pruned
    root = Root(cache.place, cache.top)
    try:
        with root.writing(wait=False) as alone:
            if alone:
                _add(root, cache, codes)
                root.note_origin(cache.tree.origin)
    finally:
        root.close()
    if not _pruned:
        _pruned = True
        from ._pruning import prune
        prune(cache.top)


def _add(root, cache, codes):
    tree, segments = cache.tree, read_segments(cache.place, cache.top)
    files = {}
    for source, code in codes.items():
        path = bytecode_path(source, tree.suffix)
        data = seal(code, tree.read(tree.record(source), source)) if _is_safe(path) else None
        if data is not None and not any([_content(segment, path) == data for segment in segments.values()]):
            files[path] = data
    if not files:
        return                              # another process was faster
    stale = [key for key in root.units if key not in segments]
    size, older = max(_SMALL, sum(map(len, files.values()))), {}
    for key, segment in sorted(segments.items(), key=lambda item: len(item[1].view)):
        if len(segment.view) > 2 * size or size + len(segment.view) > _LIMIT:
            break
        size += len(segment.view)
        stale.append(key)
        for folder in segment.folders:
            for name, record in segment.table(folder).items():
                path = f'{folder}/{name}' if folder else name
                data = _content(segment, path) if name and record is not None else b''
                if is_whole(data):
                    older[path] = data
    segment = write_archive({**older, **files}, tree.distribution)
    number = max([key[1] for key in root.units], default=0) + 1
    root.make(('code', number), {f'{number}.zip': (len(segment), lambda: segment, True)})
    root.drop(stale)


def bytecode_path(source, suffix):
    """The archive path of the bytecode of a source: where CPython would put it."""
    folder, _, name = source.rpartition('/')
    return f'{folder and folder + "/"}__pycache__/{name.rpartition(".")[0]}{suffix}'


def _content(segment, path):
    record = segment.record(path)
    return b'' if record is None else segment.view[record[1]:record[1] + record[2]]


def _is_safe(path):
    """Whether an archive can have the path; the index of a hostile one may name any."""
    return (all([_importer.is_safe_name(name) for name in path.split('/')])
            and not any(['\ud800' <= character <= '\udfff' for character in path]))
