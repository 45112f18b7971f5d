"""PyEmbed: imports Python trees from memory as if they were installed on disk.

The trees that a .NET application carries are mounted by its host. From Python, ``mount`` adds others: those of an
assembly, a zip, a folder, or a mapping of path to bytes.
"""

from . import _importer
from ._importer import ArchiveError, ExtractionError, mounts, report, unmount

__all__ = ['ArchiveError', 'ExtractionError', 'RequirementError', 'defer_collector', 'get_data', 'is_data', 'mount', 'mounts',
           'register_data', 'report', 'require', 'unmount']
__version__ = '0.1.0'

_importer.boot()        # does nothing where a host has booted already


def mount(source, root=None):
    """Mount a tree and return its root, the folder path that then is on ``sys.path``.

    *source* is a mapping of path (``'pkg/mod.py'``) to bytes or str, the path of a zip file or its contents as a
    buffer, the path of a folder, of which a snapshot is taken, or the path of a .NET assembly: every tree that it embeds
    is mounted, in order, all or none, and the root of the first is returned (``report()`` has all). An assembly is mapped
    into memory: it may be replaced, but not changed in place, while the process runs.

    Trees go before the standard library on ``sys.path``, those that the build made of third-party packages after it.
    *root* is an absolute path, which need not exist, or ``memory://name``: the tree is then in memory only, its modules have
    an origin (``memory:/pkg/mod.py``) and no ``__file__``, and nothing of it becomes a file. By default it lies in the
    extraction directory and follows from the contents. Mounting the same tree again returns the same root and counts: it
    takes as many calls of ``unmount``.

    A bundle (``pyembed.bundle``) goes by default to ``<working directory>/.pyembed``, which all bundles share: its files show the
    places that they had where it was made, below that, and nothing is made there. ``unmount`` takes off the one mounted last.

    Raises ArchiveError for a damaged archive or assembly, one of a newer format, or an assembly without a tree, OSError for
    a path that cannot be read, BundleError (an ArchiveError) for a bundle that is damaged or newer, or that has a file or data that
    differ from those of another that is mounted, ValueError for a root that overlaps a mounted one, is that of the file system or is given
    for several trees, and for a path that no archive can have, TypeError for any other source, root or contents. Any
    thread may call it.
    """
    from ._mounts import mount_all
    from ._source import open_source
    return mount_all(open_source(source), root)


def defer_collector():
    """A context manager that puts the cyclic garbage collector off (``gc.disable()``) while its block imports many modules.

    At its end the collector is as it was before, and what is there counts as old: it is looked at by the next full collection, and
    not by those of what is new. Cycles that become garbage meanwhile stay until then, so the block is for imports, not for a
    program's work. It leaves alone a collector that was off, and objects that ``gc.freeze()`` has put aside. Blocks nest, and threads
    that have one at the same time share it: the last to end resumes the collector. Any thread may use it.
    """
    from ._collector import Deferral
    return Deferral()


def require(module, system=None, modules=None):
    """Declare what a module requires: of the system (its OS, version, tools), and of the modules that there are.

    *module* is the full name of a module, which need not be there. *system* and *modules* are callables without arguments, or
    the name of one (``'mypkg.checks:is_windows'``), whose result says whether that requirement is met. They are independent
    of each other; a further call for the same module replaces those that it gives. Each is asked at every import that loads
    the module, and where a bundle or a report is made, never at an import of any other module.

    Where one is not met, importing the module raises RequirementError, and nothing of it runs; its source can be read all
    the same, so bundles carry it to systems that meet the requirement, which comes with it by its name. A module that is
    imported already stays as it is.

    Raises TypeError and ValueError for what is no name of a module, no callable and no name of one. Any thread may call it.
    """
    from ._require import require
    require(module, system, modules)


def register_data(identifier, data):
    """Have bytes to read by ``get_data(identifier)``, here and, with every bundle that is made from now on, on the system that
    mounts it. *data* is copied. Registering other data by the same identifier replaces them, also those of a bundle. Any thread may
    call it. Raises TypeError where the identifier is no str or the data are no bytes."""
    from ._data import register
    register(identifier, data)


def get_data(identifier):
    """The bytes that were registered by that identifier here, or came with a bundle that is mounted. Raises LookupError where there
    are none."""
    from ._data import get
    return get(identifier)


def is_data(identifier):
    """Whether ``get_data(identifier)`` has data: they were registered here, or came with a bundle that is mounted."""
    from ._data import is_registered
    return is_registered(identifier)


def __getattr__(name):
    if name == 'RequirementError':
        from ._require import RequirementError
        return RequirementError
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
