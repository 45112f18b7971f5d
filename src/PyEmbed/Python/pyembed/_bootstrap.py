"""The start of the importer in a process that cannot import it, by text that needs builtins alone.

A pickle carries the text to such a process, as ``eval`` of what this module and its users put together.
"""

from . import _importer

# Defines boot_from(). *cached* and *source* are the offset and size, in the archive, of the bytecode and the source of the importer's first
# module; no bytecode is None. The other arguments are those of _importer.boot().
BOOT = '''
def boot_from(view, cached, source, *places):
    import marshal, sys
    from importlib.util import MAGIC_NUMBER
    name = 'pyembed._importer'
    code = cached and bytes(view[cached[0]:sum(cached)])
    if code and code[:4] == MAGIC_NUMBER:
        code = marshal.loads(code[16:])
    else:
        code = compile(bytes(view[source[0]:sum(source)]), name, 'exec', dont_inherit=True)
    module = sys.modules[name] = type(sys)(name)
    module.__package__ = 'pyembed'
    try:
        exec(code, module.__dict__)
        module.boot(view, *places)
    except BaseException:
        del sys.modules[name]
        raise
'''


def importer_archive():
    """An archive with the sources of this package, for every version of CPython, and the offset and size in it of the first
    module's. They are read from wherever this process has them."""
    from importlib.util import find_spec
    from pkgutil import iter_modules
    import pyembed
    from ._archive import write_archive
    files = {}
    for name in ('__init__', *(module.name for module in iter_modules(pyembed.__path__))):
        spec = pyembed.__spec__ if name == '__init__' else find_spec(f'pyembed.{name}')
        files[f'pyembed/{name}.py'] = spec.loader.get_data(spec.origin)
    archive = write_archive(files, 'pyembed', 'library', 'never', {})
    tree = _importer.open_tree(archive, 'pyembed')
    return archive, tree.range(tree.record('pyembed/_importer.py'), '_importer.py')[1:]
