"""Makes the bytes of ``.pyc`` files: the same for the same source, whatever process makes them and whatever it did before.

``marshal`` does not promise that. A string is marked as interned if anything in the process has interned it, a
frozenset's order follows hashes, which differ from process to process (those of ``None`` even with a fixed seed), and up
to CPython 3.10 an object is marked as one that others refer to whenever anything in the process does.
"""

import _imp
import importlib.util
import marshal
import re
import struct
import sys

HEADER = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
RAW_MAGIC = int.from_bytes(importlib.util.MAGIC_NUMBER, "little")
NAME_CHARACTERS = re.compile("[A-Za-z0-9_]*", re.ASCII)

# There is one object for each of these strings; whether it is interned must not depend on what was imported before.
SINGLE_CHARACTERS = [sys.intern(chr(number)) for number in range(256)]


def pyc(source, code):
    """The content of a .pyc file with an unchecked hash (PEP 552)."""
    return HEADER + _imp.source_hash(RAW_MAGIC, source) + dumps(code)


def dumps(code):
    """The code object in marshal's format."""
    if sys.version_info >= (3, 11):
        return marshal.dumps(code)      # sorts frozensets, and marks every interned string
    writer = Writer()
    writer.write(code)
    return bytes(writer.data)


class Writer:
    """marshal's version 4 for code objects of CPython 3.9 and 3.10. What may be referred to goes by values alone."""

    def __init__(self):
        self.data = bytearray()
        self._references = {}

    def write(self, value):
        """Appends a constant or a code object."""
        getattr(self, "_write_" + type(value).__name__)(value)

    def _is_reference(self, value):
        """Writes a reference where an equal value came before."""
        index = self._references.get(value)
        if index is None:
            return False
        self.data += b"r" + index.to_bytes(4, "little")
        return True

    def _begin(self, value, kind):
        """Writes the type of a value that may be referred to."""
        self._references[value] = len(self._references)
        self.data.append(kind[0] | 0x80)

    def _write_NoneType(self, value):
        self.data += b"N"

    def _write_ellipsis(self, value):
        self.data += b"."

    def _write_bool(self, value):
        self.data += b"T" if value else b"F"

    def _write_int(self, value):
        if -(2**31) <= value < 2**31:
            self.data += b"i" + value.to_bytes(4, "little", signed=True)
            return
        digits = []
        rest = abs(value)
        while rest:
            digits.append(rest & 0x7FFF)
            rest >>= 15
        count = len(digits) if value > 0 else -len(digits)
        self.data += b"l" + count.to_bytes(4, "little", signed=True) + struct.pack("<%dH" % len(digits), *digits)

    def _write_float(self, value):
        self.data += b"g" + struct.pack("<d", value)

    def _write_complex(self, value):
        self.data += b"y" + struct.pack("<dd", value.real, value.imag)

    def _write_bytes(self, value):
        self.data += b"s" + len(value).to_bytes(4, "little") + value

    def _write_str(self, value):
        if self._is_reference(value):
            return
        # What the compiler interns: names, and constants made of a name's ASCII characters.
        interned = value.isidentifier() or NAME_CHARACTERS.fullmatch(value)
        if not value.isascii():
            kind, length = b"t" if interned else b"u", 4
        elif len(value) < 256:
            kind, length = b"Z" if interned else b"z", 1
        else:
            kind, length = b"A" if interned else b"a", 4
        self._begin(value, kind)
        text = value.encode("utf-8", "surrogatepass")
        self.data += len(text).to_bytes(length, "little") + text

    def _write_tuple(self, value):
        kind, length = (b")", 1) if len(value) < 256 else (b"(", 4)
        if not all(type(item) is str for item in value):
            self.data += kind           # none to refer to: equal tuples may hold 1 and True
        elif self._is_reference(value):
            return
        else:
            self._begin(value, kind)
        self.data += len(value).to_bytes(length, "little")
        for item in value:
            self.write(item)

    def _write_frozenset(self, value):
        def alone(item):
            writer = Writer()
            writer.write(item)
            return bytes(writer.data)

        self.data += b">" + len(value).to_bytes(4, "little")
        for item in sorted(value, key=alone):
            self.write(item)

    def _write_code(self, code):
        self.data += b"c" + struct.pack(
            "<6i", code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_nlocals, code.co_stacksize, code.co_flags)
        lines = code.co_lnotab if sys.version_info < (3, 10) else code.co_linetable
        for part in (code.co_code, code.co_consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_filename, code.co_name):
            self.write(part)
        self.data += code.co_firstlineno.to_bytes(4, "little")
        self.write(lines)
