"""The extraction directory: what must be a file, materialised at the place where the tree's ``__file__`` says it is.

What belongs together is a unit, which is there whole or not at all. Roots are content-addressed, so a file is written
once and never changes; later processes only look whether it is as it was written. An import goes on only when everything
that it needs is there.
"""

import os
import _thread

from . import _importer
from ._loaders import TreeLoader, imported, locate, materialize
from ._mounts import OnceAFolder, triggers_of
from ._places import CODE, DATA, OTHERS, OWN
from ._roots import Root

_lock = _thread.RLock()
_roots = {}             # place -> Root, of each root that this process holds
_made_something = False


def _renew_lock():
    global _lock
    _lock = _thread.RLock()         # another thread of the parent may have had it


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_renew_lock)


def extract_for(tree, path, asked):
    """What the import of the module at *path* needs as files; *asked* are the flags of _places."""
    if asked & OTHERS:
        extract_for_everyone(OWN if asked & CODE else DATA)
    if tree.materialize != 'auto':
        _extract(tree, ('whole ' + tree.materialize, ''))
        tree.triggers = _importer.NOTHING
        return
    inner = path[len(tree.root) + 1:].replace(os.sep, '/')
    folder = inner if inner in tree.folders else inner.rpartition('/')[0]
    top = folder.partition('/')[0]
    _extract(tree, ('data', top))
    if top and tree.placement == 'app':         # whose packages look for what lies beside them, too
        _extract(tree, ('data', ''))
    if asked & CODE:
        _extract(tree, ('code', top))
    elif asked & OWN and ('code', top) not in tree.state:
        _extract(tree, ('folder code', folder))
    if tree.triggers.__class__ is OnceAFolder and folder != inner:
        if _importer._everyone & OWN and ('code', top) not in tree.state:
            tree.triggers.done.add(_place(tree, folder))
        else:                               # the package's other folders need no more than this one
            tree.triggers.done.update([_place(tree, other) for other in tree.folders
                                       if other == top or top and other.startswith(top + '/')])


def extract_for_everyone(asked):
    """From now on every module of a tree in mode 'auto' counts as one that asks for that, DATA or OWN; those imported
    too."""
    if _importer._everyone & (asked | OWN):
        return
    _importer._everyone |= asked
    for tree in _importer._trees.values():
        if tree.materialize == 'auto' and tree is not getattr(_importer._own, 'tree', None):
            tree.triggers = triggers_of(tree)
    for _, loader in imported():
        for place in [loader.path] if isinstance(loader, TreeLoader) else list(loader._path):
            tree, _ = locate(place)
            if tree is not None and tree.materialize == 'auto' and place in tree.triggers:
                extract_for(tree, place, asked)


def extract_extension(tree, folder, loader):
    """An extension module with its folder, and the shared libraries that it may need. *loader* is the module's."""
    if tree.materialize == 'never':
        why = 'it is mounted in memory only' if tree.in_memory else (
            f'{tree.never} forbids' if _importer.allow_files else 'PythonOptions.FileSystem is off, which forbids')
        raise ImportError(f'{loader.name}: the extension modules of {tree.origin} cannot be loaded: {why}'
                          f'{", without" if tree.in_memory else ""} the files that the system\'s loader needs',
                          name=loader.name, path=loader.path)
    try:
        if loader.path in tree.triggers:
            materialize(tree, loader.path)
        from ._libraries import is_made_with
        _extract(tree, ('extension', folder), lambda made_with: is_made_with(tree, made_with))
    except _importer.ExtractionError as error:
        raise ImportError(str(error), name=loader.name, path=loader.path) from error


def extract_file(tree, path):
    """One file of the tree; returns its place on disk."""
    _extract(tree, ('file', path), again=True)
    return _place(tree, path)


def extract_folder(tree, folder):
    """A folder of the tree with all below it; returns its place on disk."""
    _extract(tree, ('folder', folder), again=True)
    return _place(tree, folder)


def keep(name, suffix, content, origin=None):
    """Have what lies in no file as one, for worker processes to read; returns its place. It is in a root of its own,
    named by the bytes, which every process with the same shares; where it is of a tree, that tree's *origin* is noted."""
    from hashlib import sha256
    from ._units import ContentUnit
    place = os.path.join(_importer.store(), f'{name}-{sha256(content).hexdigest()[:20]}')
    with _lock:
        root = _make_sound(place, _importer.store(), ('archive', ''), lambda: ContentUnit(name + suffix, content), origin)
    return root.path(name + suffix)


def let_go(tree):
    """Hold no longer what was made of a tree that is mounted no more, unless there is a shared library among it, which
    this process may have loaded. What its modules need of it later is looked at, and made, anew."""
    from ._libraries import is_library
    with _lock:
        in_use = {place for other in _importer._trees.values() for place in _roots_of(other)}
        for place in _roots_of(tree):
            if place in _roots and place not in in_use:
                made = [path for path in _importer.extracted if path.startswith(place + os.sep)]
                if not any(map(is_library, made)):
                    _roots.pop(place).close()
                    for path in made:
                        del _importer.extracted[path]
                    tree.state = None


def _roots_of(tree):
    """The places of the roots that there may be of a tree: its own, and that of its archive."""
    return (tree.root, os.path.dirname(tree.source[0])) if tree.source.__class__ is tuple else (tree.root,)


def _extract(tree, key, depends=None, again=False):
    """Have a unit on disk: look, once a process or each time, whether it is there, and make it where it is not."""
    def select():
        from ._units import select          # only for who makes files
        return select(tree, key)

    with _lock:
        if tree.state is None:
            tree.state = set()
        if key in tree.state and not again:
            return
        recorded = key if _is_named_by_content(tree) else (*key, tree.hash)
        root = _make_sound(tree.root, _top(tree), recorded, select, tree.origin, depends)
        tree.state.add(key)
        _importer.extracted.update(dict.fromkeys(root.places(recorded)))
        if not tree.mounts:             # a module of it lives on
            let_go(tree)


def _make_sound(place, top, key, select, origin, depends=None):
    """The root at *place*, where the unit *key* is whole; *select* gives it for the case that it is not, and its *origin* is
    noted then. The lock is held."""
    global _made_something
    root = _roots.get(place)
    if root is None:
        root = _roots[place] = Root(place, top)
    root.open()
    if not root.is_sound(key, depends):
        unit = select()
        with root.writing():
            if not root.is_sound(key, depends):
                unit.make(root, key)
                if origin is not None:
                    root.note_origin(origin)
        if not _made_something:
            _made_something = True
            from ._pruning import prune
            prune(_importer.store())
    return root


def _top(tree):
    """The first folder that must be private: the extraction directory, or the root of a tree mounted elsewhere."""
    store = _importer.store()
    return store if tree.root.startswith(store + os.sep) else tree.root


def _is_named_by_content(tree):
    """Whether only this tree can be at its root; where the caller chose the place, another one may have been before."""
    return tree.root == _importer.root_of(tree)


def _place(tree, path):
    return os.path.join(tree.root, *path.split('/')) if path else tree.root
