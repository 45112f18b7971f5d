"""Processes in which an import policy applies: it is for the life of an interpreter, so each test has one of its own."""

import os
import subprocess
import sys

from support import PACKAGE

HERE = os.path.dirname(os.path.abspath(__file__))

_PROGRAM = '''
import os
import sys
sys.path[:0] = [{package!r}, {here!r}]
sys.dont_write_bytecode = True
import pyembed
from pyembed import _host, _policy, _registry
from pyembed._powerful import POWERFUL
{before}
if not {files!r}:
    _registry.install(False)
if {policy!r} is not None:
    POWERFUL.update(dict.fromkeys({powerful!r}, 'made powerful by a test'))
    _policy.apply(*{policy!r})
code = 0
try:
    exec(compile({code!r}, 'script.py', 'exec'), {{'__name__': 'script', '__builtins__': __builtins__}})
except BaseException as error:
    code = 1
    _host.show_exception(type(error), error, error.__traceback__)
_host.flush()
os._exit(code)          # CPython's own end would import threading; a host never finalises it
'''


def run(code, *, restricted=False, allow=None, deny=(), powerful=(), before='', folder=None, files=True, policy=True, timeout=120):
    """Run a script under a policy in an isolated process; (exit code, output, errors). *before* runs without the policy. Without
    *files* modules come from mounts and the standard library only. *powerful* are names to take for powerful modules besides
    those that are. With *policy* false none applies."""
    rules = (restricted, allow, list(deny), [folder] if folder else []) if policy else None
    program = _PROGRAM.format(package=PACKAGE, here=HERE, before=before, files=files, policy=rules, powerful=list(powerful), code=code)
    environment = dict(os.environ, HOME=os.environ.get('HOME', ''))
    result = subprocess.run([sys.executable, '-I', '-S', '-W', 'ignore', '-c', program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            timeout=timeout, env=environment, stdin=subprocess.DEVNULL)
    return result.returncode, result.stdout, result.stderr
