"""The rules of an import policy: which modules may be imported, by their dotted names."""

import os
import sys

from ._powerful import PLAIN, POWERFUL, powerful, unknown

# What C code of CPython imports on its own at run time for whoever happens to run, and what belongs to the language itself.
# None of it gives more than the built-in functions do: never denied by an allow list.
_ALWAYS = frozenset('''
    __future__ __main__ builtins
    _compat_pickle _io _multibytecodec _strptime copyreg encodings typing unicodedata warnings
'''.split())

# And modules with such names that are the standard library's.
_ALWAYS_OF_LIBRARY = 'encodings.', '_codecs_', '_sysconfigdata_'

# Module that C code imports when it runs -> the modules that it does so for.
SERVES = {
    '_pydatetime': ('datetime', '_datetime'),
    'json.decoder': ('_json',),
    're': ('_sre',),
    'time': ('datetime', '_datetime'),
}

# Module in C -> the public modules that show what it has, which pickle asks for by this name.
_SHOWN_BY = {
    '_bisect': ('bisect',),
    '_codecs': ('codecs', 'pickle', '_pickle'),
    '_contextvars': ('contextvars',),
    '_csv': ('csv',),
    '_functools': ('functools',),
    '_heapq': ('heapq',),
    '_operator': ('operator',),
    '_struct': ('struct',),
}


class Rules:
    """*allow* and *deny* are dotted prefixes, ``'*'`` for every name; *allow* may be None. With *restricted* a powerful
    module is allowed only if a name on the allow list is at least as long as that which makes it a powerful one. To
    ``standard`` go the names that this standard library has, with the submodules of encodings."""

    def __init__(self, restricted, allow, deny):
        self.restricted = restricted
        self.allow = None if allow is None else frozenset(allow)
        self.deny = frozenset(deny)
        self._mixed = frozenset(_packages_of(self.deny | POWERFUL.keys() if restricted else self.deny))
        self.standard = frozenset(getattr(sys, 'stdlib_module_names', ())) | PLAIN | frozenset(POWERFUL)

    def __eq__(self, other):
        return (self.restricted, self.allow, self.deny) == (other.restricted, other.allow, other.deny)

    __hash__ = None

    def denial(self, name):
        """The rule by which importing a module is denied, in words; None where it is allowed."""
        if '/' in name or os.sep in name:       # zipimport takes a name for a path
            name = '.'.join(filter(None, name.replace(os.sep, '.').replace('/', '.').split('.')))
        denying = _covering(self.deny, name)
        if denying is not None:
            return f'Deny names {denying!r}'
        if name in _ALWAYS or (name.startswith(_ALWAYS_OF_LIBRARY) and name in self.standard):
            return None
        named = None if self.allow is None else _covering(self.allow, name)
        found = (powerful(name) or unknown(name.partition('.')[0], self.standard)) if self.restricted else None
        if found is not None:
            prefix, gives = found
            if (named is not None and named != '*' and len(named) >= len(prefix)) or self._leads(name):
                return None
            return f'{prefix!r} is a powerful module ({gives}), and Allow does not name it'
        if self.allow is None or named is not None or self._leads(name):
            return None
        if any(self.denial(served) is None for served in SERVES.get(name) or _SHOWN_BY.get(name, ())):
            return None
        return 'Allow does not name it'

    def opens(self, package):
        """Whether everything in a package is allowed."""
        if not package or self.denial(package) is not None or (self.allow is not None and _covering(self.allow, package) is None):
            return False
        return package not in self._mixed

    def names(self, name):
        """Whether the allow list names a module or a package that it is in."""
        return self.allow is not None and _covering(self.allow - {'*'}, name) is not None

    def _leads(self, name):
        """Whether a module is a package that Python has to import on the way to one that the allow list names."""
        return self.allow is not None and any(entry.startswith(name + '.') for entry in self.allow)


def _packages_of(names):
    """The packages that modules of these names are in."""
    for name in names:
        while '.' in name:
            name = name.rpartition('.')[0]
            yield name


def _covering(prefixes, name):
    """The longest of *prefixes* that covers a name; None."""
    prefix = name
    while prefix:
        if prefix in prefixes:
            return prefix
        prefix = prefix.rpartition('.')[0]
    return '*' if '*' in prefixes else None
