"""Lists the modules of a folder, as pkgutil lists those of a directory."""

from _frozen_importlib_external import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, SOURCE_SUFFIXES

from ._importer import IS_STRIPPED, bytecode_suffix

_SUFFIXES = sorted(EXTENSION_SUFFIXES + SOURCE_SUFFIXES + BYTECODE_SUFFIXES, key=len, reverse=True)


def iter_modules(folder, prefix=''):
    """(name, is a package) for each module of a Folder, sorted; not its namespaces and folders of data."""
    seen = {'__init__'}
    for entry, record in sorted([*folder.table.items(), *_stripped(folder)], key=lambda item: item[0]):
        name = module_name(entry) if record else entry
        if name and '.' not in name and name not in seen and entry and (record or _is_package(folder.folder(entry))):
            seen.add(name)
            yield prefix + name, record is None
    if folder.beside:                       # a real folder at the same place, with modules that are not in the tree
        from pkgutil import iter_importer_modules
        for name, package in iter_importer_modules(folder.beside, prefix):
            if name[len(prefix):] not in seen:
                yield name, package


def module_name(file):
    """The name of the module in a file of that name; None for other files. As inspect.getmodulename, which would
    cost the import of inspect."""
    for suffix in _SUFFIXES:
        if file.endswith(suffix):
            return file[:-len(suffix)]
    return None


def _is_package(folder):
    return (any(record and module_name(entry) == '__init__' for entry, record in folder.table.items() if entry)
            or bool(folder.tree.tags(folder.inner, '__init__')))


def _stripped(folder):
    """(the name that bytecode without a source has, True) of each module whose source was left out."""
    tree = folder.tree
    if not folder.table[''] & IS_STRIPPED:
        return []
    suffixes = tuple([bytecode_suffix(tag, tree.optimize) for tag in tree.stripped])
    names = {entry.rpartition(suffix)[0] for entry in tree.bytecode(folder.inner) for suffix in suffixes if entry.endswith(suffix)}
    return [(f'{name}.pyc', True) for name in names if f'{name}.py' not in folder.table and f'{name}.pyc' not in folder.table]
