"""Prints, as JSON, all that a program can see of modules: run once with a tree on disk and once with it mounted.

    python observe.py disk|tree ROOT NAMES...

*disk* puts ROOT, a real folder, on sys.path. *tree* reads an archive from ROOT + '.zip' and mounts it at ROOT, which then
does not exist. test_differential.py compares the two outputs.
"""

import sys

how, root, package, *names = sys.argv[1:]
if how == 'disk':
    sys.path.insert(0, root)
else:
    sys.path.insert(0, package)
    import pyembed
    from pyembed import _importer, _mounts
    del sys.path[0]
    with open(root + '.zip', 'rb') as archive:
        _mounts.mount(_importer.open_tree(memoryview(archive.read()), 'differential'), root)

import contextlib                                                                                           # noqa: E402
import copy                                                                                                 # noqa: E402
import doctest                                                                                              # noqa: E402
import importlib.abc                                                                                        # noqa: E402
import importlib.machinery                                                                                  # noqa: E402
import importlib.util                                                                                       # noqa: E402
import inspect                                                                                              # noqa: E402
import io                                                                                                   # noqa: E402
import json                                                                                                 # noqa: E402
import linecache                                                                                            # noqa: E402
import os                                                                                                   # noqa: E402
import pickle                                                                                               # noqa: E402
import pkgutil                                                                                              # noqa: E402
import pydoc                                                                                                # noqa: E402
import re                                                                                                   # noqa: E402
import runpy                                                                                                # noqa: E402
import traceback                                                                                            # noqa: E402
import types                                                                                                # noqa: E402
import unittest                                                                                             # noqa: E402
import warnings                                                                                             # noqa: E402

seen = {}
KINDS = [importlib.machinery.SourceFileLoader, importlib.machinery.SourcelessFileLoader,
         importlib.machinery.ExtensionFileLoader]
ABCS = [getattr(importlib.abc, name) for name in (
    'Loader', 'InspectLoader', 'ExecutionLoader', 'FileLoader', 'SourceLoader', 'ResourceLoader')
    if hasattr(importlib.abc, name)]


def normal(value):
    """The value as JSON and as it would be anywhere."""
    if isinstance(value, str):
        value = value.replace(root, '<root>')
        # Our loaders have names of their own, derive from importlib's, and show up in tracebacks where they hand over to it.
        value = re.sub(r'_?(Sourceless|Source|Extension|Namespace)(File)?Loader\b', r'\1FileLoader', value.replace('CachedLoader', 'SourceLoader'))
        value = re.sub(r'  File "[^"]*pyembed._loaders.py", line .*\n(    .*\n)*', '', value)
        value = re.sub(r'<[\w.]+Loader object at 0x[0-9a-fA-F]+>', '<loader>', value)
        return re.sub(r'0x[0-9a-fA-F]{6,}', '0x', value)
    if isinstance(value, bytes):
        return value.replace(root.encode(), b'<root>').hex()
    if isinstance(value, dict):
        return {str(key): normal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [normal(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return normal(f'{type(value).__name__}: {value!r}')


def note(name, about, function, *args, **options):
    """Record what a call gives: its value, or its exception."""
    try:
        value = function(*args, **options)
    except BaseException as error:
        value = [type(error).__name__, str(error), getattr(error, 'errno', None), getattr(error, 'filename', None)]
    seen[f'{name}: {about}'] = normal(value)


def code_of(code):
    """What is in a code object, with those within it."""
    return [code.co_filename, code.co_name, code.co_firstlineno, code.co_names, code.co_code.hex(),
            [code_of(item) if isinstance(item, types.CodeType) else repr(item) if not isinstance(item, frozenset)
             else sorted(map(repr, item)) for item in code.co_consts]]


def observe_spec(name, spec):
    if spec is None:
        return None
    locations = spec.submodule_search_locations
    # A namespace has our loader from the start, where importlib's gets one when it is imported.
    text = repr(spec).replace('loader=None', 'loader=<loader>')
    return [spec.name, spec.origin, spec.cached, spec.has_location, spec.parent, spec.loader_state,
            type(locations).__name__, None if locations is None else list(locations), text]


def observe_loader(name, loader):
    note(name, 'loader kinds', lambda: [kind.__name__ for kind in KINDS + ABCS if isinstance(loader, kind)])
    note(name, 'loader name and path', lambda: [getattr(loader, 'name', None), getattr(loader, 'path', None)])
    for method in ('is_package', 'get_filename', 'get_source'):
        for asked in (name, name + 'x', '__main__'):
            # Up to 3.12 linecache asks for __main__'s source by that name, so ours answers where importlib's refuses.
            if asked != '__main__' or method != 'get_source':
                note(name, f'{method}({asked})', lambda: getattr(loader, method)(asked))
    note(name, 'get_code', lambda: (lambda code: code and code_of(code))(loader.get_code(name)))
    note(name, 'get_code of another', lambda: loader.get_code(name + 'x'))
    path = getattr(loader, 'path', None)
    if path is not None:
        folder = os.path.dirname(path)
        for about, place in (('own', path), ('missing', os.path.join(folder, 'no such file')), ('folder', folder),
                             ('indirect', os.path.join(folder, '..', os.path.basename(folder), os.path.basename(path)))):
            note(name, f'get_data of {about}', lambda: loader.get_data(place))
        note(name, 'path_stats', lambda: sorted(loader.path_stats(path)) + [loader.path_stats(path)['size']])
        note(name, 'path_stats of nothing', lambda: loader.path_stats(os.path.join(folder, 'no such file')))
        note(name, 'equal', lambda: [loader == copy.copy(loader), hash(loader) == hash(copy.copy(loader)), loader == 3,
                                     pickle.loads(pickle.dumps(loader)) == loader])


def observe_members(name, module):
    """inspect over the classes and functions that the module defines."""
    for about, function in (('getsource', inspect.getsource), ('getsourcefile', inspect.getsourcefile),
                            ('getfile', inspect.getfile), ('getcomments', inspect.getcomments), ('getdoc', inspect.getdoc),
                            ('getmodule', inspect.getmodule), ('help', lambda module: pydoc.render_doc(module, renderer=pydoc.plaintext))):
        note(name, about, function, module)
    for label, member in sorted(vars(module).items(), key=lambda item: item[0]):
        if not isinstance(label, str) or getattr(member, '__module__', None) != name:
            continue
        if inspect.isclass(member) or inspect.isfunction(member):
            for about, function in (('getsourcelines', inspect.getsourcelines), ('getfile', inspect.getfile),
                                    ('getsourcefile', inspect.getsourcefile), ('getcomments', inspect.getcomments),
                                    ('getmodule', inspect.getmodule)):
                note(name, f'{label} {about}', function, member)
            note(name, f'{label} pickled', pickle.dumps, member)


def observe_module(name):
    note(name, 'find_spec', lambda: observe_spec(name, importlib.util.find_spec(name)))
    try:
        module = importlib.import_module(name)
    except BaseException as error:
        seen[f'{name}: import'] = normal([type(error).__name__, str(error), getattr(error, 'path', None),
                                          getattr(error, 'name', None), traceback.format_exc()])
        note(name, 'left behind', lambda: name in sys.modules)
        return
    spec = module.__spec__
    note(name, 'spec', lambda: observe_spec(name, spec))
    note(name, 'attributes', lambda: {key: getattr(module, key, 'none') for key in (
        '__name__', '__file__', '__package__', '__doc__', '__cached__')})
    note(name, 'names', lambda: sorted(vars(module)))
    note(name, 'path', lambda: [type(module.__path__).__name__, list(module.__path__), repr(module.__path__)])
    note(name, 'repr', lambda: repr(module))
    note(name, 'loader of module and spec', lambda: module.__loader__ is spec.loader)
    note(name, 'found again', lambda: importlib.util.find_spec(name) is spec)
    observe_loader(name, spec.loader)
    observe_members(name, module)
    if not str(getattr(module, '__file__', None)).endswith(('.pyc', '.so', '.pyd')):    # up to 3.11 linecache fails to decode them
        note(name, 'lines', lambda: linecache.getlines(module.__file__))
    if getattr(module, '__file__', None):
        def by_location():
            found = importlib.util.spec_from_file_location('by_location', module.__file__)
            return [observe_spec('by_location', found), [kind.__name__ for kind in KINDS if isinstance(found.loader, kind)]]
        note(name, 'spec_from_file_location', by_location)
    if hasattr(module, '__path__'):
        note(name, 'iter_modules', lambda: [list(item)[1:] for item in pkgutil.iter_modules(module.__path__, 'x.')])
    note(name, 'doctest', lambda: list(doctest.testmod(module)))
    if name.startswith('app') and hasattr(module, 'fail'):
        try:
            module.fail()
        except BaseException:
            seen[f'{name}: traceback'] = normal(traceback.format_exc())
    if name.startswith('app') and hasattr(module, 'warn'):
        stream = io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stderr(stream):
            warnings.simplefilter('always')
            module.warn()
        seen[f'{name}: warning'] = normal(stream.getvalue())


def observe_reload(name):
    module = sys.modules.get(name)
    if module is not None:
        def again():
            first = module.__spec__
            new = importlib.reload(module)
            return [new is module, new.__spec__ is first, new.__spec__ == first, new.__loader__ is new.__spec__.loader,
                    observe_spec(name, new.__spec__), getattr(new, '__file__', 'none'), repr(getattr(new, '__path__', None))]
        note(name, 'reload', again)


def observe_load_module(name):
    """The deprecated way, which exists up to 3.14."""
    spec = sys.modules[name].__spec__ if name in sys.modules else None
    if hasattr(spec and spec.loader, 'load_module'):
        def load():
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter('always')
                module = spec.loader.load_module(name)
            return [observe_spec(name, module.__spec__), sys.modules[name] is module,
                    [[warning.category.__name__, str(warning.message)] for warning in caught]]
        note(name, 'load_module', load)


def observe_whole():
    note('', 'walk_packages', lambda: [list(item)[1:] for item in pkgutil.walk_packages([root], onerror=lambda name: None)])
    for missing in ('absent', 'app.absent', 'absent.x', 'app.plain.x', 'app.', 'app..x'):
        note(missing, 'find_spec', lambda: importlib.util.find_spec(missing))
        note(missing, 'import', lambda: importlib.import_module(missing))
    note('', 'iter_modules of nothing', lambda: list(pkgutil.iter_modules([os.path.join(root, 'absent')])))

    def ids(suite):
        return [name for test in suite for name in (ids(test) if isinstance(test, unittest.TestSuite) else [test.id()])]
    note('', 'discovery', lambda: ids(unittest.TestLoader().discover(root, '*tests.py')))
    for module in ('app', 'app.plain', 'app.absent', 'app.space', 'app.sourceless'):
        def run():
            scope = runpy.run_module(module, run_name='run_name', alter_sys=True)
            return {key: scope.get(key) for key in ('__name__', '__file__', '__cached__', '__package__', 'ARGV')}
        note(module, 'run_module', run)
    for path in ('app', os.path.join('app', 'plain.py'), os.path.join('app', 'absent.py'), os.path.join('app', 'sourceless.pyc')):
        def run_path():
            scope = runpy.run_path(os.path.join(root, path))
            return {key: scope.get(key) for key in ('__name__', '__file__', '__cached__', '__package__', '__spec__', 'ARGV')}
        note(path, 'run_path', run_path)
    for resource in ('data.txt', 'sub/data.bin', 'absent', '../app/data.txt'):
        note(resource, 'pkgutil.get_data', lambda: pkgutil.get_data('app', resource))
    note('', 'main', lambda: [getattr(sys.modules['__main__'], '__file__', None) == __file__])


with warnings.catch_warnings():
    warnings.simplefilter('ignore')
    for module in names:
        for known in [known for known in sys.modules if known == module or known.startswith(module + '.')]:
            del sys.modules[known]
    for module in names:
        observe_module(module)
    for module in names:
        observe_reload(module)
    for module in names:
        observe_load_module(module)
    if 'app' in names:
        observe_whole()
print(json.dumps(seen))
