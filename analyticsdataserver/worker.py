"""The gunicorn worker: waitress's event loop reads and writes, and a pool of threads runs the application.

gunicorn starts, reloads and stops the processes. Its own threaded worker gives a thread to each connection with a request
in it, so that a few dozen slow clients stop a server; here they only hold a connection each.
"""

import logging
import os
import resource
import time
from collections.abc import Callable
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from analyticsdataserver.connections import MAX_HEADER_BYTES, Listener
from analyticsdataserver.request_log import without_permissions

# Bytes of a request or a response that wait in memory, and bytes that wait for a client in a temporary file. A thread
# whose response has more waits for the client.
MEMORY_BYTES, FILE_BYTES = 128 * 1024, 256 * 1024 * 1024
# Bytes of a request that are read at a time.
READ_BYTES = 64 * 1024
MAX_CONNECTIONS = 1000
# File descriptors that connections leave to databases, logs and temporary files.
SPARE_FILES = 200
# Seconds between two looks at the connections.
TICK = 1.0
# Seconds for which a process that ends keeps idle connections: a client's next request is answered with
# "Connection: close" instead of a reset.
DRAIN_SECONDS = 2
# Seconds for which it accepts connections, so that those whose handshake is under way arrive.
LISTEN_SECONDS = 0.5


class WaitressWorker(Worker):
    """Serves the application from the sockets that gunicorn listens on."""

    def run(self) -> None:
        logging.getLogger("waitress").addFilter(without_report_links)
        logging.getLogger("waitress").setLevel(logging.WARNING)
        # A queue is normal on a busy server, and the request log has its times.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self.map: dict[int, Any] = {}
        self.dispatcher = ThreadedTaskDispatcher()
        self.dispatcher.set_thread_count(self.cfg.threads)
        self.listeners = [self.listener(sock.sock) for sock in self.sockets]
        next_tick = 0.0
        while self.alive:
            if self.ppid != os.getppid():
                self.log.info("Parent changed, shutting down: %s", self)
                break
            wasyncore.poll2(TICK, self.map)
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK
                self.tick()
        self.drain()

    def listener(self, sock: Any) -> Listener:
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        limit = min(MAX_CONNECTIONS, max(50, files - SPARE_FILES))
        adjustments = Adjustments(
            sockets=[sock],
            threads=self.cfg.threads,
            backlog=self.cfg.backlog,
            connection_limit=limit,
            recv_bytes=READ_BYTES,
            inbuf_overflow=MEMORY_BYTES,
            outbuf_overflow=MEMORY_BYTES,
            outbuf_high_watermark=FILE_BYTES,
            max_request_header_size=MAX_HEADER_BYTES,
            # RequestParser has the limits of bodies.
            max_request_body_size=2**62,
            log_socket_errors=False,
            ident=None,
        )
        sockinfo = (sock.family, sock.type, sock.proto, sock.getsockname())
        listener = Listener(
            self.wsgi,
            self.map,
            True,
            sock,
            dispatcher=self.dispatcher,
            adj=adjustments,
            bind_socket=False,
            sockinfo=sockinfo,
        )
        listener.trusts = trusted(self.cfg.forwarded_allow_ips)
        return listener

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        for listener in getattr(self, "listeners", ()):
            listener.pull_trigger()

    def tick(self) -> None:
        self.notify()
        for listener in self.listeners:
            listener.close_late()

    def drain(self) -> None:
        """Answer what has come, then end. Connections that clients keep get a last response that says so."""
        for listener in self.listeners:
            listener.is_draining = True
        end = time.monotonic() + LISTEN_SECONDS
        while (left := end - time.monotonic()) > 0:
            wasyncore.poll2(left, self.map)
        for listener in self.listeners:
            while listener.accepting and self.accept_waiting(listener):
                pass
            # Only the event loop forgets the socket: other processes go on listening on it.
            listener.del_channel(self.map)
            listener.socket.close()
        start = time.monotonic()
        while time.monotonic() < start + self.cfg.graceful_timeout and (connections := self.connections()):
            if time.monotonic() > start + DRAIN_SECONDS:
                for connection in connections:
                    if connection.is_idle():
                        connection.handle_close()
            wasyncore.poll2(0.1, self.map)
            self.tick()
        self.dispatcher.shutdown(timeout=1)

    @staticmethod
    def accept_waiting(listener: Listener) -> bool:
        """Accept a connection that waits to be accepted, and return True if there was one."""
        before = len(listener.active_channels)
        listener.handle_accept()
        return len(listener.active_channels) > before

    def connections(self) -> list[Any]:
        return [connection for listener in self.listeners for connection in listener.active_channels.values()]


def trusted(addresses: Any) -> Callable[[str], bool]:
    """Return a function that returns True for the address of a trusted proxy."""
    names = {name.strip() for name in (addresses.split(",") if isinstance(addresses, str) else addresses)}
    return (lambda _address: True) if "*" in names else names.__contains__


def without_report_links(record: logging.LogRecord) -> bool:
    """Hide the signed part of report links in a message. A filter keeps the record by returning True."""
    record.msg = without_permissions(str(record.msg))
    return True
