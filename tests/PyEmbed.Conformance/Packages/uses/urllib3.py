"""A pool of connections to a server in this process: retries, redirects, forms, streaming, addresses."""

import http.server
import threading

import urllib3
from urllib3.util import Retry, Timeout, make_headers, parse_url


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tries = 0

    def do_POST(self):
        self.do_GET(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self, sent=b""):
        body = b"path " + self.path.encode() + b" sent %d" % len(sent)
        code = 200
        if self.path == "/old":
            code = 301
        elif self.path == "/busy":
            type(self).tries += 1
            code = 503 if self.tries < 3 else 200
        self.send_response(code)
        if code == 301:
            self.send_header("Location", "/new")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = "http://127.0.0.1:%d" % server.server_port
manager = urllib3.PoolManager(headers=make_headers(basic_auth="u:p", user_agent="x"), retries=Retry(4, backoff_factor=0, status_forcelist=[503]), timeout=Timeout(10))
for path in ("/old", "/busy", "/plain?q=1"):
    answer = manager.request("GET", base + path)
    print(path, answer.status, answer.data, [(step.status) for step in answer.retries.history])
print(manager.request("POST", base + "/form", fields={"a": "b", "f": ("n.txt", b"content", "text/plain")}).data)
answer = manager.request("GET", base + "/stream", preload_content=False)
print(list(answer.stream(6)))
answer.release_conn()
server.shutdown()
print(parse_url("HTTP://User@Example.org:80/a%2fb/../c?q#f"), urllib3.encode_multipart_formdata({"a": "b"}, boundary="x"))
try:
    urllib3.PoolManager().request("GET", "http://127.0.0.1:1/", retries=False)
except urllib3.exceptions.NewConnectionError as error:
    print(type(error).__name__)
