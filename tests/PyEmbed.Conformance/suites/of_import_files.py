"""test_import: the import statement over files, with CPython's own folder of cases in a tree."""

from suites.loading import tests_of


def load(context):
    context.embed_package('test.test_import', lambda path: path.startswith('data/'))
    suite = tests_of('test.test_import')
    context.mirror_areas()
    return suite
