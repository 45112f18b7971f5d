"""Hosts and ports."""

from checks.support import PORT, check, denied


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
