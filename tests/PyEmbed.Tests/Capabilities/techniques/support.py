"""What the techniques share: what the host has said, their registry, and what counts as evidence."""

import importlib
import os
import sys

FOLDER, PORT, FILE, SOCKET, MODE = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
SECRET = os.path.join(FOLDER, 'secret.txt')
OUTSIDE = os.path.join(FOLDER, 'outside')
GRANTED = os.path.join(FOLDER, 'granted')
TEXT = b's3cret'
techniques = []
_count = 0


class Missing(Exception):
    """This CPython or system has not got what the technique uses."""


def technique(function):
    techniques.append(function)
    return function


def needs(owner, name):
    """An attribute that not every version or system has."""
    if not hasattr(owner, name):
        raise Missing(f'{owner.__name__}.{name}')
    return getattr(owner, name)


def module(name):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise Missing(name)


def new_place(folder=OUTSIDE):
    global _count
    _count += 1
    return os.path.join(folder, f'new{_count}')


def has(data):
    """The evidence that the secret was read."""
    if isinstance(data, (bytes, bytearray, memoryview)):
        data = bytes(data)
        return data if TEXT in data else None
    return data if TEXT.decode() in str(data) else None


def made(place):
    """The evidence that something was made: the host, not this code, looks."""
    return f'made {place}'


def raising(error):
    raise error


def place_of(name):
    """Where the standard library has a module in C."""
    from importlib.machinery import EXTENSION_SUFFIXES
    for folder in sys.path:
        for suffix in EXTENSION_SUFFIXES:
            place = os.path.join(folder, name + suffix)
            if os.path.exists(place):
                return place
    raise Missing(f'a file of {name}')


def new_module(name):
    """A module in C, made and not executed, and what executes it."""
    import _imp
    import types
    if name in sys.builtin_module_names:
        return _imp.create_builtin(types.SimpleNamespace(name=name, origin='built-in')), _imp.exec_builtin
    return _imp.create_dynamic(types.SimpleNamespace(name=name, origin=place_of(name))), _imp.exec_dynamic
