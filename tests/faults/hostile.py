"""Clients without a key that try to take a server away from others: ``python -m tests.faults.hostile PORT``.

They have a process of their own, so that they do not slow down the honest clients. They end with the standard input, and
print what they got.
"""

import http.client
import itertools
import json
import socket
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from urllib.parse import urlencode

# Connections that are held, and threads of each other kind.
SLOW, NOT_READING, IDLE, GUESSERS, LITTERERS = 40, 24, 120, 8, 4
PAUSE = 0.5
HEAD = b"POST /api-token-auth/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
DESCRIPTION = b"GET /docs/swagger.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
# The first bytes of a held connection, and the bytes that it sends from time to time.
HELD = {
    "slow": (SLOW, HEAD + b"Content-Length: 60000\r\n\r\n", b"["),
    "not reading": (NOT_READING, DESCRIPTION, b""),
    "idle": (IDLE, b"", b""),
}
# A client may choose the token against forged requests, as long as cookie and form agree.
TOKEN = "a" * 32
LOGINS = ("/api-token-auth/", "/api-auth/login/", "/admin/login/")
FORM = "application/x-www-form-urlencoded"
MEGABYTES = 16 * 1024 * 1024


def pieces():
    """Yield a large body that is sent in chunks, without a Content-Length."""
    yield from itertools.repeat(b"[" * 65536, MEGABYTES // 65536)


LITTER = (
    ("POST", "/api-token-auth/", lambda: b"[" * MEGABYTES),
    ("POST", "/api-token-auth/", pieces),
    ("POST", "/api-token-auth/", lambda: b"[" * 30_000 + b"]" * 30_000),
    ("POST", "/api-token-auth/", lambda: b"\xff" * 60_000),
    ("POST", "/api/v0/course_summaries/", lambda: b'{"a":' * 400_000),
    ("GET", "/docs/?format=openapi", lambda: None),
    ("GET", "/docs/swagger.yaml", lambda: None),
)


class HostileClients:
    """All kinds of clients at the same time, until they are stopped. ``counts`` has the responses of each kind."""

    def __init__(self, port):
        self.port = port
        self.counts = Counter()
        self.ending = threading.Event()
        self.numbers = itertools.count()
        works = [lambda kind=kind: self.hold(kind) for kind in HELD]
        works += [self.guess] * GUESSERS + [self.litter] * LITTERERS
        self.threads = [threading.Thread(target=work) for work in works]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def hold(self, kind):
        """Hold connections, and open another for each that the server closes."""
        number, first, later = HELD[kind]
        held = []
        while not self.ending.is_set():
            held = [client for client in held if is_open(client, later, reads=kind != "not reading")]
            while len(held) < number and not self.ending.is_set():
                with suppress(OSError):
                    held.append(self.connected(first, 1024 if kind == "not reading" else None))
                self.counts[f"{kind} connections"] += 1
            time.sleep(PAUSE)
        for client in held:
            client.close()

    def connected(self, first, receive_buffer):
        client = socket.socket()
        client.settimeout(10)
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect(("127.0.0.1", self.port))
        client.sendall(first)
        client.setblocking(False)
        return client

    def guess(self):
        while not self.ending.is_set():
            number = next(self.numbers)
            name = f"user{number}" if number % 2 else "edx"
            form = {"username": name, "password": f"guess{number}", "csrfmiddlewaretoken": TOKEN}
            status = self.status("POST", LOGINS[number % len(LOGINS)], urlencode(form), kind=FORM)
            self.counts[f"guesses: {status}"] += 1

    def litter(self):
        for number, (method, path, body) in enumerate(itertools.cycle(LITTER)):
            if self.ending.is_set():
                return
            # Each port is another address of the same server.
            host = f"127.0.0.1:{number % 60_000 + 1}"
            self.counts[f"garbage: {self.status(method, path, body(), host)}"] += 1

    def status(self, method, path, body, host="127.0.0.1", kind="application/json"):
        """Return the status of a response, or the name of the error in its place."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Content-Type": kind, "Host": host, "Cookie": f"csrftoken={TOKEN}"}
            client.request(method, path, body, headers)
            response = client.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            client.close()


def is_open(client, later, *, reads):
    try:
        client.send(later) if later else None
        if not reads or client.recv(1):
            return True
    except BlockingIOError:
        return True
    except OSError:
        pass
    client.close()
    return False


if __name__ == "__main__":
    clients = HostileClients(int(sys.argv[1]))
    sys.stdin.read()
    clients.stop()
    json.dump(clients.counts, sys.stdout)
