"""Packs a tree in every form that the contenders of ways.py read, in the CPython that will read them.

    python -I -S prepare.py WORK PACKAGE < what.json

*what.json* has "place", a folder of sources; "trees", {name: {"kinds": forms, "tops": entries of the folder, or "count": generated modules}};
"disk", whether the folder's ``__pycache__`` is to be filled, too. Of generated modules bytecode is made without reading them.
"""

import io
import json
import marshal
import os
import sys
import zipfile

WORK, PACKAGE = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), PACKAGE, os.path.join(PACKAGE, '..', '..', '..', 'tests', 'PyEmbed.Tests', 'Python')]
sys.dont_write_bytecode = True

import concurrent.futures
import importlib.util
from importlib import _bootstrap_external as external

import deflating
import generated
from pyembed._archive import write_archive

TAG = sys.implementation.cache_tag


def to_disk(path, code):
    """Write the bytecode file that CPython itself would, for a source that exists."""
    found = os.stat(path)
    cached = importlib.util.cache_from_source(path)
    os.makedirs(os.path.dirname(cached), exist_ok=True)
    with open(cached, 'wb') as file:
        file.write(external._code_to_timestamp_pyc(code, int(found.st_mtime), found.st_size))


def compiled(place, inner, disk):
    """(source, marshalled code that shows the path in the tree, what the module asks for), or the source alone where it is none of this Python."""
    path = os.path.join(place, inner)
    with open(path, 'rb') as file:
        source = file.read()
    try:
        code = compile(source, path, 'exec', dont_inherit=True)
    except (SyntaxError, ValueError):
        return source, None, None
    if disk:
        to_disk(path, code)
    places = analyze().places
    asked = places.WORDS.search(source) and places.asked(analyze().parse(source, inner), inner)
    return source, marshal.dumps(generated.renamed(code, inner)), asked


def analyze():
    """The build's analysis, which says which modules ask for their place."""
    if 'analyze' not in sys.modules:
        # The build has these beside each other; the first folder is taken off the path by the module itself.
        sys.path[:0] = [os.path.join(PACKAGE, '..', '..', 'PyEmbed.Tasks', 'Python'), os.path.join(PACKAGE, 'pyembed')]
    import analyze
    return analyze


class Tree:
    """The files of a tree, and the bytecode of its modules."""

    def __init__(self):
        self.files, self.modules, self.asking = {}, {}, {}

    def add(self, inner, content):
        self.files[inner] = content

    def add_module(self, inner, source, code):
        """*code* is marshalled."""
        self.files[inner] = source
        name = inner[:-3].replace('/', '.')
        is_package = name.endswith('.__init__')
        folder, _, leaf = inner.rpartition('/')
        cached = '%s__pycache__/%s.%s.pyc' % (folder and folder + '/', leaf[:-3], TAG)
        self.modules[name[:-9] if is_package else name] = is_package, inner, cached
        self.files[cached] = importlib.util.MAGIC_NUMBER + b'\1\0\0\0' + importlib.util.source_hash(source) + code

    def archive(self):
        return write_archive(self.files, 'benchmark', file_users=self.asking)

    def write(self, name, kinds):
        """Write the forms that *kinds* name as files that begin with *name*."""
        archive = self.archive()
        self.save(name + '.zip', archive)
        if 'deflated' in kinds:
            deflated = deflating.deflate(archive)
            self.save(name + '.deflated.zip', deflated)
            self.save(name + '.size', str(len(deflated) / len(archive)).encode())
        if 'minimal' in kinds:
            self.save(name + '.codes', marshal.dumps(self.ranges(archive)))
        if 'sources' in kinds:
            files = {path: content for path, content in self.files.items() if '__pycache__' not in path}
            self.save(name + '.sources.zip', write_archive(files, 'benchmark', file_users=self.asking))
        if 'compiled' in kinds:
            self.save(name + '.texts', marshal.dumps({module: (is_package, self.files[inner], inner) for module, (is_package, inner, _) in self.modules.items()}))
        for form, method in (('zip-stored', zipfile.ZIP_STORED), ('zip-deflated', zipfile.ZIP_DEFLATED)):
            if form in kinds:
                self.save('%s.%s.zip' % (name, form), self.plain_zip(method))

    def ranges(self, archive):
        """{module: (whether it is a package, begin, end)} of the marshalled code in the archive."""
        ranges = {}
        with zipfile.ZipFile(io.BytesIO(archive)) as members:
            for module, (is_package, _, cached) in self.modules.items():
                member = members.getinfo(cached)
                begin = member.header_offset + 30 + len(cached.encode())
                ranges[module] = is_package, begin + 16, begin + member.file_size
        return ranges

    def plain_zip(self, method):
        """A zip for zipimport, which looks for bytecode beside the source."""
        beside = {cached: inner + 'c' for _, inner, cached in self.modules.values()}
        content = io.BytesIO()
        with zipfile.ZipFile(content, 'w', method) as members:
            for path, data in self.files.items():
                members.writestr(beside.get(path, path), data)
        return content.getvalue()

    @staticmethod
    def save(name, content):
        with open(os.path.join(WORK, name), 'wb') as file:
            file.write(content)


def generated_tree(codes, count, place, disk):
    tree = Tree()
    for inner, number in generated.sources(count):
        source = generated.source(number)
        tree.add_module(inner, source, marshal.dumps(codes.code(number, inner)))
        if disk:
            path = os.path.join(place, inner)
            to_disk(path, codes.code(number, path))
    return tree


def folder_tree(place, tops, disk):
    tree, inners = Tree(), []
    for top in tops:
        if os.path.isfile(os.path.join(place, top)):
            inners.append(top)
        for folder, folders, leaves in os.walk(os.path.join(place, top)):
            folders[:] = [name for name in folders if name != '__pycache__']
            inners += [os.path.relpath(os.path.join(folder, leaf), place).replace(os.sep, '/') for leaf in leaves]
    with concurrent.futures.ProcessPoolExecutor() as pool:
        sources = [inner for inner in inners if inner.endswith('.py')]
        for inner, (source, code, asked) in zip(sources, pool.map(compiled, [place] * len(sources), sources, [disk] * len(sources), chunksize=20)):
            if code is None:
                tree.add(inner, source)
                continue
            tree.add_module(inner, source, code)
            if asked:
                tree.asking[inner] = asked
    for inner in set(inners).difference(sources):
        with open(os.path.join(place, inner), 'rb') as file:
            tree.add(inner, file.read())
    return tree


def main():
    what = json.load(sys.stdin)
    place, codes = what['place'], generated.Codes()
    counts = [tree.get('count', 0) for tree in what['trees'].values()]
    for name, tree in what['trees'].items():
        if 'count' in tree:
            # The largest tree has the files of all others.
            made = generated_tree(codes, tree['count'], place, what['disk'] and tree['count'] == max(counts))
        else:
            made = folder_tree(place, tree['tops'], what['disk'])
        made.write(name, tree['kinds'])


if __name__ == '__main__':
    main()
