"""test_zipimport_support: inspect, doctest and pdb over modules of zips, which are mounted as trees."""

from suites.loading import tests_of


def load(context):
    suite = tests_of('test.test_zipimport_support')
    context.mirror_areas(zips=True)
    return suite
