"""The environment variables of the process."""

import os

from techniques.support import MODE, new_module, technique


@technique
def read_the_environment():
    return os.environ['PYEMBED_TEST_SECRET']


@technique
def read_the_environment_by_posix():
    import posix
    return posix.environ[b'PYEMBED_TEST_SECRET']


@technique
def read_the_environment_by_a_new_posix():
    import _imp
    import types
    again = _imp.create_builtin(types.SimpleNamespace(name='posix', origin='built-in'))
    _imp.exec_builtin(again)
    return again.environ[b'PYEMBED_TEST_SECRET']


@technique
def read_the_environment_by_proc():
    data = open('/proc/self/environ', 'rb').read()
    return data if b'PYEMBED_TEST_SECRET' in data else None


@technique
def change_the_environment():
    os.putenv('PYEMBED_TEST_OTHER', '1')
    return 'changed'


@technique
def read_the_environment_while_posix_is_executed():
    again, execute = new_module('posix')
    found = []

    class Old:
        def __del__(self):
            found.append(again.environ)

    again.environ = Old()
    execute(again)
    again.environ = None
    if MODE == 'control' and not found:
        found.append(__import__('posix').environ)       # this version does not execute it twice
    return [each for each in found if isinstance(each, dict) and each.get(b'PYEMBED_TEST_SECRET')] or None
