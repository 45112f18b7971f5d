"""Sockets: connecting, sending, listening, looking names up, the host's own, and options of the system."""

import os
import sys

from techniques.support import FOREIGN, GRANTED, NETWORK, NOTHING, PORT, PROCESSES, SOCKET, Missing, module, needs, new_place, technique


@technique(NETWORK)
def connect_with_socket():
    import socket
    with socket.socket() as connection:
        connection.connect(('127.0.0.1', PORT))
        return connection.recv(10)


@technique(NETWORK)
def connect_with_connect_ex():
    import socket
    with socket.socket() as connection:
        return connection.connect_ex(('127.0.0.1', PORT)) == 0


@technique(NETWORK)
def connect_by_a_subclass():
    import _socket

    class Mine(_socket.socket):
        pass

    connection = Mine()
    _socket.socket.connect(connection, ('127.0.0.1', PORT))
    return connection.recv(10)


@technique(NETWORK)
def connect_with_create_connection():
    import socket
    with socket.create_connection(('localhost', PORT)) as connection:
        return connection.recv(10)


@technique(NETWORK)
def connect_by_another_spelling():
    import socket
    with socket.socket() as connection:
        connection.connect(('127.1', PORT))
        return connection.recv(10)


@technique(NETWORK)
def connect_by_any_address():
    import socket
    with socket.socket() as connection:
        connection.connect(('', PORT))
        return connection.recv(10)


@technique(NETWORK)
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


@technique(NETWORK)
def connect_by_a_port_that_changes():
    import socket

    class Port:
        def __index__(self):
            return PORT

    with socket.socket() as connection:
        connection.connect(('127.0.0.1', Port()))
        return connection.recv(10)


@technique(NETWORK)
def connect_with_asyncio():
    import asyncio

    async def work():
        reader, writer = await asyncio.open_connection('127.0.0.1', PORT)
        writer.write(b'x')
        return await reader.read(10) or 'connected'

    return asyncio.run(work())


@technique(NETWORK)
def connect_with_http():
    import http.client
    connection = http.client.HTTPConnection('127.0.0.1', PORT)
    connection.connect()
    return 'connected'


@technique(NETWORK)
def connect_with_ftplib():
    import ftplib
    try:
        ftplib.FTP().connect('127.0.0.1', PORT, timeout=3)
    except (ftplib.Error, EOFError) as error:
        return f'answered: {error}'


@technique(NETWORK)
def connect_with_smtplib():
    import smtplib
    try:
        smtplib.SMTP('127.0.0.1', PORT, timeout=3)
    except (smtplib.SMTPException, EOFError) as error:
        return f'answered: {error}'


@technique(NETWORK)
def connect_with_unix_sockets():
    import socket
    place = new_place(GRANTED)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(place)
        server.listen()
        client.connect(place)
        return 'connected'


@technique(PROCESSES)
def connect_with_netlink():
    import socket
    with socket.socket(needs(socket, 'AF_NETLINK'), socket.SOCK_RAW, 0) as connection:
        return connection.fileno()


@technique(FOREIGN)
def use_the_host_s_socket():
    import socket
    connection = socket.socket(fileno=SOCKET)
    try:
        return connection.getpeername()
    finally:
        connection.detach()


@technique(FOREIGN)
def use_a_copy_of_the_host_s_socket():
    import socket
    with socket.fromfd(SOCKET, socket.AF_INET, socket.SOCK_STREAM) as connection:
        return connection.getpeername()


@technique(FOREIGN)
def use_the_host_s_socket_as_a_file():
    with open(os.dup(SOCKET), 'wb', buffering=0) as file:
        return file.write(b'x')


@technique(NETWORK)
def send_with_sendto():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendto(b'x', ('127.0.0.1', PORT))


@technique(NETWORK)
def send_with_sendmsg():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendmsg([b'x'], [], 0, ('127.0.0.1', PORT))


@technique(NETWORK)
def listen_with_bind():
    import socket
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        server.listen()
        return server.getsockname()


@technique(NETWORK)
def listen_without_bind():
    import socket
    with socket.socket() as server:
        server.listen()
        return server.getsockname()


@technique(NETWORK)
def look_up_a_name():
    import socket
    return socket.getaddrinfo('localhost', PORT)


@technique(NETWORK)
def look_up_a_name_the_old_way():
    import socket
    return socket.gethostbyname('localhost')


@technique(NETWORK)
def look_up_an_address():
    import socket
    return socket.getnameinfo(('127.0.0.1', PORT), 0)


@technique(NETWORK)
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


@technique(NETWORK)
def look_up_a_name_by_connecting():
    import socket
    with socket.socket() as connection:
        try:
            connection.connect(('pyembed-test.invalid', PORT))
        except socket.gaierror:
            return 'asked'


@technique(NETWORK)
def look_up_a_name_by_sending():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        try:
            connection.sendto(b'x', ('pyembed-test.invalid', PORT))
        except socket.gaierror:
            return 'asked'


@technique(PROCESSES)
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


def listed(function, *arguments):
    """What a function of the C library finds in one of the system's lists."""
    try:
        return function(*arguments)
    except PermissionError:
        raise
    except OSError as error:        # as on a system without /etc/services and /etc/protocols
        raise Missing(f"the system's list: {error}") from error


@technique(NETWORK)
def look_up_a_service():
    import socket
    return listed(socket.getservbyname, 'http')


@technique(NETWORK)
def look_up_a_service_by_its_port():
    import socket
    return listed(socket.getservbyport, 80)


@technique(NETWORK)
def look_up_a_service_of_no_host():
    import socket
    return listed(socket.getaddrinfo, None, 'http')


@technique(NETWORK)
def look_up_a_protocol():
    import socket
    return listed(socket.getprotobyname, 'tcp')


# A context is made, as on a system that has none, and this one may have none.
@technique(NOTHING, race=True)
def read_the_system_s_certificates():
    return module('ssl').create_default_context().cert_store_stats()['x509']
