"""Processes, native code, the environment, and everything."""

import importlib
import os
import sys

from checks.support import GRANTED, check, denied


@check('processes')
def processes_start():
    import subprocess
    assert subprocess.run([sys.executable, '-c', 'print(5)'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip() == b'5'
    assert subprocess.run(['/bin/cat'], input=b'6' * 100000, capture_output=True, timeout=30).stdout == b'6' * 100000
    assert os.system('exit 3') >> 8 == 3
    denied(os.fork, words='capabilities')
    denied(lambda: subprocess.run(['/bin/true'], preexec_fn=print), words='preexec_fn')
    import multiprocessing
    assert multiprocessing.get_context('spawn').Lock().acquire()


@check('programs')
def programs_run_as_ever():
    import asyncio
    import subprocess

    async def pipe():
        process = await asyncio.create_subprocess_exec('/bin/cat', stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return await process.communicate(b'x' * 200000)

    assert asyncio.run(asyncio.wait_for(pipe(), 60)) == (b'x' * 200000, b'')
    assert subprocess.check_output(['/bin/cat'], input='y', text=True, stderr=subprocess.STDOUT, timeout=60) == 'y'
    with os.popen('echo z') as file:
        assert file.read() == 'z\n'
    with open(os.path.join(GRANTED, 'out'), 'w+') as file:
        assert subprocess.run(['/bin/echo', 'w'], stdout=file).returncode == 0
        assert file.seek(0) == 0 and file.read() == 'w\n'


@check('programs')
def numbers_of_all_kinds_are_one_s_own():
    number = os.memfd_create('x')
    assert os.write(number, b'abc') == 3 and os.pread(number, 3, 0) == b'abc'
    os.close(number)
    for number in os.openpty():
        os.close(number)
    if hasattr(os, 'pidfd_open'):
        os.close(os.pidfd_open(os.getpid()))


@check('programs')
def worker_processes_work():
    import concurrent.futures
    import multiprocessing
    from multiprocessing import shared_memory
    import pyembed
    for root in pyembed.mounts()[1:]:       # trees without a file would have to be written out for them
        pyembed.unmount(root)
    with multiprocessing.get_context('spawn').Pool(1) as pool:
        assert pool.map(len, ['a', 'bc']) == [1, 2]
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn')) as executor:
        assert executor.submit(len, 'abc').result(60) == 3
    process = multiprocessing.get_context('forkserver').Process(target=len, args=('a',))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    memory = shared_memory.SharedMemory(create=True, size=10)
    memory.buf[:3] = b'abc'
    again = shared_memory.SharedMemory(memory.name)
    assert bytes(again.buf[:3]) == b'abc'
    again.close()
    memory.close()
    memory.unlink()


@check('native')
def native_code_loads():
    import ctypes
    import marshal
    assert ctypes.c_int(5).value == 5
    assert ctypes.CDLL(None).getpid() == os.getpid()
    assert marshal.loads(marshal.dumps((lambda: 1).__code__)).co_name == '<lambda>'
    denied(open, '/etc/hostname', words='Read')
    try:
        import sqlite3
    except ImportError as error:
        assert 'denied' not in str(error), error
    else:
        assert sqlite3.connect(':memory:').execute('select 7').fetchone() == (7,)


@check('environment')
def the_environment_shows():
    assert os.environ['PYEMBED_TEST_SECRET'] == 'x'
    os.environ['PYEMBED_TEST_OTHER'] = 'y'
    assert os.path.expandvars('$PYEMBED_TEST_OTHER') == 'y'
    del os.environ['PYEMBED_TEST_OTHER']
    import time
    before = time.localtime(0).tm_gmtoff
    os.environ['TZ'] = 'X-5:30'
    time.tzset()
    assert time.localtime(0).tm_gmtoff == before, 'the C library has heard of it'
    denied(open, '/proc/self/environ', words='Read')


@check('everything')
def everything_is_not_proc():
    assert os.path.isdir('/usr') and os.listdir('/')
    denied(open, '/proc/self/environ', words='Read')
    denied(open, '/proc/self/mem', 'r+b')
    denied(open, os.path.join(os.path.dirname(os.__file__), 'os.py'), 'a', words='does not reach')
    denied(importlib.import_module, 'sqlite3', error=ImportError)
