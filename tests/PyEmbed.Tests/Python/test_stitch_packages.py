"""Real packages in one file: they do the same as from disk, and import the same modules.

They come from wheels in PYEMBED_WHEELHOUSE, or else from where this CPython finds them; one that is in neither place, or that
this CPython does not run from disk, is skipped by name. What they do is in tests/PyEmbed.Conformance/Packages/uses.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings
import zipfile

from support import CACHE
from pyembed import stitch

WHEELHOUSE = os.environ.get('PYEMBED_WHEELHOUSE', '')
USES = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'PyEmbed.Conformance', 'Packages', 'uses'))
NEEDS = {'networkx': [], 'rich': ['pygments', 'markdown_it_py', 'mdurl'], 'sympy': ['mpmath']}

RUN = '''
import runpy, sys
single, use, package, report = sys.argv[1:]
if single:
    __import__(single)
runpy.run_path(use)
place = sys.modules[package].__spec__.origin
with open(report, "w", encoding="utf-8") as file:
    print(place, *sorted(set(sys.modules) - {single}), sep="\\n", file=file)
'''


class PackagesTest(unittest.TestCase):
    def find(self, name):
        """(folder with the package, folders with what else it needs)"""
        disk, rest = os.path.join(self.folder, 'disk'), os.path.join(self.folder, 'rest')
        wheels = [glob.glob(os.path.join(WHEELHOUSE, f'{wheel}-*-py3-none-any.whl')) for wheel in (name, *NEEDS[name])] if WHEELHOUSE else [[]]
        if all(wheels):
            for found in wheels:
                with zipfile.ZipFile(found[0]) as wheel:
                    for path in wheel.namelist():
                        wheel.extract(path, disk if path.startswith(name + '/') else rest)
            return disk, [rest]
        asked = subprocess.run([sys.executable, '-c', f'import {name}; print({name}.__path__[0])'], capture_output=True, text=True,
                               cwd=self.folder, timeout=300)
        if asked.returncode:
            self.skipTest(f'{name}: not in PYEMBED_WHEELHOUSE, and not installed for {sys.executable}')
        return os.path.dirname(asked.stdout.strip()), []

    def write_use(self, name, disk):
        """The script to run: older releases of networkx find one file, the atlas, by __file__, which no stitched file can."""
        with open(os.path.join(USES, f'{name}.py'), encoding='utf-8') as file:
            lines = file.readlines()
        if name == 'networkx':
            with open(os.path.join(disk, 'networkx', 'generators', 'atlas.py'), encoding='utf-8') as file:
                if '__file__' in file.read():
                    lines = [line for line in lines if 'atlas' not in line]
        with open(os.path.join(self.folder, 'use.py'), 'w', encoding='utf-8') as file:
            file.writelines(lines)
        return file.name

    def run_use(self, name, single, path):
        report = os.path.join(self.folder, f'{single or "disk"}.txt')
        variables = {key: value for key, value in os.environ.items() if not key.startswith('PYTHON')}
        variables.update(PYTHONPATH=os.pathsep.join(path), PYTHONDONTWRITEBYTECODE='1', PYTHONHASHSEED='0', PYTHONIOENCODING='utf-8')
        done = subprocess.run([sys.executable, '-W', 'ignore', '-c', RUN, single, self.use, name, report],
                              env=variables, cwd=self.folder, capture_output=True, encoding='utf-8', timeout=600)
        if done.returncode:
            return done, None, None
        with open(report, encoding='utf-8') as file:
            place, *modules = file.read().split('\n')
        return done, place, modules

    def compare(self, name):
        self.folder = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        disk, rest = self.find(name)
        self.use = self.write_use(name, disk)
        expected, place, modules = self.run_use(name, '', [disk, *rest])
        if expected.returncode:
            self.skipTest(f'{name} does not run from disk under {sys.executable}: {expected.stderr[-300:]}')
        self.assertTrue(place.startswith(disk), place)
        self.single = os.path.join(self.folder, 'stitched', f'{name}_single.py')
        os.mkdir(os.path.dirname(self.single))
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', stitch.StitchWarning)
            text = stitch.build(os.path.join(disk, name), leave_out_extensions=True)
        with open(self.single, 'w', encoding='utf-8', newline='') as file:
            file.write(text)
        files = stitch.unpack(self.single)
        self.assertGreater(len(files), 50)
        for path, content in files.items():
            with open(os.path.join(disk, path), 'rb') as file:
                self.assertEqual(content, file.read(), path)
        got, place, stitched_modules = self.run_use(name, f'{name}_single', [os.path.dirname(self.single), *rest])
        self.assertEqual((got.returncode, got.stderr), (0, expected.stderr))
        self.assertEqual(got.stdout, expected.stdout)
        self.assertTrue(place.startswith(self.single + os.sep), place)
        self.assertEqual(stitched_modules, modules)

    def test_networkx(self):
        self.compare('networkx')

    def test_rich(self):
        self.compare('rich')

    def test_sympy(self):
        self.compare('sympy')


if __name__ == '__main__':
    unittest.main()
