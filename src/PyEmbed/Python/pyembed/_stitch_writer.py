"""Writes stitched files: a header, the loader (_stitched.py), the files, and how the package runs."""

import hashlib
import pkgutil

from . import __version__
from ._stitch_text import encode, quoted

FORMAT = 1          # of stitched files: the newest that is read, and the one that is written
MARK = '_stitch_format = '

#: How a package's __main__ runs, see stitch._main.
FUNCTION, PROCEDURE, SCRIPT = 'function', 'procedure', 'script'


def write(package, files, order, version, main):
    """The text of a stitched file: the *files* of a package, a dict of path to bytes, in an order of their paths."""
    name = package.name
    hashes = {path: hashlib.sha256(files[path]).hexdigest() for path in order}
    loader = pkgutil.get_data(__package__, '_stitched.py').decode().replace('\r\n', '\n')
    parts = [_header(package, version, len(files)), loader, f'\n\n{MARK}{FORMAT}\n',
             f'_package = _Package("{name}", "{tree_hash(hashes)}", globals())\n']
    for path in order:
        parts.append(f'\n# --- {_shown(path)} ---\n_package.add({quoted(path)}, "{hashes[path]}", {encode(path, files[path])})\n')
    parts.append(f'\n# --- {name} ---\n_package.install()\nimport {name}\n' + _ENDINGS[main].format(name=name))
    return ''.join(parts)


def tree_hash(hashes):
    """The hash over the hashes of all files, a dict from path to hexadecimal text."""
    return hashlib.sha256(''.join(f'{path}\0{hashes[path]}\0' for path in sorted(hashes)).encode('utf-8', 'surrogatepass')).hexdigest()


def _header(package, version, count):
    return (f'#!/usr/bin/env python3\n'
            f'# {package.name}: a Python package in one file\n'
            f'# Version: {_shown(version)}\n'
            f'# Origin: {_shown(package.origin)}\n'
            f'# Made by: PyEmbed {__version__}, pyembed stitch; {count} file{"" if count == 1 else "s"}\n'
            f'# To get the files back: pyembed extract FILE -o FOLDER\n')


_MAIN = '''

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
'''

_ENDINGS = {
    FUNCTION: '''from {name}.__main__ import main
''' + _MAIN,
    PROCEDURE: '''from {name}.__main__ import main as _main


def main(args):
    """Run the package's own main with the arguments as sys.argv[1:]; returns what it returns."""
    sys.argv[1:] = args
    return _main()
''' + _MAIN,
    SCRIPT: '''

def main(args):
    """Run the package as ``python -m {name}`` does; returns the exit code."""
    return _package.run(args)


if __name__ == "__mp_main__":
    _package.run_in_worker()
''' + _MAIN[1:],
    None: '''

if __name__ == "__main__":
    print(f"{{_package.place}}: the package {name!r} has no __main__ to run; import this file, and then {name} and what is below it",
          file=sys.stderr)
    sys.exit(2)
'''}


def _shown(text):
    """Text for a comment, in one line."""
    return ''.join(character if character.isprintable() else ascii(character)[1:-1] for character in str(text))
