"""A server and a client in one loop: handlers, templates, WebSockets, streams, locales, options."""

import asyncio
import logging

import tornado.escape
import tornado.gen
import tornado.httpclient
import tornado.httpserver
import tornado.locale
import tornado.locks
import tornado.options
import tornado.queues
import tornado.template
import tornado.testing
import tornado.web
import tornado.websocket

logging.disable(logging.CRITICAL)


class Main(tornado.web.RequestHandler):
    async def get(self, name):
        await tornado.gen.sleep(0)
        self.set_cookie("seen", "1")
        self.write({"name": name, "args": self.get_arguments("a")})

    def post(self, name):
        raise tornado.web.HTTPError(409, reason="No")


class Echo(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        self.write_message(message[::-1])


async def main():
    application = tornado.web.Application([("/echo", Echo), ("/(.*)", Main)], cookie_secret="s", gzip=True)
    sock, port = tornado.testing.bind_unused_port()
    server = tornado.httpserver.HTTPServer(application)
    server.add_socket(sock)
    client = tornado.httpclient.AsyncHTTPClient()
    answer = await client.fetch("http://127.0.0.1:%d/x?a=1&a=2" % port)
    print(answer.code, tornado.escape.json_decode(answer.body), answer.headers["Set-Cookie"])
    answer = await client.fetch("http://127.0.0.1:%d/x" % port, method="POST", body="", raise_error=False)
    print(answer.code, answer.reason)
    connection = await tornado.websocket.websocket_connect("ws://127.0.0.1:%d/echo" % port)
    await connection.write_message("abc")
    print(await connection.read_message())
    connection.close()
    queue, lock = tornado.queues.PriorityQueue(), tornado.locks.Semaphore(1)
    async with lock:
        await queue.put(2)
        await queue.put(1)
    print(await queue.get(), queue.qsize())
    server.stop()


asyncio.run(main())
print(tornado.template.Template("{% for n in names %}{{ n }}<br>{% end %}{% raw html %}").generate(names=["<a>"], html="<i>"))
print(tornado.locale.get("en").friendly_number(1234567), tornado.escape.linkify("see http://example.org"), tornado.escape.xhtml_escape("<&>"))
parser = tornado.options.OptionParser()
parser.define("port", default=1, type=int)
print(parser.parse_command_line(["x", "--port=7", "rest"]), parser.port)
