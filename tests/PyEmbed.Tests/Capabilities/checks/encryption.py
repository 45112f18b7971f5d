"""TLS with a host that is granted, as the standard library's clients and servers have it."""

import os

from checks.support import GRANTED, check

CERTIFICATE = os.path.join(GRANTED, 'server.pem')


def contexts():
    """A client's, which knows the server's certificate, and a server's."""
    import ssl
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    return ssl.create_default_context(cafile=CERTIFICATE), server


@check('tls')
def https_works():
    import http.client
    import http.server
    from threading import Thread
    from urllib.request import urlopen

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'hello')

        def log_message(self, *arguments):
            pass

    client, server_side = contexts()
    with http.server.HTTPServer(('127.0.0.1', 0), Handler) as server:
        server.socket = server_side.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            connection = http.client.HTTPSConnection('127.0.0.1', server.server_port, context=client, timeout=30)
            connection.request('GET', '/')
            assert connection.getresponse().read() == b'hello'
            connection.close()
            with urlopen(f'https://127.0.0.1:{server.server_port}/', context=client, timeout=30) as answer:
                assert answer.read() == b'hello'
        finally:
            server.shutdown()
            thread.join()


@check('tls')
def both_sides_of_a_connection_can_be_wrapped():
    import socket
    from threading import Thread
    client, server_side = contexts()
    served = []

    def serve():
        try:
            with server_side.wrap_socket(listener.accept()[0], server_side=True) as connection:
                served.append(connection.recv(10))
                connection.sendall(b'answer')
        except OSError as error:
            served.append(error)

    with socket.create_server(('127.0.0.1', 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        with client.wrap_socket(socket.create_connection(listener.getsockname(), timeout=30), server_hostname='127.0.0.1') as connection:
            connection.sendall(b'question')
            assert connection.recv(10) == b'answer', served
        thread.join()
    assert served == [b'question']


@check('tls')
def streams_of_asyncio_can_be_encrypted():
    import asyncio
    client, server_side = contexts()

    async def answer(reader, writer):
        writer.write(await reader.readexactly(2))
        await writer.drain()
        writer.close()

    async def talk():
        server = await asyncio.start_server(answer, '127.0.0.1', 0, ssl=server_side)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=client)
        writer.write(b'ab')
        data = await reader.readexactly(2)
        writer.close()
        server.close()
        return data

    assert asyncio.run(talk()) == b'ab'
