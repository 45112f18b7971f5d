"""test_pickle: the classes and functions that are pickled live in modules of a tree."""

from suites.loading import tests_of


def load(context):
    context.embed_package('test', lambda path: path in ('pickletester.py', 'test_pickle.py'))
    suite = tests_of('test.test_pickle')
    context.mirror_areas()
    return suite
