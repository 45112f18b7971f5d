"""Ways to a function or type of CPython's that nobody guards: made anew, found elsewhere, or caught before it is guarded."""

import builtins
import importlib
import io
import os
import sys

from techniques.support import PROCESSES, READ, SECRET, ending, has, Missing, new_module, new_place, place_of, technique


@technique(READ)
def read_by_removing_the_module_and_loading_it_anew():
    import posix
    original = sys.modules.pop('posix')
    try:
        again = importlib.import_module('posix')
        return has(os.read(again.open(SECRET, os.O_RDONLY), 100))
    finally:
        sys.modules['posix'] = original


@technique(READ)
def read_by_the_garbage_collector():
    """Find a function that was not replaced."""
    import gc
    denial = None
    for found in gc.get_objects():
        if type(found) is type(len) and found.__name__ == 'open' and getattr(found, '__self__', None) is not io:
            try:
                with found(SECRET) as file:
                    return has(file.read())
            except PermissionError as error:
                denial = error
            except (TypeError, OSError):    # others are named so, too: dbm's takes what is no database for missing
                pass
    raise denial


@technique(READ)
def read_by_subclasses():
    for base in object.__subclasses__():
        if base.__name__ == '_IOBase':
            for raw in base.__subclasses__():
                for kind in raw.__subclasses__():
                    if kind.__name__ == 'FileIO':
                        return has(kind(SECRET).readall())
    raise Missing('FileIO')


@technique(READ)
def read_through_a_frame():
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
    opener = frame.f_builtins['open']
    return has(opener(SECRET).read())


@technique(READ)
def read_after_changing_pyembed_and_os():
    import pyembed._importer
    before = pyembed._importer.store, os.stat, os.path.realpath
    pyembed._importer.store = lambda: '/'
    os.stat = lambda *args, **kwargs: None
    os.path.realpath = lambda path, **kwargs: path
    try:
        return has(builtins.open(SECRET).read())
    finally:
        pyembed._importer.store, os.stat, os.path.realpath = before


@technique(READ)
def read_in_a_thread():
    import threading
    found = []

    def work():
        try:
            found.append(open(SECRET).read())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if isinstance(found[0], BaseException):
        raise found[0]
    return has(found[0])


@technique(READ)
def read_in_a_finalizer():
    found = []

    class Late:
        def __del__(self):
            try:
                found.append(open(SECRET).read())
            except OSError as error:
                found.append(error)

    Late()
    if isinstance(found[0], OSError):
        raise found[0]
    return has(found[0])


@technique(READ)
def guard_an_object_as_a_type():
    """Executing it once more must not take what lies in a module for its types."""
    import _io
    import _socket
    import _imp
    before = _io.FileIO, _socket.socket
    _io.FileIO = _socket.socket = 'x' * 1000
    try:
        for each in _io, _socket:
            _imp.exec_builtin(each)
    finally:
        _io.FileIO, _socket.socket = before
    return has(_io.FileIO(SECRET).readall())


@technique(PROCESSES)
def start_a_process_with_a_module_under_another_name():
    import _imp

    class Spec:
        name, loader = '_posixsubprocess', None

        @property
        def origin(self):
            sys.audit('import', 'x', place_of('_json'), None, None, None)
            return place_of('_posixsubprocess')

    made = _imp.create_dynamic(Spec())
    _imp.exec_dynamic(made)
    import _posixsubprocess
    import subprocess
    before = subprocess._fork_exec if hasattr(subprocess, '_fork_exec') else None
    try:
        if before:
            subprocess._fork_exec = made.fork_exec
        else:
            subprocess._posixsubprocess = made
        return subprocess.Popen(['/bin/true'], close_fds=True, start_new_session=True).wait() == 0
    finally:
        if before:
            subprocess._fork_exec = before
        else:
            subprocess._posixsubprocess = _posixsubprocess


@technique(ending('AttributeError', '.*keylog_filename'))
def write_keys_while_ssl_is_executed():
    made, execute = new_module('_ssl')
    found = []

    class Old:
        def __del__(self):
            found.append(made._SSLContext)

    made._SSLContext = Old()
    execute(made)
    import ssl
    kind = found[0] if found else ssl.SSLContext
    context = kind(ssl.PROTOCOL_TLS_CLIENT)
    place = new_place()
    kind.__dict__.get('keylog_filename', ssl.SSLContext.keylog_filename).__set__(context, place)
    return os.path.exists(place)
