"""test_runpy: modules, packages, folders and zips that run."""

import copy

from suites.loading import tests_of


def load(context):
    import test.test_runpy as module
    original = module.CodeExecutionMixin.assertNamespaceMatches

    def assert_namespace_matches(self, result_ns, expected_ns):
        """The importer's loader, which derives from CPython's, in the place of CPython's; the rest must be equal."""
        spec, wanted = result_ns.get('__spec__'), expected_ns['__spec__']
        if spec is not None and wanted is not None and _stands_for(spec.loader, wanted.loader):
            expected_ns = {**expected_ns, '__spec__': copy.copy(wanted)}
            expected_ns['__spec__'].loader = spec.loader
        original(self, result_ns, expected_ns)

    module.CodeExecutionMixin.assertNamespaceMatches = assert_namespace_matches
    suite = tests_of(module.__name__)
    context.mirror_areas(zips=True)
    return suite


def _stands_for(loader, wanted):
    from pyembed import _loaders
    return (isinstance(loader, _loaders.TreeLoader) and wanted is not None and isinstance(loader, type(wanted))
            and (loader.name, loader.path) == (wanted.name, wanted.path))
