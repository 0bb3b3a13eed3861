#!/usr/bin/env python3
"""A Bot API that has nothing to say, for measuring bots at rest: answers every method, holds getUpdates open.

Loopback only. Prints its port and runs until it is ended.
"""
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ME = {"id": 42, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        method = self.path.rsplit("/", 1)[-1].lower()
        result = True
        if method == "getme":
            result = ME
        elif method == "getupdates":
            time.sleep(8)
            result = []
        elif method.startswith("send"):
            result = {"message_id": 1, "date": 0, "chat": {"id": 1001, "type": "private"}, "text": ""}
        answer = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        del body

    do_GET = do_POST

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
