"""test_zipimport: the zips on sys.path are mounted as trees, so that what zipimport can import the importer can, too."""

from suites.loading import tests_of


def load(context):
    import test.test_zipimport as module
    context.mirror_areas(zips=True)
    # BadFileZipImportTestCase calls the constructor of zipimporter with damaged files: no import is in it.
    return tests_of(module.__name__, keep=lambda test: isinstance(test, module.UncompressedZipImportTestCase))
