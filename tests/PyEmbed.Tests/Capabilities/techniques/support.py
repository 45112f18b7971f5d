"""What the techniques share: what the host has said, their registry, and what counts as evidence."""

import importlib
import os
import sys

FOLDER, PORT, FILE, SOCKET = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
SECRET = os.path.join(FOLDER, 'secret.txt')
OUTSIDE = os.path.join(FOLDER, 'outside')
GRANTED = os.path.join(FOLDER, 'granted')
TEXT = b's3cret'
techniques = []
_count = 0


class Missing(Exception):
    """This CPython or system has not got what the technique uses."""


def ending(error, words):
    """How a technique ends where it is denied: a pattern of the exception's type and message."""
    return f'{error if isinstance(error, str) else error.__name__}: {words}'


def by(capability, error=PermissionError):
    """The denial that docs/security.md promises: it says what it takes."""
    return ending(error, rf'.* is denied: it needs the capability {capability}\b')


READ, WRITE, NETWORK, PROCESSES, ENVIRONMENT, NATIVE_CODE = map(by, ['Read', 'Write', 'Network', 'Processes', 'Environment', 'NativeCode'])
NATIVE_MODULE = by('NativeCode', ImportError)
FOREIGN = ending(PermissionError, r'.* is denied: the descriptor \d+ was not opened by Python code')
APART = ending(AssertionError, r'\d+ is not free')      # host_takes says so: numbers of Python's are never the host's.
ROOM = ending(PermissionError, '.* is denied: so many descriptors are open')
KEPT = ending(PermissionError, '.* is denied: where the standard library and PyEmbed keep code')
LINK = ending(PermissionError, '.* is denied: what would be moved is a link')
FORK = ending(PermissionError, '.*os.fork is denied where capabilities are set')
NOTHING = 'nothing'     # No exception: it comes back with empty hands. The technique says why.


def technique(denial, leave=False, race=False):
    """Registers a technique.

    denial: how it ends where it is denied, as a pattern; any other end is a defect of the technique or of what it attacks.
    leave: whether the system may refuse it to this user, or on this file system; the control run is then of no use.
    race: whether it takes luck, so that empty hands prove nothing in either run.
    """
    def register(function):
        techniques.append((function, denial, leave, race))
        return function
    return register


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
