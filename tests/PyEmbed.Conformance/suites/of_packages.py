"""test_pkg and test_importlib/test_pkg_import.py: packages, their submodules and __all__."""

from suites.loading import tests_of


def load(context):
    suite = tests_of('test.test_pkg', 'test.test_importlib.test_pkg_import')
    context.mirror_areas()
    return suite
