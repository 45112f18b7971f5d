"""The process that a pool's workers are forked from, the template: a plain ``python`` that a .NET process has started.

It mounts the trees, applies the import policy and imports what the pool names, once. Then it forks children ahead, the
spares. Each serves one request (_worker_child) and ends, so that none sees anything of another. The template passes on
what a child says and tells how it ended; it has one thread, holds no lock and runs no code of requests.

With the host it has two pipes. A frame there is u32 length of the rest, u8 kind, u64 number of the request, and a payload
(all little endian; docs/formats.md, section 8). A child has pipes of its own, all of which end in the template.
"""

import gc
import json
import os
import select
import signal
import sys
import _thread
from time import monotonic

from . import _importer, _worker_child, _worker_hook, _worker_supervisor, _worker_values

# What the host says.
RUN, KILL = 1, 2
# What the template says: of itself; of a request.
READY, FAILED, STARTED, ANSWER, OUTPUT, ERRORS, ENDED, REFUSED = 10, 11, 12, 13, 14, 15, 16, 17

_HEADER = 9         # bytes of a frame that are counted in its length before the payload
_MOST_OPEN = 1024   # descriptors that a template may have; it has a few for each child
_OPEN_PER_CHILD, _OPEN_ELSE = 4, 32
_SCAN = 0.5         # seconds from the end of a request until orphans are looked for
_PAUSE = 1.0        # seconds from a spare that the system refused until the next is tried
_CHUNK = 1 << 16    # bytes that are read from a child at a time: what a pipe holds


class _Child:
    """A forked child: its process, the template's ends of its pipes, and what it was given."""

    __slots__ = 'pid', 'request', 'pipes', 'number', 'pending'

    def __init__(self, pid, request, pipes):
        self.pid = pid
        self.request = request      # the descriptor to write its request to; None once that is done
        self.pipes = pipes          # descriptor -> the kind of frame that what comes from it goes into
        self.number = None          # of its request
        self.pending = None         # what of the request is not written yet


class Template:
    """Serves the host until that ends the connection.

    *receiving*, *sending*: descriptors of the pipes to the host. *spares*: how many children wait. *processes*: a
    descriptor of ``/proc``, to find orphans, those that have left the process group of their request; None where there are
    none, or they do not come here. *alone*: whether the kernel lets no request have a second process."""

    def __init__(self, receiving, sending, spares, processes, alone):
        self.receiving = receiving
        self.sending = sending
        self.spares = spares
        self.processes = processes
        self.alone = alone
        self.scan_at = None         # when to look for orphans, by the monotonic clock
        self.spare_at = 0           # before when no spare is forked
        self.received = bytearray()
        self.waiting = []           # spares
        self.by_number = {}         # number of a request -> its child
        self.by_pid = {}
        self.by_pipe = {}           # descriptor -> the child that it belongs to
        self.poll = select.poll()
        self.signals, wakeup = os.pipe()
        for descriptor in (self.signals, wakeup):
            os.set_blocking(descriptor, False)
        self.highest = max([number for number in range(_MOST_OPEN) if _is_open(number)])
        signal.signal(signal.SIGCHLD, _pass)
        signal.signal(signal.SIGHUP, _end)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        self.poll.register(receiving, select.POLLIN)
        self.poll.register(self.signals, select.POLLIN)

    def serve(self):
        """Until the host ends the connection; in a forked child raises Forked."""
        process = os.getpid()
        try:
            while self.turn():
                pass
        finally:
            try:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)        # what follows is what that asks for
            finally:
                if os.getpid() == process:
                    for child in self.by_pid.values():
                        _kill(child)
                    self.end_orphans()

    def turn(self):
        """Do what there is to do, wait for more. False at the end."""
        now = monotonic()
        lacks = len(self.waiting) < self.spares
        wanted = lacks and now >= self.spare_at
        due = [at for at in (self.scan_at, self.spare_at if lacks else None) if at is not None]
        ready = self.poll.poll(0 if wanted else max(0, min(due) - now) * 1000 if due else None)
        if self.scan_at is not None and monotonic() >= self.scan_at:
            self.end_orphans()
        if not ready and wanted:
            try:
                self.waiting.append(self.fork())
            except OSError:             # a request that finds none is told, should it be so still
                self.spare_at = monotonic() + _PAUSE
        for descriptor, events in ready:
            if descriptor == self.receiving:
                if not self.receive():
                    return False
            elif descriptor == self.signals:
                self.reap()
            elif descriptor in self.by_pipe:        # else an earlier event of this turn has ended the child
                child = self.by_pipe[descriptor]
                if descriptor == child.request:
                    self.write_request(child)
                else:
                    self.pass_on(child, descriptor)
        return True

    # The host ########################################################################################################

    def receive(self):
        data = os.read(self.receiving, _CHUNK)
        if not data:
            return False
        received = self.received
        received += data
        while len(received) >= 4:
            size = int.from_bytes(received[:4], 'little')
            if len(received) < 4 + size:
                break
            kind, number = received[4], int.from_bytes(received[5:13], 'little')
            if kind == RUN:
                self.run(number, bytes(received[13:4 + size]))
            elif number in self.by_number:          # else it has ended meanwhile
                _kill(self.by_number[number])
            del received[:4 + size]
        return True

    def send(self, kind, number, payload):
        send(self.sending, kind, number, payload)

    def run(self, number, body):
        try:
            child = self.waiting.pop() if self.waiting else self.fork()
        except OSError as error:
            self.send(REFUSED, number, str(error).encode())
            return
        child.number = number
        child.pending = memoryview(len(body).to_bytes(4, 'little') + body)
        self.by_number[number] = child
        self.send(STARTED, number, child.pid.to_bytes(4, 'little'))
        self.write_request(child)

    # Children ########################################################################################################

    def fork(self):
        """A new child. Raises OSError where the system has no descriptors, processes or memory for it."""
        pairs = []
        try:
            for _ in range(4):
                pairs.append(os.pipe())
            (request, to_child), *answers = pairs
            self.highest = max(self.highest, *[max(pair) for pair in pairs])
            pid = _asked(os.fork)
        except OSError:
            for pair in pairs:
                for descriptor in pair:
                    os.close(descriptor)
            raise
        if not pid:
            raise Forked([request, *[writing for _, writing in answers]], self.highest)
        os.close(request)
        pipes = {}
        for (reading, writing), kind in zip(answers, (ANSWER, OUTPUT, ERRORS)):
            os.close(writing)
            pipes[reading] = kind
        child = _Child(pid, to_child, pipes)
        self.by_pid[pid] = child
        for descriptor in pipes:
            os.set_blocking(descriptor, False)
            self.by_pipe[descriptor] = child
            self.poll.register(descriptor, select.POLLIN)
        os.set_blocking(to_child, False)
        return child

    def write_request(self, child):
        try:
            written = os.write(child.request, child.pending)
        except BlockingIOError:
            written = 0
        except BrokenPipeError:                     # it has ended, which the host is told when it is reaped
            written = len(child.pending)
        child.pending = child.pending[written:]
        if not child.pending:
            self.close_request(child)
        elif child.request not in self.by_pipe:
            self.by_pipe[child.request] = child
            self.poll.register(child.request, select.POLLOUT)

    def close_request(self, child):
        if child.request is not None:
            if self.by_pipe.pop(child.request, None) is not None:
                self.poll.unregister(child.request)
            os.close(child.request)
            child.request = None

    def pass_on(self, child, descriptor):
        """Pass on what a child has written. False where there is no more at this moment."""
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self.close_pipe(child, descriptor)
            return False
        if child.number is not None:
            self.send(child.pipes[descriptor], child.number, data)
        return True

    def close_pipe(self, child, descriptor):
        self.poll.unregister(descriptor)
        del self.by_pipe[descriptor], child.pipes[descriptor]
        os.close(descriptor)

    def reap(self):
        try:
            while os.read(self.signals, _CHUNK):
                pass
        except BlockingIOError:
            pass
        while self.by_pid:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                break
            child = self.by_pid.pop(ended.si_pid, None)
            if child is not None and not self.alone:
                _kill(child)                        # what is left of its group; until it is reaped its number is nobody else's
            _, status, usage = _wait(ended.si_pid)
            if child is not None:
                self.end(child, status, usage)

    def end(self, child, status, usage):
        self.close_request(child)
        for descriptor in list(child.pipes):
            while self.pass_on(child, descriptor):
                pass
            if descriptor in child.pipes:           # something that has left the group holds the other end
                self.close_pipe(child, descriptor)
        if child.number is None:
            if child in self.waiting:
                self.waiting.remove(child)
            return
        del self.by_number[child.number]
        if self.processes is not None and self.scan_at is None:
            self.scan_at = monotonic() + _SCAN
        outcome = {'signal': os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
                   'code': os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
                   'cpu': usage.ru_utime + usage.ru_stime, 'memory': usage.ru_maxrss}
        self.send(ENDED, child.number, json.dumps(outcome).encode())

    def end_orphans(self):
        """Kill what requests have left behind. What those leave behind comes here in turn."""
        self.scan_at = None
        if self.processes is None:
            return
        try:
            if _worker_supervisor.end_children(self.processes, self.by_pid):
                self.scan_at = monotonic()
        except OSError:                             # no descriptor is left to look with
            self.scan_at = monotonic() + _SCAN


class Forked(BaseException):
    """Raised in a forked child, to leave all that is the template's: its descriptors, and the highest that is open."""

    def __init__(self, descriptors, highest):
        self.descriptors = descriptors
        self.highest = highest


def _is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _pass(number, frame):
    """The handler of SIGCHLD: that there is one wakes the template."""


def _end(number, frame):
    """The handler of SIGHUP, which the kernel sends when the supervisor is gone."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit('the supervisor of this process has ended')


def _asked(call, *arguments):
    """What a call gives that a supervisor may have to decide on: while that does, a signal may interrupt it."""
    while True:
        try:
            return call(*arguments)
        except InterruptedError:
            pass


def _wait(process):
    """os.wait4 of a process that has ended. It imports ``resource`` by itself, which a policy need not allow."""
    return _worker_child.exempt(os.wait4, process, 0)


def _kill(child):
    """End a child that is not reaped, and all of its process group."""
    for end in (os.killpg, os.kill):                # it may not have a group of its own yet
        try:
            _asked(end, child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def send(descriptor, kind, number, payload):
    """Write a frame to a blocking pipe."""
    frame = memoryview((len(payload) + _HEADER).to_bytes(4, 'little') + bytes([kind]) + number.to_bytes(8, 'little') + payload)
    while frame:
        frame = frame[os.write(descriptor, frame):]


def run(message, arguments):
    """What the host's start of this process ends in: set up what *message* says (docs/formats.md, section 8), and serve.

    *arguments* are those of the command line: none, or what _worker_guard gives when it starts the program again."""
    sending = 1
    try:
        settings = _worker_values.unpack(message)
        _check_descriptors(settings['children'])
        walls = _confined(settings, message, arguments)
        os.chdir('/')
        receiving, sending = (_moved(descriptor) for descriptor in (0, 1))
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(2, 1)                                   # what is printed while modules are imported is no frame
        for descriptor in range(nothing + 1, _worker_child.DESCRIPTORS):    # pipes get numbers above those that a child has
            os.open(os.devnull, os.O_RDWR)
        _prepare(settings)
        child = _worker_child.settle(settings, walls, arguments)
    except BaseException as error:
        from traceback import format_exception
        said = {'type': type(error).__name__, 'message': str(error), 'traceback': ''.join(format_exception(type(error), error, error.__traceback__))}
        send(sending, FAILED, 0, json.dumps(said).encode())
        return
    grants = settings['grants']
    alone = 'supervisor' in walls
    orphans = 'subreaper' in walls and not alone
    template = Template(receiving, sending, settings['spares'], int(arguments[2]) if orphans else None, alone)
    gc.collect()
    gc.freeze()
    send(sending, READY, 0, json.dumps({'enforced_by': walls + ['audit hook'] * (grants is not None)}).encode())
    try:
        template.serve()
    except BrokenPipeError:
        return                                          # the host is gone
    except Forked as forked:
        place = forked.descriptors, forked.highest
    else:
        return
    # What runs from here on may look at the frames above it.
    del template, settings, message
    _worker_child.enter(*place, *child)


def _confined(settings, message, arguments):
    """Have the kernel confine this process, which then starts again, below a supervisor. Returns what it was told by the one
    before: what the kernel enforces."""
    if arguments:
        return arguments[3].split(',') if arguments[3] else []
    required = settings['grants'] is not None and settings['grants']['required']
    if sys.platform == 'linux':
        try:
            from . import _worker_guard
        except ImportError as error:                    # ctypes is a package of its own in some distributions
            if required:
                raise OSError(f'the capabilities of this pool cannot be enforced by this Python, which has no ctypes: {error}') from error
        else:
            _worker_guard.confine(settings, message)
    elif required:
        raise OSError('the capabilities of this pool can be enforced on Linux only: leave PythonWorkerOptions.Capabilities out to go without')
    os.setsid()                                         # Ctrl-C at a terminal is the host's
    return []


def _check_descriptors(children):
    """Raise where the system lets this process have too few descriptors for the pipes of so many children."""
    import resource
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = _OPEN_ELSE + _OPEN_PER_CHILD * children
    if limit != resource.RLIM_INFINITY and limit < needed:
        raise OSError(f'{children} workers and spares need {needed} open files, and this process may have {limit} (RLIMIT_NOFILE): '
                      'raise that (ulimit -n), or lower PythonWorkerOptions.Workers and Spares')


def _moved(descriptor):
    """A copy with a number above those that a child has."""
    import fcntl
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _worker_child.DESCRIPTORS)


def _prepare(settings):
    """Become what all requests begin with."""
    sys.argv = ['']
    sys.modules['__main__'].__dict__.clear()        # the program that started this
    _importer.store()
    if settings['grants'] is not None and not settings['grants']['environment']:
        os.environ.clear()                          # it was only to find that
    if settings['order'] is not None:
        from ._registry import install
        install(settings['order'])
    if settings['grants'] is not None and not settings['grants']['processes']:
        _worker_hook.disarm()
    policy = settings['policy']
    if policy is not None:
        from ._policy import apply_to_worker
        apply_to_worker(*policy, settings['paths'])
    from ._workers import map_file
    for tree in settings['trees']:
        file, offset, size = tree['place']
        view = map_file(file)[offset:offset + size] if file else memoryview(tree['bytes'])
        _importer.mount_view(view, tree['origin'], (file, offset, size) if file else None, tree['files'])
    from ._host import add_search_paths
    add_search_paths(settings['paths'])
    _worker_child.prepare()
    from importlib import import_module
    for name in settings['preload']:
        import_module(name)
    if 'pyembed._code_cache' in sys.modules and _importer.code_cache():
        sys.modules['pyembed._code_cache'].write_kept()
    if _thread._count() > 0:
        raise RuntimeError('a module that the pool preloads has started a thread, which no forked worker would have: preload another, or start the thread when it is used')
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
