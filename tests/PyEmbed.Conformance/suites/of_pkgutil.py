"""test_pkgutil: folders and zips on sys.path, as trees."""

from suites.loading import tests_of


def load(context):
    suite = tests_of('test.test_pkgutil')
    context.mirror_areas(zips=True)
    return suite
