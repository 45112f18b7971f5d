"""The lists of the policies under which no technique may gain the module that is denied, and each the allowed one."""

import os
import pkgutil
import sys

from ._registry import TECHNIQUES

_PREFIXES = '', 'holder.', 'shelf.holder.', 'space.', 'd', 'z'

# Denied by a Deny list only: what the scripts' own tools are in, or what no other list can deny.
ONLY_BY_DENY = 'os.path', 'encodings.rot_13', 'encodings.cp037'


def denied():
    """The Deny list."""
    names = {names[0] for _, _, _, names in TECHNIQUES if names}
    return sorted(names.union(_names('v')))


def allowed(powerful):
    """An Allow list that has all that the techniques use, the *powerful* modules among it, and none of what is denied."""
    without = set(denied()) - set(ONLY_BY_DENY)
    packages = {name.partition('.')[0] for name in without if '.' in name} & _library()
    names = (_library() | set(powerful)) - without - packages
    for package in packages:
        names |= {info.name for info in pkgutil.iter_modules(__import__(package).__path__, package + '.')} - without
    return sorted(names.union(_names('a'), ('import_techniques', 'lazy', 'shelf', 'innocent', 'other', 'importlib2', 'there_is_no_such_module')))


def only_by_powerful(powerful):
    """(an Allow list, names to take for powerful modules): the Allow list has ``*`` and all other *powerful* modules."""
    targets = set(denied()) - set(ONLY_BY_DENY)
    return ['*', *sorted(set(powerful) - targets)], sorted(targets)


def _names(kind):
    return [f'{prefix}{kind}{index:03}' for index in range(len(TECHNIQUES)) for prefix in _PREFIXES]


def _library():
    folder = os.path.dirname(os.__file__)
    folders = [place for place in (folder, os.path.join(folder, 'lib-dynload')) if os.path.isdir(place)]
    return set(sys.builtin_module_names) | {info.name for info in pkgutil.iter_modules(folders)} | {'__hello__', '__phello__', '_frozen_importlib', '_frozen_importlib_external'}
