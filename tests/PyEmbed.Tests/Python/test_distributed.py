"""Runs dask_checks under the Pythons that have Dask: this one, with the Dask that is installed or else that of PYEMBED_WHEELHOUSE, and
the others that PATH leads to."""

import os
import shutil
import subprocess
import sys
import unittest

from support import CACHE

WHEELHOUSE = os.environ.get('PYEMBED_WHEELHOUSE', '')
HERE = os.path.dirname(os.path.abspath(__file__))


def has_dask(python, folder=''):
    """Whether an interpreter, by its own or with the packages in a folder, can import distributed."""
    try:
        return not subprocess.run([python, '-c', 'import distributed'], env={**os.environ, 'PYTHONPATH': folder}, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    except OSError:
        return False


class DistributedTest(unittest.TestCase):
    def check(self, python, folder=''):
        variables = {**os.environ, 'DASK_FOLDER': folder, 'PYTHONPATH': os.pathsep.join([folder, HERE] if folder else [HERE])}
        done = subprocess.run([python, '-m', 'unittest', '-v', 'dask_checks'], env=variables, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_with_the_dask_of_this_python(self):
        if not has_dask(sys.executable):
            self.skipTest(f'{sys.executable} has no distributed: install Dask (Debian: apt-get install python3-distributed)')
        self.check(sys.executable)

    def test_with_the_dask_of_another_python(self):
        seen = {os.path.realpath(sys.executable)}
        for folder in os.get_exec_path():
            python = os.path.join(folder, 'python3')
            if os.path.realpath(python) not in seen and has_dask(python):
                return self.check(python)
            seen.add(os.path.realpath(python))
        self.skipTest('PATH leads to no other Python that has distributed')

    def test_with_the_dask_of_the_wheelhouse(self):
        folder = os.path.join(CACHE, 'dask')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        if not WHEELHOUSE or subprocess.run([sys.executable, '-m', 'pip', 'install', '-q', '--no-compile', '--no-index', '--find-links', WHEELHOUSE,
                                             '--target', folder, 'distributed'], capture_output=True).returncode:
            self.skipTest('PYEMBED_WHEELHOUSE has no distributed for this Python')
        self.check(sys.executable, folder)
