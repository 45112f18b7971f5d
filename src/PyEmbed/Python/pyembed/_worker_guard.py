"""Has the Linux kernel confine a pool's template, and with it all that it forks, before that runs any code of others.

It takes ctypes, which must not be in a process that foreign code runs in: whoever finds its types can write to any memory.
So a process of its own does this, which forks one that becomes the template by exec, and itself stays outside as that
one's supervisor. What the kernel was told stays: a Landlock ruleset (which files), a seccomp filter (which system calls,
and which ones the supervisor is asked about), no new privileges, and that orphans become the template's children, or else
the supervisor's. See docs/workers.md and landlock(7), seccomp(2), seccomp_unotify(2), prctl(2).
"""

import ctypes
import os
import re
import signal
import sys
from _socket import SCM_RIGHTS, SOL_SOCKET, socketpair
from errno import EINVAL, EPERM, ENOSYS
from struct import pack

from . import _worker_supervisor

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 36, 38
_CAPABILITY_VERSION = 0x20080522
_NEW_LISTENER, _WAIT_KILLABLE = 1 << 3, 1 << 5      # flags of a seccomp filter; the second one since Linux 5.19

# Landlock's rights, by the bit of each.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READ = _READ_FILE | _READ_DIR
_CHANGE = _WRITE_FILE | _TRUNCATE | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8     # remove folders, files; make folders, files
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}      # how many rights an ABI knows; 16 from the fifth on
_SCOPED = 3                                 # signals, and abstract Unix sockets: within the template and its children

# System call -> its number on x86-64 and on 64-bit ARM; None where there is none.
_DENIED = {
    'ptrace': (101, 117), 'process_vm_readv': (310, 270), 'process_vm_writev': (311, 271), 'kcmp': (312, 272),
    'pidfd_getfd': (438, 438), 'process_madvise': (440, 440), 'process_mrelease': (448, 448),
    'pidfd_send_signal': (424, 424), 'rt_sigqueueinfo': (129, 138), 'rt_tgsigqueueinfo': (297, 240),
    'mount': (165, 40), 'umount2': (166, 39), 'pivot_root': (155, 41), 'chroot': (161, 51), 'fsopen': (430, 430),
    'fsconfig': (431, 431), 'fsmount': (432, 432), 'move_mount': (429, 429), 'open_tree': (428, 428),
    'mount_setattr': (442, 442), 'setns': (308, 268), 'unshare': (272, 97), 'open_by_handle_at': (304, 265),
    'bpf': (321, 280), 'perf_event_open': (298, 241), 'userfaultfd': (323, 282),
    'io_uring_setup': (425, 425), 'io_uring_enter': (426, 426), 'io_uring_register': (427, 427),
    'keyctl': (250, 219), 'add_key': (248, 217), 'request_key': (249, 218),
    'init_module': (175, 105), 'finit_module': (313, 273), 'delete_module': (176, 106), 'kexec_load': (246, 104),
    'kexec_file_load': (320, 294), 'reboot': (169, 142), 'swapon': (167, 224), 'swapoff': (168, 225),
    'settimeofday': (164, 170), 'clock_settime': (227, 112), 'adjtimex': (159, 171), 'clock_adjtime': (305, 266),
    'sync': (162, 81), 'syncfs': (306, 267), 'sethostname': (170, 161), 'setdomainname': (171, 162), 'quotactl': (179, 60), 'acct': (163, 89),
    'personality': (135, 92), 'fanotify_init': (300, 262), 'syslog': (103, 116), 'vhangup': (153, 58),
    'iopl': (172, None), 'ioperm': (173, None),
    'msgget': (68, 186), 'shmget': (29, 194), 'semget': (64, 190), 'mq_open': (240, 180),
    'memfd_create': (319, 279), 'memfd_secret': (447, 447),     # memory that no limit of a process counts
    'chmod': (90, None), 'fchmod': (91, 52), 'fchmodat': (268, 53), 'fchmodat2': (452, 452), 'chown': (92, None),
    'fchown': (93, 55), 'lchown': (94, None), 'fchownat': (260, 54), 'setxattr': (188, 5), 'lsetxattr': (189, 6),
    'fsetxattr': (190, 7), 'setxattrat': (463, 463), 'removexattr': (197, 14), 'lremovexattr': (198, 15),
    'fremovexattr': (199, 16), 'removexattrat': (466, 466), 'utime': (132, None), 'utimes': (235, None),
    'futimesat': (261, None), 'utimensat': (280, 88), 'sched_setaffinity': (203, 122),
    'sched_setscheduler': (144, 119), 'sched_setattr': (314, 274), 'sched_setparam': (142, 118), 'ioprio_set': (251, 30),
}
_EXECVE, _EXECVEAT, _SOCKET, _PRLIMIT, _SETPRIORITY = (59, 221), (322, 281), (41, 198), (302, 261), (141, 140)
_CLONE, _CLONE3, _FORK, _VFORK, _SETSID = (56, 220), (435, 435), (57, None), (58, None), (112, 157)
_KILL, _TGKILL, _TKILL, _FCNTL, _IOCTL_CALL, _SOCKETPAIR = (62, 129), (234, 131), (200, 130), (72, 25), (16, 29), (53, 199)
_SECCOMP = 317, 277
_OWNERS = (8, 15), (0x8901, 0x8902)         # whom signals for a file go to: of fcntl F_SETOWN, F_SETOWN_EX; of ioctl FIOSETOWN, SIOCSPGRP
_MACHINES = {'x86_64': (0, 0xC000003E), 'aarch64': (1, 0xC00000B7)}        # index above, and what seccomp calls it
_NEW_NAMESPACES = 0x7E020000                # flags of clone
_FAMILIES = 1, 2, 10, 16                    # of sockets, with a network: Unix, IPv4, IPv6, and netlink for looking up hosts

_LINKER = '/etc/ld.so.cache', '/etc/localtime', '/usr/share/zoneinfo', '/dev/urandom', '/dev/random', '/dev/zero'


def confine(settings, message):
    """Fork a process that starts this program again, as a confined template, and supervise that: never returns.

    *settings* and *message*, a bytearray, are what this process was told. In the forked process raises OSError where the
    kernel lacks what it was told to do, and that was asked for by name."""
    library = ctypes.CDLL(None, use_errno=True)
    os.setsid()                                         # Ctrl-C at a terminal is the host's
    signal.signal(signal.SIGHUP, signal.SIG_DFL)        # which it may have been told to ignore
    if library.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise _error('subreaper')
    channel, other = socketpair()
    supervisor = os.getpid()
    template = os.fork()
    if template:
        other.close()
        settings.clear()
        message.clear()
        machine = _MACHINES.get(os.uname().machine)
        _worker_supervisor.supervise(template, channel, machine and [call[machine[0]] for call in (_CLONE, _KILL, _TGKILL, _TKILL)])
    if library.prctl(_PR_SET_PDEATHSIG, signal.SIGHUP, 0, 0, 0) or library.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise _error('signal at the end of the supervisor')
    if os.getppid() != supervisor:
        os._exit(1)
    _become_template(library, settings, message, other)


def _become_template(library, settings, message, supervisor):
    grants, walls = settings['grants'], ['subreaper']
    descriptors = _keep(message), os.open('/proc/self/statm', os.O_RDONLY), os.open('/proc', os.O_RDONLY | os.O_DIRECTORY)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, True)
    with open('/proc/self/cmdline', 'rb') as file:
        arguments = file.read().split(b'\0')[:-1]
    program = ctypes.create_string_buffer(os.fsencode(sys.executable))
    if grants is not None:
        if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise _error('no new privileges')
        _drop_capabilities(library)
        _note(walls, 'Landlock', _restrict_files(library, grants, settings, program), grants)
        listener = None
        if not grants['processes']:
            listener, problem = _filter_calls(library, grants, program, True)
            _note(walls, 'supervisor', problem, grants)
        if listener is None:
            _, problem = _filter_calls(library, grants, program, False)
        else:
            supervisor.sendmsg([b'l'], [(SOL_SOCKET, SCM_RIGHTS, pack('@i', listener))])
        _note(walls, 'seccomp', problem, grants)
    arguments += [b'%d' % descriptor for descriptor in descriptors] + [','.join(walls).encode()]
    array = (ctypes.c_char_p * (len(arguments) + 1))(*arguments)
    variables = [name + b'=' + value for name, value in os.environb.items()]
    environment = (ctypes.c_char_p * (len(variables) + 1))(*variables)
    library.execve(program, array, environment)
    raise _error(f'starting {sys.executable} again')


def _drop_capabilities(library):
    """Root's too: with no new privileges, exec gives none back. So root is held to the modes of files, to the limits that it
    was given and to its own processes, as any user is (capabilities(7))."""
    if library.capset(pack('@Ii', _CAPABILITY_VERSION, 0), bytes(24)):
        raise _error('dropping capabilities')


def _note(walls, name, problem, grants):
    """Add a wall that stands; of one that does not say so where it was asked for."""
    if problem is None:
        walls.append(name)
    elif grants['required']:
        lacks = 'no way to have forks supervised' if name == 'supervisor' else f'no {name}'
        raise OSError(f'the capabilities of this pool cannot be enforced here: this kernel has {lacks} ({problem}). Leave PythonWorkerOptions.Capabilities out to go without, or use a newer kernel')


def _keep(message):
    """A descriptor of a file in memory that holds what the template is to be told."""
    descriptor = os.memfd_create('pyembed')
    view = memoryview(len(message).to_bytes(8, 'little') + message)
    while view:
        view = view[os.write(descriptor, view):]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _error(what):
    number = ctypes.get_errno()
    return OSError(number, f'{os.strerror(number)} ({what})')


# Files ###############################################################################################################

def _restrict_files(library, grants, settings, program):
    version = library.syscall(444, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return os.strerror(ctypes.get_errno())
    rights = (1 << _RIGHTS.get(version, 16)) - 1
    attributes = pack('<QQQ', rights, 0, _SCOPED)[:8 if version < 4 else 16 if version < 6 else 24]
    rules = library.syscall(444, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return os.strerror(ctypes.get_errno())

    def allow(path, allowed):
        allowed &= rights
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:                 # there is nothing to reach
            return
        if not os.path.isdir(path):
            allowed &= _FILE_RIGHTS
        if library.syscall(445, rules, 1, pack('<Qi', allowed, place), 0):
            raise _error(f'Landlock rule for {path}')
        os.close(place)

    for path in readable(settings):
        allow(path, _READ)
    for path in _mapped_files():
        allow(path, _READ_FILE | _EXECUTE)
    allow(program.value, _READ_FILE | _EXECUTE)
    allow(os.devnull, _READ_FILE | _WRITE_FILE)
    if grants['processes']:
        allow('/', _EXECUTE)
        allow('/proc', _READ)
    for path in grants['read']:
        allow(path, _READ)
    for path in grants['write']:
        allow(path, _CHANGE)
    if library.syscall(446, rules, 0):
        raise _error('Landlock')
    os.close(rules)
    return None


def readable(settings):
    """What may be read without leave: the standard library, shared libraries, what is mounted, search paths, time zones."""
    from ._mounts import standard_library
    from . import _importer
    yield from standard_library()
    yield from {os.path.dirname(path) for path in _mapped_files() if '.so' in os.path.basename(path)}
    yield from _LINKER
    yield from settings['paths']
    yield settings['store'] or _importer.store()
    if settings['codes']:
        yield settings['codes']
    for file, _, _ in [settings['own'], *[tree['place'] for tree in settings['trees']]]:
        if file:
            yield file


def _mapped_files():
    with open('/proc/self/maps', encoding='utf-8', errors='surrogateescape') as file:
        return {line.rstrip('\n').split(None, 5)[5] for line in file if '/' in line and ' /' in line}


# System calls ########################################################################################################

def _filter_calls(library, grants, program, supervised):
    """Install the filter. Returns the descriptor by which its questions come, None where it has none, and what is wrong,
    None where it is installed. *supervised*: whether it is to ask."""
    machine = os.uname().machine
    if machine not in _MACHINES or sys.maxsize < 1 << 32:
        return None, f'on {machine}, of which PyEmbed does not know the numbers'
    index, architecture = _MACHINES[machine]
    if supervised and tuple(map(int, re.findall(r'\d+', os.uname().release)[:2])) < (5, 5):
        return None, f'it is Linux {os.uname().release}, and 5.5 is the first that can'
    filter = assemble(index, architecture, grants, ctypes.addressof(program), supervised)
    code = ctypes.create_string_buffer(filter, len(filter))
    # struct sock_fprog: how many instructions, and, aligned, where they are.
    instructions = ctypes.create_string_buffer(pack('@HP', len(filter) // 8, ctypes.addressof(code)))
    for flags in (_NEW_LISTENER | _WAIT_KILLABLE, _NEW_LISTENER) if supervised else (0,):
        result = library.syscall(_SECCOMP[index], 1, flags, instructions)
        if result >= 0:
            return result if supervised else None, None
        if ctypes.get_errno() != EINVAL:
            break
    return None, os.strerror(ctypes.get_errno())


def assemble(index, architecture, grants, program, supervised):
    """The filter, as instructions of the classic BPF machine.

    Only an execve whose path lies at the address *program* is let through, which is the one that is made here: the memory
    of what comes after it is another. Where *supervised*, new processes and threads, and signals, are the supervisor's to decide on."""
    load, equal, above, has, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, deny, unknown = (give, 0, 0, 0x7FFF0000), (give, 0, 0, 0x00050000 | EPERM), (give, 0, 0, 0x00050000 | ENOSYS)
    ask = (give, 0, 0, 0x7FC00000) if supervised else allow

    def argument(position, half=0):
        return load, 0, 0, 16 + 8 * position + 4 * half

    def case(number, body):
        """Instructions that run *body*, which ends in a result, for one system call."""
        return [(equal, 0, len(body), number[index]), *body]

    code = [(load, 0, 0, 4), (equal, 1, 0, architecture), deny, (load, 0, 0, 0), (above, 0, 1, 0x40000000), deny]
    code += case(_CLONE, [argument(0), (has, 0, 1, _NEW_NAMESPACES), deny, ask])
    code += case(_CLONE3, [unknown])        # its flags lie in memory; the C library then uses clone
    for numbers in (_FORK, _VFORK):
        if numbers[index] is not None:
            code += case(numbers, [ask])
    # Its own priority, to one as low as all requests have (_worker_limits), or lower.
    code += case(_SETPRIORITY, [argument(0), (equal, 0, 6, 0), argument(1), (equal, 0, 4, 0), argument(2), (above, 0, 2, 10), (above, 1, 0, 20), allow, deny])
    code += case(_PRLIMIT, [argument(0), (equal, 0, 1, 0), allow, deny])
    if grants['network']:
        code += case(_SOCKET, [argument(0), *[step for family in _FAMILIES for step in ((equal, 0, 1, family), allow)], deny])
    else:
        code += case(_SOCKET, [deny]) + case(_SOCKETPAIR, [deny])
    if not grants['processes']:
        code += case(_EXECVE, [argument(0), (equal, 0, 3, program & 0xFFFFFFFF), argument(0, 1), (equal, 0, 1, program >> 32), allow, deny])
        code += case(_EXECVEAT, [deny])
        code += case(_SETSID, [deny])       # the system may share its processors out by sessions
        for numbers in _KILL, _TGKILL, _TKILL:
            code += case(numbers, [ask])
        for numbers, owners in zip((_FCNTL, _IOCTL_CALL), _OWNERS):
            code += case(numbers, [argument(1), *[step for owner in owners for step in ((equal, 0, 1, owner), deny)], allow])
    for numbers in _DENIED.values():
        if numbers[index] is not None:
            code += case(numbers, [deny])
    return b''.join([pack('<HBBI', *step) for step in [*code, allow]])
