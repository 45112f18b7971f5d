"""test_importlib/test_threaded_import.py and the programs in partial/: many threads, circular imports.

The programs import concurrent.futures and multiprocessing.pool in many threads at once; both come from trees.
"""

import os
import runpy
import types

from suites.loading import tests_of


def load(context):
    import test.test_importlib.test_threaded_import as module
    for package in ('concurrent', 'multiprocessing'):
        context.embed_package(package, lambda path: path != '__init__.py')
    context.embed_package('test.test_importlib', lambda path: path.startswith('partial/'))
    module.script_helper = types.SimpleNamespace(assert_python_ok=_run_program)
    suite = tests_of(module.__name__)
    context.mirror_areas()
    return suite


def _run_program(path):
    name = os.path.splitext(os.path.basename(path))[0]
    runpy.run_module(f'test.test_importlib.partial.{name}', run_name='__main__')
