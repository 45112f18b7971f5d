"""Values that cross between a .NET process and its workers: what JSON knows, and bytes.

A message is a u32 (little endian) length, that many bytes of JSON in UTF-8, and then each bytes object as a u32 length and
its bytes. In the JSON ``{"$": n}`` stands for the nth of them, and keys of other dicts that begin with ``$`` have one more.
"""

from json import dumps, loads

DEEPEST = 60            # containers within containers
_MOST_BITS = 14000      # of an integer: about as many as CPython reads from text (4,300 digits)


class NotPlainError(TypeError):
    """A value that no message can carry; the text says why, and which part of it."""

    def __init__(self, why):
        super().__init__(why)
        self.path = []      # from the part to the whole

    def __str__(self):
        return self.args[0] + (f', at {"".join(reversed(self.path))}' if self.path else '')


def pack(value):
    """The message of a value: None, bool, int, finite float, str, bytes, and lists, tuples and dicts of such, with text for
    keys. Raises NotPlainError."""
    blobs = []
    plain = _plain(value, blobs, DEEPEST)
    try:
        text = dumps(plain, ensure_ascii=False, separators=(',', ':')).encode()
    except UnicodeEncodeError:
        raise NotPlainError('text with a lone surrogate, which is no character') from None
    parts = [len(text).to_bytes(4, 'little'), text]
    for blob in blobs:
        parts += len(blob).to_bytes(4, 'little'), blob
    return b''.join(parts)


def unpack(message):
    """The value of a message, which pack() or the host has made."""
    view = memoryview(message)
    end = 4 + int.from_bytes(view[:4], 'little')
    text, blobs = bytes(view[4:end]), []
    while end < len(view):
        start = end + 4
        end = start + int.from_bytes(view[end:start], 'little')
        blobs.append(bytes(view[start:end]))

    def restore(found):
        if '$' in found:
            return blobs[found['$']]
        if any([name[:1] == '$' for name in found]):
            return {name[1:] if name[:1] == '$' else name: value for name, value in found.items()}
        return found

    return loads(text, object_hook=restore)


def _plain(value, blobs, depth):
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    if isinstance(value, int):
        if value.bit_length() > _MOST_BITS:
            raise NotPlainError(f'an integer of {value.bit_length()} bits, more than {_MOST_BITS}')
        return int(value)
    if isinstance(value, float):
        if value - value != 0:
            raise NotPlainError(f'the float {value}, which JSON does not know')
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        blobs.append(bytes(value))
        return {'$': len(blobs) - 1}
    if not depth:
        raise NotPlainError(f'containers nested deeper than {DEEPEST}, or one that holds itself')
    if isinstance(value, dict):
        plain = {}
        for name, member in value.items():
            if not isinstance(name, str):
                raise NotPlainError(f'a dict with a key of type {type(name).__name__} (keys are text)')
            plain['$' + name if name[:1] == '$' else name] = _member(member, blobs, depth, name)
        return plain
    if isinstance(value, (list, tuple)):
        return [_member(member, blobs, depth, index) for index, member in enumerate(value)]
    raise NotPlainError(f'an object of type {kind.__module__}.{kind.__qualname__}')


def _member(member, blobs, depth, key):
    try:
        return _plain(member, blobs, depth - 1)
    except NotPlainError as error:
        error.path.append(f'[{key!r}]')
        raise
