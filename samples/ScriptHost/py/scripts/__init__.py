"""The scripts that this host offers: a module each, with a docstring and a function ``run``.

An argument of the JSON object that a caller posts is a keyword argument of ``run``; what it returns is the answer's value.
"""

from importlib import import_module
from inspect import cleandoc, signature
from pkgutil import iter_modules


def catalog():
    """What there is: a list of names, signatures and docstrings."""
    found = []
    for entry in iter_modules(__path__):
        module = import_module(f'{__name__}.{entry.name}')
        found.append({'name': entry.name, 'arguments': str(signature(module.run)), 'documentation': cleandoc(module.__doc__ or '')})
    return found
