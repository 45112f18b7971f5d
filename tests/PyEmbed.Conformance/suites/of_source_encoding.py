"""source/test_source_encoding.py: PEP 263 and PEP 3120."""

from suites.loading import tests_of
from suites.mirrored import Machinery


def load(context):
    from test.test_importlib.source import test_source_encoding as module
    machinery = Machinery(context.mirror_areas())
    for kind in (module.Frozen_EncodingTestPEP451, module.Frozen_EncodingTestPEP302, module.Frozen_LineEndingTestPEP451,
                 module.Frozen_LineEndingTestPEP302):
        kind.machinery = machinery
    # The classes named Source_ run the same tests over a second copy of importlib in Python, which no program uses.
    return tests_of(module.__name__, keep=lambda test: type(test).__name__.startswith('Frozen_'))
