"""The extraction directory and the code cache as people see them: what lies there, how much it is, and what may go.

For the command ``pyembed cache``; imported only when someone asks. What is removed, and how, is _pruning's.
"""

import os
import re

from . import _importer, _pruning
from ._records import read_state
from ._roots import read_origins

_NAME = re.compile(r'(.+)-([0-9a-f]{20})(\.pruned)?$')
_BYTECODE = re.compile(r'(.+?)\.([^.]+\d+t?(?:\.opt-[12])?)$')       # the distribution, and the tag of its bytecode


def directories():
    """The default extraction directories of this user that are there: absolute, real paths. The code cache lies there too."""
    return [place for place, _, _ in default_places() if os.path.isdir(place)]


def default_places():
    """(path, why it cannot be used or None, whether it is used) of the default extraction directories, in order of preference."""
    places = dict.fromkeys([os.path.realpath(place) for place in _importer._default_stores()])
    return [(place, _importer.unusable(place), place == _importer.store()) for place in places]


def list_roots(directory):
    """A dict for each root in a directory, that of the longest idle one first; OSError where the directory cannot be listed.

    ``path``; ``kind``: 'files', 'bytecode', or 'archive', which worker processes read; ``distribution``, and the ``hash``
    of its tree or archive, as far as the name has it; ``tag``: of bytecode, such as 'cpython-312'; ``origins``: a list of
    those of its trees; ``files`` and ``bytes`` that were made; ``used``: when the last use began, in seconds since the
    epoch, to the hour; ``in_use``: whether a process uses it, None where that cannot be told."""
    return [_describe(*root) for root in _pruning.find_roots(directory)]


def prune_roots(directory, older_than=None, dry_run=False):
    """Remove the stale roots of a directory, by the rules that programs go by, or those that are idle for more than
    *older_than* seconds; never one that is in use. What was removed, or with *dry_run* would be, as list_roots() has it."""
    known = {root['path']: root for root in list_roots(directory)}
    roots = [(root['used'], root['bytes'], path) for path, root in known.items()]
    removed = _pruning.remove_stale(roots, older_than, (lambda place: not known[place]['in_use']) if dry_run else None)
    return [known[path] for _, _, path in removed]


def _describe(used, size, place):
    files, _, units = read_state(place) or ({}, (), {})
    kinds = {key[0] for key in units if key.__class__ is tuple and key}
    distribution, hash, _ = _NAME.match(os.path.basename(place)).groups()
    bytecode = _BYTECODE.match(distribution) if kinds == {'code'} else None
    distribution, tag = bytecode.groups() if bytecode else (distribution, '')
    return {
        'path': place, 'kind': 'bytecode' if bytecode else 'archive' if kinds == {'archive'} else 'files',
        'distribution': distribution, 'hash': hash, 'tag': tag, 'origins': read_origins(place), 'files': len(files), 'bytes': size,
        'used': used, 'in_use': _pruning.is_used(place),
    }
