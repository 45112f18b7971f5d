"""What the ``pyembed`` command asks of Python to make bundles, and ``python -m pyembed report``: each in a process of its own, as there."""

import json
import os
import sys
import unittest
import zipfile

from support import TreeCase, run_python
from pyembed import bundle

MAKE = '''
import json, site, sys
source, name, output, packages = sys.argv[1:5]
site.getsitepackages = lambda: [packages]
from pyembed._bundle_format import BundleError
from pyembed import _command
try:
    content = _command.bundle(source, [name], [], [], [], [], [], [], None)[0]
except BundleError as error:
    sys.exit(f'refused: {error}')
with open(output, 'wb') as file:
    file.write(content)
'''


class BundleCommandTest(TreeCase):
    def make(self, source, name, packages='', **options):
        """The bundle that the command makes, or what it says instead."""
        place = os.path.join(self.folder({}), 'made.zip')
        done = run_python(MAKE, source, name, place, packages, check=False, **options)
        if done.returncode:
            self.assertIn('refused: ', done.stderr)
            return done.stderr
        with open(place, 'rb') as file:
            return file.read()

    def zip(self, files):
        place = os.path.join(self.folder({}), 'source.whl')
        with zipfile.ZipFile(place, 'w') as archive:
            for path, content in files.items():
                archive.writestr(path, content)
        return place

    def test_a_damaged_zip_is_one_error_that_names_it(self):
        place = self.zip({'cpkg/__init__.py': '', 'padding.txt': 'x' * 5000})
        with open(place, 'r+b') as file:
            file.truncate(3000)
        self.assertIn(f'refused: {place}: no modules can be taken from it: ', self.make(place, 'cpkg'))
        with open(place, 'wb') as file:
            file.write(b'PK\3\4' + bytes(5000))
        self.assertIn(f'refused: {place}: no modules can be taken from it: ', self.make(place, 'cpkg'))

    def test_a_bundle_of_a_zip_does_not_depend_on_home_or_working_directory(self):
        place = self.zip({'cpkg/__init__.py': 'x = 1\n'})
        made = set()
        for home in 'one', 'two':
            folder = self.folder({f'{home}/file.txt': ''})
            made.add(self.make(place, 'cpkg', environment={'HOME': folder, 'XDG_CACHE_HOME': folder}))
        self.assertEqual(len(made), 1)
        content, = made
        self.assertEqual([(entry.folder, entry.files) for entry in bundle.read(content).entries],
                         [(place.replace(os.sep, '/').replace(':', '').strip('/'), ['cpkg/__init__.py'])])
        # A bundle of a bundle, too.
        again = os.path.join(self.folder({}), 'b.zip')
        with open(again, 'wb') as file:
            file.write(content)
        self.assertEqual([entry.folder for entry in bundle.read(self.make(again, 'cpkg')).entries], [again.replace(os.sep, '/').replace(':', '').strip('/')])

    def test_what_is_installed_for_this_python_travels(self):
        source = self.folder({'capp.py': 'import cinstalled, cboth\n', 'cboth.py': 'origin = "source"\n'})
        packages = self.folder({'cinstalled/__init__.py': '', 'cboth.py': 'origin = "packages"\n'})
        self.assertIn('cinstalled is needed and not found', self.make(source, 'capp'))
        manifest = bundle.read(self.make(source, 'capp', packages))
        self.assertEqual(sorted(manifest.modules), ['capp', 'cboth', 'cinstalled'])
        self.assertEqual({path: entry.placement for entry in manifest.entries for path in entry.files},
                         {'capp.py': 'app', 'cboth.py': 'app', 'cinstalled/__init__.py': 'library'})


class ReportTest(TreeCase):
    def test_the_report_is_all_that_standard_output_has(self):
        source = self.folder({'cpkg/__init__.py': '', 'cpkg/win.py': '', 'cpkg/checks.py': 'print("imported")\ndef noisy():\n    print("checking")\n    return True\n'})
        content = run_python('''
            import sys, pyembed
            from pyembed import bundle
            sys.path.insert(0, sys.argv[1])
            pyembed.require('cpkg.win', system='cpkg.checks:noisy')
            content = bundle.build('cpkg.win')
            with open(sys.argv[2], 'wb') as file:
                file.write(content)
        '''.replace('\n            ', '\n'), source, os.path.join(source, 'b.zip'))
        self.assertIn('checking', content.stdout)
        done = run_python('import runpy\nsys.argv[0] = "pyembed"\nrunpy.run_module("pyembed", run_name="__main__", alter_sys=True)', 'report', os.path.join(source, 'b.zip'))
        self.assertEqual(json.loads(done.stdout)['received']['requirements'], {'cpkg.win': {'system': ['cpkg.checks:noisy', True, None]}})
        self.assertIn('checking', done.stderr)


if __name__ == '__main__':
    unittest.main()
