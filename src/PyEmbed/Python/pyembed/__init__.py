"""PyEmbed: imports Python trees from memory as if they were installed on disk.

The trees that a .NET application carries are mounted by its host. From Python, ``mount`` adds a tree of one's own: a
mapping of path to bytes, a zip, or a folder..
"""

from . import _importer
from ._importer import ArchiveError, ExtractionError, mounts, report, unmount

__all__ = ['ArchiveError', 'ExtractionError', 'mount', 'mounts', 'report', 'unmount']
__version__ = '0.1.0'

_importer.boot()        # does nothing where a host has booted already


def mount(source, root=None):
    """Mount a tree and return its root, the folder path that then is on ``sys.path``, before the standard library.

    *source* is a mapping of path (``'pkg/mod.py'``) to bytes or str, the path of a zip file or its contents as a
    buffer, or the path of a folder, of which a snapshot is taken. *root* is an absolute path, which need not exist;
    by default it lies in the extraction directory and follows from the contents. Mounting the same tree again returns
    the same root and counts: it takes as many calls of ``unmount``.

    Raises ArchiveError for a damaged archive or one of a newer format, OSError for a path that cannot be read,
    ValueError for a root that overlaps a mounted one, TypeError for any other source. Any thread may call it.
    """
    from ._mounts import mount as mount_tree
    from ._source import open_source
    return mount_tree(open_source(source), root)
