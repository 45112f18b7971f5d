"""The processes of a worker pool, with this test in the place of the .NET host."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest
from errno import ENOSYS, EPERM
from struct import pack as pack_struct

import support  # noqa: F401 (the package is on sys.path from here on)
import pyembed
from pyembed import _worker_template as template
from pyembed._worker_child import ERROR, LOG, VALUE
from pyembed._worker_values import NotPlainError, pack, unpack

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(pyembed.__file__)))
PROGRAM = '''
import os, sys
source = int(sys.argv[1]) if len(sys.argv) > 1 else 0
def receive(size):
    data = bytearray()
    while len(data) < size:
        part = os.read(source, size - len(data))
        if not part:
            os._exit(0)
        data += part
    return data
message = receive(int.from_bytes(receive(8), 'little'))
sys.path.insert(0, {!r})
from pyembed import _importer
from pyembed._worker_template import run
run(message, sys.argv[1:])
'''.format(PACKAGE)
NOTHING = {'read': [], 'write': [], 'network': False, 'processes': False, 'native_code': False, 'environment': False, 'required': False}
STARTS_A_THREAD = 'import threading, time\nthreading.Thread(target=time.sleep, args=[600], daemon=True).start()\n'
LIMITS = {'cpu': 2, 'memory': 1 << 28, 'file': 1 << 20, 'descriptors': 64}


class Host:
    """A template, and the .NET host's end of its pipes; before its first frame where *waits* is false. *prepare* is called in
    its process first. *errors*: its standard error, as subprocess has it."""

    def __init__(self, prepare=None, waits=True, errors=None, **settings):
        settings = {'own': [None, 0, 0], 'store': None, 'codes': '', 'grants': None, 'order': None, 'policy': None, 'trees': [],
                    'paths': [PACKAGE], 'preload': [], 'spares': 1, 'children': 1, 'limits': LIMITS, **settings}
        self.process = subprocess.Popen([sys.executable, '-I', '-S', '-X', 'utf8=1', '-c', PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=errors, preexec_fn=prepare, close_fds=False)
        message = pack(settings)
        self.write(len(message).to_bytes(8, 'little') + message)
        self.number = 0
        if waits:
            self.kind, _, self.said = self.frame()

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, kind, payload=b''):
        self.write((len(payload) + 9).to_bytes(4, 'little') + bytes([kind]) + self.number.to_bytes(8, 'little') + payload)

    def frame(self):
        data = self.process.stdout.read(int.from_bytes(self.process.stdout.read(4), 'little'))
        return data[0], int.from_bytes(data[1:9], 'little'), data[9:]

    def start(self, source):
        self.number += 1
        self.send(template.RUN, pack({'kind': 'script', 'input': None, 'what': {'name': 'script', 'source': source, 'variables': {}, 'arguments': []}}))

    def end(self):
        """The frames of the answer, what was written, and how the process ended."""
        parts = {template.ANSWER: b'', template.OUTPUT: b'', template.ERRORS: b'', template.STARTED: b''}
        while True:
            kind, number, payload = self.frame()
            assert number == self.number
            if kind == template.REFUSED:
                return None, None, payload.decode()
            if kind == template.ENDED:
                break
            parts[kind] += payload
        answer, frames = parts[template.ANSWER], []
        while answer:
            end = 4 + int.from_bytes(answer[:4], 'little')
            frames.append((answer[4], unpack(answer[5:end])))
            answer = answer[end:]
        return frames, parts[template.OUTPUT], json.loads(payload)

    def run(self, source):
        self.start(source)
        return self.end()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait()


def _is_running(process):
    """Whether it is there, and does not only wait to be reaped."""
    try:
        with open(f'/proc/{process}/stat', 'rb') as file:
            return file.read().rpartition(b') ')[2][:1] != b'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False


def _let_few_open():
    from resource import RLIMIT_NOFILE, setrlimit
    setrlimit(RLIMIT_NOFILE, (32, 32))


def _be_supervised():
    """Have a seccomp filter that lets everything through, and somebody who listens: there can be one only."""
    import ctypes
    library = ctypes.CDLL(None)
    library.prctl(38, 1, 0, 0, 0)
    code = ctypes.create_string_buffer(pack_struct('<HBBI', 6, 0, 0, 0x7FFF0000), 8)
    program = ctypes.create_string_buffer(pack_struct('@HP', 1, ctypes.addressof(code)))
    os.set_inheritable(library.syscall(317 if os.uname().machine == 'x86_64' else 277, 1, 8, program), True)


@unittest.skipUnless(hasattr(os, 'fork') and sys.platform == 'linux', 'workers need fork; what is looked at here, Linux')
class WorkerProcessTests(unittest.TestCase):

    def host(self, **settings):
        host = Host(**settings)
        self.addCleanup(host.close)
        self.assertEqual(host.kind, template.READY, host.said)
        return host

    def test_each_request_has_a_process_that_answers_and_ends(self):
        host = self.host()
        for number in range(3):
            frames, output, end = host.run('import logging, sys\nlogging.warning("n")\nprint("out")\nassert not hasattr(sys, "mark")\nsys.mark = result = {"$": [1.5, b"x", None]}')
            self.assertEqual([kind for kind, _ in frames], [LOG, VALUE])
            self.assertEqual(frames[1][1], {'$': [1.5, b'x', None]})
            self.assertEqual((output, end['signal'], end['code']), (b'out\n', 0, 0))

    def test_errors_and_ends_are_told(self):
        host = self.host()
        (kind, error), = host.run('def f(): raise ValueError("bad")\nf()')[0]
        self.assertEqual((kind, error['kind'], error['type'], error['message']), (ERROR, 'raised', 'ValueError', 'bad'))
        self.assertIn('    def f(): raise ValueError("bad")', error['traceback'])
        self.assertNotIn('_worker_child', error['traceback'])
        self.assertEqual(host.run('x = b"x" * (1 << 30)')[0][0][1]['kind'], 'memory')
        self.assertEqual(host.run('result = {1: 2}')[0][0][1]['kind'], 'value')
        self.assertEqual(host.run('import os; os._exit(3)')[2]['code'], 3)
        self.assertEqual(host.run('while True: pass')[2]['signal'], 24)
        host.start('import time; time.sleep(600)')
        host.send(template.KILL)
        self.assertEqual(host.end()[2]['signal'], 9)

    def test_what_capabilities_do_not_grant_is_denied(self):
        host = self.host(grants=NOTHING, policy=None)
        self.assertIn('audit hook', json.loads(host.said)['enforced_by'])
        for source, name in [
            ('open("/etc/passwd")', 'Read'), ('open("etc/passwd")', 'Read'), ('import os; os.listdir("/")', 'Read'), ('open("/tmp/x", "a")', 'Write'),
            ('import os; os.fork()', 'Processes'), ('import os; os.kill(1, 0)', 'Processes'), ('import subprocess; subprocess.run(["true"])', 'Processes'),
            ('import os; os.execv("/bin/true", ["true"])', 'Processes'), ('import socket; socket.socket()', 'Network'), ('import ctypes', 'NativeCode'),
            ('import gc; gc.get_objects()', 'NativeCode'), ('import sys; sys._current_frames()', 'NativeCode'),
        ]:
            (kind, error), = host.run(source)[0]
            self.assertEqual(kind, ERROR, source)
            self.assertIn(f'the capability {name}', error['message'], source)
        frames = host.run('import asyncio, decimal, json, hashlib, random, os\nresult = [list(os.environ), []]')[0]
        self.assertEqual(frames, [(VALUE, [[], []])])
        descriptors = 'import os\nresult = []\nfor n in range(60):\n    try: os.fstat(n)\n    except OSError: continue\n    result.append(n)'
        self.assertEqual(host.run(descriptors)[0], [(VALUE, [0, 1, 2, 3])])

    def test_the_standard_library_is_there_under_a_policy(self):
        host = self.host(grants=NOTHING, order=True, policy=[True, None, []])
        frames = host.run('import csv, decimal, difflib, hashlib, statistics, zoneinfo\nresult = str(decimal.Decimal("0.1") * 3)')[0]
        self.assertEqual(frames, [(VALUE, '0.3')])
        self.assertIn('denied by the import policy', host.run('import socket')[0][0][1]['message'])

    def test_the_end_of_the_host_is_the_end_of_all(self):
        host = Host()
        host.start('import os, time\nos.write(1, b"%d" % os.getpid())\ntime.sleep(600)')
        kind, process = None, None
        while kind != template.OUTPUT:
            kind, _, process = host.frame()
        self.assertEqual(host.close(), 0)
        self.ends(int(process))

    def test_a_request_that_the_system_has_no_process_for_is_refused_alone(self):
        for spares in 0, 20:
            host = self.host(prepare=_let_few_open, spares=spares, children=0)
            self.assertEqual(host.run('result = 1')[0], [(VALUE, 1)])
            running = []
            while True:
                host.start('import time; time.sleep(600)')
                kind, number, said = host.frame()
                if kind == template.REFUSED:
                    break
                self.assertEqual((kind, number), (template.STARTED, host.number))
                running.append(number)
                self.assertLess(len(running), 24)
            self.assertIn('Too many open files', said.decode())
            self.assertGreater(len(running), 1)
            host.number = running[0]
            host.send(template.KILL)
            self.assertEqual(host.end()[2]['signal'], 9)
            host.number += len(running)
            self.assertEqual(host.run('result = 2')[0], [(VALUE, 2)])

    def test_past_the_hook_there_is_no_second_process(self):
        host = self.without_hook()
        # The flag of a thread where a system call has no flags makes it none.
        (kind, found), = host.run('''
import ctypes, os
library = ctypes.CDLL(None, use_errno=True)
result = []
for call, *arguments in [(56, 17), (57, 0x10000), (58, 0x10000), (435, 0, 88)] if os.uname().machine == 'x86_64' else [(220, 17), (435, 0, 88)]:
    process = library.syscall(call, *arguments, 0, 0, 0)
    if not process: os._exit(1)
    result.append((process, ctypes.get_errno()))
''')[0]
        self.assertEqual((kind, found), (VALUE, [[-1, EPERM]] * (len(found) - 1) + [[-1, ENOSYS]]))
        for number in range(2):
            frames, _, _ = host.run('''
import os, threading
found = []
def attempt(make):
    try: found.append(make())
    except OSError as error: found.append(error.errno)
def attempts():
    for make in os.fork, lambda: os.posix_spawn('/bin/true', ['true'], {}), lambda: os.execv('/bin/true', ['true']):
        attempt(make)
attempts()
thread = threading.Thread(target=attempts)
thread.start()
thread.join()
result = found, os.getppid()
''')
            (kind, (found, parent)), = frames
            self.assertEqual((kind, found), (VALUE, [EPERM] * 6))
            self.assertNotEqual(parent, host.process.pid)

    def test_past_the_hook_nobody_else_is_signalled(self):
        host = self.without_hook()
        # Signal 0 is none: it asks for leave only.
        (kind, found), = host.run(f'''
import ctypes, fcntl, os, signal, threading
library = ctypes.CDLL(None, use_errno=True)
tgkill, tkill, socketpair, sync = (234, 200, 53, 162) if os.uname().machine == 'x86_64' else (131, 130, 199, 81)
def call(number, *arguments):
    if library.syscall(number, *arguments) < 0: raise OSError(ctypes.get_errno(), '')
def attempts():
    result = []
    reading, writing = os.pipe()
    template, own = os.getppid(), os.getpid()
    for make, *arguments in [*[(os.kill, target, 0) for target in (template, {host.process.pid}, {os.getpid()}, 0, -1, -template, -own, 1)], (os.killpg, os.getpgid(template), 0),
                             (call, tgkill, template, template, 0), (call, tgkill, {os.getpid()}, {os.getpid()}, 0), (call, tkill, template, 0), (call, tkill, {os.getpid()}, 0),
                             (fcntl.fcntl, reading, fcntl.F_SETOWN, template), (call, 72 if tkill == 200 else 25, reading, 15, b'\\2\\0\\0\\0' + template.to_bytes(4, 'little')),
                             (fcntl.ioctl, reading, 0x8901, template.to_bytes(4, 'little')), (call, socketpair, 1, 1, 0, b'12345678'), (call, sync)]:
        try: result.append((str(arguments), make(*arguments)))
        except OSError as error: result.append(error.errno)
    return result
result = [attempts()]
thread = threading.Thread(target=lambda: result.append(attempts()))
thread.start()
thread.join()
''')[0]
        self.assertEqual((kind, found), (VALUE, [[EPERM] * 18] * 2))
        self.assertEqual(host.run('result = 2')[0], [(VALUE, 2)])

    def test_past_the_hook_a_request_may_signal_itself(self):
        host = self.without_hook()
        self.assertEqual(host.run('''
import ctypes, os, signal, threading
library = ctypes.CDLL(None, use_errno=True)
tkill = 200 if os.uname().machine == 'x86_64' else 130
heard = []
signal.signal(signal.SIGUSR1, lambda number, frame: heard.append(number))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
thread = threading.Thread(target=lambda: heard.extend([library.syscall(tkill, threading.get_native_id(), 0), os.kill(os.getpid(), 0)]))
thread.start()
thread.join()
result = heard
''')[0], [(VALUE, [10, 10, 10, 0, None])])
        self.assertEqual(host.run('import os; os.kill(os.getpid(), 15)')[2]['signal'], 15)
        self.assertEqual(host.run('import os; os.abort()')[2]['signal'], 6)

    def test_root_has_no_capabilities(self):
        def capabilities(process):
            with open(f'/proc/{process}/status') as file:
                return {line.split()[0]: int(line.split()[1], 16) for line in file if line.startswith('Cap')}

        if not capabilities(os.getpid())['CapPrm:']:
            self.skipTest('this process has none itself')
        for grants in NOTHING, {**NOTHING, 'processes': True}:
            host = self.host(grants=grants)
            host.start('import os, time\nos.write(1, b"%d %d" % (os.getppid(), os.getpid()))\ntime.sleep(600)')
            kind = None
            while kind != template.OUTPUT:
                kind, _, processes = host.frame()
            for process in processes.split():
                found = capabilities(int(process))
                self.assertEqual([found[name] for name in ('CapPrm:', 'CapEff:', 'CapInh:', 'CapAmb:')], [0] * 4)

    def test_where_another_listens_it_is_said(self):
        self.without_hook()
        host = self.host(grants=NOTHING, prepare=_be_supervised)
        walls = json.loads(host.said)['enforced_by']
        self.assertNotIn('supervisor', walls)
        self.assertIn('seccomp', walls)
        self.assertEqual(host.run('result = 2')[0], [(VALUE, 2)])
        host = Host(grants={**NOTHING, 'required': True}, prepare=_be_supervised)
        self.assertEqual(host.kind, template.FAILED)
        self.assertIn('no way to have forks supervised', json.loads(host.said)['message'])
        host.close()

    def test_the_threads_of_a_request_are_limited(self):
        host = self.host(grants=NOTHING, limits={**LIMITS, 'memory': 1 << 33})
        if 'supervisor' not in json.loads(host.said)['enforced_by']:
            self.skipTest('threads are not supervised here')
        for number in range(2):
            (kind, (started, said, again)), = host.run('''
import _thread, time
end, running = _thread.allocate_lock(), _thread.allocate_lock()
ended = []
end.acquire()
def wait():
    with end: ended.append(None)
started = 0
while started < 1000:
    try: _thread.start_new_thread(wait, ())
    except RuntimeError as error:
        said = str(error)
        break
    started += 1
end.release()
while len(ended) < started: time.sleep(0.01)
while True:
    try: _thread.start_new_thread(ended.append, (None,))
    except RuntimeError: continue
    break
while len(ended) == started: time.sleep(0.01)
result = started, said, len(ended) - started
''')[0]
            self.assertEqual((kind, started, again), (VALUE, 63, 1))
            self.assertIn("can't start new thread", said)

    def test_requests_compute_below_their_template(self):
        host = self.without_hook()
        own = os.getpriority(os.PRIO_PROCESS, 0)
        (kind, (priority, found)), = host.run('''
import os
priority = os.getpriority(os.PRIO_PROCESS, 0)
found = []
for call, arguments in (os.setpriority, (0, 0, 9)), (os.setpriority, (0, 0, -20)), (os.setpriority, (0, os.getppid(), 19)), (os.setpriority, (1, 0, 19)), (os.setsid, ()):
    try: found.append(call(*arguments))
    except OSError as error: found.append(error.errno)
os.setpriority(0, 0, 19)
result = priority, found
''')[0]
        self.assertEqual((kind, found), (VALUE, [EPERM] * 5))
        self.assertEqual(priority, min(19, max(10, own + 10)))

    def test_whichever_process_dies_nothing_is_left(self):
        sleeper = 'import os, time\nos.write(1, b"%d %d" % (os.getppid(), os.getpid()))\ntime.sleep(600)'
        for grants in NOTHING, None:
            for victims in [0], [1], [2], [0, 1], [1, 0]:     # the host's end of the pipes, the supervisor, the template
                host = Host(grants=grants, errors=subprocess.DEVNULL)
                host.start(sleeper)
                kind = None
                while kind != template.OUTPUT:
                    kind, _, processes = host.frame()
                template_process, request = map(int, processes.split())
                if template_process == host.process.pid:
                    host.close()
                    self.skipTest('there is no supervisor here')
                with open(f'/proc/{host.process.pid}/task/{host.process.pid}/children') as file:
                    deputies = {*map(int, file.read().split())} - {template_process}
                for victim in victims:
                    if victim == 0:
                        host.process.stdin.close()
                    else:
                        os.kill((host.process.pid, template_process)[victim - 1], signal.SIGKILL)
                for process in template_process, request, *deputies:
                    self.ends(process)
                code = host.process.wait()
                host.process.stdout.close()
                if victims == [1]:
                    self.assertEqual(code, -signal.SIGKILL)
                elif victims == [2]:
                    self.assertEqual(code, 128 + signal.SIGKILL)
                host.process.stdin.close()

    def test_a_supervisor_that_dies_while_the_template_kills_leaves_nothing(self):
        host = Host(grants=NOTHING, errors=subprocess.DEVNULL)
        if 'supervisor' not in json.loads(host.said)['enforced_by']:
            host.close()
            self.skipTest('signals are not supervised here')
        host.start('import os, time\nos.write(1, b"%d %d" % (os.getppid(), os.getpid()))\ntime.sleep(600)')
        kind = None
        while kind != template.OUTPUT:
            kind, _, processes = host.frame()
        template_process, request = map(int, processes.split())
        host.process.send_signal(signal.SIGSTOP)
        host.process.stdin.close()
        end = time.monotonic() + 5
        while time.monotonic() < end:                   # until it asks whether it may kill; where that cannot be seen, long enough
            with open(f'/proc/{template_process}/wchan') as file:
                if 'seccomp' in file.read():
                    break
            time.sleep(0.01)
        host.process.kill()
        for process in template_process, request:
            self.ends(process)
        host.process.wait()
        host.process.stdout.close()

    def test_a_template_that_goes_on_without_its_host_is_killed(self):
        """As one does that a module which it preloads keeps."""
        folder = self.folder('goes_on', 'import os, time\nos.write(2, b"%d\\n" % os.getpid())\ntime.sleep(600)\n')
        host = Host(preload=['goes_on'], paths=[PACKAGE, folder], waits=False, errors=subprocess.PIPE)
        process = int(host.process.stderr.readline())
        host.process.stdin.close()
        self.ends(process)
        self.assertIn(host.process.wait(), (128 + signal.SIGKILL, -signal.SIGKILL))
        host.process.stdout.close()
        host.process.stderr.close()

    def test_a_process_that_leaves_its_request_ends_with_it(self):
        host = self.host(grants={**NOTHING, 'processes': True})
        if 'subreaper' not in json.loads(host.said)['enforced_by']:
            self.skipTest('orphans do not come to the template here')
        frames, _, _ = host.run('import os, time\nresult = os.fork()\nif not result:\n    os.setsid()\n    os.closerange(0, 10)\n    time.sleep(60)\n    os._exit(0)\nwhile os.getsid(result) != result: time.sleep(0.01)')
        (kind, process), = frames
        self.assertEqual(kind, VALUE)
        self.ends(process)
        self.assertEqual(host.run('result = 2')[0], [(VALUE, 2)])

    def without_hook(self):
        """A host whose requests have only the kernel between them and what was not granted."""
        folder = self.folder('no_hook', 'from pyembed import _worker_hook\n_worker_hook.make = lambda settings: lambda event, arguments: None\n')
        host = self.host(grants=NOTHING, preload=['no_hook'], paths=[PACKAGE, folder])
        if 'supervisor' not in json.loads(host.said)['enforced_by']:
            self.skipTest('forks are not supervised here')
        return host

    def ends(self, process):
        end = time.monotonic() + 60
        while _is_running(process) and time.monotonic() < end:
            time.sleep(0.01)
        self.assertFalse(_is_running(process))

    def test_what_cannot_be_prepared_is_said(self):
        for settings, text in [({'preload': ['no_such_module']}, 'no_such_module'), ({'preload': ['starts_a_thread'], 'paths': [PACKAGE, self.folder('starts_a_thread', STARTS_A_THREAD)]}, 'has started a thread')]:
            host = Host(**settings)
            self.assertEqual(host.kind, template.FAILED)
            self.assertIn(text, json.loads(host.said)['message'])
            host.close()

    def folder(self, module, source):
        from tempfile import TemporaryDirectory
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with open(os.path.join(folder.name, module + '.py'), 'w') as file:
            file.write(source)
        return folder.name


class ValueTests(unittest.TestCase):

    def test_values_come_back(self):
        for value in [None, True, -3, 10 ** 4000, 0.5, 'a\u20ac\U0001F40D', b'', b'\0\xff', [], {'$': {'$$': [b'x', {'$': 1}]}}, [[1, [2.0]], {'a': None}]]:
            self.assertEqual(unpack(pack(value)), value)
        self.assertEqual(unpack(pack((1, bytearray(b'x'), memoryview(b'y')))), [1, b'x', b'y'])

    def test_what_is_no_value_is_named_with_its_place(self):
        loop = []
        loop.append(loop)
        for value, text in [({'a': [1, object()]}, "builtins.object, at ['a'][1]"), (float('nan'), 'nan'), ({1: 2}, 'type int'), ('\ud800', 'surrogate'),
                            (1 << 20000, '20001 bits'), (loop, 'holds itself')]:
            with self.assertRaises(NotPlainError) as caught:
                pack(value)
            self.assertIn(text, str(caught.exception))
