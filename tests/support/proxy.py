"""A TCP proxy in front of a database that can refuse, freeze and cut connections."""

import socket
import threading
from contextlib import suppress


class Proxy:
    """Forwards connections to an address. ``with Proxy(…) as proxy`` listens on ``proxy.port``."""

    def __init__(self, address):
        self.address = address
        self.port = 0
        self.flows = threading.Event()
        self.flows.set()
        self.sockets = set()
        self.lock = threading.Lock()
        # Bytes received from the database, and bytes left until ``then`` is called.
        self.answered = 0
        self.left = None
        self.then = None

    def __enter__(self):
        self.listen()
        return self

    def __exit__(self, *_error):
        self.restore()
        self.refuse()

    def listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        with suppress(OSError):
            while True:
                client, _address = listener.accept()
                threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client):
        # The kernel accepts connections even for a frozen server.
        self.flows.wait()
        with suppress(OSError):
            database = socket.create_connection(self.address)
            with self.lock:
                self.sockets |= {client, database}
            for pair in ((client, database), (database, client)):
                threading.Thread(target=self.pump, args=pair, daemon=True).start()
            return
        client.close()

    def pump(self, source, target):
        with suppress(OSError):
            while data := source.recv(2**12):
                self.count(len(data), source.getpeername() == self.address)
                self.flows.wait()
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        with self.lock:
            self.sockets -= {source, target}

    def count(self, size, is_answer):
        with self.lock:
            self.answered += size if is_answer else 0
            if self.left is None or not is_answer:
                return
            self.left -= size
            if self.left > 0:
                return
            self.left, then = None, self.then
        then()

    def after(self, size, then):
        """Call ``then`` when the database has sent ``size`` more bytes."""
        with self.lock:
            self.left, self.then = size, then

    def freeze(self):
        """Stop forwarding, but keep all connections open."""
        self.flows.clear()

    def cut(self):
        """End all connections, as a restarting server does."""
        with self.lock:
            ending, self.sockets = self.sockets, set()
        for end in ending:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def refuse(self):
        """Stop listening and end all connections."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def restore(self):
        """Forward and listen again."""
        self.left = None
        self.flows.set()
        if self.listener.fileno() == -1:
            self.listen()
