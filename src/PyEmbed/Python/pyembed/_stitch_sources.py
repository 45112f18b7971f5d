"""The package to stitch: its files, from a folder, or out of an assembly or another archive."""

import keyword
import os
import re
from collections.abc import Mapping

from ._importer import IS_STRIPPED, ArchiveError
from ._source import _SKIPPED, _read_folder, open_source

_INFO = re.compile(r'(?P<name>[^-]+)-(?P<version>[^-]+).*\.(?:dist|egg)-info')


class StitchError(ValueError):
    """What was to be stitched, or to be taken apart, is not fit for it. The message names the thing, the place and a remedy."""

    __module__ = 'pyembed.stitch'


class Package:
    """A package, or a top-level module, and its files."""

    def __init__(self, name, origin, files, version=None):
        self.name = name
        self.origin = origin        # text: the folder, or the tree
        self.files = files          # path, beginning with the name, '/' between folders -> bytes
        self.version = version      # as the name of its metadata's folder has it; None where there is none


def find_package(source, name=None):
    """The package of that name in a source; without a name the only one. *source* is as for pyembed.stitch.build."""
    folder = None if isinstance(source, (Mapping, bytes, bytearray, memoryview)) else os.fsdecode(source)
    if folder is not None and os.path.isdir(folder):
        return _from_folder(folder, name)
    try:
        trees = open_source(source)
    except ArchiveError as error:
        raise StitchError(str(error)) from error
    return package_of(trees, name)


def is_name(name):
    """Whether a package can have the name."""
    return name.isidentifier() and not keyword.iskeyword(name)


# Folders #############################################################################################################

def _from_folder(folder, name):
    path = os.path.abspath(folder)
    own = os.path.basename(path)
    roots = _below(path)
    if not roots and not _has_python(path):
        raise StitchError(f'{folder}: no Python in this folder: stitch needs the folder of a package, with .py files')
    if os.path.isfile(os.path.join(path, '__init__.py')):
        if name not in (None, own):
            raise StitchError(f'{folder}: this folder is the package {own!r} and holds no package {name!r}')
        is_package = True
    elif name is None:
        is_package = not roots or _is_one_package(path, own)
    else:
        is_package = name == own and name not in roots
    if is_package:
        return _of_folder(path, folder, own)
    chosen = _choose(roots, name, folder, own if _modules(path) and is_name(own) and own not in roots else None)
    return _of_folder(os.path.join(path, chosen), os.path.join(folder, chosen), chosen)


def _of_folder(path, shown, name):
    origin = os.path.normpath(shown).replace(os.sep, '/')
    if os.path.isfile(path + '.py') and not os.path.isdir(path):
        with open(path + '.py', 'rb') as file:
            files = {name + '.py': file.read()}
    else:
        if not is_name(name):
            raise StitchError(f'{shown}: no package can be named {name!r}: a name is made of letters, digits and "_"; '
                              'rename the folder, or stitch a folder below it')
        files = {f'{name}/{inner}': content for inner, content in _read_folder(path).items()}
    near = os.path.dirname(path)
    return Package(name, origin, files, _version(name, os.listdir(near)))


def _below(path):
    """The names of the packages and modules in a folder, sorted."""
    return sorted({*_packages(path), *(module[:-3] for module in _modules(path))})


def _packages(path):
    """The names of the packages in a folder."""
    return [entry for entry in os.listdir(path) if is_name(entry) and entry not in _SKIPPED and _is_package(os.path.join(path, entry))]


def _modules(path):
    """The names of the modules' files in a folder."""
    return [entry for entry in os.listdir(path)
            if entry.endswith('.py') and is_name(entry[:-3]) and os.path.isfile(os.path.join(path, entry))]


def _is_one_package(path, name):
    """Whether a folder without __init__.py is a package itself, and not one that packages and modules lie in: where it can be run,
    where its modules import relatively or by its name, or where they have no package beside them."""
    modules = _modules(path)
    return '__main__.py' in modules or any(_is_in(os.path.join(path, module), name) for module in modules) or (
        bool(modules) and not _packages(path))


def _is_in(path, name):
    """Whether a module imports as only one in that package does."""
    pattern = rb'^[ \t]*(?:from[ \t]*\.|(?:from|import)[ \t]+%b\b)' % re.escape(name.encode())
    with open(path, 'rb') as file:
        return re.search(pattern, file.read(), re.MULTILINE) is not None


def _is_package(path):
    return os.path.isdir(path) and _has_python(path)


def _has_python(path):
    for place, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        if any(name.endswith('.py') and os.path.isfile(os.path.join(place, name)) for name in names):
            return True
    return False


# Archives ############################################################################################################

def package_of(trees, name=None):
    """The package of that name in trees; without a name the only one."""
    found = {}                      # root -> the trees that have it
    for tree in trees:
        for entry in _roots_of(tree):
            found.setdefault(entry, []).append(tree)
    origin = ', '.join(tree.origin for tree in trees)
    if not found:
        raise StitchError(f'{origin}: no Python in it: stitch needs a package, with .py files')
    chosen = _choose(sorted(found), name, origin)
    files = {}
    for tree in found[chosen]:
        for path, content in _files_of(tree, chosen):
            files.setdefault(path, content)
    entries = [entry for tree in found[chosen] for entry in tree.table('')]
    return Package(chosen, found[chosen][0].origin, files, _version(chosen, entries))


def _roots_of(tree):
    for entry, record in tree.table('').items():
        if record is None:
            below = [folder for folder in tree.folders if folder == entry or folder.startswith(entry + '/')]
            if is_name(entry) and entry != '__pycache__' and any(_has_modules(tree, folder) for folder in below):
                yield entry
        elif entry.endswith('.py') and is_name(entry[:-3]):
            yield entry[:-3]


def _has_modules(tree, folder):
    table = tree.table(folder)
    return table[''] & IS_STRIPPED or any(entry.endswith('.py') for entry in table)


def _files_of(tree, root):
    """(path, contents) of the files of a top-level package or module."""
    if root not in tree.folders:
        yield f'{root}.py', tree.read(tree.record(f'{root}.py'), f'{root}.py')
        return
    for folder in tree.folders:
        if (folder == root or folder.startswith(root + '/')) and '__pycache__' not in folder.split('/'):
            table = tree.table(folder)
            if table[''] & IS_STRIPPED:
                raise StitchError(f'{tree.origin}: {folder!r} is embedded without its sources (PyEmbedSource=Strip): stitch '
                                  'the folder that it was built from, or build with PyEmbedSource=Include')
            for entry, record in table.items():
                if record is not None and entry:
                    path = f'{folder}/{entry}'
                    yield path, tree.read(record, f'{tree.origin}/{path}')


# Both ################################################################################################################

def _choose(roots, name, where, whole=None):
    """One of *roots*; *whole* is the name that would choose all of them, as modules of one package."""
    if name is None:
        if len(roots) > 1:
            also = f'; {whole} is the folder itself as a package' if whole else ''
            raise StitchError(f'{where}: {len(roots)} packages or modules, and one file holds one: {", ".join(roots)}; '
                              f'choose one by its name (--package){also}')
        return roots[0]
    if name not in roots:
        raise StitchError(f'{where}: no package {name!r}; there is {", ".join(roots) or "none"}')
    return name


def _version(name, entries):
    """The version that the metadata's folder among *entries* names."""
    def plain(text):
        return re.sub('[-_.]+', '_', text).lower()

    for entry in sorted(entries):
        match = _INFO.fullmatch(entry)
        if match and plain(match['name']) == plain(name):
            return match['version']
    return None
