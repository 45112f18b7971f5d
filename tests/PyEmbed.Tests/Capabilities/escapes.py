"""Ways out of what capabilities grant: each reaches a file, a socket, a process, native code or the environment.

Run by tests/PyEmbed.TestHost, once without capabilities, where every technique must work, and once with none granted but
the folder ``granted``, where none may. A technique returns what it has reached; what it only tried counts as nothing.
Prints a line each: name, ``reached`` or ``denied`` or ``missing`` (this CPython or system has not got it), and what.

sys.argv: a folder with secret.txt, outside/ and granted/ (readable and writable; granted/link leads to outside/,
granted/link.txt to secret.txt); the port of a TCP server on this machine; descriptors of the host: secret.txt, open for
reading and writing, and a connected socket.
"""

import builtins
import importlib
import io
import os
import sys

FOLDER, PORT, FILE, SOCKET = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
SECRET = os.path.join(FOLDER, 'secret.txt')
OUTSIDE = os.path.join(FOLDER, 'outside')
GRANTED = os.path.join(FOLDER, 'granted')
EXECUTABLE = sys.executable
TEXT = b's3cret'
techniques = []
_kept = []
_count = 0


class Missing(Exception):
    """This CPython or system has not got what the technique uses."""


def technique(function):
    techniques.append(function)
    return function


def needs(owner, name):
    """An attribute that not every version or system has."""
    if not hasattr(owner, name):
        raise Missing(f'{owner.__name__}.{name}')
    return getattr(owner, name)


def module(name):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise Missing(name)


def new_place(folder=OUTSIDE):
    global _count
    _count += 1
    return os.path.join(folder, f'new{_count}')


def has(data):
    """The evidence that the secret was read."""
    if isinstance(data, (bytes, bytearray, memoryview)):
        data = bytes(data)
        return data if TEXT in data else None
    return data if TEXT.decode() in str(data) else None


def made(place):
    """The evidence that something was made: the host, not this code, looks."""
    return f'made {place}'


# Reading files #######################################################################################################

@technique
def read_with_open():
    with open(SECRET) as file:
        return has(file.read())


@technique
def read_with_fileio():
    return has(io.FileIO(SECRET).readall())


@technique
def read_with_a_path_that_changes():
    class Two:
        """Another path each time it is asked."""

        def __init__(self):
            self.paths = [os.path.join(GRANTED, 'file.txt'), SECRET, SECRET]

        def __fspath__(self):
            return self.paths.pop(0)

    path = Two()
    path.paths.pop(0) if MODE == 'control' else None
    return has(os.read(os.open(path, os.O_RDONLY), 100))


@technique
def read_with_a_str_subclass():
    class Name(str):
        def __str__(self):
            return os.path.join(GRANTED, 'file.txt')
        __fspath__ = encode = __str__

    return has(open(Name(SECRET)).read())


@technique
def read_with_os_open():
    handle = os.open(SECRET, os.O_RDONLY)
    return has(os.read(handle, 100))


@technique
def read_with_open_code():
    return has(io.open_code(SECRET).read())


@technique
def read_by_a_link():
    return has(open(os.path.join(GRANTED, 'link.txt')).read())


@technique
def read_by_a_linked_folder():
    return os.listdir(os.path.join(GRANTED, 'link'))


@technique
def read_by_dots():
    return has(open(os.path.join(GRANTED, '..', 'secret.txt')).read())


@technique
def read_by_dots_in_bytes():
    return has(open(os.fsencode(GRANTED) + b'/sub/../../secret.txt').read())


@technique
def read_by_a_prefix_that_is_no_folder():
    return has(open(GRANTED + '-not/secret.txt').read())


@technique
def read_by_the_current_folder():
    before = os.getcwd()
    os.chdir(FOLDER)
    try:
        return has(open('secret.txt').read())
    finally:
        os.chdir(before)


@technique
def read_by_a_folder_descriptor():
    folder = os.open(GRANTED, os.O_RDONLY)
    return has(os.read(os.open('../secret.txt', os.O_RDONLY, dir_fd=folder), 100))


@technique
def read_by_a_folder_descriptor_that_lies():
    class Number(int):
        def __index__(self):
            return int(self)

    folder = os.open(FOLDER, os.O_RDONLY)
    return has(os.read(os.open('secret.txt', os.O_RDONLY, dir_fd=Number(folder)), 100))


@technique
def read_by_proc_root():
    return has(open(f'/proc/self/root{SECRET}').read())


@technique
def read_by_proc_fd():
    return has(open(f'/proc/self/fd/{FILE}').read())


@technique
def read_by_dev_fd():
    return has(open(f'/dev/fd/{FILE}').read())


@technique
def read_by_proc_thread():
    return has(open(f'/proc/{os.getpid()}/task/{os.getpid()}/fd/{FILE}').read())


@technique
def read_memory_by_proc():
    return open('/proc/self/maps').read(20)


@technique
def read_the_host_s_descriptor():
    os.lseek(FILE, 0, 0)
    return has(os.read(FILE, 100))


@technique
def read_the_host_s_descriptor_at():
    return has(os.pread(FILE, 100, 0))


@technique
def read_the_host_s_descriptor_as_file():
    os.lseek(os.dup(FILE), 0, 0) if MODE == 'control' else None
    return has(open(FILE, closefd=False).read())


@technique
def read_the_host_s_descriptor_by_an_opener():
    os.lseek(os.dup(FILE), 0, 0)
    return has(open(os.path.join(GRANTED, 'file.txt'), opener=lambda path, flags: os.dup(FILE)).read())


@technique
def read_by_an_opener_of_the_host_s_number():
    file = open(os.path.join(GRANTED, 'file.txt'), opener=lambda path, flags: FILE)
    try:
        return has(os.pread(file.fileno(), 100, 0))
    finally:
        _kept.append(file)      # closed, it would close the host's


@technique
def read_by_mapping_the_host_s_descriptor():
    import mmap
    return has(mmap.mmap(FILE, 0, access=mmap.ACCESS_READ)[:])


@technique
def read_by_sendfile():
    reading, writing = os.pipe()
    needs(os, 'sendfile')(writing, FILE, 0, 100)
    return has(os.read(reading, 100))


@technique
def read_by_copy_file_range():
    place = os.path.join(GRANTED, 'copied')
    needs(os, 'copy_file_range')
    target = os.open(place, os.O_RDWR | os.O_CREAT)
    os.copy_file_range(FILE, target, 100, 0)
    return has(os.pread(target, 100, 0))


@technique
def read_by_splice():
    reading, writing = os.pipe()
    needs(os, 'splice')(FILE, writing, 100, offset_src=0)
    return has(os.read(reading, 100))


@technique
def read_by_a_descriptor_sent_through_a_socket():
    import array
    import socket
    one, other = socket.socketpair()
    one.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [FILE]))])
    _, ancillary, _, _ = other.recvmsg(1, socket.CMSG_SPACE(4))
    number = array.array('i', ancillary[0][2])[0]
    return has(os.pread(number, 100, 0))


@technique
def read_a_stale_descriptor():
    """Close a number under a file object, so that the host's next file gets it."""
    file = open(os.path.join(GRANTED, 'file.txt'))
    os.close(file.fileno())
    again = os.open(SECRET, os.O_RDONLY) if MODE == 'control' else -1
    return has(file.read()) or f'closed {again}'


@technique
def close_by_epoll():
    import select
    number = os.dup(0)
    needs(select, 'epoll').fromfd(number).close()
    try:
        os.fstat(number)
    except OSError as error:
        return f'closed unseen: {error.errno}' if error.errno == 9 else None


@technique
def read_with_pathlib():
    import pathlib
    return has(pathlib.Path(SECRET).read_text())


@technique
def read_with_linecache():
    import linecache
    linecache.clearcache()
    return has(linecache.getline(SECRET, 1))


@technique
def read_with_tokenize():
    import tokenize
    with tokenize.open(SECRET) as file:
        return has(file.read())


@technique
def read_with_a_source_loader():
    from importlib.machinery import SourceFileLoader
    return has(SourceFileLoader('x', SECRET).get_data(SECRET))


@technique
def read_with_pyembed_s_loader():
    loader = sys.modules['pyembed._host'].__loader__
    return has(loader.get_data(SECRET))


@technique
def read_by_pyembed_mount():
    import pyembed
    root = pyembed.mount(OUTSIDE)
    try:
        return has(next(open_in for open_in in [importlib.import_module('outside_module').TEXT]))
    finally:
        pyembed.unmount(root)


@technique
def read_by_import_from_a_folder():
    sys.path.append(OUTSIDE)
    try:
        importlib.invalidate_caches()
        sys.modules.pop('outside_module', None)
        return has(importlib.import_module('outside_module').TEXT)
    finally:
        sys.path.remove(OUTSIDE)


@technique
def read_with_codecs():
    import codecs
    return has(codecs.open(SECRET, encoding='ascii').read())


@technique
def read_with_fileinput():
    import fileinput
    with fileinput.input(SECRET) as lines:
        return has(''.join(lines))


@technique
def read_with_urllib():
    from urllib.request import urlopen
    return has(urlopen(f'file://{SECRET}').read())


@technique
def read_with_sqlite():
    sqlite3 = module('sqlite3')
    connection = sqlite3.connect(':memory:')
    connection.execute('attach ? as other', (new_place(),))
    connection.execute('create table other.t (a)')
    return made('a database')


@technique
def read_with_dbm():
    place = new_place()
    module('dbm.dumb').open(place, 'n').close()
    return made(place)


@technique
def read_with_mailbox():
    import mailbox
    return has(open(mailbox.mbox(SECRET, create=False)._path).read())


@technique
def read_with_configparser():
    import configparser
    parser = configparser.ConfigParser(allow_no_value=True)
    with open(SECRET) as file:
        parser.read_file(io.StringIO('[a]\n' + file.read()))
    return has(str(dict(parser['a'])))


@technique
def read_certificates_with_ssl():
    ssl = module('ssl')
    try:
        ssl.create_default_context().load_verify_locations(SECRET)
    except PermissionError:
        raise
    except ssl.SSLError as error:
        return f'OpenSSL has read it: {error.reason}'


@technique
def write_keys_with_ssl():
    ssl = module('ssl')
    place = new_place()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if MODE == 'control':
        needs(ssl.SSLContext, 'keylog_filename')
    ssl.SSLContext.keylog_filename.__set__(context, place)
    return made(place)


@technique
def read_by_gettext():
    """The C library opens the catalogue; CPython raises no event."""
    import locale
    if not hasattr(locale, 'bindtextdomain'):
        raise Missing('locale.bindtextdomain')
    return locale.bindtextdomain('escape', OUTSIDE)


@technique
def read_users():
    import pwd
    return pwd.getpwuid(os.getuid()).pw_name


@technique
def read_by_removing_the_module_and_loading_it_anew():
    import posix
    original = sys.modules.pop('posix')
    try:
        again = importlib.import_module('posix')
        return has(os.read(again.open(SECRET, os.O_RDONLY), 100))
    finally:
        sys.modules['posix'] = original


@technique
def read_by_the_garbage_collector():
    """Find a function that was not replaced."""
    import gc
    for found in gc.get_objects():
        if type(found) is type(len) and found.__name__ == 'open' and getattr(found, '__self__', None) is not io:
            try:
                with found(SECRET) as file:
                    return has(file.read())
            except (TypeError, OSError):    # others are named so, too: dbm's takes what is no database for missing
                pass
    raise PermissionError('none reads it')


@technique
def read_by_subclasses():
    for base in object.__subclasses__():
        if base.__name__ == '_IOBase':
            for raw in base.__subclasses__():
                for kind in raw.__subclasses__():
                    if kind.__name__ == 'FileIO':
                        return has(kind(SECRET).readall())
    raise Missing('FileIO')


@technique
def read_by_the_slot_of_fileio():
    file = io.FileIO.__new__(io.FileIO)
    io.FileIO.__init__(file, os.dup(FILE) if MODE == 'control' else FILE, 'r')
    return has(os.pread(file.fileno(), 100, 0))


@technique
def read_through_a_frame():
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
    opener = frame.f_builtins['open']
    return has(opener(SECRET).read())


@technique
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


@technique
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


@technique
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


@technique
def read_by_a_pickle():
    import pickle
    return has(pickle.loads(b"cbuiltins\nopen\n(V" + SECRET.encode() + b"\ntR.").read())


# Looking, listing, changing ##########################################################################################

@technique
def look_with_stat():
    return os.stat(SECRET).st_size


@technique
def look_with_lstat():
    return os.lstat(SECRET).st_size


@technique
def look_with_access():
    return os.access(SECRET, os.R_OK)


@technique
def look_with_readlink():
    return os.readlink('/proc/self/exe')


@technique
def look_with_statvfs():
    return os.statvfs(FOLDER).f_bsize


@technique
def look_at_a_link_s_end_by_scandir():
    with os.scandir(GRANTED) as entries:
        return next(entry.stat().st_size for entry in entries if entry.name == 'link.txt')


@technique
def list_with_listdir():
    return os.listdir(FOLDER)


@technique
def list_with_scandir():
    return [entry.name for entry in os.scandir(FOLDER)]


@technique
def list_with_walk():
    return next(iter(os.walk(FOLDER, onerror=_raise)))[2]


def _raise(error):
    raise error


@technique
def list_with_glob():
    import glob
    return glob.glob(os.path.join(FOLDER, '*.txt')) or _raise(PermissionError('nothing found'))


@technique
def write_with_open():
    place = new_place()
    open(place, 'w').close()
    return made(place)


@technique
def write_to_the_standard_library():
    place = os.path.join(os.path.dirname(os.__file__), 'pyembed_escape.py')
    try:
        open(place, 'x').close()
        os.remove(place)
    except FileExistsError:
        pass
    except OSError as error:
        if MODE == 'control':
            raise Missing(str(error))
        raise
    return made(place)


@technique
def write_by_tempfile():
    import tempfile
    with tempfile.NamedTemporaryFile(dir=OUTSIDE) as file:
        return made(file.name)


@technique
def write_by_mkdir():
    place = new_place()
    os.mkdir(place)
    return made(place)


@technique
def write_by_rename():
    place = new_place()
    source = new_place(GRANTED)
    open(source, 'w').close()
    os.rename(source, place)
    return made(place)


@technique
def write_by_replace_from_outside():
    source = os.path.join(OUTSIDE, 'movable1.txt')
    os.replace(source, new_place(GRANTED))
    return made(source)


@technique
def write_by_link():
    place = new_place(GRANTED)
    os.link(SECRET, place)
    return made(place)


@technique
def write_by_symlink():
    place = new_place(GRANTED)
    os.symlink(SECRET, place)
    return made(place)


@technique
def write_by_moving_a_link():
    """A link that others have made comes to another place."""
    place = new_place(GRANTED)
    os.rename(os.path.join(GRANTED, 'movable-link'), place)
    return made(place)


@technique
def write_by_a_dangling_link():
    place = os.path.join(GRANTED, 'dangling')
    open(place, 'w').close()
    return made(place)


@technique
def write_by_mkfifo():
    place = new_place()
    os.mkfifo(place)
    return made(place)


@technique
def write_by_truncate():
    place = os.path.join(OUTSIDE, 'movable2.txt')
    os.truncate(place, 0)
    return made(place)


@technique
def write_by_chmod():
    os.chmod(os.path.join(OUTSIDE, 'movable2.txt'), 0o600)
    return 'changed'


@technique
def write_by_utime():
    os.utime(os.path.join(OUTSIDE, 'movable2.txt'), (1, 1))
    return 'changed'


@technique
def write_by_xattr():
    try:
        needs(os, 'setxattr')(os.path.join(OUTSIDE, 'movable2.txt'), 'user.a', b'b')
    except PermissionError:
        raise
    except OSError as error:
        raise Missing(str(error)) if MODE == 'control' else error
    return 'changed'


@technique
def write_by_the_host_s_descriptor():
    return os.pwrite(FILE, TEXT, 0)


@technique
def write_by_shutil():
    import shutil
    place = new_place()
    shutil.copyfile(os.path.join(GRANTED, 'file.txt'), place)
    return made(place)


@technique
def write_by_a_log_handler():
    import logging.handlers
    place = new_place()
    logging.handlers.RotatingFileHandler(place).close()
    return made(place)


@technique
def write_by_a_zip():
    import zipfile
    place = new_place()
    zipfile.ZipFile(place, 'w').close()
    return made(place)


@technique
def write_by_faulthandler():
    import faulthandler
    faulthandler.dump_traceback(FILE if MODE != 'control' else os.open(new_place(), os.O_WRONLY | os.O_CREAT))
    return 'written'


@technique
def write_by_posix_shared_memory():
    shared = module('multiprocessing.shared_memory').SharedMemory(create=True, size=10)
    shared.close()
    shared.unlink()
    return made('shared memory')


@technique
def remove_with_unlink():
    os.unlink(os.path.join(OUTSIDE, 'movable3.txt'))
    return 'removed'


@technique
def remove_with_rmtree():
    import shutil
    shutil.rmtree(os.path.join(OUTSIDE, 'tree'))
    return 'removed'


@technique
def remove_by_a_folder_descriptor():
    folder = os.open(os.path.join(GRANTED, 'sub'), os.O_RDONLY)
    os.unlink('../../outside/movable4.txt', dir_fd=folder)
    return 'removed'


# Processes ###########################################################################################################

@technique
def run_with_subprocess():
    import subprocess
    return subprocess.run(['/bin/echo', 'hello'], stdout=subprocess.PIPE).stdout


@technique
def run_with_fork_exec():
    import subprocess
    import _posixsubprocess
    found = subprocess.Popen.__init__.__globals__['_posixsubprocess'] if hasattr(subprocess, '_posixsubprocess') else _posixsubprocess
    subprocess._posixsubprocess = found
    process = subprocess.Popen(['/bin/true'], close_fds=True)
    return process.wait() == 0


@technique
def run_with_system():
    return os.system('exit 3')


@technique
def run_with_popen():
    return os.popen('echo hello').read()


@technique
def run_with_posix_spawn():
    number = os.posix_spawn('/bin/true', ['true'], {})
    os.waitpid(number, 0)
    return number


@technique
def run_with_spawnv():
    return os.spawnv(os.P_WAIT, '/bin/true', ['true']) == 0


@technique
def run_with_fork():
    number = os.fork()
    if number == 0:
        os._exit(0)
    os.waitpid(number, 0)
    return number


@technique
def run_with_forkpty():
    number, handle = os.forkpty()
    if number == 0:
        os._exit(0)
    os.waitpid(number, 0)
    return number


@technique
def run_with_exec():
    if MODE == 'control':
        number = os.fork()
        if number:
            return os.waitpid(number, 0)[1] == 0
    os.execv('/bin/true', ['true'])


@technique
def run_with_multiprocessing():
    import multiprocessing
    process = multiprocessing.get_context('spawn').Process(target=len, args=('',))
    process.start()
    process.join()
    return process.exitcode == 0


@technique
def run_with_asyncio():
    import asyncio

    async def work():
        process = await asyncio.create_subprocess_exec('/bin/true')
        return await process.wait() == 0

    return asyncio.run(work())


@technique
def run_with_webbrowser():
    import webbrowser
    return webbrowser.GenericBrowser('/bin/true').open('x') or _raise(PermissionError('not opened'))


@technique
def run_with_pty():
    master, slave = os.openpty()
    return os.ttyname(slave)


@technique
def signal_with_kill():
    os.kill(os.getpid(), 0)
    return 'sent'


@technique
def signal_with_pthread_kill():
    import signal
    import threading
    signal.pthread_kill(threading.get_ident(), 0)
    return 'sent'


@technique
def signal_with_a_pidfd():
    number = needs(os, 'pidfd_open')(os.getpid())
    import signal
    signal.pidfd_send_signal(number, 0)
    return 'sent'


@technique
def signal_with_an_owner():
    """Have the system send a signal to a process, by way of a descriptor."""
    import fcntl
    reading, _ = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, os.getpid())
    return 'set'


@technique
def signal_handlers():
    import signal
    before = signal.signal(signal.SIGUSR2, lambda *args: None)
    signal.signal(signal.SIGUSR2, before or signal.SIG_DFL)
    return 'set'


@technique
def change_the_process():
    os.umask(os.umask(0o22))
    return 'changed'


@technique
def change_limits():
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE))
    return 'changed'


# Network #############################################################################################################

@technique
def connect_with_socket():
    import socket
    with socket.socket() as connection:
        connection.connect(('127.0.0.1', PORT))
        return connection.recv(10)


@technique
def connect_with_connect_ex():
    import socket
    with socket.socket() as connection:
        return connection.connect_ex(('127.0.0.1', PORT)) == 0


@technique
def connect_by_a_subclass():
    import _socket

    class Mine(_socket.socket):
        pass

    connection = Mine()
    _socket.socket.connect(connection, ('127.0.0.1', PORT))
    return connection.recv(10)


@technique
def connect_with_create_connection():
    import socket
    with socket.create_connection(('localhost', PORT)) as connection:
        return connection.recv(10)


@technique
def connect_by_another_spelling():
    import socket
    with socket.socket() as connection:
        connection.connect(('127.1', PORT))
        return connection.recv(10)


@technique
def connect_by_any_address():
    import socket
    with socket.socket() as connection:
        connection.connect(('', PORT))
        return connection.recv(10)


@technique
def connect_by_ipv6_to_ipv4():
    import socket
    try:
        connection = socket.socket(socket.AF_INET6)
    except OSError as error:
        raise Missing(str(error))
    with connection:
        try:
            connection.connect(('::ffff:127.0.0.1', PORT))
        except PermissionError:
            raise
        except OSError as error:
            raise Missing(str(error))
        return connection.recv(10)


@technique
def connect_by_a_port_that_changes():
    import socket

    class Port:
        def __index__(self):
            return PORT

    with socket.socket() as connection:
        connection.connect(('127.0.0.1', Port()))
        return connection.recv(10)


@technique
def connect_with_asyncio():
    import asyncio

    async def work():
        reader, writer = await asyncio.open_connection('127.0.0.1', PORT)
        writer.write(b'x')
        return await reader.read(10) or 'connected'

    return asyncio.run(work())


@technique
def connect_with_http():
    import http.client
    connection = http.client.HTTPConnection('127.0.0.1', PORT)
    connection.connect()
    return 'connected'


@technique
def connect_with_ftplib():
    import ftplib
    try:
        ftplib.FTP().connect('127.0.0.1', PORT, timeout=3)
    except (ftplib.Error, EOFError) as error:
        return f'answered: {error}'


@technique
def connect_with_smtplib():
    import smtplib
    try:
        smtplib.SMTP('127.0.0.1', PORT, timeout=3)
    except (smtplib.SMTPException, EOFError) as error:
        return f'answered: {error}'


@technique
def connect_with_unix_sockets():
    import socket
    place = new_place(GRANTED)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(place)
        server.listen()
        client.connect(place)
        return 'connected'


@technique
def connect_with_netlink():
    import socket
    with socket.socket(needs(socket, 'AF_NETLINK'), socket.SOCK_RAW, 0) as connection:
        return connection.fileno()


@technique
def use_the_host_s_socket():
    import socket
    connection = socket.socket(fileno=SOCKET)
    try:
        return connection.getpeername()
    finally:
        connection.detach()


@technique
def use_a_copy_of_the_host_s_socket():
    import socket
    with socket.fromfd(SOCKET, socket.AF_INET, socket.SOCK_STREAM) as connection:
        return connection.getpeername()


@technique
def use_the_host_s_socket_as_a_file():
    with open(os.dup(SOCKET), 'wb', buffering=0) as file:
        return file.write(b'x')


@technique
def send_with_sendto():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendto(b'x', ('127.0.0.1', PORT))


@technique
def send_with_sendmsg():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendmsg([b'x'], [], 0, ('127.0.0.1', PORT))


@technique
def listen_with_bind():
    import socket
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        server.listen()
        return server.getsockname()


@technique
def listen_without_bind():
    import socket
    with socket.socket() as server:
        server.listen()
        return server.getsockname()


@technique
def look_up_a_name():
    import socket
    return socket.getaddrinfo('localhost', PORT)


@technique
def look_up_a_name_the_old_way():
    import socket
    return socket.gethostbyname('localhost')


@technique
def look_up_an_address():
    import socket
    return socket.getnameinfo(('127.0.0.1', PORT), 0)


# Native code #########################################################################################################

@technique
def load_ctypes():
    ctypes = module('ctypes')
    return ctypes.CDLL(None).getpid()


@technique
def load_ctypes_from_its_file():
    import _imp
    from importlib.machinery import ModuleSpec, EXTENSION_SUFFIXES
    for folder in reversed(sys.path):
        place = os.path.join(folder, '_ctypes' + EXTENSION_SUFFIXES[0])
        if os.path.exists(place):
            return _imp.create_dynamic(ModuleSpec('_ctypes', None, origin=place)).__name__
    raise Missing('_ctypes')


@technique
def load_an_extension_from_a_granted_folder():
    import _imp
    import shutil
    from importlib.machinery import ModuleSpec, EXTENSION_SUFFIXES
    for folder in sys.path:
        source = os.path.join(folder, '_json' + EXTENSION_SUFFIXES[0])
        if os.path.exists(source):
            place = os.path.join(GRANTED, '_json' + EXTENSION_SUFFIXES[0])
            shutil.copyfile(source, place)
            return _imp.create_dynamic(ModuleSpec('_json', None, origin=place)).__name__
    raise Missing('_json')


@technique
def load_a_test_module():
    return module('_testcapi').__name__


@technique
def load_a_builtin_module_by_a_name_that_changes():
    import _imp

    class Spec:
        origin = 'built-in'
        names = ['errno', 'faulthandler'] * 5

        @property
        def name(self):
            return self.names.pop()

    made = _imp.create_builtin(Spec())
    dump = getattr(made, 'dump_traceback', None) or getattr(_imp.create_builtin(Spec()), 'dump_traceback')
    dump(os.open(new_place(), os.O_WRONLY | os.O_CREAT))
    return 'written'


@technique
def make_an_interpreter():
    for name in '_interpreters', '_xxsubinterpreters':
        try:
            interpreters = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        number = interpreters.create()
        interpreters.destroy(number)
        return 'made'
    raise Missing('_interpreters')


@technique
def make_a_code_object():
    code = (lambda: None).__code__
    return code.replace(co_code=code.co_code)


@technique
def make_a_code_object_with_its_type():
    code = (lambda: None).__code__
    kind = type(code)
    if sys.version_info >= (3, 11):
        made = kind(0, 0, 0, 0, 1, 3, code.co_code, (None,), (), (), 'f', 'f', 'f', 1, b'', b'', (), ())
    else:
        made = kind(0, 0, 0, 0, 1, 3, code.co_code, (None,), (), (), 'f', 'f', 1, b'', (), ())
    return made.co_name


@technique
def load_bytecode_with_marshal():
    import marshal
    return marshal.loads(marshal.dumps((lambda: 1).__code__)).co_name


@technique
def load_bytecode_in_a_container():
    import marshal
    return marshal.loads(marshal.dumps([{1: ((lambda: 1).__code__,)}]))


@technique
def load_bytecode_with_marshal_load():
    import marshal
    return marshal.load(io.BytesIO(marshal.dumps((lambda: 1).__code__))).co_name


@technique
def load_bytecode_with_importlib():
    import marshal
    from importlib._bootstrap_external import _compile_bytecode
    return _compile_bytecode(marshal.dumps((lambda: 1).__code__), 'x').co_name


@technique
def load_bytecode_as_a_frozen_module():
    import _imp
    import marshal
    if sys.version_info < (3, 11):
        raise Missing('data of _imp.get_frozen_object')
    return _imp.get_frozen_object('x', marshal.dumps((lambda: 1).__code__)).co_name


@technique
def load_bytecode_from_a_granted_folder():
    import marshal
    from importlib.util import MAGIC_NUMBER
    place = os.path.join(GRANTED, 'bytecode_only.pyc')
    with open(place, 'wb') as file:
        file.write(MAGIC_NUMBER + bytes(12) + marshal.dumps(compile('VALUE = 1', 'x', 'exec')))
    from importlib.machinery import SourcelessFileLoader
    from importlib.util import module_from_spec, spec_from_loader
    loader = SourcelessFileLoader('bytecode_only', place)
    made = module_from_spec(spec_from_loader('bytecode_only', loader))
    loader.exec_module(made)
    return made.VALUE


@technique
def load_bytecode_by_pyembed_mount():
    import marshal
    import pyembed
    from importlib.util import MAGIC_NUMBER
    code = MAGIC_NUMBER + b'\1\0\0\0' + bytes(8) + marshal.dumps(compile('VALUE = 2', 'x', 'exec'))
    root = pyembed.mount({'bytecode_mounted.pyc': code})
    try:
        return importlib.import_module('bytecode_mounted').VALUE
    finally:
        pyembed.unmount(root)


@technique
def load_bytecode_by_part_of_a_library_s():
    """The right bytes, from another place in them."""
    import marshal
    place = importlib.util.cache_from_source(module('colorsys').__file__)
    try:
        data = io.open_code(place).read()
    except FileNotFoundError:
        raise Missing('bytecode of the standard library')
    return marshal.loads(bytes(data[16:])).co_name


@technique
def load_bytecode_by_another_open():
    """io.open_code calls what is called _io.open."""
    import _io
    import marshal
    crafted = bytes(16) + marshal.dumps(compile('VALUE = 1', 'crafted', 'exec'))

    class File:
        def __init__(self, *arguments):
            pass

        def read(self):
            return crafted

        def close(self):
            pass

    before, _io.open = _io.open, File
    try:
        io.open_code(os.path.join(os.path.dirname(os.__file__), '__pycache__', 'colorsys.pyc'))
    except OSError:
        pass
    finally:
        _io.open = before
    return marshal.loads(memoryview(crafted)[16:]).co_filename


@technique
def make_a_code_object_while_another_is_replaced():
    made = []

    class Line:
        def __index__(self):
            made.append(make_a_code_object_with_its_type())
            return 1

    (lambda: None).__code__.replace(co_firstlineno=Line())
    return made


@technique
def make_a_code_object_by_replace_of_the_future():
    code = (lambda: None).__code__
    if not hasattr(code, '__replace__'):
        raise Missing('code.__replace__')
    return code.__replace__(co_code=code.co_code)


def place_of(name):
    """Where the standard library has a module in C."""
    from importlib.machinery import EXTENSION_SUFFIXES
    for folder in sys.path:
        for suffix in EXTENSION_SUFFIXES:
            place = os.path.join(folder, name + suffix)
            if os.path.exists(place):
                return place
    raise Missing(f'a file of {name}')


def new_module(name):
    """A module in C, made and not executed, and what executes it."""
    import _imp
    import types
    if name in sys.builtin_module_names:
        return _imp.create_builtin(types.SimpleNamespace(name=name, origin='built-in')), _imp.exec_builtin
    return _imp.create_dynamic(types.SimpleNamespace(name=name, origin=place_of(name))), _imp.exec_dynamic


@technique
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


@technique
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


@technique
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


# Between the decision and the use ####################################################################################

def reopened(number):
    """Closes a number, and has the host's next file take it: without the host, a file of one's own."""
    os.close(number)
    assert os.open(SECRET, os.O_RDONLY) == number


@technique
def read_while_the_length_is_asked():
    number = os.open(os.path.join(GRANTED, 'file.txt'), os.O_RDONLY)

    class Length:
        def __index__(self):
            reopened(number)
            return 50

    return has(os.pread(number, Length(), 0))


@technique
def read_a_file_object_s_while_the_length_is_asked():
    file = open(os.path.join(GRANTED, 'file.txt'), 'rb', buffering=0)
    number = file.fileno()

    class Length:
        def __index__(self):
            file.close()
            if MODE == 'control':
                assert os.open(SECRET, os.O_RDONLY) == number
            return 50

    data = os.pread(number, Length(), 0)
    return has(data)


@technique
def copy_while_the_other_number_is_asked():
    number = os.open(os.path.join(GRANTED, 'file.txt'), os.O_RDONLY)
    other = os.dup(number)

    class Other:
        def __index__(self):
            reopened(number)
            return other

        fileno = __index__

    os.dup2(number, Other())
    return has(os.pread(other, 50, 0))


@technique
def read_a_number_that_a_failed_file_has_closed():
    class File(io.FileIO):
        @property
        def name(self):
            return 'x'

        @name.setter
        def name(self, value):
            self.close()
            raise ValueError

    number = os.open(os.path.join(GRANTED, 'file.txt'), os.O_RDONLY)
    try:
        File(number)
    except ValueError:
        pass
    if MODE == 'control':
        assert os.open(SECRET, os.O_RDONLY) == number
        return has(os.pread(number, 50, 0))
    try:
        os.close(number)        # where it is still Python's to close, it is Python's to read
    except OSError as error:
        return f'the number is free: {error}' if error.errno == 9 else None


@technique
def list_by_dots_and_a_slash():
    """What comes to be asked for is the place that was looked at, so that moving a folder meanwhile leads nowhere else."""
    from threading import Thread
    import time
    here = os.path.join(GRANTED, 'race', 'p', 'q', 'r', 's')
    os.makedirs(here, exist_ok=True)
    top = os.path.join(GRANTED, 'race')
    deep, shallow, path = os.path.join(top, 'p', 'q', 'r'), os.path.join(top, 'r'), os.path.join(top, 'p', 'q', 'r') + '/s/..' * 600 + '/../../../'
    if MODE == 'control':
        return os.listdir(path + '../')
    end, found = time.time() + 1, []

    def move():
        while time.time() < end:
            for one, other in (deep, shallow), (shallow, deep):
                try:
                    os.rename(one, other)
                except OSError:
                    pass

    thread = Thread(target=move)
    thread.start()
    while time.time() < end:
        try:
            found.extend(name for name in os.listdir(path) if name == 'secret.txt' or name == 'race')
        except OSError:
            pass
    thread.join()
    return found or None


# Files that may only be read #########################################################################################

def change(use, place=os.__file__):
    """Changes nothing, in a way that it takes leave to change."""
    number = os.open(place, os.O_RDONLY)
    try:
        use(number, os.fstat(number))
    except OSError as error:
        if MODE == 'control':
            raise Missing(f'leave of the system to change {place}: {error}')
        raise
    finally:
        os.close(number)
    return 'changed'


@technique
def change_a_mode_by_a_number():
    return change(lambda number, state: os.fchmod(number, state.st_mode & 0o7777))


@technique
def change_a_mode_by_a_number_as_path():
    return change(lambda number, state: os.chmod(number, state.st_mode & 0o7777))


@technique
def change_times_by_a_number():
    return change(lambda number, state: os.utime(number, ns=(state.st_atime_ns, state.st_mtime_ns)))


@technique
def change_an_owner_by_a_number():
    return change(lambda number, state: os.fchown(number, state.st_uid, state.st_gid))


@technique
def change_the_mode_of_dev_null():
    return change(lambda number, state: os.chmod('/dev/null', state.st_mode & 0o7777), '/dev/null')


# Sockets #############################################################################################################

@technique
def connect_to_another_host_by_the_codec():
    import encodings.idna
    import socket

    def encode(self, text, errors='strict'):
        return b'127.0.0.1', len(text)

    before = encodings.idna.Codec.encode.__code__
    encodings.idna.Codec.encode.__code__ = encode.__code__
    try:
        return socket.getaddrinfo('pyembed-test.invalid', PORT, socket.AF_INET)
    finally:
        encodings.idna.Codec.encode.__code__ = before


@technique
def look_up_a_name_by_connecting():
    import socket
    with socket.socket() as connection:
        try:
            connection.connect(('pyembed-test.invalid', PORT))
        except socket.gaierror:
            return 'asked'


@technique
def look_up_a_name_by_sending():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        try:
            connection.sendto(b'x', ('pyembed-test.invalid', PORT))
        except socket.gaierror:
            return 'asked'


@technique
def write_memory_by_a_socket_option():
    import socket
    import struct
    if not sys.platform.startswith('linux'):
        raise Missing('SO_ATTACH_FILTER')
    program = bytearray(struct.pack('<HBBI', 6, 0, 0, 0))
    import array
    code = array.array('B', program)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.setsockopt(socket.SOL_SOCKET, 26, struct.pack('HxxxxxxP', 1, code.buffer_info()[0]))
        return 'the system read memory by its address'


# The environment #####################################################################################################

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


MODE = sys.argv[5]


def main():
    for each in techniques:
        try:
            found = each()
            word, what = ('reached', repr(found)) if found not in (None, False, '', b'') else ('denied', 'nothing found')
        except Missing as error:
            word, what = 'missing', str(error)
        except Exception as error:
            word, what = 'denied', f'{type(error).__name__}: {error}'
        print(each.__name__, word, what.replace('\n', ' ')[:300], sep='\t', flush=True)


main()
