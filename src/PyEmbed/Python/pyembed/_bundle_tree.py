"""The tree of the bundles that share a root: their files at the places that they had on A, below it, where nothing lies."""

import hashlib
import os

from ._bundle_format import files_of
from ._importer import MEMORY_ROOT, Tree
from ._zip import add_to_tables


class BundleTree(Tree):
    """Files of several archives, by their place on A. A record is (archive, path there, record there, size).

    Bundles come and go while modules of it are in use: *folders* is replaced then, whole, and what has gone can still be read by
    its path, as the lines of tracebacks are."""

    __slots__ = ('search', '_places', '_gone')

    has_beside = False
    never = 'a bundle that is mounted without a root'

    def __init__(self, root):
        super().__init__(None, 0, root, {'': {'': 0}}, 'bundles', '0' * 64, materialize='never', file_users={})
        self.suffix = None                  # bundles hold sources, and what is compiled of them is not kept
        self.root = root
        self.in_memory = root.startswith(MEMORY_ROOT)
        self.search = {}                    # entry of sys.path -> its placement, in order
        self._places = {}                   # folder -> (archive, folder there) of the first bundle that has files in or below it
        self._gone = {}                     # path -> record of files that are in no bundle any more, and of which modules may be in use

    def hold(self, bundles, keep=True):
        """Let these be the bundles, in the order in which they were mounted; *keep* tells whether what has gone stays readable.

        Returns the paths of the files that have gone. Raises ValueError, and changes nothing, where one place would be a file and a
        folder."""
        folders, places, search = {'': {'': 0}}, {}, {}
        before = dict(files_of(self))
        for bundle in reversed(bundles):            # the later of two files of one place counts, and that is to be the first
            for entry in reversed(bundle.manifest.entries):
                prefix, seen = entry.folder and entry.folder + '/', set()
                for path in entry.files:
                    record = bundle.archive.record(path)
                    inner = prefix + path
                    if not add_to_tables(folders, inner.split('/'), (bundle.archive, path, record, record[-1])):
                        raise ValueError(f'{inner!r} would be a file and a folder')
                    folder = path.rpartition('/')[0]
                    while folder not in seen:
                        seen.add(folder)
                        places[(prefix + folder).rstrip('/')] = bundle.archive, folder
                        folder = folder.rpartition('/')[0]
        for bundle in bundles:
            for entry in bundle.manifest.entries:
                search.setdefault(place_of(self.root, entry), entry.placement)
        self.folders, self._places, self.search = folders, places, search
        self.hash = hashlib.sha256(''.join([bundle.archive.hash for bundle in bundles]).encode()).hexdigest()
        self.origin = bundles[-1].archive.origin
        gone = {path: record for path, record in before.items() if Tree.record(self, path) is None}
        self._gone = {path: record for path, record in {**self._gone, **gone}.items() if keep and Tree.record(self, path) is None}
        return set(gone)

    def record(self, path):
        return super().record(path) or self._gone.get(path)

    def range(self, record, name):
        archive, _, there, _ = record
        return archive.range(there, name)

    def read(self, record, name):
        archive, _, there, _ = record
        return archive.read(there, name)

    def entries(self, placement):
        return [entry for entry, placed in self.search.items() if placed == placement]

    def package(self, inner):
        return self._places[inner][1].replace('/', '.') if inner in self._places else super().package(inner)

    def archived(self, inner):
        record = self.record(inner)
        if record is not None:
            return record[:2]
        return self._places.get(inner) or (self, inner)


def place_of(root, entry):
    """The place of a manifest's Entry below a root."""
    return os.path.join(root, *entry.folder.split('/')) if entry.folder else root
