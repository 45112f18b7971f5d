"""Reads and writes bundles: archives with a manifest, as docs/formats.md section 7 describes.

A bundle's own files, the manifest and the data that were registered, lie in the folder ``.pyembed``, which no tree has; the
index names them apart from the files of the tree. What a bundle says is checked here whole, before anything of it is used.
"""

import hashlib
import os
import re
from collections import namedtuple

from ._archive import difference, write_archive
from ._importer import MEMORY, ArchiveError, open_tree
from ._loaders import origin_of

FORMAT = 1              # of manifests: the newest that is read, and the one that is written
MANIFEST = 'bundle.json'
DATA = 'data/'          # the contents of data follow, by their hash
PLACEMENTS = 'app', 'library'

_LONGEST = 4096         # characters of a folder on A
_MOST_FILES = 65534     # zipimport reads no zip64 records before CPython 3.13
_SHA256 = re.compile('[0-9a-f]{64}')
_SURROGATE = re.compile('[\ud800-\udfff]')
_REFERENCE = re.compile(r'[^\s:]+:[^\s:]+')


class BundleError(ArchiveError):
    """What is wrong with a bundle, or with what was to be bundled: the thing, its place, and the remedy. Nothing is then
    bundled, or mounted. What cannot be told for a bundle, as its end is missing, is a plain ArchiveError where it is mounted."""

    __module__ = 'pyembed.bundle'


class Entry(namedtuple('Entry', 'folder placement files')):
    """What of one entry of A's sys.path is in a bundle.

    *folder* is its place on A, as entry_folder() has it; *placement* is ``'app'`` where it lay before the standard library
    on sys.path, ``'library'`` where it lay after; *files* are the paths of the files in the archive, which they have below
    the entry on A, too, sorted."""

    __slots__ = ()


class Manifest(namedtuple('Manifest', 'python system standard entries modules data requirements objects missing left_out')):
    """What a bundle says of itself.

    *python* is A's version (``'3.11.2'``), *system* its sys.platform, *standard* the sorted names of its standard modules,
    *entries* the Entry objects in the order of A's sys.path, *modules* a dict from a module's name to the SHA-256 of its
    source, ``''`` for a namespace package, which has none, *data* one from the identifier of registered data to the SHA-256 of it,
    *requirements* one from a module to ``(system, modules)``, each ``'module:qualname'`` of a callable or None, *objects* the
    names of what the bundle was made for, *missing* a list of ``(module, importer, line)`` of what A has not and what may not be
    needed, *left_out* a dict from what is needed and does not travel to why: a rule, ``'standard'``, ``'on B'``."""

    __slots__ = ()


def entry_folder(place):
    """The folder of an Entry for an entry of sys.path: its absolute path, with ``/`` between folders and none before, a drive
    ``C:`` as ``C``; ``memory`` for what is in memory only. What a name cannot have on every system is ``_`` there."""
    if place.startswith(MEMORY):
        return MEMORY[:-2]
    place = os.path.abspath(place)
    drive, place = os.path.splitdrive(place)
    folder = f'{drive.rstrip(":")}/{place}'.replace(os.sep, '/').strip('/')
    return '/'.join([re.sub('[\\\\:\0\ud800-\udfff]', '_', name) for name in folder.split('/') if name])


def module_file(name, files):
    """The path of a module's source among those of an archive, None for a namespace package or where there is none."""
    path = name.replace('.', '/')
    return next((file for file in (f'{path}/__init__.py', f'{path}.py') if file in files), None)


# Writing #############################################################################################################

def write(manifest, files, data):
    """The bundle, as bytes: *files* is a dict from the paths of the archive to bytes, *data* one from identifiers to bytes.

    The same arguments give the same bytes. Raises BundleError where the manifest does not tell of these files, for more files than
    zipimport reads, and for more than 2 GiB."""
    import json
    document = {'format': FORMAT, **manifest._asdict(), 'entries': [entry._asdict() for entry in manifest.entries]}
    text = json.dumps(document, indent=1, sort_keys=True).encode() + b'\n'
    own = {MANIFEST: text}
    for name, content in data.items():
        own[f'{DATA}{hashlib.sha256(content).hexdigest()}'] = bytes(content)
    wrong = next(_problems(manifest, files, own), None)
    if wrong:
        raise BundleError(f'the bundle cannot be made: {wrong}')
    for name, digest in manifest.modules.items():
        if digest and hashlib.sha256(files[module_file(name, files)]).hexdigest() != digest:
            raise BundleError(f'the bundle cannot be made: {name} is not the module that its manifest tells of: the hash is another')
    count = len(files) + len(own) + len(_folder_entries(files)) + 1
    if count > _MOST_FILES:
        raise BundleError(f'the bundle would have {count:,} files, and zipimport reads {_MOST_FILES:,}: leave packages out '
                          'by rules, or make several bundles')
    try:
        return write_archive({**files, **dict.fromkeys(_folder_entries(files), b'')}, 'bundle', own=own)
    except ValueError as error:
        raise BundleError(str(error)) from error


def _folder_entries(files):
    """The folders of namespace packages, each with ``/`` at its end: zipimport sees only what has an entry of its own."""
    packages, folders = set(), set()
    for path in files:
        if path.endswith('.py'):
            folder, _, name = path.rpartition('/')
            if name == '__init__.py':
                packages.add(folder)
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition('/')[0]
    return [f'{folder}/' for folder in sorted(folders - packages)]


# Reading #############################################################################################################

def read_bundle(source):
    """The Manifest of a bundle, given as its bytes or by its path, after everything in it was checked.

    Raises BundleError for what is no bundle, a damaged one, and one of a newer format; OSError for a path that cannot be read."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        content, origin = bytes(source), MEMORY + 'archive'
    else:
        with open(source, 'rb') as file:
            content = file.read()
        origin = origin_of(os.path.abspath(os.fsdecode(source)))
    try:
        tree = open_tree(memoryview(content), origin)
        manifest = read(tree)
        check(tree, manifest)
    except BundleError:
        raise
    except ArchiveError as error:
        raise BundleError(str(error)) from error
    return manifest


def read(tree):
    """The Manifest of an opened tree. Raises BundleError where it is none of a bundle, damaged, or newer; the contents of
    files are for check()."""
    if not tree.bundle:
        raise BundleError(f'{tree.origin}: this is no bundle, as it has no manifest (.pyembed/{MANIFEST}): make one by '
                          'pyembed.bundle.build, or the command pyembed bundle')
    files, size = dict(files_of(tree)), 0
    if any([tree.record(path) is not record for path, record in files_of(tree)]):
        raise _damaged(tree.origin, 'its index has a file twice, or where it cannot be found')
    for path, record in (*files.items(), *tree.bundle.items()):
        method, _, length = tree.range(record, path)
        size += length
        if method or size > tree.end:       # what is no bomb cannot hold more than there is
            raise _damaged(tree.origin, f'{path!r} is compressed' if method else 'its files are longer than it is')
    record = tree.bundle.get(MANIFEST)
    return _parse(b'' if record is None else tree.read(record, MANIFEST), files, tree.bundle, tree.origin)


def files_of(tree):
    """(path, record) of each file of a tree."""
    for folder in tree.folders:
        for name, record in tree.table(folder).items():
            if name and record:
                yield f'{folder}/{name}' if folder else name, record


def check(tree, manifest):
    """Read every byte of a bundle, and raise BundleError where the hash of a file is another, or where the zip would show others
    another file than its index shows here; returns a dict from the paths of the tree's files to their hashes, binary."""
    found = {}                  # path -> offset, size, hash
    for path, record in files_of(tree):
        found[path] = _digest(tree, record, path)
    digests = {path: digest for path, (_, _, digest) in found.items()}
    own = {}
    for path, record in tree.bundle.items():
        full = f'.pyembed/{path}'
        found[full] = _digest(tree, record, full)
        own[full] = found[full][2]
    for folder in _folder_entries(digests):
        found[folder] = 0, 0, hashlib.sha256().digest()
    whole, entries = hashlib.sha256(), []
    for name, (start, size, digest) in sorted([(path.encode(), facts) for path, facts in found.items()]):
        whole.update(name + b'\0' + size.to_bytes(8, 'little') + digest)
        entries.append((name, start, size))
    for name, digest in manifest.modules.items():
        if digest and digests[module_file(name, digests)].hex() != digest:
            raise _damaged(tree.origin, f'the hash of {name} is not the one in its manifest')
    for name, digest in manifest.data.items():
        if own[f'.pyembed/{DATA}{digest}'].hex() != digest:
            raise _damaged(tree.origin, f'the hash of the data {name!r} is not the one in its manifest')
    if whole.hexdigest() != tree.hash:
        raise _damaged(tree.origin, f'the hash of its files is {whole.hexdigest()[:12]}, and its index gives {tree.hash[:12]}')
    wrong = difference(tree.view, entries, tree.end)
    if wrong:
        raise _damaged(tree.origin, wrong)
    return digests


def read_data(tree, manifest):
    """A dict from the identifiers of the data in a bundle to their bytes."""
    return {name: tree.read(tree.bundle[f'{DATA}{digest}'], name) for name, digest in manifest.data.items()}


def _digest(tree, record, path):
    """(offset, size, SHA-256) of a file."""
    _, start, size = tree.range(record, path)
    return start, size, hashlib.sha256(tree.view[start:start + size]).digest()


def _damaged(where, why):
    return BundleError(f'{where}: the bundle is damaged: {why}; make it, or send it, once more')


def _parse(text, files, own, where):
    """The Manifest in a document, checked against the paths of the archive's files and of the bundle's *own*."""
    import json
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(where, f'its manifest is no JSON: {error}') from error
    version = document.get('format') if document.__class__ is dict else None
    if version.__class__ is not int or version < 1:
        raise _damaged(where, 'its manifest has no format version')
    if version > FORMAT:
        raise BundleError(f'{where}: the bundle has format version {version}, this PyEmbed reads versions up to {FORMAT}: '
                          'update PyEmbed here, or make the bundle with the version in use here')
    try:
        manifest = Manifest(**{field: document[field] for field in Manifest._fields})
        manifest = manifest._replace(
            entries=[Entry(entry['folder'], entry['placement'], entry['files']) for entry in manifest.entries],
            requirements={name: tuple(pair) for name, pair in manifest.requirements.items()},
            missing=[tuple(item) for item in manifest.missing])
        wrong = next(_problems(manifest, files, own), None)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _damaged(where, f'bad manifest: {error!r}') from error
    if wrong:
        raise _damaged(where, f'bad manifest: {wrong}')
    return manifest


def _problems(manifest, files, own):
    """What is wrong with a manifest, in words. Its fields are of any types."""
    for field in ('python', 'system'):
        if not _is_text(getattr(manifest, field)):
            yield f'{field} is no text'
    for field in ('standard', 'objects'):
        if not _are_texts(getattr(manifest, field)):
            yield f'{field} is no list of names'
    seen = set()
    for entry in manifest.entries:
        if not _is_text(entry.folder) or entry.folder and not _is_relative(entry.folder) or len(entry.folder) > _LONGEST:
            yield f'{str(entry.folder)[:200]!r} does not name a folder below another'
        if entry.placement not in PLACEMENTS:
            yield f'the placement {entry.placement!r} of {entry.folder!r} is none of {PLACEMENTS}'
        if not _are_texts(entry.files):
            yield f'the files of {entry.folder!r} are no list of paths'
        for path in entry.files:
            if path in seen or path not in files:
                yield f'{path!r} is there twice' if path in seen else f'the file {path!r} is not in the archive'
            seen.add(path)
    for path in files:
        if path not in seen or not _is_relative(path):
            yield f'{path!r} is in no entry' if _is_relative(path) else f'{path!r} does not name a place within the archive'
    for path in own:
        if not _is_relative(path):
            yield f'{path!r} does not name a place within the archive'
    for name, digest in manifest.modules.items():
        if not (_is_name(name) and (digest == '' or _is_hash(digest))):
            yield f'{name!r} is no module with a hash'
        if digest and module_file(name, files) is None:
            yield f'the source of the module {name!r} is not in the archive'
        elif digest and f'{module_file(name, files)}c' in files:
            yield f'the module {name!r} has bytecode beside its source, which zipimport would run in its stead'
    for name, digest in manifest.data.items():
        if not (_is_text(name) and _is_hash(digest)) or f'{DATA}{digest}' not in own:
            yield f'the data {name!r} are not in the archive'
    for name, pair in manifest.requirements.items():
        if not (_is_name(name) and len(pair) == 2 and all(
                [half is None or _is_text(half) and _REFERENCE.fullmatch(half) for half in pair])):
            yield f'the requirement of {name!r} is no pair of names, module:function'
    for item in manifest.missing:
        if not (len(item) == 3 and _are_texts(list(item[:2])) and item[2].__class__ is int):
            yield f'{item!r} is no module, importer and line'
    for name, why in manifest.left_out.items():
        if not _are_texts([name, why]):
            yield f'{name!r} is left out for no reason'


def _is_text(value):
    """Whether a value is Unicode text, which has no surrogates."""
    return value.__class__ is str and (value.isascii() or not _SURROGATE.search(value))


def _are_texts(values):
    return values.__class__ is list and all([_is_text(value) for value in values])


def _is_hash(value):
    return value.__class__ is str and _SHA256.fullmatch(value) is not None


def _is_name(name):
    return _is_relative(name) and '/' not in name and all(name.split('.'))


def _is_relative(path):
    """Whether a path lies below wherever it begins, on every system."""
    return (_is_text(path) and not any([character in path for character in '\\:\0'])
            and all([name not in ('', '.', '..') for name in path.split('/')]))
