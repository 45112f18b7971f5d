"""Data by identifiers: what ``pyembed.register_data`` was given here, and what bundles that are mounted have brought."""

import sys

_registered = {}        # identifier -> bytes; replaced, never changed


def register(identifier, data):
    """See pyembed.register_data."""
    global _registered
    _check(identifier)
    try:
        identifier.encode()
        content = bytes(memoryview(data))
    except TypeError:
        raise TypeError(f'the data {identifier!r} must be bytes, not {type(data).__name__!r}') from None
    except UnicodeEncodeError:
        raise ValueError(f'{identifier!r} is no identifier of data: it is not Unicode text') from None
    _registered = {**_registered, identifier: content}


def get(identifier):
    """See pyembed.get_data."""
    found = _find(identifier)
    if found is None:
        known = ', '.join(map(repr, sorted(everything()))) or 'none'
        raise LookupError(f'no data is registered as {identifier!r}; there is {known}: register it by '
                          'pyembed.register_data, or mount the bundle that has it')
    return found


def is_registered(identifier):
    """See pyembed.is_data."""
    return _find(identifier) is not None


def everything():
    """All data that there is, a dict from identifiers to bytes: it travels with every bundle that is made here."""
    bundles = sys.modules.get('pyembed._bundles')
    return {**(bundles.data() if bundles is not None else {}), **_registered}


def _check(identifier):
    if not isinstance(identifier, str):
        raise TypeError(f'the identifier of data must be str, not {type(identifier).__name__!r}')


def _find(identifier):
    _check(identifier)
    found = _registered.get(identifier)
    if found is None and 'pyembed._bundles' in sys.modules:
        found = sys.modules['pyembed._bundles'].data().get(identifier)
    return found
