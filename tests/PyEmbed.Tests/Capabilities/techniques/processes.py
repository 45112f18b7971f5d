"""Starting programs, signals, and what else reaches beyond Python."""

import os

from techniques.support import FORK, GRANTED, NOTHING, PROCESSES, by, module, needs, technique


@technique(PROCESSES)
def run_with_subprocess():
    import subprocess
    return subprocess.run(['/bin/echo', 'hello'], stdout=subprocess.PIPE).stdout


@technique(PROCESSES)
def run_with_fork_exec():
    import subprocess
    import _posixsubprocess
    found = subprocess.Popen.__init__.__globals__['_posixsubprocess'] if hasattr(subprocess, '_posixsubprocess') else _posixsubprocess
    subprocess._posixsubprocess = found
    process = subprocess.Popen(['/bin/true'], close_fds=True)
    return process.wait() == 0


@technique(PROCESSES)
def run_with_system():
    return os.system('exit 3')


@technique(PROCESSES)
def run_with_popen():
    return os.popen('echo hello').read()


@technique(PROCESSES)
def run_with_posix_spawn():
    number = os.posix_spawn('/bin/true', ['true'], {})
    os.waitpid(number, 0)
    return number


@technique(FORK)
def run_with_spawnv():
    return os.spawnv(os.P_WAIT, '/bin/true', ['true']) == 0


@technique(FORK)
def run_with_fork():
    number = os.fork()
    if number == 0:
        os._exit(0)
    os.waitpid(number, 0)
    return number


@technique(FORK)
def run_with_forkpty():
    number, handle = os.forkpty()
    if number == 0:
        os._exit(0)
    os.waitpid(number, 0)
    return number


@technique(PROCESSES)
def run_with_exec():
    """Of a program that is not there, so that this one goes on."""
    try:
        os.execv(os.path.join(GRANTED, 'no-such-program'), ['x'])
    except FileNotFoundError:
        return 'the system looked for it'


@technique(by('Processes', ImportError))
def run_with_multiprocessing():
    import multiprocessing
    process = multiprocessing.get_context('spawn').Process(target=len, args=('',))
    process.start()
    process.join()
    return process.exitcode == 0


@technique(PROCESSES)
def run_with_asyncio():
    import asyncio

    async def work():
        process = await asyncio.create_subprocess_exec('/bin/true')
        return await process.wait() == 0

    return asyncio.run(work())


@technique(NOTHING)
def run_with_webbrowser():
    """It says by False that it could not."""
    import webbrowser
    return webbrowser.GenericBrowser('/bin/true').open('x')


@technique(PROCESSES)
def run_with_pty():
    master, slave = os.openpty()
    return os.ttyname(slave)


@technique(PROCESSES)
def signal_with_kill():
    os.kill(os.getpid(), 0)
    return 'sent'


@technique(PROCESSES)
def signal_with_pthread_kill():
    import signal
    import threading
    signal.pthread_kill(threading.get_ident(), 0)
    return 'sent'


@technique(PROCESSES)
def signal_with_a_pidfd():
    number = needs(os, 'pidfd_open')(os.getpid())
    import signal
    signal.pidfd_send_signal(number, 0)
    return 'sent'


@technique(PROCESSES)
def signal_with_an_owner():
    """Have the system send a signal to a process, by way of a descriptor."""
    import fcntl
    reading, _ = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, os.getpid())
    return 'set'


@technique(PROCESSES)
def signal_handlers():
    import signal
    before = signal.signal(signal.SIGUSR2, lambda *args: None)
    signal.signal(signal.SIGUSR2, before or signal.SIG_DFL)
    return 'set'


@technique(PROCESSES)
def change_the_process():
    os.umask(os.umask(0o22))
    return 'changed'


@technique(PROCESSES)
def change_limits():
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE))
    return 'changed'


@technique(by('Processes', ImportError))
def ask_the_daemon_of_unique_numbers():
    """libuuid looks for it at a socket."""
    return module('_uuid').generate_time_safe()
