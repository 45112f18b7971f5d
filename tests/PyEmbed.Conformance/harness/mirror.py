"""Lets unmodified tests run against the importer: what they write to disk is mounted as trees, at the same paths.

Below the *areas* (the scratch folder of the run, folders of test data) every folder that an import looks at is mounted as
a tree of its present content before the import goes on, and mounted anew when the content has changed. Finding and
loading is then the importer's, through its path hook and its finder; a module that the file system's finder supplies from
an area counts as a leak and fails the test.
"""

import io
import os
import stat
import sys
import zipfile
import zipimport
from importlib.machinery import FileFinder

import pyembed
import pyembed._code_cache      # which mounting would import, and so begin again, while this mounts as a finder

from . import trees


class Mirror:
    """A member of sys.meta_path and of sys.path_hooks that finds nothing and mounts what is asked for.

    With *zips*, zip files count as folders."""

    def __init__(self, mounter, areas, zips=False):
        self._mounter = mounter
        self._areas = [os.path.realpath(area) for area in areas]
        self._zips = zips
        self._mounted = {}              # root -> fingerprint of the folder's content
        self.leaks = []                 # modules that the file system's finder, or zipimport, served

    def install(self):
        sys.meta_path.insert(0, self)
        sys.path_hooks.insert(0, self.hook)
        self._watch(FileFinder, 'path')
        if self._zips:
            self._watch(zipimport.zipimporter, 'archive')

    def _watch(self, finder_class, attribute):
        name = 'find_spec' if hasattr(finder_class, 'find_spec') else 'find_loader'     # 3.9's zipimporter
        original, leaks = getattr(finder_class, name), self.leaks

        def find(finder, fullname, target=None):
            found = original(finder, fullname, target)
            if found is not None and self.covers(os.path.abspath(getattr(finder, attribute))):
                leaks.append(f'{fullname} in {getattr(finder, attribute)!r}')
            return found

        setattr(finder_class, name, find)

    def covers(self, path):
        return any(path == area or path.startswith(area + os.sep) for area in self._areas)

    def find_spec(self, fullname, path=None, target=None):
        """Finds nothing: it only mounts what the search is about to look at."""
        try:
            entries = list(sys.path if path is None else path)
        except Exception:               # a path that a test has made unusable on purpose
            return None
        for entry in entries:
            if isinstance(entry, str):
                self.refresh(entry)
        return None

    def find_distributions(self, context):
        """Finds none, and mounts what importlib.metadata is about to look at."""
        for entry in context.path:
            self.refresh(str(entry))
        return ()

    def invalidate_caches(self):
        """What the file system's finders do: look at the folders anew."""
        for root in list(self._mounted):
            self.refresh(root)

    def hook(self, path):
        """Mounts, and leaves the path to the next hook, which is the importer's. The importer knows absolute paths only,
        so a relative one becomes the finder of the absolute path."""
        if isinstance(path, str) and self.refresh(path) and not os.path.isabs(path):
            return trees.folder_at(os.path.abspath(path))
        raise ImportError('the mirror finds nothing', path=path)

    def refresh(self, entry):
        """Mount the present content of a folder, unless the tree there is up to date. Returns whether a tree covers it."""
        path = os.path.abspath(entry)
        if not self.covers(path):
            return False
        root = next((root for root in self._mounted if path == root or path.startswith(root + os.sep)), None)
        if root is None:
            root = self._root_for(path)
        if root is not None:
            self._bring_up_to_date(root)
        self._drop_stale(entry)
        return root in self._mounted

    def mount(self, path):
        """Mount a folder's content, or an empty tree where there is none; returns the importer's finder for it."""
        path = os.path.abspath(path)
        for above in [above for above in self._mounted if path.startswith(above + os.sep)]:
            self._unmount(above)
        if not self.refresh(path) and not trees.is_mounted(path):
            self._mount(path, {})
            self._mounted[path] = None
        return trees.folder_at(path)

    def _root_for(self, path):
        if os.path.isdir(path):
            return path
        while self._zips and self.covers(path):
            if os.path.isfile(path):
                return path if zipfile.is_zipfile(path) else None
            path = os.path.dirname(path)
        return None

    def _bring_up_to_date(self, root):
        now = _fingerprint(root)
        if self._mounted.get(root) == now and trees.is_mounted(root):
            return
        for other in [other for other in self._mounted if other == root or other.startswith(root + os.sep)]:
            self._unmount(other)
        if os.path.isfile(root):
            self._mount(root, None)
        elif os.path.isdir(root):
            files = trees.read_folder(root)
            self._mount(root, _with_zips_as_folders(files) if self._zips else files)
        else:
            return
        self._mounted[root] = now

    def _mount(self, root, files):
        before = list(sys.path)
        if files is None:
            trees.mount_zip_over(root)
        else:
            self._mounter.mount_over(root, files)
        sys.path[:] = before            # which folders are searched is for the test to say

    def _unmount(self, root):
        del self._mounted[root]
        if trees.is_mounted(root):
            before = list(sys.path)
            pyembed.unmount(root)
            sys.path[:] = before

    @staticmethod
    def _drop_stale(entry):
        # A test may have put back an older cache, or the file system's finder may have looked before there was a tree.
        cache = sys.path_importer_cache
        for known in [known for known in list(cache)
                      if known == entry or isinstance(known, str) and known.startswith(entry + os.sep)]:
            finder = cache.get(known)
            if trees.is_ours(finder):
                if not trees.is_current(finder) or finder.path != os.path.abspath(known):
                    del cache[known]
            else:
                try:
                    trees.folder_at(os.path.abspath(known))
                except ImportError:
                    continue
                del cache[known]


def _with_zips_as_folders(files):
    """Trees cannot lie within each other, so a zip in a mounted folder becomes a folder of its tree."""
    result = {}
    for path, content in files.items():
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                result.update((f'{path}/{name}', archive.read(name)) for name in archive.namelist() if name[-1] != '/')
        else:
            result[path] = content
    return result


def _fingerprint(path):
    """What tells one content of a folder, or of a zip, from another. Tests write files twice within a tick of the file
    system's clock and set dates back, so of small files the content itself counts."""
    if os.path.isfile(path):
        return _state_of(path)
    found = []
    for place, folders, names in os.walk(path, followlinks=True):
        folders.sort()
        found.append(place)
        found += [(name, _state_of(os.path.join(place, name))) for name in sorted(names)]
    return found


def _state_of(path):
    try:
        state = os.stat(path)
        if stat.S_ISREG(state.st_mode) and state.st_size < 100_000:
            with open(path, 'rb') as file:
                return state.st_mtime_ns, file.read()
        return state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino
    except OSError:
        return None
