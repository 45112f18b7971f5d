"""The environment variables of the process."""

import os

from techniques.support import ENVIRONMENT, NOTHING, READ, ending, new_module, technique


@technique(ending('KeyError', '.PYEMBED_TEST_SECRET'))
def read_the_environment():
    return os.environ['PYEMBED_TEST_SECRET']


@technique(ending('KeyError', 'b.PYEMBED_TEST_SECRET'))
def read_the_environment_by_posix():
    import posix
    return posix.environ[b'PYEMBED_TEST_SECRET']


@technique(ending('KeyError', 'b.PYEMBED_TEST_SECRET'))
def read_the_environment_by_a_new_posix():
    import _imp
    import types
    again = _imp.create_builtin(types.SimpleNamespace(name='posix', origin='built-in'))
    _imp.exec_builtin(again)
    return again.environ[b'PYEMBED_TEST_SECRET']


@technique(READ)
def read_the_environment_by_proc():
    data = open('/proc/self/environ', 'rb').read()
    return data if b'PYEMBED_TEST_SECRET' in data else None


@technique(ENVIRONMENT)
def change_the_environment():
    os.putenv('PYEMBED_TEST_OTHER', '1')
    return 'changed'


@technique(NOTHING)
def read_the_environment_while_posix_is_executed():
    """It is executed once, at the start: nothing is put in the place of what Python code has put there."""
    again, execute = new_module('posix')
    found = []

    class Old:
        def __del__(self):
            found.append(again.environ)

    before = again.environ if hasattr(again, 'environ') else None
    again.environ = Old()
    execute(again)
    again.environ = before
    return [each for each in found if isinstance(each, dict) and each.get(b'PYEMBED_TEST_SECRET')]
