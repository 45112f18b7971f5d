"""Puts the cyclic garbage collector off while many modules are imported.

What an import makes lives on, and the collector, which looks at whatever is new, looks at all of it in vain, again and again.
"""

import gc
from _thread import RLock

# gc.freeze() takes all that there is, thousands of objects in any interpreter. CPython 3.12 freezes some hundreds by itself.
_SOME = 1000

_lock = RLock()             # an RLock, as the collector or a signal may run code of others meanwhile
_depth = 0
_was_enabled = False        # as the first block found the collector


def begin():
    """Begin a block in which the collector rests."""
    global _depth, _was_enabled
    with _lock:
        _depth += 1
        if _depth == 1:
            _was_enabled = gc.isenabled()
            gc.disable()


def end():
    """End a block. The collector belongs to the interpreter, so it resumes with the last one, of whatever thread."""
    global _depth
    with _lock:
        resumes = _depth == 1 and _was_enabled
        _depth -= 1
        if resumes:
            if gc.get_freeze_count() < _SOME:       # else who has frozen objects would get them back
                # The collector takes note of all that is new as old, without looking at it.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


class Deferral:
    """The context manager of pyembed.defer_collector()."""

    __slots__ = ()

    def __enter__(self):
        begin()

    def __exit__(self, *_):
        end()
