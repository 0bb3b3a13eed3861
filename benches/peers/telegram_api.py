"""A Bot API for measuring bots: one thread, one loop, time taken when the last byte of a request arrives.

Loopback only. Keeps no history and checks nothing: `tests/practice` does that. What it adds to each time is its own
reading of one request, about 0.05 ms.
"""
import json
import selectors
import socket
import time
from urllib.parse import parse_qsl

ME = {"id": 42, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
PILOT = {"id": 1001, "is_bot": False, "first_name": "Captain", "language_code": "en"}
CHAT = {"id": 1001, "type": "private", "first_name": "Captain"}


class Call:
    def __init__(self, method, body, at):
        self.method, self.body, self.at = method, body, at


class Line:
    """One connection."""

    def __init__(self, sock):
        self.sock, self.data = sock, b""


class Telegram:
    def __init__(self, round_trip_s=0.0):
        self.round_trip_s = round_trip_s
        self.calls = []
        self.updates = []
        self.poll = None  # (line, when to answer empty)
        self.later = []  # (when, line, result)
        self.number = 100
        self.message = 1000
        self.asked_menu = {}
        self.ear = selectors.DefaultSelector()
        self.door = socket.socket()
        self.door.bind(("127.0.0.1", 0))
        self.door.listen(64)
        self.door.setblocking(False)
        self.ear.register(self.door, selectors.EVENT_READ)
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def close(self):
        for key in list(self.ear.get_map().values()):
            key.fileobj.close()
        self.ear.close()

    # What a pilot does.

    def say(self, text):
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[0] == "/" else []
        return self.happened({"message": self.shown(self.new_message(), text, entities=entities, **{"from": PILOT})})

    def tap(self, message, data):
        return self.taps(message, [data])

    def taps(self, message, all_data):
        """In one batch, as Telegram delivers what piled up."""
        for data in all_data:
            self.number += 1
            query = {
                "id": str(self.number), "from": PILOT, "chat_instance": "1", "data": data,
                "message": self.shown(message, "…", **{"from": ME}),
            }
            self.updates.append({"update_id": self.number, "callback_query": query})
        return self.deliver()

    def happened(self, what):
        self.number += 1
        self.updates.append({"update_id": self.number, **what})
        return self.deliver()

    def new_message(self):
        self.message += 1
        return self.message

    @staticmethod
    def shown(message, text, **more):
        return {"message_id": message, "date": int(time.time()), "chat": CHAT, "text": text, **more}

    def deliver(self):
        """Hands what waits to the poll that waits; the moment it left."""
        if not self.poll or not self.updates:
            return None
        line, _ = self.poll
        self.poll = None
        batch, self.updates = self.updates, []
        self.answer(line, batch)
        return time.perf_counter()

    # The loop.

    def until(self, is_so, patience_s=20.0):
        """Serves until it is so; what it was, or None."""
        deadline = time.perf_counter() + patience_s
        while True:
            found = is_so()
            if found:
                return found
            now = time.perf_counter()
            if now >= deadline:
                return None
            self.turn(min(deadline, *(when for when, *_ in self.later), self.poll[1] if self.poll else deadline))

    def rest(self, seconds):
        self.until(lambda: False, seconds)

    def turn(self, wake):
        ready = self.ear.select(max(0.0, wake - time.perf_counter()))
        for key, _ in ready:
            if key.fileobj is self.door:
                sock, _ = self.door.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.ear.register(sock, selectors.EVENT_READ, Line(sock))
            else:
                self.hear(key.data)
        now = time.perf_counter()
        due = [one for one in self.later if one[0] <= now]
        self.later = [one for one in self.later if one[0] > now]
        for _, line, result in due:
            self.answer(line, result)
        if self.poll and self.poll[1] <= now:
            line, _ = self.poll
            self.poll = None
            self.answer(line, [])

    def hear(self, line):
        try:
            more = line.sock.recv(1 << 20)
        except OSError:
            more = b""
        if not more:
            self.ear.unregister(line.sock)
            line.sock.close()
            if self.poll and self.poll[0] is line:
                self.poll = None
            return
        line.data += more
        while (request := self.whole(line)) is not None:
            self.serve(line, *request)

    @staticmethod
    def whole(line):
        """(path, content type, body) of the next whole request."""
        head, there, rest = line.data.partition(b"\r\n\r\n")
        if not there:
            return None
        first, *fields = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        if fields.get("transfer-encoding", "").lower() == "chunked":
            body, at = b"", 0
            while True:
                end = rest.find(b"\r\n", at)
                if end < 0:
                    return None
                size = int(rest[at:end], 16)
                if len(rest) < end + 2 + size + 2:
                    return None
                body += rest[end + 2:end + 2 + size]
                at = end + 2 + size + 2
                if size == 0:
                    break
            line.data = rest[at:]
        else:
            length = int(fields.get("content-length", 0))
            if len(rest) < length:
                return None
            body, line.data = rest[:length], rest[length:]
        return first.split(" ")[1], fields.get("content-type", ""), body

    def serve(self, line, path, kind, body):
        at = time.perf_counter()
        method = path.rsplit("/", 1)[-1].split("?")[0]
        if kind.startswith("application/json"):
            body = json.loads(body)
        elif kind.startswith("application/x-www-form-urlencoded"):
            body = dict(parse_qsl(body.decode()))
        else:
            body = {}
        self.calls.append(Call(method, body, at))
        low = method.lower()
        if low == "getupdates":
            self.poll = (line, at + min(float(body.get("timeout", 0) or 0), 20.0))
            self.deliver()
        elif low == "getme":
            self.answer_after(line, ME)
        elif low in ("sendmessage", "editmessagetext"):
            message = int(body["message_id"]) if low[0] == "e" else self.new_message()
            self.answer_after(line, self.shown(message, body.get("text", ""), **{"from": ME}))
            self.calls[-1].message = message
        else:
            self.answer_after(line, True)

    def answer_after(self, line, result):
        if self.round_trip_s:
            self.later.append((time.perf_counter() + self.round_trip_s, line, result))
        else:
            self.answer(line, result)

    def answer(self, line, result):
        text = json.dumps({"ok": True, "result": result}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
        try:
            line.sock.sendall(head.encode() + text)
        except OSError:
            pass

    # What was called.

    def since(self, at, *methods):
        return [call for call in self.calls if call.at >= at and call.method.lower() in methods]


def keys(call):
    """(label, data) of each button of a call."""
    markup = call.body.get("reply_markup") or {}
    if isinstance(markup, str):
        markup = json.loads(markup)
    return [(key["text"], key["callback_data"]) for row in markup.get("inline_keyboard", []) for key in row]
