"""A server and a client in one loop: JSON, forms with files, streaming, WebSockets, middleware, cookies, an error."""

import asyncio
import logging

import aiohttp
from aiohttp import test_utils, web

logging.disable(logging.CRITICAL)


@web.middleware
async def stamp(request, handler):
    answer = await handler(request)
    if not isinstance(answer, web.WebSocketResponse):
        answer.headers["X-Stamp"] = request.method
    return answer


async def index(request):
    return web.json_response({"query": dict(request.query), "name": request.match_info["name"]})


async def upload(request):
    data = await request.post()
    return web.Response(text="%s %s %s" % (data["field"], data["file"].filename, data["file"].file.read()))


async def stream(request):
    answer = web.StreamResponse()
    await answer.prepare(request)
    for n in range(3):
        await answer.write(b"%d;" % n)
    return answer


async def echo(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data.upper())
    return socket


async def fails(request):
    raise web.HTTPForbidden(text="no")


async def main():
    app = web.Application(middlewares=[stamp])
    app.add_routes([web.get("/i/{name}", index), web.post("/up", upload), web.get("/ws", echo), web.get("/fails", fails)])
    async with test_utils.TestServer(app) as server, test_utils.TestClient(server) as client:
        answer = await client.get("/i/ann", params={"a": "ä"})
        print(answer.status, await answer.json(), answer.headers["X-Stamp"])
        form = aiohttp.FormData({"field": "v"})
        form.add_field("file", b"content", filename="n.txt", content_type="text/plain")
        print(await (await client.post("/up", data=form)).text())
        socket = await client.ws_connect("/ws")
        await socket.send_str("hello")
        print((await socket.receive()).data)
        await socket.close()
        for path in ("/fails", "/none"):
            answer = await client.get(path)
            print(answer.status, await answer.text())
    jar = aiohttp.CookieJar(unsafe=True)
    jar.update_cookies({"k": "v"})
    print([(cookie.key, cookie.value) for cookie in jar], aiohttp.BasicAuth("u", "p").encode())
    try:
        async with aiohttp.ClientSession() as session:
            await session.get("http://127.0.0.1:1/")
    except aiohttp.ClientConnectorError as error:
        print(type(error).__name__, error.os_error.errno)


asyncio.run(main())
