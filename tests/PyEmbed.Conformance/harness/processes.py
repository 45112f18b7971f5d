"""Starts suites: each in a process of its own, under a plain interpreter or in a .NET process."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(FOLDER))
CHILD = os.path.join(FOLDER, 'harness', 'child.py')
PACKAGE = os.path.join(ROOT, 'src', 'PyEmbed', 'Python')

_VERSION = '''
import os, sys, sysconfig
get = sysconfig.get_config_var
folders = (get("LIBDIR") or "", os.path.join(get("LIBDIR") or "", get("MULTIARCH") or ""))
libraries = [os.path.join(folder, get("INSTSONAME") or "") for folder in folders]
print(".".join(map(str, sys.version_info[:3])))
print(next((path for path in libraries if ".so" in path and os.path.exists(path)), ""))
try:
    import test.test_importlib
    print("suites")
except ImportError:
    print("")
'''


class Interpreter:
    """A CPython: its executable, its version, its shared library, where it has one, and whether it has its own tests."""

    def __init__(self, executable):
        self.executable = executable
        done = subprocess.run([executable, '-I', '-S', '-c', _VERSION], capture_output=True, text=True, check=True)
        self.version, self.library, suites = done.stdout.split('\n')[:3]
        self.has_suites = bool(suites)


def run_suite(interpreter, suite, mode, host=None):
    """Run a suite to its end; returns what child.py wrote, with ``ended`` None, or an outcome whose ``ended`` says how the
    process ended without a result, and whose failed test is the one that was running.

    *host* is the .NET program that runs the suite in its own process instead of the plain interpreter."""
    work = tempfile.mkdtemp(prefix='pyembed-conformance-')
    try:
        scratch, result = os.path.join(work, 'scratch'), os.path.join(work, 'result.json')
        os.mkdir(scratch)
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith('PYTHON') and not name.startswith('PYEMBED_')}
        environment.update(XDG_CACHE_HOME=os.path.join(work, 'cache'), HOME=work, TMPDIR=work)
        if not suite.writes_bytecode:
            environment['PYTHONDONTWRITEBYTECODE'] = '1'
        arguments = [suite.module, mode, scratch, result]
        if host is None:
            environment['PYTHONPATH'] = PACKAGE
            command = [interpreter.executable, CHILD, *arguments]
        else:
            environment['PYEMBED_LIBRARY'] = interpreter.library
            command = [host, 'search-path', os.path.dirname(CHILD), 'child', *arguments]
        process = subprocess.Popen(command, cwd=scratch, env=environment, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors='replace',
                                   start_new_session=True)
        try:
            output, _ = process.communicate(timeout=suite.timeout)
            ended = f'exit code {process.returncode}'
        except subprocess.TimeoutExpired:
            _kill_group(process)
            output, _ = process.communicate()
            ended = f'did not end within {suite.timeout} s'
        if process.returncode == 0 and os.path.exists(result):
            with open(result, encoding='utf-8') as file:
                return {**json.load(file), 'ended': None}
        return _broken(suite, result, ended, output)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _broken(suite, result, ended, output):
    current = ''
    if os.path.exists(result + '.current'):
        with open(result + '.current', encoding='utf-8') as file:
            current = file.read()
    tail = ' | '.join(output.strip().splitlines()[-3:])
    return {'passed': [], 'skipped': {}, 'failed': {current or suite.name: f'{ended}: {tail}'},
            'served': 0, 'ended': ended}


def _kill_group(process):
    """End the child and what it started; it leads a session of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.kill()


def host_program():
    """The test host that build/conformance.sh builds; None where it is not built."""
    name = 'PyEmbed.TestHost.exe' if sys.platform == 'win32' else 'PyEmbed.TestHost'
    path = os.path.join(ROOT, 'artifacts', 'bin', 'PyEmbed.TestHost', 'debug', name)
    return path if os.path.exists(path) else None
