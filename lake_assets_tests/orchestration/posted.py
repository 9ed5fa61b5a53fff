"""A web server on loopback that remembers what was posted to it."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def listening(answer=lambda _: 200, path=""):
    """Its address, and (path, headers, JSON) of each post; ``answer`` gives a post's status."""
    taken = []

    class Web(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, self.headers, json.loads(body)))
            self.send_response(answer(taken))
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{path}", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
