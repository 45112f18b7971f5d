"""inspect, doctest, linecache, traceback, warnings: CPython's tests of them are themselves imported from a tree, so that the
source that the tools show, and the modules they look at, come out of it.
"""

from suites.loading import exists, tests_of

NAMES = ('inspect', 'doctest', 'linecache', 'traceback', 'warnings')


def load(context):
    context.embed_package('test', lambda path: '/' not in path and _belongs(path) or path.partition('/')[0] in _folders())
    names = [f'test.test_{name}' for name in NAMES]
    names = [f'{name}.{name[5:]}' if exists(f'{name}.{name[5:]}') else name for name in names]
    suite = tests_of(*names)
    context.mirror_areas()
    return suite


def _folders():
    return {f'test_{name}' for name in NAMES}


def _belongs(path):
    return path in ('__init__.py', 'levenshtein_examples.json') or any(word in path for word in NAMES) or path.startswith('sample_doctest')
