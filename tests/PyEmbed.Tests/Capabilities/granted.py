"""What capabilities grant, and what nobody needs leave for: it works as without them.

Run by tests/PyEmbed.TestHost; sys.argv as for escapes.py, and the name of the checks that fit what is granted. Prints a
line a check: name, ``ok`` or ``failed``, and why.
"""

import importlib
import os
import sys
import traceback

FOLDER, PORT, MODE = sys.argv[1], int(sys.argv[2]), sys.argv[5]
GRANTED = os.path.join(FOLDER, 'granted')
checks = []


def check(*modes):
    def add(function):
        if MODE in modes:
            checks.append(function)
        return function
    return add


def denied(function, *args, error=PermissionError, words=''):
    """The call is denied, and says why."""
    try:
        result = function(*args)
    except error as raised:
        assert words in str(raised), f'{raised} does not say {words!r}'
        return
    raise AssertionError(f'{function.__name__}{args} was not denied: {result!r}')


# Files ###############################################################################################################

@check('files')
def reads_and_writes_files():
    place = os.path.join(GRANTED, 'a.txt')
    with open(place, 'w', encoding='utf-8') as file:
        file.write('Grüße')
    with open(place, encoding='utf-8') as file:
        assert file.read() == 'Grüße'
    with open(place, 'ab') as file:
        file.write(b'!')
    with open(place, 'r+b') as file:
        assert file.read().endswith(b'!')
        file.truncate(0)
    assert os.path.getsize(place) == 0
    os.remove(place)
    assert not os.path.exists(place)


@check('files')
def reads_other_spellings():
    assert open(GRANTED + '/./sub/../file.txt').read() == 'granted'
    assert open(GRANTED + '//file.txt').read() == 'granted'
    assert os.listdir(GRANTED + '/')
    assert open(os.fsencode(GRANTED) + b'/file.txt').read() == 'granted'
    assert open(os.path.join(GRANTED, '..', 'granted', 'file.txt')).name.endswith(os.path.join('..', 'granted', 'file.txt'))


@check('files')
def names_that_are_no_ascii_and_no_utf8():
    for name in ('Ünï-文.txt', os.fsdecode(b'caf\xe9.txt')):
        place = os.path.join(GRANTED, name)
        with open(place, 'w') as file:
            file.write('x')
        assert name in os.listdir(GRANTED)
        os.remove(place)


@check('files')
def case_matters():
    denied(open, FOLDER + '/GRANTED/file.txt')


@check('files')
def a_link_to_a_granted_folder_leads_there():
    assert open(os.path.join(FOLDER, 'linked', 'file.txt')).read() == 'granted'


@check('files')
def a_single_file_may_be_granted():
    assert open(os.path.join(FOLDER, 'single', 'one.txt')).read() == '1'
    denied(open, os.path.join(FOLDER, 'single', 'one.txt.other'), words='Read')
    denied(open, os.path.join(FOLDER, 'single', 'one.txt'), 'w', words='Write')


@check('files')
def what_may_be_written_need_not_be_readable():
    place = os.path.join(FOLDER, 'drop', 'a.txt')
    with open(place, 'w') as file:
        file.write('x')
    assert os.path.exists(place) and os.stat(place).st_size == 1
    denied(open, place, words='Read')
    denied(os.listdir, os.path.dirname(place), words='Read')
    os.remove(place)


@check('files')
def missing_files_are_missing():
    denied(open, os.path.join(GRANTED, 'no', 'such'), error=FileNotFoundError)
    denied(os.stat, os.path.join(GRANTED, 'none'), error=FileNotFoundError)
    denied(open, os.path.join(GRANTED, 'file.txt', 'below'), error=NotADirectoryError)


@check('files')
def folders_and_pathlib():
    import pathlib
    top = pathlib.Path(GRANTED) / 'made' / 'deep'
    top.mkdir(parents=True)
    (top / 'a.txt').write_text('a')
    (top / 'a.txt').rename(top / 'b.txt')
    (top / 'b.txt').touch()
    assert [path.name for path in top.iterdir()] == ['b.txt']
    assert [path.name for path in (pathlib.Path(GRANTED) / 'made').rglob('*.txt')] == ['b.txt']
    assert (top / 'b.txt').resolve().is_file() and (top / 'b.txt').stat().st_size == 1
    os.replace(top / 'b.txt', top / 'c.txt')
    os.chmod(top / 'c.txt', 0o600)
    os.utime(top / 'c.txt', (1, 1))
    os.rename(top, top.parent / 'moved')
    assert sorted(name for _, _, names in os.walk(top.parent) for name in names) == ['c.txt']
    import shutil
    shutil.copytree(top.parent, pathlib.Path(GRANTED) / 'copy')
    shutil.rmtree(pathlib.Path(GRANTED) / 'copy')
    shutil.rmtree(top.parent)
    assert not top.parent.exists()


@check('files')
def temporary_files_maps_and_archives():
    import mmap
    import tempfile
    import zipfile
    with tempfile.NamedTemporaryFile(dir=GRANTED) as file:
        file.write(b'12345')
        file.flush()
        with mmap.mmap(file.fileno(), 0) as mapped:
            assert mapped[:] == b'12345'
        assert os.fstat(file.fileno()).st_size == 5
        os.fsync(file.fileno())
    with tempfile.TemporaryDirectory(dir=GRANTED) as folder:
        handle, place = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, 'wb') as file:
            file.write(b'x')
        with zipfile.ZipFile(os.path.join(folder, 'a.zip'), 'w') as archive:
            archive.write(place, 'x')
        with zipfile.ZipFile(os.path.join(folder, 'a.zip')) as archive:
            assert archive.read('x') == b'x'
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b'x')


@check('files')
def descriptors_of_one_s_own():
    reading, writing = os.pipe()
    os.write(writing, b'x')
    assert os.read(reading, 1) == b'x'
    copy = os.dup(reading)
    for number in (reading, writing, copy):
        os.close(number)
    denied(os.close, reading)
    folder = os.open(GRANTED, os.O_RDONLY)
    assert os.stat('file.txt', dir_fd=folder).st_size == 7
    assert 'file.txt' in os.listdir(folder)
    with os.scandir(folder) as entries:
        assert any(entry.is_file(follow_symlinks=False) for entry in entries)
    os.close(folder)
    print('', end='', flush=True)
    open(1, 'w', closefd=False)


@check('files')
def entries_of_folders():
    with os.scandir(GRANTED) as entries:
        found = {entry.name: entry for entry in entries}
    assert found['file.txt'].is_file() and found['file.txt'].stat().st_size == 7
    assert found['sub'].is_dir()
    assert not found['link.txt'].is_file(follow_symlinks=False)
    assert found['link.txt'].is_symlink()


@check('files')
def null_is_open_to_all():
    with open(os.devnull, 'w') as file:
        file.write('x')
    assert open(os.devnull).read() == ''


# What needs no leave #################################################################################################

@check('files')
def the_standard_library_imports():
    names = ('argparse array ast asyncio base64 bisect bz2 calendar cmath codecs collections concurrent.futures configparser contextlib copy csv dataclasses datetime decimal '
             'difflib email email.mime.text enum fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob gzip hashlib heapq html http.client http.server '
             'imaplib inspect io itertools json linecache locale logging.config logging.handlers lzma math mimetypes mmap multiprocessing netrc numbers operator os pathlib '
             'pickle pkgutil platform poplib pprint profile queue random re runpy sched secrets select selectors shelve shlex shutil signal smtplib socket socketserver ssl stat '
             'statistics string struct subprocess symtable sysconfig tarfile tempfile textwrap threading time timeit tokenize trace traceback types typing unicodedata unittest '
             'urllib.request uuid warnings wave weakref webbrowser xml.dom.minidom xml.etree.ElementTree xml.sax xmlrpc.client zipapp zipfile zipimport zlib zoneinfo').split()
    for name in names:
        importlib.import_module(name)


@check('files')
def importing_is_what_it_was():
    import json
    assert json.__spec__.origin == json.__file__
    importlib.reload(json)
    import posix
    sys.modules.pop('posix')
    assert importlib.import_module('posix').getpid() == os.getpid()
    sys.modules['posix'] = posix
    denied(importlib.import_module, 'no_such_module', error=ModuleNotFoundError)
    denied(importlib.import_module, 'ctypes', error=ImportError, words='NativeCode')
    denied(importlib.import_module, 'sqlite3', error=ImportError, words='/')


@check('files')
def embedded_modules_import():
    tree = importlib.import_module('embedded.part')
    assert tree.VALUE == 42
    import inspect
    assert 'VALUE = 42' in inspect.getsource(tree)


@check('files')
def python_can_mount_what_it_has():
    import pyembed
    root = pyembed.mount({'from_memory/__init__.py': 'VALUE = 3\n'})
    assert importlib.import_module('from_memory').VALUE == 3
    pyembed.unmount(root)
    root = pyembed.mount(os.path.join(GRANTED, 'modules'))
    assert importlib.import_module('granted_module').VALUE == 4
    pyembed.unmount(root)


@check('files')
def tracebacks_show_source_lines():
    try:
        importlib.import_module('embedded.part').fail()
    except ValueError:
        text = traceback.format_exc()
    assert "raise ValueError('embedded')" in text, text
    import json
    try:
        json.loads('{')
    except ValueError:
        text = traceback.format_exc()
    assert 'raw_decode' in text and 'return _default_decoder.decode(s)' in text, text


@check('files')
def extraction_says_what_is_missing():
    denied(importlib.import_module, 'asks_for_its_place', error=OSError, words='Write')


@check('files')
def bytecode_of_doubtful_origin_is_compiled_anew():
    assert importlib.import_module('with_bytecode').VALUE == 'source'


@check('files')
def marshal_carries_data():
    import marshal
    data = {'a': [1, 2.5, None, True, ('x', b'y', frozenset([1])), 10 ** 40, {'nested': {}}], 2: 'é'}
    for version in (2, 4):
        assert marshal.loads(marshal.dumps(data, version)) == data
    assert marshal.loads(bytearray(marshal.dumps([1]))) == [1]


@check('files')
def code_does_what_it_did():
    import asyncio
    import dataclasses
    import threading
    import types

    @types.coroutine
    def wait():
        yield

    @dataclasses.dataclass
    class Point:
        x: int

    assert Point(1) == Point(1)
    assert asyncio.run(asyncio.sleep(0, 5)) == 5
    assert (lambda: 1).__code__.replace(co_name='other').co_name == 'other'
    found = []
    thread = threading.Thread(target=lambda: found.append(eval('1 + 1')))
    thread.start()
    thread.join()
    assert found == [2]


@check('files')
def one_s_own_sockets_work():
    import socket
    one, other = socket.socketpair()
    one.sendall(b'x')
    assert other.recv(1) == b'x'
    number = other.detach()
    again = socket.socket(fileno=number)
    one.sendall(b'y')
    assert again.recv(1) == b'y'
    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    assert one.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM
    for each in (one, again):
        each.close()


@check('files')
def certificates_are_read_from_a_path():
    import pathlib
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=pathlib.Path(GRANTED, 'file.txt'))
    except ssl.SSLError:
        pass            # read, and no certificate
    denied(context.load_verify_locations, pathlib.Path(FOLDER, 'secret.txt'), words='Read')


@check('files')
def one_s_own_pipes_work_by_number_and_as_files():
    read, write = os.pipe()
    with open(read, 'rb', buffering=0) as file:
        with open(write, 'wb', buffering=0, closefd=False) as other:
            other.write(b'ab')
        os.write(write, b'c')
        assert os.read(file.fileno(), 2) == b'ab'
        os.set_blocking(file.fileno(), False)
        assert file.read(5) == b'c'
    os.close(write)


@check('files')
def one_s_own_sockets_work_by_number():
    import socket
    one, other = socket.socketpair()
    assert os.write(one.fileno(), b'x') == 1 and os.read(other.fileno(), 1) == b'x'
    assert os.fstat(one.fileno()).st_mode and os.get_blocking(one.fileno())
    os.set_blocking(one.fileno(), False)
    one.set_inheritable(False)
    copy = one.dup()
    copy.sendall(b'y')
    assert other.recv(1) == b'y'
    many = [socket.socket() for _ in range(600)]
    assert os.write(one.fileno(), b'z') == 1 and os.fstat(many[0].fileno()).st_mode
    for each in (one, other, copy, *many):
        each.close()


@check('files')
def standard_streams_do_what_they_are_for():
    import select
    assert os.read(0, 1) == b'' and os.write(1, b'') == 0 and open(0, closefd=False).read() == ''
    for number in 0, 1, 2:
        assert os.stat(number).st_mode == os.fstat(number).st_mode and not os.isatty(number) and os.get_blocking(number)
    assert select.select([0], [1], [], 5) == ([0], [1], [])
    with open(1, 'w', closefd=False) as file:
        file.write('')
    denied(os.dup, 1, words='standard streams')
    denied(open, 1, 'r', -1, None, None, None, False, words='standard streams')
    denied(sys.__stdout__.buffer.raw.truncate, 0, words='standard streams')


@check('files')
def one_s_own_descriptors_can_be_waited_for():
    import select
    import selectors
    import socket
    one, other = socket.socketpair()
    read, write = os.pipe()
    assert select.select([other, read, other], [one, write], []) == ([], [one, write], [])
    one.send(b'x')
    assert select.select([other, read, other], (), (), 1.5) == ([other, other], [], [])
    denied(select.select, [-1], [], [], error=ValueError)
    denied(select.select, ['x'], [], [], error=TypeError)
    poll = select.poll()
    poll.register(other, select.POLLIN)
    poll.register(read)
    poll.modify(read, select.POLLIN)
    assert poll.poll(1000) == [(other.fileno(), select.POLLIN)]
    poll.unregister(read)
    os.close(read)
    assert poll.poll() == [(other.fileno(), select.POLLIN)]
    for kind in selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector:
        with kind() as selector:
            selector.register(other, selectors.EVENT_READ, 'data')
            assert [key.data for key, _ in selector.select(1)] == ['data']
    for each in one, other:
        each.close()
    os.close(write)


@check('files')
def time_zones_are_there():
    import datetime
    import zoneinfo
    if not any(map(os.path.isdir, zoneinfo.TZPATH)):
        return          # a system without them
    assert zoneinfo.ZoneInfo('Europe/Berlin').utcoffset(datetime.datetime(2024, 1, 1)) == datetime.timedelta(hours=1)
    assert 'Europe/Berlin' in zoneinfo.available_timezones()


@check('files')
def users_are_not_known():
    import getpass
    denied(getpass.getuser, error=OSError if sys.version_info >= (3, 13) else KeyError, words='' if sys.version_info >= (3, 13) else 'Read')


@check('files')
def tls_contexts_are_made_without_certificates():
    import ssl
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
    from urllib.request import urlopen
    assert urlopen('data:,x').read() == b'x'


@check('files')
def ctrl_c_can_be_handled():
    import signal
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
    except ValueError:
        pass        # not on Python's main thread


# Network #############################################################################################################

@check('name')
def a_name_stands_for_its_addresses():
    import socket
    denied(socket.create_connection, ('127.0.0.2', PORT), words='Network')
    with socket.create_connection(('localhost', PORT)) as connection:
        assert connection.recv(10) == b'hello'
    with socket.socket() as connection:
        connection.connect(('localhost', PORT))
        assert connection.recv(10) == b'hello'
    denied(socket.create_connection, ('localhost', PORT + 1 if PORT < 65535 else PORT - 1), words='Network')
    denied(socket.getaddrinfo, 'example.com', PORT, words='Network')
    denied(socket.gethostbyname, 'example.com', words='Network')


@check('address')
def an_address_is_itself():
    import asyncio
    import socket
    with socket.create_connection(('127.0.0.1', PORT)) as connection:
        assert connection.recv(10) == b'hello'

    async def work():
        reader, writer = await asyncio.open_connection('127.0.0.1', PORT)
        data = await reader.read(10)
        writer.close()
        return data

    assert asyncio.run(work()) == b'hello'
    denied(socket.create_connection, ('localhost', PORT), words='Network')
    if socket.has_ipv6:
        try:
            with socket.create_connection(('::ffff:127.0.0.1', PORT)) as connection:
                assert connection.recv(10) == b'hello'
        except PermissionError:
            raise
        except OSError:
            pass        # a system without IPv6


@check('listen')
def servers_listen_where_they_may():
    import socket
    with socket.socket() as server, socket.socket() as client:
        server.bind(('127.0.0.1', 0))
        server.listen()
        client.connect(server.getsockname())
        connection, _ = server.accept()
        with connection:
            connection.sendall(b'x')
            assert client.recv(1) == b'x'
    with socket.socket() as server:
        denied(server.bind, ('0.0.0.0', 0), words='Network')
    with socket.socket() as server:
        denied(server.listen, words='Network')
    try:
        server = socket.socket(socket.AF_INET6)
        server.bind(('::1', 0))
    except PermissionError:
        raise
    except OSError:
        return          # a system without IPv6
    server.listen()
    server.close()


# The others ##########################################################################################################

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


@check('environment')
def the_environment_shows():
    assert os.environ['PYEMBED_TEST_SECRET'] == 'x'
    os.environ['PYEMBED_TEST_OTHER'] = 'y'
    assert os.path.expandvars('$PYEMBED_TEST_OTHER') == 'y'
    denied(open, '/proc/self/environ', words='Read')


@check('everything')
def everything_is_not_proc():
    assert os.path.isdir('/usr') and os.listdir('/')
    denied(open, '/proc/self/environ', words='Read')
    denied(open, '/proc/self/mem', 'r+b')
    denied(open, os.path.join(os.path.dirname(os.__file__), 'os.py'), 'a', words='does not reach')
    try:
        import sqlite3
    except ImportError as error:
        assert 'denied' not in str(error), error
    else:
        sqlite3.connect(':memory:').close()


for each in checks:
    try:
        each()
        print(each.__name__, 'ok', '', sep='\t', flush=True)
    except BaseException:
        print(each.__name__, 'failed', traceback.format_exc().replace('\n', ' | '), sep='\t', flush=True)
