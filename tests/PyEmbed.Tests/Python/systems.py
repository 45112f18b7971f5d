"""Other systems for tests of bundles: plain processes of every CPython that is found, each with an empty site."""

import ast
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import CACHE, PACKAGE, archive

_PYTHONS = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'build', 'pythons.sh'))

# Runs each line of its input, which is the repr of a script, and answers with the repr of (what `result` is then, None) or of
# (None, (the type of an exception, its text)).
_PROGRAM = '''
import os, sys
sys.dont_write_bytecode = True
sys.path[:0] = {path!r}
answers = os.fdopen(os.dup(1), 'w', encoding='ascii')
os.dup2(2, 1)
for name in ({before!r} or '').splitlines():
    exec(name)
names = {{'__name__': 'script', '__builtins__': __builtins__}}
for line in sys.stdin:
    names['result'] = None
    try:
        exec(compile(eval(line), 'script.py', 'exec'), names)
        answer = names['result'], None
    except BaseException as error:
        answer = None, (type(error).__qualname__, str(error))
    answers.write(ascii(answer) + chr(10))
    answers.flush()
os._exit(0)         # a host never finalises it, and under a policy nothing more is imported
'''

# As a host boots it: from its own tree.
_POLICY = '''sys.path.remove({package!r})
module = sys.modules['pyembed._importer'] = type(sys)('pyembed._importer')
with open({package!r} + '/pyembed/_importer.py', 'rb') as file: exec(compile(file.read(), file.name, 'exec'), vars(module))
with open({own!r}, 'rb') as file: module.boot(memoryview(file.read()))
import pyembed._host, pyembed._policy, pyembed._registry
pyembed._registry.install(False)
pyembed._policy.apply(*{policy!r})'''


class Failed(Exception):
    """What a script on another system has raised: ``kind`` is the name of its type."""

    def __init__(self, kind, text):
        super().__init__(f'{kind}: {text}')
        self.kind = kind
        self.text = text


class System:
    """A process of a CPython that runs scripts one after the other in one namespace. *path* goes before its standard library on
    sys.path; the working directory is a folder of its own, empty. With *policy*, the arguments of _policy.apply(), this is in
    force, and modules come from memory only."""

    def __init__(self, python, path=(PACKAGE,), policy=None):
        self.python = python
        self.folder = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        program = _PROGRAM.format(path=list(path), before=policy and _POLICY.format(package=PACKAGE, own=_own_archive(), policy=policy))
        environment = {name: value for name, value in os.environ.items() if not name.startswith('PYTHON')}
        self._process = subprocess.Popen([python, '-I', '-S', '-W', 'error', '-c', program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         encoding='ascii', errors='backslashreplace', cwd=self.folder, env=environment)

    def run(self, script, **names):
        """Run a script, in which *names* have the values given, literals; returns what `result` is then. Raises Failed."""
        text = ''.join(f'{name} = {value!a}\n' for name, value in names.items()) + script
        try:
            self._process.stdin.write(ascii(text) + '\n')
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ''
        if not answer:
            raise AssertionError(f'{self.python} has ended with {self._process.wait(60)}: {self._process.stderr.read()}')
        result, error = ast.literal_eval(answer)
        if error is not None:
            raise Failed(*error)
        return result

    def close(self):
        """End the process."""
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        self._process.wait(60)
        self._process.stdout.close()
        self._process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


@functools.lru_cache(None)
def _own_archive():
    """The path of an archive of the package under test."""
    files = {}
    for name in os.listdir(os.path.join(PACKAGE, 'pyembed')):
        if name.endswith('.py'):
            with open(os.path.join(PACKAGE, 'pyembed', name), 'rb') as file:
                files[f'pyembed/{name}'] = file.read()
    place = os.path.join(tempfile.mkdtemp(dir=CACHE), 'own.zip')
    with open(place, 'wb') as file:
        file.write(archive(files, 'pyembed', placement='library'))
    return place


@functools.lru_cache(None)
def pythons():
    """The CPythons that are found, as paths: that of this process first."""
    if os.name == 'nt':
        return sys.executable,
    listed = subprocess.run(['bash', _PYTHONS], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, encoding='utf-8', timeout=120, check=True).stdout.split('\n')
    return tuple(dict.fromkeys([os.path.realpath(sys.executable), *filter(None, listed)]))


def others():
    """The CPythons that are found and are of another version than this one. Skips the test where there is none."""
    found = [python for python in pythons() if _version(python) != '{}.{}'.format(*sys.version_info)]
    if not found:
        raise unittest.SkipTest('no CPython of another version is found')
    return found


@functools.lru_cache(None)
def _version(python):
    with System(python) as system:
        return system.run('import sys\nresult = "{}.{}".format(*sys.version_info)')
