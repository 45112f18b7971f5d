"""test_importlib/test_spec.py, test_util.py and test_api.py, as far as they look for modules in folders.

The classes named Source_ run the same tests over a second copy of importlib in Python, which no program uses.
"""

import sys

from suites.loading import tests_of


def load(context):
    from importlib import _bootstrap_external
    from pyembed import _finders
    suite = tests_of(*[f'test.test_importlib.test_{name}' for name in ('spec', 'util', 'api')],
                     keep=lambda test: not type(test).__name__.startswith('Source_'))
    mirror = context.mirror_areas()
    install = _bootstrap_external._install

    def install_all(bootstrap):
        """What tests do that have taken away all finders: CPython's come back, and then the importer's."""
        install(bootstrap)
        sys.path_hooks[:0] = [mirror.hook, _finders.path_hook]
        sys.meta_path[:0] = [mirror, _finders.Finder]

    _bootstrap_external._install = install_all
    return suite
