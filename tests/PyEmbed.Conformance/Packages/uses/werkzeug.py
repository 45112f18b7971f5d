"""Routing, requests, responses, forms, passwords, exceptions, the debugger's page and the test client."""

import io

from werkzeug import exceptions, formparser, local, security, utils
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.debug.tbtools import DebugTraceback
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.routing import Map, Rule, Submount
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request, Response

rules = Map([Rule("/", endpoint="index"), Submount("/item", [Rule("/<int:n>", endpoint="item"), Rule("/<path:rest>", endpoint="rest")])])


@Request.application
def application(request):
    adapter = rules.bind_to_environ(request.environ)
    try:
        endpoint, values = adapter.match()
    except exceptions.HTTPException as error:
        return error
    return Response("%s %s %s %s" % (endpoint, values, dict(request.args), dict(request.form)), mimetype="text/plain", headers={"X": "y"})


client = Client(SharedDataMiddleware(DispatcherMiddleware(application, {"/sub": application}), {"/own": ("werkzeug.debug", "shared")}))
for url in ("/", "/item/7?q=1&q=2", "/item/a/b", "/none", "/sub/", "/own/style.css", "/own/none.css"):
    answer = client.get(url)
    print(url, answer.status, answer.content_type, len(answer.data), answer.data[:60])
print(client.post("/", data={"a": "b", "f": (io.BytesIO(b"content"), "n.txt")}).text)
hashed = security.generate_password_hash("pw", "pbkdf2:sha256:1000")
print(security.check_password_hash(hashed, "pw"), security.safe_join("/base", "../x"), utils.secure_filename("../ä b.txt"))
print(Headers([("A", "b")]).get("a"), MultiDict([("a", 1), ("a", 2)]).getlist("a"))
try:
    1 / 0
except ZeroDivisionError as error:
    page = DebugTraceback(error).render_debugger_html(evalex=False, secret="s", evalex_trusted=False)
    print("ZeroDivisionError" in page, "1 / 0" in page)
request = Request(EnvironBuilder(path="/p", query_string="a=1", headers={"Accept-Language": "de, en;q=0.5"}).get_environ())
print(request.accept_languages.best, request.url, local.Local() is not None, formparser.default_stream_factory(10, "", "").read())
