"""What the tests of bundles share: bundles of files given by the test, without looking for what an object needs."""

import hashlib

from pyembed import _bundle_format
from pyembed._bundle_format import Entry, Manifest


def bundle(files, data=(), *, folder='home/me/project', entries=None, **fields):
    """A bundle, as bytes, of files given as str or bytes, all of one entry of A's sys.path unless *entries* has
    (folder, placement, paths) of each."""
    files = {path: content.encode() if isinstance(content, str) else content for path, content in files.items()}
    data = dict(data)
    entries = entries or [(folder, 'app', files)]
    described = {
        'python': '3.11.2', 'system': 'linux', 'standard': ['os', 'sys'],
        'entries': [Entry(place, placement, sorted(paths)) for place, placement, paths in entries],
        'modules': modules(files), 'data': {name: hashlib.sha256(content).hexdigest() for name, content in data.items()},
        'requirements': {}, 'objects': [], 'missing': [], 'left_out': {}, **fields}
    return _bundle_format.write(Manifest(**described), files, data)


def modules(files):
    """The names of the modules among files, with the hashes of their sources, and of the namespace packages that they are in."""
    found = {}
    for path, content in files.items():
        if path.endswith('.py'):
            name = path[:-3].replace('/', '.')
            name = name[:-9] if name.endswith('.__init__') else name
            found[name] = hashlib.sha256(content).hexdigest()
            while '.' in name:
                name = name.rpartition('.')[0]
                if f'{name.replace(".", "/")}/__init__.py' not in files:
                    found[name] = ''
    return found
