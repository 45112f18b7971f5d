"""What a sub-interpreter that a host made has otherwise than the main one: nothing that it changes reaches another.

Extension modules that keep their state in the process instead of in the interpreter are refused, changes of the environment
stay in ``os.environ``, and the host may have given it streams.
"""

import codecs
import io
import os
import sys
import _frozen_importlib
import _imp
import _io
import _thread
from _frozen_importlib_external import ExtensionFileLoader

from . import _adapters

_MULTI_PHASE = b'PyModuleDef_Init\0'     # what the init function of a module that allows several interpreters calls (PEP 489)
_PIECE = 1 << 20
_MEND = 'pyembed.mend'      # an error handler of codecs
_STACK = 16 << 20       # that of threads which code of the isolate starts, as of the isolate's own

# Extension modules of Python that keep objects in the process, and whose Python twins take their place. Of those objects an interpreter
# leaves to the others what is no more when it ends; several interpreters with GILs of their own that load and end _datetime side by side
# crash the process. What serves up to which version, and after that those that share a GIL:
_DATES, _DECIMALS, _TASKS = ('_datetime', '_zoneinfo'), ('_decimal',), ('_asyncio',)


def prepare_process():
    """Have the main interpreter give the process what the first to need it gives, and which must not end: up to 3.11 the names of
    characters, for ``\\N{…}``. Called in the main interpreter."""
    try:
        b'\\N{SPACE}'.decode('unicode_escape')
    except UnicodeError:        # there is no unicodedata
        pass


def enter(environment, own_gil):
    """Set up the interpreter that the calling thread serves: before anything is mounted. *environment* is that of the host, names
    and values by turns."""
    for name in _replaced(own_gil):
        sys.modules[name] = None
    _refuse_extensions()
    _refuse_fork()
    _keep_environment(environment)
    _adapters.ADAPTERS['subprocess'] = 'pyembed._isolate:pass_environment'
    _thread.stack_size(_STACK)
    if hasattr(_thread, '_get_main_thread_ident'):      # from 3.13 on threading asks for it when it is imported, and gets that of the main interpreter
        ident = _thread.get_ident()
        _thread._get_main_thread_ident = lambda: ident


def _replaced(own_gil):
    version = sys.version_info
    return (_TASKS if version < (3, 12) else ()) + (_DECIMALS if version < (3, 13) else ()) + (_DATES if version < (3, 13) or own_gil else ())


# Processes #############################################################################################################

def _refuse_fork():
    """Raise RuntimeError for a fork. From 3.12 on CPython does; before, it aborts the child, which is a copy of the host."""
    if sys.version_info < (3, 12):
        for name in ('fork', 'forkpty'):
            for module in (os, sys.modules.get('posix')):
                if hasattr(module, name):
                    setattr(module, name, _fork)


def _fork():
    """os.fork and its like in an isolate."""
    raise RuntimeError('fork is not supported in an isolate: start a process with subprocess, or use a worker process')


# Interruptions #########################################################################################################

def leave_imports():
    """Give back the locks of importlib that the calling thread holds, after an exception from outside may have come between taking one
    and the block that gives it back. The thread runs no Python code otherwise, so it needs none. Up to 3.11 the first is one for all
    interpreters of the process."""
    try:
        while True:
            _imp.release_lock()
    except RuntimeError:        # it is not, or no longer, this thread's
        pass
    thread = _thread.get_ident()
    for reference in list(_frozen_importlib._module_locks.values()):
        lock = reference()
        while lock is not None and lock.owner == thread:
            lock.release()


# Extension modules #####################################################################################################

def _refuse_extensions():
    """Raise ImportError for an extension module that does not support sub-interpreters. From 3.12 on CPython finds that out, but 3.12
    after it has run the initialisation, which may crash where another interpreter runs it."""
    library = os.path.dirname(os.__file__)
    standard = tuple(os.path.join(folder, '') for folder in (os.path.join(library, 'lib-dynload'), os.path.join(sys.base_exec_prefix, 'DLLs')))
    create = ExtensionFileLoader.create_module

    def create_module(self, spec):
        """Create an extension module that may be in several interpreters of a process."""
        if sys.version_info < (3, 13):
            trusted = sys.version_info < (3, 12) and self.path.startswith(standard)
            if not trusted and not is_multi_phase(self.path):
                _refuse(spec.name, self.path, 'it has single-phase initialisation (PEP 489)')
        try:
            return create(self, spec)
        except ImportError as error:
            if not str(error).endswith('does not support loading in subinterpreters'):
                raise
            _refuse(spec.name, self.path, str(error))

    ExtensionFileLoader.create_module = create_module


def _refuse(name, path, reason):
    raise ImportError(f'the extension module {name!r} ({path}) cannot be imported in an isolate: {reason}, so all interpreters of the '
                      'process would share its state. Import it in the main interpreter, or use a worker process.', name=name, path=path) from None


def is_multi_phase(path):
    """Whether the file of an extension module names the function that multi-phase initialisation needs; nothing of it is run."""
    with _io.open_code(path) as file:
        rest = b''
        while True:
            piece = file.read(_PIECE)
            if not piece:
                return False
            if _MULTI_PHASE in rest + piece:
                return True
            rest = piece[1 - len(_MULTI_PHASE):]


# The environment #######################################################################################################

def _keep_environment(variables):
    """Let ``os.environ`` begin with the host's variables, and what is changed there stay there: the system's environment belongs to
    the process, and whoever else runs in it reads it."""
    os.putenv = os.unsetenv = _change_nothing
    native = sys.modules['posix' if os.name == 'posix' else 'nt']
    native.putenv = native.unsetenv = _change_nothing
    environ = os.environ
    environ._data.clear()
    for name, value in zip(variables[::2], variables[1::2]):
        environ[name] = value


def _change_nothing(name, value=None, /):
    """os.putenv and os.unsetenv of an isolate: os.environ holds all there is."""


def pass_environment(subprocess):
    """Let child processes have the environment of the isolate where the caller gives none."""
    start = subprocess.Popen.__init__

    def __init__(self, *args, **options):
        if len(args) > 10:                  # given by position
            args = (*args[:10], os.environ if args[10] is None else args[10], *args[11:])
        elif options.get('env') is None:
            options['env'] = os.environ
        start(self, *args, **options)

    __init__.__doc__, __init__.__wrapped__ = start.__doc__, start
    subprocess.Popen.__init__ = __init__


# Streams ###############################################################################################################

class HostFile(io.RawIOBase):
    """What is behind a text stream that the host takes: bytes become text again, as the stream encodes it, which code may have changed."""

    def __init__(self, name, write):
        self.name = name
        self.stream = None
        self._write, self._encoding, self._decode = write, None, None

    def writable(self):
        """True."""
        return True

    def write(self, data, /):
        """Hand bytes to the host as text; give their number. A character may come in pieces; what is none becomes U+FFFD."""
        if self.closed:
            raise ValueError('I/O operation on closed file.')
        data = bytes(data)
        encoding = self.stream.encoding
        if encoding != self._encoding:
            self._encoding, self._decode = encoding, codecs.getincrementaldecoder(encoding)(_MEND).decode
        text = self._decode(data)
        if text:
            self._write(text)
        return len(data)


def _mend(error):
    """Lone surrogates pass as they do to the host; other bytes that are no text are replaced."""
    try:
        return codecs.lookup_error('surrogatepass')(error)
    except UnicodeError:
        return codecs.lookup_error('replace')(error)


def set_stream(name, write):
    """Let ``sys.stdout`` or ``sys.stderr`` be one that calls *write* with each text."""
    codecs.register_error(_MEND, _mend)
    file = HostFile(f'<{name}>', write)
    stream = file.stream = io.TextIOWrapper(file, 'utf-8', 'surrogatepass', '\n', write_through=True)
    stream.mode = 'w'
    setattr(sys, name, stream)
    setattr(sys, f'__{name}__', stream)
