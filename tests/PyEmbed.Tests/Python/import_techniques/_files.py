"""The trees and files of the techniques."""

import os
import zipfile

from ._registry import TECHNIQUES
from ._policies import allowed, denied

_SOURCE = '''
import builtins
builtins.RAN.append({0!r})
secret = {0!r}
class Thing(Warning): pass
def function(*args, **kwargs): return 'made'
def create_parser(): return 'parser'
'''
_LAZY = '''
wanted = None
def load(name): return __import__(name)
def __getattr__(name):
    if name == 'anything' and wanted: return __import__(wanted)
    raise AttributeError(name)
'''


def _modules():
    """(index of a technique, name) of each denied and each allowed module."""
    return [(index, f'{kind}{index:03}') for index in range(len(TECHNIQUES)) for kind in 'va']


def trees():
    """Files of two trees: path -> source."""
    one, two = {'holder/__init__.py': '', 'shelf/__init__.py': '', 'lazy.py': _LAZY}, {}
    for index, name in _modules():
        one[f'{name}/__init__.py'] = _SOURCE.format(name)
        one[f'{name}/sub.py'] = _SOURCE.format(name)
        one[f'holder/{name}.py'] = _SOURCE.format(name)
        (one if index % 2 else two)[f'space/{name}.py'] = _SOURCE.format(name)
    return one, two


def write(folder):
    """The files on disk of the techniques."""
    with zipfile.ZipFile(os.path.join(folder, 'archive.zip'), 'w') as archive:
        for _, name in _modules():
            archive.writestr(f'z{name}.py', _SOURCE.format(name))
            with open(os.path.join(folder, f'd{name}.py'), 'w') as file:
                file.write(_SOURCE.format(name))


def prepare(folder, powerful):
    """All that a process needs that gets nothing but a folder: the files, the trees as folders, a Deny and an Allow list."""
    write(folder)
    for place, files in zip(('one', 'two'), trees()):
        for path, source in files.items():
            file = os.path.join(folder, place, path)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, 'w') as stream:
                stream.write(source)
    for place, names in ('deny.txt', denied()), ('allow.txt', allowed(powerful)):
        with open(os.path.join(folder, place), 'w') as stream:
            stream.write('\n'.join(names))
