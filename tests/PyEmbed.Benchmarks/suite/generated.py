"""Generated modules: packages of 50, each of about 2 KB of source. Imported by the suite and, in children, by CPython 3.9 to 3.14."""

import os

# Numbers in sources have nine digits: they are too large for an instruction of their own, and all sources are of one length.
FIRST = 100_000_000
NUMBER = 999_999_999        # stands for a module's number in the source that all share

BODY = '''"""Module {number} of a benchmark."""

import sys
from itertools import chain as _chain

LIMIT = {number}
NAMES = ("alpha", "beta", "gamma", "delta", {number})


class Record:
    """Holds a value and its history."""

    kind = "record"

    def __init__(self, value, parent=None):
        self.value = value
        self.parent = parent
        self.history = []

    def update(self, value):
        """Replace the value and remember the old one."""
        self.history.append(self.value)
        self.value = value
        return self

    def undo(self):
        if not self.history:
            raise LookupError("nothing to undo in %r" % (self,))
        self.value = self.history.pop()
        return self

    def __repr__(self):
        return "{{}}({{!r}})".format(type(self).__name__, self.value)


class Table(Record):
    def __init__(self, rows=(), **options):
        super().__init__(list(rows))
        self.options = dict(options)

    def select(self, predicate, limit=LIMIT):
        result = []
        for row in self.value:
            if predicate(row):
                result.append(row)
                if len(result) == limit:
                    break
        return result

    def total(self, key=None):
        if key is None:
            return sum(self.value)
        return sum(row[key] for row in self.value)


def parse(text, separator=",", *, strict=False):
    """Split lines into fields, drop empty lines and comments."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split(separator)]
        if strict and len(fields) != len(NAMES):
            raise ValueError("line %d has %d fields" % (number, len(fields)))
        rows.append(dict(zip(NAMES, fields)))
    return rows


def load(name, encoding="utf-8"):
    with open(name.rpartition("/")[0] + name, encoding=encoding) as file:
        return Table(parse(file.read()), origin=_chain(name, encoding))


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    return [load(argument).total() for argument in arguments]
'''


def package_of(number):
    """The folder of a module, from the tree's."""
    return 'bench/p%04d' % (number // 50)


def name_of(number):
    """The full name of a module."""
    return '%s.m%06d' % (package_of(number).replace('/', '.'), number)


def sources(count):
    """(path in the tree, number of the module, or None for the ``__init__.py`` of a package) of each file, packages first."""
    yield 'bench/__init__.py', None
    for number in range(count):
        if not number % 50:
            yield package_of(number) + '/__init__.py', None
        yield '%s/m%06d.py' % (package_of(number), number), number


def source(number):
    """The source of a file that ``sources`` names."""
    return b'' if number is None else BODY.format(number=FIRST + number).encode()


def ten_of(count):
    """The names of ten modules, each in a package of its own, evenly spread."""
    return [name_of(number) for number in range(0, count, count // 10)][:10]


def write(place, count):
    """Write the sources below *place*."""
    for path, number in sources(count):
        path = os.path.join(place, path)
        if number is None:
            os.makedirs(os.path.dirname(path))
        with open(path, 'wb') as file:
            file.write(source(number))


class Codes:
    """Code objects of generated modules, made from that of one: compiling each would take a minute and change nothing."""

    def __init__(self):
        self._module = compile(source(NUMBER - FIRST), '<name>', 'exec', dont_inherit=True)
        self._package = compile(b'', '<name>', 'exec', dont_inherit=True)

    def code(self, number, filename):
        """That of a file that ``sources`` names, with the file name that it is to show."""
        if number is None:
            return renamed(self._package, filename)
        return renamed(self._module, filename, FIRST + number)


def renamed(value, filename, number=None):
    """A code object, or a constant of one, with another file name, and with *number* for NUMBER."""
    if type(value) is type(renamed.__code__):
        return value.replace(co_filename=filename, co_consts=tuple([renamed(constant, filename, number) for constant in value.co_consts]))
    if number is None:
        return value
    if type(value) is tuple:
        return tuple([renamed(item, filename, number) for item in value])
    if type(value) is str:
        return value.replace(str(NUMBER), str(number))
    return number if type(value) is int and value == NUMBER else value
