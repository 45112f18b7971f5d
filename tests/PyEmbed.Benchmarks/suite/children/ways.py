"""The ways of importing that are compared. Each makes ready what is not timed, and returns what is: a function that makes the tree importable, and returns what is to be
called when the imports are done, if anything is.

Used by the scripts beside it, in the CPython that is measured, with nothing imported that CPython has not imported itself.
"""

import sys
import os
import marshal

PYEMBED = 'pyembed', 'deferred', 'deflated', 'sources'


def prepare(way, work, what, place, package):
    """The function that mounts the tree *what* of the folder *work*; *place* has it on disk, *package* is PyEmbed's."""
    if way == 'disk':
        sys.dont_write_bytecode = True
        return lambda: sys.path.insert(0, place)
    if way == 'no-bytecode':
        # The same folder, with a place for bytecode where there is none.
        sys.dont_write_bytecode = True
        sys.pycache_prefix = os.path.join(work, 'no-bytecode')
        return lambda: sys.path.insert(0, place)
    if way in ('zip-stored', 'zip-deflated'):
        import zlib                     # zipimport would load it on the way; it is a file of CPython's
        return lambda: sys.path.insert(0, os.path.join(work, f'{what}.{way}.zip'))
    if way in PYEMBED:
        return pyembed(way, work, what, package)
    if way == 'minimal':
        return minimal(work, what)
    if way == 'compiled':
        return compiled(work, what)
    raise SystemExit(f'there is no way {way!r}')


def mapped(path):
    """A file as .NET has an assembly: mapped."""
    import mmap
    with open(path, 'rb') as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def pyembed(way, work, what, package):
    sys.path.insert(0, package)
    import pyembed._importer as importer
    import zlib
    del sys.path[0]
    importer._store = os.path.join(work, 'store')
    view = mapped(os.path.join(work, what + ('.zip' if way in ('pyembed', 'deferred') else f'.{way}.zip')))
    if way != 'deferred':
        return lambda: importer.mount_view(view, what) and None
    from pyembed import _collector

    def mount():
        _collector.begin()
        importer.mount_view(view, what)
        return _collector.end
    return mount


def minimal(work, what):
    """The least that an importer can do: a name, a range of the same archive, a code object."""
    from _frozen_importlib import ModuleSpec
    view = mapped(os.path.join(work, what + '.zip'))
    with open(os.path.join(work, what + '.codes'), 'rb') as file:
        codes = marshal.loads(file.read())

    class Minimal:
        @staticmethod
        def find_spec(name, path=None, target=None):
            found = codes.get(name)
            return found and ModuleSpec(name, Minimal, is_package=found[0])

        @staticmethod
        def create_module(spec):
            return None

        @staticmethod
        def exec_module(module):
            _, begin, end = codes[module.__name__]
            exec(marshal.loads(view[begin:end]), module.__dict__)
    return lambda: sys.meta_path.insert(0, Minimal)


def compiled(work, what):
    """What embedding by Py_CompileString comes to: sources in memory, compiled when they are imported."""
    from _frozen_importlib import ModuleSpec
    with open(os.path.join(work, what + '.texts'), 'rb') as file:
        texts = marshal.loads(file.read())

    class Compiling:
        @staticmethod
        def find_spec(name, path=None, target=None):
            found = texts.get(name)
            return found and ModuleSpec(name, Compiling, is_package=found[0])

        @staticmethod
        def create_module(spec):
            return None

        @staticmethod
        def exec_module(module):
            _, source, name = texts[module.__name__]
            exec(compile(source, name, 'exec', dont_inherit=True), module.__dict__)
    return lambda: sys.meta_path.insert(0, Compiling)
