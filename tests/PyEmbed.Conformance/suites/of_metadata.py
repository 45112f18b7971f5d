"""importlib.metadata: distributions in trees of what the tests write to their site folder."""

import importlib
import os
import sys

from suites.loading import tests_of


def load(context):
    folder = 'test.test_importlib.metadata' if sys.version_info >= (3, 13) else 'test.test_importlib'
    names = ('test_api', 'test_main') if sys.version_info >= (3, 13) else ('test_metadata_api', 'test_main')
    fixtures = importlib.import_module(f'{folder}.fixtures')
    suite = tests_of(*[f'{folder}.{name}' for name in names])
    mirror = context.mirror_areas()
    mirrored = set()

    # What OnSysPath puts on sys.path is served by trees; the finder of distributions on disk must not see it as well.
    finder = importlib.metadata.MetadataPathFinder
    search = finder._search_paths.__func__

    def search_elsewhere(cls, name, paths):
        return search(cls, name, [path for path in paths if os.path.abspath(str(path)) not in mirrored])

    finder._search_paths = classmethod(search_elsewhere)
    add_sys_path = fixtures.OnSysPath.add_sys_path

    def add_mirrored(folder):
        mirrored.add(os.path.abspath(str(folder)))
        return add_sys_path(folder)

    fixtures.OnSysPath.add_sys_path = staticmethod(add_mirrored)
    assert mirror.covers(context.scratch)
    return suite
