"""What an interpreter that a host has started tells of itself, for the command ``pyembed doctor``; imported only for that."""

import os
import sys
import sysconfig
from importlib import import_module

from . import _cache

# Of what distributions package apart, and nearly every program needs.
_USUAL = 'json', 'logging', 'zlib', '_socket', 'importlib.metadata', 'encodings.idna'


def describe():
    """(what, finding, whether that is as it should be) of the interpreter, its standard library and the places that files
    go to; None in the place of the last where it is neither good nor bad."""
    found = [('version', sys.version.split('\n')[0].strip(), True), ('prefix', sys.prefix, True)]
    found.append(('virtual environment', sys.prefix, True) if sys.prefix != sys.base_prefix else ('virtual environment', 'none', None))
    found.append(_standard_library())
    found.append(('interpreter', sys.executable, True) if sys.executable else
                 ('interpreter', 'none was found: subprocesses and workers of multiprocessing cannot be started', False))
    for place, why, used in _cache.default_places():
        found.append(('extraction directory and code cache' if used else 'extraction directory, not used',
                      f'{place}: {why}' if why else place, not why if used else None))
    return found


def _standard_library():
    folder = sysconfig.get_path('stdlib')
    missing = []
    for name in _USUAL:
        try:
            import_module(name)
        except ImportError as error:
            missing.append(f'{name} ({error})')
    if missing:
        return 'standard library', f'{folder} is incomplete: {", ".join(missing)} cannot be imported', False
    return 'standard library', folder, True
