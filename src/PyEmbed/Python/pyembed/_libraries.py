"""Where the shared libraries lie that an extension module needs: what wheels do, and what its run path says.

Run paths are read from the text in the file: ``$ORIGIN`` (ELF) or ``@loader_path`` (Mach-O) with the folders relative to it.
"""

import posixpath

from . import _importer

SUFFIXES = '.so', '.pyd', '.dll', '.dylib'
_FOLDERS = '.libs', '.dylibs', 'lib', 'libs'
_ORIGINS = b'$ORIGIN', b'${ORIGIN}', b'@loader_path'
_LONGEST = 4096


def is_library(path):
    name = path.rpartition('/')[2]
    return name.endswith(SUFFIXES) or '.so.' in name


def usual_folders(tree, folder):
    """Folders where wheels keep shared libraries: x.libs beside packages, and .libs, .dylibs, lib, libs in the package."""
    names = [name for name in tree.table('') if name.endswith('.libs')]
    top = folder.partition('/')[0]
    names += [inner for inner in tree.folders
              if top and inner.startswith(top + '/') and inner.rpartition('/')[2] in _FOLDERS]
    return [name for name in names if name in tree.folders]


def run_path(content, folder):
    """The folders, as paths in the archive, that the run path of a library in *folder* names; those above are left out."""
    found = {}
    for origin in _ORIGINS:
        at = content.find(origin)
        while at >= 0:
            end = content.find(b'\0', at, at + _LONGEST)
            if end < 0:
                end = at + len(origin)
            for entry in content[at:end].split(b':'):
                if entry.startswith(origin):
                    below = entry[len(origin):].decode('utf-8', 'replace').lstrip('/')
                    path = posixpath.normpath(posixpath.join(folder, below))
                    if is_library(path):
                        path = posixpath.dirname(path) or '.'       # Mach-O names the library itself
                    if path != '..' and not path.startswith('../'):
                        found['' if path == '.' else path] = None
            at = content.find(origin, max(end, at + 1))
    return list(found)


def tree_with(tree, folder):
    """The tree that has a folder: the tree itself, or the first other that is mounted. (Installed, all share one.)"""
    if folder in tree.folders:
        return tree
    return next((other for other in _importer._trees.values() if folder in other.folders), None)


def is_made_with(tree, made_with):
    """Whether a unit was made with the libraries that are mounted now; *made_with* are folders and hashes of trees."""
    for folder, digest in made_with.items():
        other = tree_with(tree, folder)
        if (other and other.hash) != digest:
            return False
    return True
