"""The part of the bridge to pythonnet that lies inside Python."""

import os
import sys

slot = [None]       # an object on its way from one host to the other, while the GIL is held


def put_before_namespaces():
    """Let modules be found before .NET namespaces: pythonnet's finder takes every namespace for a package, so it goes last."""
    sys.meta_path[:] = sorted(sys.meta_path, key=_names_namespaces)


def _names_namespaces(finder):
    return getattr(type(finder), '__module__', None) == 'clr.loader'


def was_initialised():
    """Whether pythonnet runs in this interpreter or did: it cannot be started a second time."""
    return hasattr(sys, '__pythonnet_run__')


def is_python(program):
    """Whether the program of this process is a Python interpreter, which loaded .NET and ends Python itself."""
    for path in (sys.executable, getattr(sys, '_base_executable', None)):
        try:
            if path and os.path.samefile(path, program):
                return True
        except OSError:
            pass        # no such file: the host has named one that is none
    return False
