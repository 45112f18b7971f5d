"""The audit hook of a worker (PEP 578): denies what capabilities do not grant, with errors that name the capability.

It is added in each forked child, before any foreign code, and cannot be taken off. It looks
up no name that Python code could change, keeps nothing that could be changed, and holds no object of use to whoever gets
hold of its frames. What decides where code writes to memory is the kernel (_worker_guard); this one says clearly what is
denied, and holds what the kernel cannot tell apart.
"""

import sys
import _imp
from types import FunctionType

_PROCESSES, _NATIVE, _NETWORK = 'Processes', 'NativeCode', 'Network'

# How events begin -> the capability that they need. What is in neither list is let through.
_EVENTS = {
    'os.fork': _PROCESSES, 'os.forkpty': _PROCESSES, 'os.exec': _PROCESSES, 'os.spawn': _PROCESSES,
    'os.posix_spawn': _PROCESSES, 'os.system': _PROCESSES, 'os.kill': _PROCESSES, 'os.killpg': _PROCESSES,
    'subprocess.': _PROCESSES, 'pty.': _PROCESSES, 'signal.pthread_kill': _PROCESSES, 'resource.setrlimit': _PROCESSES,
    'resource.prlimit': _PROCESSES, 'syslog.': _PROCESSES, 'os.link': _PROCESSES, 'os.chdir': _PROCESSES, 'os.fchdir': _PROCESSES, 'os.symlink': _PROCESSES,
    'fcntl.': _PROCESSES, 'os.lockf': _PROCESSES, 'os.chmod': _PROCESSES, 'os.chown': _PROCESSES,
    'ctypes.': _NATIVE, 'sqlite3.': _NATIVE, 'gc.get_': _NATIVE, 'sys._current_': _NATIVE,
    'sys.settrace': _NATIVE, 'sys.setprofile': _NATIVE, 'cpython.PyInterpreterState_New': _NATIVE,
    'cpython._PySys_ClearAuditHooks': _NATIVE, 'sys.addaudithook': _NATIVE, 'sys.remote_exec': _NATIVE,
    'cpython.remote_debugger_script': _NATIVE, '_xxsubinterpreters.': _NATIVE, '_interpreters.': _NATIVE,
    'socket.': _NETWORK, 'ssl.': _NETWORK,
}
_HARMLESS = frozenset(['compile', 'exec', 'marshal.loads', 'marshal.load', 'marshal.dumps', 'object.__getattr__', 'object.__setattr__', 'object.__delattr__',
                       'code.__new__', 'sys._getframe', 'sys._getframemodulename', 'pickle.find_class', 'builtins.id', 'function.__new__', 'time.sleep', 'sys.unraisablehook', 'sys.excepthook'])
# Modules of the standard library in C that reach what neither events nor the kernel hold back -> the capability.
_MODULES = {
    **dict.fromkeys(['_ctypes', '_ctypes_test', '_sqlite3', '_dbm', '_gdbm', '_tkinter', '_curses', '_curses_panel', 'readline', 'nis', 'spwd',
                     'ossaudiodev', '_remote_debugging', '_testbuffer', '_testcapi', '_testclinic', '_testclinic_limited', '_testimportmultiple',
                     '_testinternalcapi', '_testlimitedcapi', '_testmultiphase', '_testsinglephase', '_testexternalinspection', '_xxtestfuzz', 'xxlimited',
                     'xxlimited_35', 'xxsubtype', '_xxsubinterpreters', '_xxinterpchannels', '_interpreters', '_interpchannels', '_interpqueues'], _NATIVE),
    **dict.fromkeys(['_posixsubprocess', '_posixshmem'], _PROCESSES),
}
MODULES = 2             # where in what prepare() gives the modules are that may not be loaded
_PATHS = {'os.listdir': 0, 'os.scandir': 0, 'os.remove': 1, 'os.rmdir': 1, 'os.mkdir': 1, 'os.rename': 1, 'os.truncate': 1, 'os.utime': 1}
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000     # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND


def prepare(grants, readable, library, kernel):
    """In the template, what make() takes. *grants* as the host names them; *readable*: absolute paths that may be read without
    leave; *library*: the standard library's folders, of which modules in C may be loaded; *kernel*: whether the kernel
    decides on paths, so that only plain ones need be compared here."""
    given = {_PROCESSES: grants['processes'], _NATIVE: grants['native_code'], _NETWORK: grants['network']}
    denied = tuple([(start, name) for start, name in _EVENTS.items() if not given[name]])
    return (_HARMLESS, denied, tuple([module for module, name in _MODULES.items() if not given[name]]), tuple([folder + '/' for folder in library]), given[_NATIVE],
            _prefixes([*readable, *grants['read'], '/dev/null']), _prefixes([*grants['write'], '/dev/null']),
            tuple(_PATHS.items()), _WRITING, kernel, str, bytes, int, type, PermissionError, ImportError, len)


def disarm():
    """In the template, before anything imports ``subprocess``: take out the function that forks and is no event. The module
    stays, as asyncio and others import it whatever they do."""
    import _posixsubprocess

    def fork_exec(*arguments):
        raise PermissionError('subprocess is denied: it needs the capability Processes (PythonWorkerOptions.Capabilities)')

    _posixsubprocess.fork_exec = fork_exec


def seal(denied):
    """In the template, when all is imported: from here on no module that is built in is made, as CPython asks nobody about
    those. All but *denied*, names of some that reach out, are imported first."""
    for name in sys.builtin_module_names:
        if name not in denied:
            __import__(name)

    def create_builtin(spec):
        raise ImportError(f'making the built-in module {spec.name!r} is denied: it needs the capability Processes or NativeCode (PythonWorkerOptions.Capabilities)', name=spec.name)

    _imp.create_builtin = create_builtin


def make(defaults):
    """The hook, whose globals are its own and empty."""
    return FunctionType(_hook.__code__, {'__builtins__': {}}, 'hook', defaults)


def _prefixes(paths):
    return tuple(path.rstrip('/') for path in paths)


def _hook(event, args, harmless, denied, powerful, library, native, readable, writable, events, writing, kernel,
          text, data, number, kind, PermissionError, ImportError, length):
    if event in harmless:
        return
    for start, name in denied:
        if event[:length(start)] == start:
            raise PermissionError(f'{event} is denied: it needs the capability {name} (PythonWorkerOptions.Capabilities)')
    if event == 'import':
        path = args[1]
        if kind(path) is not text:      # what a statement asks for; a module in C has a file here
            return
        module = path[path.rfind('/') + 1:]
        if module[:module.find('.')] not in powerful:
            if native:
                return
            for folder in library:
                if path[:length(folder)] == folder and '-packages' not in path and '/../' not in path:
                    return
        raise ImportError(f'loading {path!r} is denied: a module in C that is not of the standard library, or one that reaches out, needs the capability NativeCode (PythonWorkerOptions.Capabilities), or Processes for _posixsubprocess and _posixshmem')
    if event == 'open':
        path, mode, flags = args
        if kind(flags) is not number:
            flags = 0
        changes = flags & writing
        if kind(mode) is text and ('w' in mode or 'a' in mode or '+' in mode or 'x' in mode):
            changes = 1
        reads = not changes or flags & 3 == 2 or (kind(mode) is text and ('+' in mode or 'r' in mode))
    else:
        for name, changes in events:
            if name == event:
                path, reads = args[0], not changes
                break
        else:
            return
    if kind(path) is number or path is None:
        return
    if kind(path) is data:
        path = path.decode('utf-8', 'surrogateescape')
    if kind(path) is not text:
        raise PermissionError(f'{event} is denied: its path is no text')
    if path[:1] != '/':
        path = '/' + path       # the current folder is the root, unless leave was given to change it
    if '/../' in path or path[-3:] == '/..' or '//' in path or '/./' in path:
        if kernel:
            return
        raise PermissionError(13, 'only plain paths can be compared with what is granted', path)
    for allowed, granted, name in (not reads, readable, 'Read'), (not changes, writable, 'Write'):
        if not allowed:
            for prefix in granted:
                if path == prefix or path[:length(prefix) + 1] == prefix + '/':
                    break
            else:
                raise PermissionError(13, f'it needs the capability {name} (PythonWorkerOptions.Capabilities)', path)
