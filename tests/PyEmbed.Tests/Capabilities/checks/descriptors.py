"""What needs no leave outside Python's own memory: pipes, sockets, streams, waiting, the system's time zones."""

import os
import sys

from checks.support import FOLDER, GRANTED, check, denied


@check('files')
def descriptors_of_one_s_own():
    reading, writing = os.pipe()
    os.write(writing, b'x')
    assert os.read(reading, 1) == b'x'
    copy = os.dup(reading)
    for number in (reading, writing, copy):
        os.close(number)
    denied(os.close, reading, error=OSError)
    denied(os.close, 3, words='descriptor')
    folder = os.open(GRANTED, os.O_RDONLY)
    assert os.stat('file.txt', dir_fd=folder).st_size == 7
    assert 'file.txt' in os.listdir(folder)
    with os.scandir(folder) as entries:
        entry = next(entry for entry in entries if entry.name == 'file.txt')
        assert entry.is_file() and entry.is_file(follow_symlinks=False) and entry.stat().st_size == 7
    os.close(folder)
    print('', end='', flush=True)
    open(1, 'w', closefd=False)


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
            assert other.fileno() == write
        os.write(write, b'c')
        assert os.read(file.fileno(), 2) == b'ab'
        os.set_blocking(file.fileno(), False)
        assert file.read(5) == b'c'
    os.close(write)


@check('files')
def tls_works_and_ends_when_its_socket_is_closed():
    import socket
    import ssl
    from threading import Thread
    sides = []
    for purpose in ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER:
        context = ssl.SSLContext(purpose)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers('AECDH-AES128-SHA:@SECLEVEL=0')     # needs no certificates
        sides.append(context)
    one, other = socket.socketpair()
    served = []

    def serve():
        try:
            server = sides[1]._wrap_socket(other, True, None)
            server.do_handshake()
            server.write(server.read(10))
            served.append(server.read(10))
        except OSError as error:
            served.append(error)

    thread = Thread(target=serve)
    thread.start()
    client = sides[0]._wrap_socket(one, False, None)
    client.do_handshake()
    client.write(b'hello')
    assert client.read(10) == b'hello', served
    one.close()
    thread.join(10)
    assert not thread.is_alive() and one.fileno() == -1, served
    other.close()


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
def the_host_s_number_of_a_granted_file_does_what_was_granted():
    import host
    import mmap
    number = host.open(os.path.join('single', 'one.txt'), True)
    assert os.pread(number, 1, 0) == b'1'
    assert mmap.mmap(number, 1, access=mmap.ACCESS_READ)[:] == b'1'
    denied(os.pwrite, number, b'2', 0, words='descriptor')
    denied(os.dup, number, words='descriptor')
    denied(os.close, number, words='descriptor')
    denied(open, number, 'r', -1, None, None, None, False, words='descriptor')
    denied(mmap.mmap, number, 1, words='descriptor')
    number = host.open(os.path.join('single', 'one.txt'), False)
    copy = os.dup(number)
    assert os.read(copy, 1) == b'1' and copy != number
    os.close(copy)


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
def numbers_are_inherited_as_asked():
    if hasattr(os, 'pipe2'):
        for number in os.pipe2(0):
            assert os.get_inheritable(number)
            os.close(number)
    reading, writing = os.pipe()
    copy = os.dup2(reading, os.dup(reading))
    assert not os.get_inheritable(reading) and not os.get_inheritable(writing) and os.get_inheritable(copy)
    for number in reading, writing, copy:
        os.close(number)


@check('files')
def errors_of_files_are_as_ever():
    missing = os.path.join(GRANTED, 'missing.txt')
    try:
        open(missing)
    except FileNotFoundError as error:
        assert error.filename == missing and error.errno == 2
    denied(open, GRANTED, error=IsADirectoryError, words=GRANTED)
    denied(open, os.path.join(GRANTED, 'file.txt'), 'x', error=FileExistsError)
    with open(os.fsencode(os.path.join(GRANTED, 'file.txt')), 'rb', buffering=0) as file:
        assert file.name == os.fsencode(os.path.join(GRANTED, 'file.txt')) and file.read() == b'granted'
    import io
    for arguments in {'name': missing}, {'file': missing, 'unknown': 1}, {'file': missing, 'mode': 'rw'}:
        denied(lambda: io.FileIO(**arguments), error=(TypeError, ValueError))


@check('files')
def errors_of_sockets_are_as_ever():
    import socket
    assert socket.socket().type == socket.SOCK_STREAM and socket.socket(type=socket.SOCK_DGRAM).family == socket.AF_INET
    denied(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 12345), error=OSError)
    denied(lambda: socket.socketpair(socket.AF_INET), error=OSError)
    for arguments in ['x'], [1, 2, 3, None, 5]:
        denied(socket.SocketType, *arguments, error=TypeError)
    denied(lambda: socket.SocketType(unknown=1), error=TypeError)
    with socket.socket(fileno=socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].detach()) as found:
        assert found.type == socket.SOCK_DGRAM and found.family == socket.AF_UNIX
    socket.setdefaulttimeout(5)
    try:
        with socket.socket() as patient:
            assert patient.gettimeout() == 5
    finally:
        socket.setdefaulttimeout(None)


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


@check('full')
def the_host_keeps_numbers_of_its_own():
    """Descriptors that come through a socket stay, and nobody closes them."""
    import array
    import host
    import select
    import socket
    one, other = socket.socketpair()
    own = min(one.fileno(), other.fileno())
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [own] * 100))]

    def fill():
        while one.sendmsg([b'x'], rights):
            other.recvmsg(1, socket.CMSG_SPACE(400))

    denied(fill, words='so many descriptors')
    denied(os.open, os.__file__, os.O_RDONLY, words='so many descriptors')
    denied(open, os.__file__, words='so many descriptors')
    denied(os.scandir, os.path.dirname(os.__file__), words='so many descriptors')
    denied(os.pipe, words='so many descriptors')
    denied(socket.socket, words='so many descriptors')
    denied(socket.socketpair, words='so many descriptors')
    denied(select.epoll, words='so many descriptors')
    denied(select.select, [own], [], [], 0, error=OSError)
    for _ in range(500):
        assert host.open(os.path.join('single', 'one.txt'), False) < own
