"""The wheel of the importer, and ``python -m pyembed``."""

import base64
import csv
import hashlib
import importlib.util
import io
import os
import subprocess
import sys
import unittest
import zipfile

import support

REPOSITORY = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..'))
SCRIPT = os.path.join(REPOSITORY, 'build', 'wheel.py')
FILES = {
    'tool/__init__.py': '',
    'tool/__main__.py': 'import sys\nprint(__name__, sys.argv[1:], sys.argv[0] == __file__)\nsys.exit(7)\n',
    'tool/fails.py': 'raise ValueError("no good")    # the line\n',
    'tool/workers.py': 'import multiprocessing, sys\ndef double(x): return 2 * x\nif __name__ == "__main__":\n'
                       '    with multiprocessing.get_context("spawn").Pool(1) as pool: print(pool.apply(double, (4,)))\n',
}


# A working directory with nothing to import in it.
ELSEWHERE = os.path.join(support.CACHE, 'working directory')
os.makedirs(ELSEWHERE)


def isolated(*arguments, path=None, python=sys.executable, **options):
    """Run a python that sees no package but what is installed for it, and *path*."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(('PYTHON', 'PIP_'))}
    if path is not None:
        environment['PYTHONPATH'] = path
    return subprocess.run([python, *arguments], capture_output=True, text=True, timeout=300, env=environment,
                          cwd=ELSEWHERE, **options)


class WheelCase(support.TreeCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wheel = isolated(SCRIPT, support.pyembed.__version__, os.path.join(support.CACHE, 'wheels'), check=True).stdout.strip()

    def setUp(self):
        super().setUp()
        self.app = os.path.join(self.folder({}), 'app.zip')
        with open(self.app, 'wb') as file:
            file.write(support.archive(FILES, 'app'))


class WheelTests(WheelCase):

    def test_the_same_sources_give_the_same_bytes(self):
        again = isolated(SCRIPT, support.pyembed.__version__, os.path.join(support.CACHE, 'again'), check=True).stdout.strip()
        with open(self.wheel, 'rb') as one, open(again, 'rb') as other:
            self.assertEqual(one.read(), other.read())
        self.assertEqual(os.listdir(os.path.dirname(again)), [os.path.basename(self.wheel)])
        with zipfile.ZipFile(self.wheel) as wheel:
            self.assertEqual({(entry.compress_type, entry.date_time, entry.external_attr) for entry in wheel.infolist()},
                             {(zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0), 0o100644 << 16)})

    def test_the_record_lists_every_file_with_its_hash(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            info = f'pyembed-{support.pyembed.__version__}.dist-info'
            rows = {path: rest for path, *rest in csv.reader(io.StringIO(wheel.read(f'{info}/RECORD').decode()))}
            self.assertEqual(sorted(rows), sorted(wheel.namelist()))
            self.assertEqual(rows.pop(f'{info}/RECORD'), ['', ''])
            for path, (digest, size) in rows.items():
                content = wheel.read(path)
                wanted = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip('=')
                self.assertEqual((digest, size), (f'sha256={wanted}', str(len(content))), path)
            modules = {name for name in os.listdir(os.path.join(REPOSITORY, 'src', 'PyEmbed', 'Python', 'pyembed'))
                       if name.endswith('.py')}
            self.assertEqual({path for path in rows if path.startswith('pyembed/')}, {f'pyembed/{name}' for name in modules})

    def test_a_version_that_is_not_the_packages_is_refused(self):
        for version in ('99.0', '0.1.0-beta'):
            done = isolated(SCRIPT, version, os.path.join(support.CACHE, 'refused'))
            self.assertEqual(done.returncode, 1)
            self.assertIn(version, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(support.CACHE, 'refused')))

    def test_it_works_from_its_file(self):
        done = isolated('-c', 'import sys, pyembed; root = pyembed.mount(sys.argv[1]); import tool; print(tool.__path__ == [root + "/tool"])',
                        self.app, path=self.wheel)
        self.assertEqual((done.stdout, done.stderr), ('True\n', ''))

    def test_workers_find_it_in_its_file(self):
        done = isolated('-m', 'pyembed', self.app, '-m', 'tool.workers', path=self.wheel)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ('8\n', '', 0))

    @unittest.skipUnless(importlib.util.find_spec('ensurepip') and importlib.util.find_spec('venv'), 'this Python has no venv with pip')
    def test_pip_installs_it(self):
        place = os.path.join(support.CACHE, 'venv')
        made = isolated('-m', 'venv', place)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        python = os.path.join(place, 'Scripts', 'python.exe') if os.name == 'nt' else os.path.join(place, 'bin', 'python')
        pip = '-m', 'pip', '--disable-pip-version-check'
        done = isolated(*pip, 'install', '--no-index', self.wheel, python=python)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('No broken requirements', isolated(*pip, 'check', python=python).stdout)
        code = ('import importlib.metadata as m, pyembed, sys; d = m.distribution("pyembed"); '
                'assert all(f.locate().exists() for f in d.files); print(d.version, d.metadata["Requires-Python"]); '
                'pyembed.mount(sys.argv[1]); import tool')
        done = isolated('-c', code, self.app, python=python)
        self.assertEqual((done.stdout, done.stderr), (f'{support.pyembed.__version__} >=3.9\n', ''))
        done = isolated('-m', 'pyembed', self.app, '-m', 'tool', 'a', python=python)
        self.assertEqual((done.stdout, done.returncode), ("__main__ ['a'] True\n", 7))
        self.assertEqual(isolated(*pip, 'uninstall', '-y', 'pyembed', python=python).returncode, 0)
        self.assertIn("No module named 'pyembed'", isolated('-c', 'import pyembed', python=python).stderr)


class CommandTests(WheelCase):

    def run_command(self, *arguments):
        return isolated('-m', 'pyembed', *arguments, path=self.wheel)

    def test_it_runs_a_module_as_python_does(self):
        done = self.run_command(self.app, '-m', 'tool', '-m', 'x')
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("__main__ ['-m', 'x'] True\n", '', 7))

    def test_an_uncaught_exception_shows_the_line(self):
        done = self.run_command(self.app, '-m', 'tool.fails')
        self.assertEqual(done.returncode, 1)
        self.assertIn('no good")    # the line', done.stderr)
        self.assertNotIn('_run.py', done.stderr)

    def test_several_sources_are_mounted(self):
        folder = self.folder({'other.py': 'import tool\nprint(tool.__name__)\n'})
        done = self.run_command(self.app, folder, '-m', 'other')
        self.assertEqual((done.stdout, done.returncode), ('tool\n', 0), done.stderr)

    def test_what_is_wrong_is_said(self):
        with open(os.path.join(ELSEWHERE, 'broken.dll'), 'wb') as file:
            file.write(b'MZ nothing')
        for arguments, words in (
                ([], 'usage: '), (['-m', 'tool'], 'usage: '), ([self.app], 'usage: '), ([self.app, '-m'], 'usage: '),
                (['nowhere.dll', '-m', 'tool'], 'nowhere.dll'), (['broken.dll', '-m', 'tool'], 'no .NET assembly')):
            with self.subTest(arguments=arguments):
                done = self.run_command(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ''))
                self.assertIn(words, done.stderr)
                self.assertNotIn('Traceback', done.stderr)
        done = self.run_command(self.app, '-m', 'nothing')
        self.assertEqual(done.returncode, 1)
        self.assertIn('No module named nothing', done.stderr)
        self.assertIn('SOURCE', self.run_command('--help').stdout)


if __name__ == '__main__':
    unittest.main()
