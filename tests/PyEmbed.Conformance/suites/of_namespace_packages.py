"""test_namespace_pkgs: PEP 420, from CPython's own folder of namespaces."""

import os

from suites.loading import tests_of

MODULE = 'test.test_importlib.test_namespace_pkgs'


def load(context):
    suite = tests_of(MODULE)
    import test.test_importlib.test_namespace_pkgs as module
    context.mirror_areas(os.path.join(os.path.dirname(module.__file__), 'namespace_pkgs'))
    return suite
