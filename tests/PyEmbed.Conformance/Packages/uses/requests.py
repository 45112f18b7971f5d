"""A session against a server in this process: redirects, cookies, JSON, streaming, a prepared request, an error."""

import http.server
import threading

import requests
import requests.auth
import requests.certs
import os


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/old":
            self.send_response(302)
            self.send_header("Location", "/new")
            self.send_header("Set-Cookie", "a=b")
            self.end_headers()
            return
        body = ('{"path": "%s", "cookie": "%s", "agent": %s}' % (
            self.path, self.headers.get("Cookie"), "true" if "requests" in self.headers["User-Agent"] else "false")).encode()
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = "http://127.0.0.1:%d" % server.server_port

with requests.Session() as session:
    session.trust_env = False
    answer = session.get(base + "/old", params={"q": "1"})
    print(answer.status_code, answer.json(), [found.status_code for found in answer.history])
    print(b"".join(session.get(base + "/stream", stream=True).iter_content(7)))
    try:
        session.get(base + "/none").raise_for_status()
    except requests.HTTPError as error:
        print(error.response.status_code, error.response.reason)
server.shutdown()

request = requests.Request("POST", "http://example.org/x", data={"k": "ä"}, files={"f": ("n.txt", b"content")},
                           auth=requests.auth.HTTPBasicAuth("user", "pass")).prepare()
print(request.headers["Authorization"], "multipart/form-data" in request.headers["Content-Type"])
print(requests.codes.teapot, os.path.basename(requests.certs.where()), requests.utils.quote("ä b"))
try:
    requests.get("nonsense://x")
except requests.exceptions.InvalidSchema as error:
    print(error)
