"""test_importlib/resources: packages of data, in trees of which nothing is on disk.

From 3.13 the tests describe each package as a tree (``tree_on_path``), which is mounted. Up to 3.12 they use packages of data
beside themselves, so all of test.test_importlib is imported from a tree. Where a test wants a zip, the zip itself is mounted.
"""

import importlib
import importlib.resources
import os
import sys

from suites.loading import exists, tests_of

NAMES = ('compatibilty_files', 'contents', 'custom', 'files', 'functional', 'open', 'path', 'read', 'reader', 'resource')


def load(context):
    if sys.version_info >= (3, 13):
        folder = 'test.test_importlib.resources'
        _mount_described_trees(context)
    else:
        folder = 'test.test_importlib.resources' if sys.version_info >= (3, 12) else 'test.test_importlib'
        _mount_test_package(context)
        _mount_zips()
    # DeletingZipsTest asks whether zipimport keeps a zip file open: no tree is in it.
    return tests_of(*[f'{folder}.test_{name}' for name in NAMES if exists(f'{folder}.test_{name}')],
                    keep=lambda test: type(test).__name__ != 'DeletingZipsTest')


def _mount_described_trees(context):
    import pyembed
    from harness import trees
    from test.test_importlib.resources import util

    def files_on_path(self, spec):
        self.fixtures.callback(pyembed.unmount, context.mounter.mount(trees.flatten(spec)))

    def zip_on_path(self, spec):
        from test.support import os_helper
        folder = self.fixtures.enter_context(os_helper.temp_dir())
        archive = util.zip_.make_zip_file(spec, os.path.join(folder, 'zipped modules.zip'))
        self.fixtures.callback(pyembed.unmount, pyembed.mount(archive))

    util.DiskSetup.tree_on_path = files_on_path
    util.ZipSetup.tree_on_path = zip_on_path


def _mount_test_package(context):
    import test.test_importlib as package
    context.embed_package(package.__name__)
    del package.__path__[1:]            # or namespaces would have a second portion, on disk


def _mount_zips():
    import pyembed
    util = 'test.test_importlib.util' if sys.version_info < (3, 10) else 'test.test_importlib.resources.util'
    util = util if exists(util) else 'test.test_importlib.util'
    base = importlib.import_module(util).ZipSetupBase

    def setUpClass(cls):
        cls._zip_path = pyembed.mount(importlib.resources.read_binary(cls.ZIP_MODULE, 'ziptestdata.zip'))
        cls.data = importlib.import_module('ziptestdata')

    def tearDownClass(cls):
        pyembed.unmount(cls._zip_path)
        for name in [name for name in sys.modules if name.partition('.')[0] == 'ziptestdata']:
            del sys.modules[name]

    base.setUpClass, base.tearDownClass = classmethod(setUpClass), classmethod(tearDownClass)
