"""Import from memory against import from disk and against the least that an importer must do, as ratios.

    python3 import_ratio.py [--python INTERPRETER] [--rounds N] [--modules N]

Also from memory without bytecode, by the code cache that an earlier process has filled, and from deflated entries, each
against stored bytecode.

Each sample is a fresh process; the variants of a round run one after the other, and a ratio is the median of the ratios
of the rounds, so that what slows a whole round does not count. Times are those of the processor, in the process and in
the system for it: with warm caches an import waits for nothing else, and what others run counts less. Prints a JSON object of name to ratio; the medians of
the times go to standard error. The row of a real package is there where sympy is installed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.normpath(os.path.join(HERE, '..', '..', 'src', 'PyEmbed', 'Python'))

BODY = '''"""Module {number} of a benchmark."""

import sys
from os import path as _path

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
    with open(_path.join(_path.dirname(name), name), encoding=encoding) as file:
        return Table(parse(file.read()), origin=name)


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    return [load(argument).total() for argument in arguments]
'''

# Runs in the interpreter under test: prints the processor seconds that one variant took.
CHILD = r'''
import sys, os, marshal, time
variant, work, package, what = sys.argv[1:5]
names = open(os.path.join(work, what + '.names')).read().split()
if variant == 'disk':
    sys.dont_write_bytecode = True
    place = open(os.path.join(work, what + '.place')).read()
    start = time.process_time()
    sys.path.insert(0, place)
elif variant in ('pyembed', 'sources', 'deflated'):
    sys.path.insert(0, package)
    import pyembed._importer as importer
    import zlib
    del sys.path[0]
    importer._store = os.path.join(work, 'store')
    suffix = '.zip' if variant == 'pyembed' else f'.{variant}.zip'
    view = memoryview(open(os.path.join(work, what + suffix), 'rb').read())
    start = time.process_time()
    importer.mount_view(view, what)
elif variant == 'minimal':
    # The least that an importer can do: a name, a range of the same archive, a code object.
    from _frozen_importlib import ModuleSpec
    view = memoryview(open(os.path.join(work, what + '.zip'), 'rb').read())
    codes = marshal.loads(open(os.path.join(work, what + '.codes'), 'rb').read())
    class Minimal:
        @staticmethod
        def find_spec(name, path=None, target=None):
            found = codes.get(name)
            return found and ModuleSpec(name, Minimal, is_package=found[0])
        @staticmethod
        def create_module(spec):
            return None
        @staticmethod
        def exec_module(module):
            _, start, end = codes[module.__name__]
            exec(marshal.loads(view[start:end]), module.__dict__)
    start = time.process_time()
    sys.meta_path.insert(0, Minimal)
for name in names:
    __import__(name)
print(time.process_time() - start)
'''

# Runs in the interpreter under test: packs packages of a folder and writes what the variants read.
PREPARE = r'''
import sys, os, io, marshal, json, importlib.util, py_compile, zipfile
work, package, what, place, *tops = sys.argv[1:]
sys.path.insert(0, package)
from pyembed._archive import write_archive
sys.path.insert(0, os.path.join(package, '..', '..', '..', 'tests', 'PyEmbed.Tests', 'Python'))
import deflating
sys.path.insert(0, os.path.join(package, '..', '..', 'PyEmbed.Tasks', 'Python'))
import analyze          # which takes its folder off the path
names = json.load(sys.stdin)
files, codes, asking = {}, {}, {}
for folder, folders, leaves in (step for top in tops for step in os.walk(os.path.join(place, top))):
    folders[:] = [f for f in folders if f != '__pycache__']
    for leaf in leaves:
        path = os.path.join(folder, leaf)
        inner = os.path.relpath(path, place).replace(os.sep, '/')
        files[inner] = open(path, 'rb').read()
        if not leaf.endswith('.py'):
            continue
        if not what.startswith('real'):
            py_compile.compile(path, doraise=True)      # the cache that the disk variant finds warm
        module = inner[:-3].replace('/', '.')
        is_package = module.endswith('.__init__')
        module = module[:-9] if is_package else module
        try:
            code = compile(files[inner], inner, 'exec', dont_inherit=True)
        except SyntaxError:
            continue
        cached = os.path.basename(importlib.util.cache_from_source(path))
        header = importlib.util.MAGIC_NUMBER + b'\1\0\0\0' + importlib.util.source_hash(files[inner])
        cached = os.path.dirname(inner) + '/__pycache__/' + cached
        files[cached] = header + marshal.dumps(code)
        codes[module] = is_package, cached
        # What the build does: say which modules ask for their place.
        asked = analyze.places.WORDS.search(files[inner]) and analyze.places.asked(analyze.parse(files[inner], inner), inner)
        if asked:
            asking[inner] = asked
archive = write_archive(files, what, file_users=asking)
deflated = deflating.deflate(archive)
sources = write_archive({path: content for path, content in files.items() if '__pycache__' not in path}, what, file_users=asking)
with zipfile.ZipFile(io.BytesIO(archive)) as members:
    for module, (is_package, cached) in codes.items():
        member = members.getinfo(cached)
        start = member.header_offset + 30 + len(cached.encode())
        codes[module] = is_package, start + 16, start + member.file_size
print(len(deflated) / len(archive))
for suffix, content in (('.zip', archive), ('.deflated.zip', deflated), ('.sources.zip', sources), ('.codes', marshal.dumps(codes)),
                        ('.names', '\n'.join(names).encode()), ('.place', place.encode())):
    with open(os.path.join(work, what + suffix), 'wb') as file:
        file.write(content)
'''


def write_tree(place, count):
    """Packages of 50 modules of about 2 KB; returns the modules' names."""
    names = []
    for number in range(count):
        package = f'bench/p{number // 50:04}'
        folder = os.path.join(place, package)
        if not number % 50:
            os.makedirs(folder)
            open(os.path.join(folder, '__init__.py'), 'w').close()
        with open(os.path.join(folder, f'm{number:05}.py'), 'w', encoding='utf-8') as file:
            file.write(BODY.format(number=number))
        names.append(f'{package}/m{number:05}'.replace('/', '.'))
    open(os.path.join(place, 'bench', '__init__.py'), 'w').close()
    return names


def run(python, code, *arguments, **options):
    """Isolated, without site: the disk variant must not pay for .pth files that the others never meet."""
    done = subprocess.run([python, '-I', '-S', '-c', code, *arguments], capture_output=True, text=True,
                          timeout=300, **options)
    if done.returncode:
        raise SystemExit(f'{python} failed:\n{done.stderr}')
    return done.stdout


def sample(python, work, what, variants, rounds):
    """{variant: seconds of each round}; the first round warms the caches of the file system and does not count."""
    times = {variant: [] for variant in variants}
    for number in range(rounds + 1):
        for variant in variants[::1 if number % 2 else -1]:
            seconds = float(run(python, CHILD, variant, work, PACKAGE, what))
            if number:
                times[variant].append(seconds)
    return times


def ratio(times, of, to):
    return round(statistics.median(a / b for a, b in zip(times[of], times[to])), 3)


def find_real(python):
    """The folder that holds sympy and mpmath; None where they are not installed."""
    code = 'import os, sympy, mpmath; print(os.path.dirname(os.path.dirname(sympy.__file__)))'
    done = subprocess.run([python, '-c', code], capture_output=True, text=True, timeout=120)
    return done.stdout.strip() if done.returncode == 0 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--python', default=sys.executable)
    parser.add_argument('--rounds', type=int, default=9)
    parser.add_argument('--modules', type=int, default=3000)
    options = parser.parse_args()
    ratios, milliseconds = {}, {}
    with tempfile.TemporaryDirectory() as work:
        place = os.path.join(work, 'tree')
        names = write_tree(place, options.modules)
        run(options.python, PREPARE, work, PACKAGE, 'synthetic', place, 'bench', input=json.dumps(names))
        # The round that does not count fills the code cache.
        times = sample(options.python, work, 'synthetic', ['disk', 'pyembed', 'minimal', 'sources'], options.rounds)
        ratios[f'import-{options.modules}-vs-disk'] = ratio(times, 'pyembed', 'disk')
        ratios[f'import-{options.modules}-vs-minimal'] = ratio(times, 'pyembed', 'minimal')
        ratios['code-cache-vs-bytecode'] = ratio(times, 'sources', 'pyembed')
        milliseconds.update({name: statistics.median(values) * 1000 for name, values in times.items()})
        real = find_real(options.python)
        if real is not None:
            # With its one requirement. The names are imported by sympy itself.
            size = float(run(options.python, PREPARE, work, PACKAGE, 'real', real, 'sympy', 'mpmath', input='["sympy"]'))
            times = sample(options.python, work, 'real', ['disk', 'pyembed', 'deflated'], options.rounds)
            ratios['import-real-vs-disk'] = ratio(times, 'pyembed', 'disk')
            ratios['import-deflated-vs-stored'] = ratio(times, 'deflated', 'pyembed')
            print(f'sympy deflated: {size:.3f} of the size stored', file=sys.stderr)
            milliseconds.update({f'sympy {name}': statistics.median(values) * 1000 for name, values in times.items()})
    print(json.dumps(ratios))
    print(*(f'{name} {value:.1f} ms' for name, value in milliseconds.items()), sep=', ', file=sys.stderr)


if __name__ == '__main__':
    main()
