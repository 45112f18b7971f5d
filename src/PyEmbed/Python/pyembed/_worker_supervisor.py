"""Supervises a pool's template from outside of what confines that: Linux only.

The host has started this process, and knows only it. It waits for the template, and when that has ended, however it did,
kills whatever came from it, and ends as it did. When the host is gone and the template does not end, it is killed; when
this process is gone, the kernel tells the template, which ends.

Where processes are not among the capabilities, the kernel also asks here about each call that makes a process or a thread,
or sends a signal (seccomp_unotify(2)). Only the template forks, and only it signals others. Whatever a request does to its
own memory, its process number is not its to choose. So no request has a second process, nor more than so many threads, nor
can it end another. A deputy answers when this process is gone, as the template then still has requests to kill.
"""

import os
import select
import signal
from errno import EAGAIN, EINPROGRESS, ENOENT, EPERM, ESRCH
from fcntl import ioctl
from struct import Struct
from time import monotonic

_RECEIVE, _SEND, _SET_FLAGS = 0xC0502100, 0xC0182101, 0x40082104
_SYNC_WAKE_UP = 1           # the template goes on where this process stops; since Linux 6.6
_CONTINUE = 1               # a flag of an answer: do as was called
_QUESTION = Struct('@QIIiIQ6Q')     # struct seccomp_notif: number, thread, flags; system call, machine, address, arguments
_ANSWER = Struct('@QqiI')           # struct seccomp_notif_resp: number, value, error, flags
_THREAD = 0x10000           # CLONE_THREAD
_MOST_THREADS = 64          # of a request
_NUM_THREADS = 17           # in /proc/PID/stat, of what follows the name
_GRACE = 2.0                # seconds that the template may take to end without the host
_BROKEN = 70                # exit code where this module has a defect


def supervise(template, channel, calls):
    """Until the process *template* has ended; never returns. By the socket *channel* comes the descriptor that the kernel
    asks by, or nothing. *calls*: the numbers of clone, kill, tgkill and tkill, where it may ask."""
    from mmap import mmap
    code = _BROKEN
    try:
        processes = os.open('/proc', os.O_RDONLY | os.O_DIRECTORY)
        listener = _received(channel)
        channel.close()
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)      # standard output is the template's alone
        question = mmap(-1, _QUESTION.size)             # which the deputy sees, too
        if listener is not None:
            _appoint_deputy(template, listener, question, calls)
        status = _serve(template, listener, question, calls)
        while end_children(processes):
            pass
        code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    except BaseException:
        import traceback
        traceback.print_exc()
    finally:
        os._exit(code)


def end_children(processes, spared=()):
    """Kill and reap all children of this process but those *spared*. False where there were none; what these leave behind
    comes here in turn. *processes*: a descriptor of ``/proc``, of which only the names are needed: what is in it, Landlock
    may keep from this process."""
    killed = []
    for child in map(int, filter(str.isdigit, os.listdir(processes))):
        if child not in spared and _is_child(child):
            try:
                os.kill(child, signal.SIGKILL)      # until it is reaped its number is nobody else's
            except PermissionError:                 # it has become another user's
                continue
            killed.append(child)
    for child in killed:
        os.waitid(os.P_PID, child, os.WEXITED)
    return bool(killed)


def _is_child(number):
    try:
        os.waitid(os.P_PID, number, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _received(channel):
    """The descriptor that the template sends before it begins; None where it begins, or ends, without."""
    data, ancillary, _, _ = channel.recvmsg(1, 64)
    return int.from_bytes(ancillary[0][2][:4], 'little') if data else None


def _appoint_deputy(template, listener, question, calls):
    """Fork a process that answers once this one is gone, until nobody is left to ask, or for as long as the template may
    take to end. It is killed with what else there is when this process ends in good order."""
    gone, here = os.pipe()
    if os.fork():
        os.close(gone)
        return
    code = _BROKEN
    try:
        os.close(here)
        os.dup2(1, 0)                                   # whether the host is there is for the supervisor to see
        os.read(gone, 1)                                # its end alone
        if question[:8] != bytes(8):                    # the kernel asks but once
            _decide(listener, question, template, calls)
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        end = monotonic() + _GRACE
        while monotonic() < end:
            for _, events in poll.poll(max(0, end - monotonic()) * 1000):
                if not events & select.POLLIN:
                    os._exit(0)
                _answer(listener, question, template, calls)
        code = 0
    except BaseException:
        import traceback
        traceback.print_exc()
    finally:
        os._exit(code)


def _serve(template, listener, question, calls):
    """What the template ends with, as os.waitpid() has it."""
    signals, wakeup = os.pipe()
    for descriptor in (signals, wakeup):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, _pass)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    poll = select.poll()
    poll.register(signals, select.POLLIN)
    poll.register(0, 0)                                 # its end alone is of interest here
    if listener is not None:
        poll.register(listener, select.POLLIN)
        try:
            ioctl(listener, _SET_FLAGS, _SYNC_WAKE_UP)
        except OSError:                                 # it is only faster
            pass
    kill_at = None
    ready = [(signals, select.POLLIN)]                  # it may have ended before there was a handler
    while True:
        for descriptor, events in ready:
            if descriptor == signals:
                _drain(signals)
                ended, status = os.waitpid(template, os.WNOHANG)
                if ended:
                    return status
            elif descriptor == 0:
                poll.unregister(0)
                kill_at = monotonic() + _GRACE
            elif events & select.POLLIN:
                _answer(listener, question, template, calls)
            else:
                poll.unregister(listener)               # none is left to ask
        if kill_at is not None and monotonic() >= kill_at:
            os.kill(template, signal.SIGKILL)
            kill_at = None
        ready = poll.poll(None if kill_at is None else max(0, kill_at - monotonic()) * 1000)


def _pass(number, frame):
    """The handler of SIGCHLD: that there is one wakes this process."""


def _drain(descriptor):
    try:
        while os.read(descriptor, 1024):
            pass
    except BlockingIOError:
        pass


def _answer(listener, question, template, calls):
    """Have one question asked, into the memory *question*, and decide on it."""
    question[:] = bytes(_QUESTION.size)
    try:
        ioctl(listener, _RECEIVE, question)
    except OSError as gone:
        if gone.errno != ENOENT:
            raise
        return
    _decide(listener, question, template, calls)


def _decide(listener, question, template, calls):
    """Decide on one call. Whoever waits for it may be gone at any moment, or has its answer."""
    number, thread, _, call, _, _, first, *_ = _QUESTION.unpack(question)
    try:
        error = 0 if thread == template else _refusal(thread, call, first, calls)
        ioctl(listener, _SEND, _ANSWER.pack(number, 0, -error, 0 if error else _CONTINUE))
    except OSError as gone:
        if gone.errno not in (ENOENT, ESRCH, EINPROGRESS):
            raise


def _refusal(thread, call, first, calls):
    """What a call of a request's *thread* fails with, 0 where it may go on. *first* is its first argument."""
    clone, kill, tgkill, tkill = calls
    target = first & 0xFFFFFFFF         # what the kernel takes of it; groups, which are 0 or negative, are nobody's process
    if call == clone and first & _THREAD:
        return 0 if _threads(thread) < _MOST_THREADS else EAGAIN
    if call in (kill, tgkill) and target == _process(thread):
        return 0
    if call == tkill and target == thread:      # the number of another thread may be somebody else's before the call goes on
        return 0
    return EPERM


def _threads(thread):
    """How many the process has that a thread is of."""
    return int(_read(thread, 'stat').rpartition(b') ')[2].split()[_NUM_THREADS])


def _process(thread):
    """The process that a thread is of."""
    return int(_read(thread, 'status').partition(b'\nTgid:')[2].split(None, 1)[0])


def _read(thread, name):
    descriptor = os.open(f'/proc/{thread}/{name}', os.O_RDONLY)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)
