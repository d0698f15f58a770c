"""Connections of clients: how waitress reads a request, which errors it answers by itself, and how long it waits.

A request reaches a thread only when it is complete, and its response waits in a buffer, so that a slow client holds a
connection but never a thread.
"""

import re
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import orjson
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from analytics_data_api.errors import RequestTooLarge
from analyticsdataserver.bodies import LARGE, collect, maximum_body
from analyticsdataserver.headers import SECURITY_HEADERS
from analyticsdataserver.request_log import COMPLETE, Facts, current

# Bytes of a request line and of one header, and the number of headers. Lists of course ids make long URLs.
MAX_LINE = 8190
MAX_HEADERS = 100
MAX_HEADER_BYTES = 128 * 1024

# Seconds that a client may take to send a request, from its first byte to its last.
RECEIVE_SECONDS = 30
# Bytes of a response that a client has to take within these seconds while some are waiting.
SEND_SECONDS, SEND_BYTES = 30, 64 * 1024
# Seconds that a connection may be idle before its first request, and after it.
FIRST_REQUEST_SECONDS, KEEP_ALIVE_SECONDS = 10, 75
# Seconds and bytes for which a refused body is read and thrown away: a connection that is closed at once is reset, and
# the client would lose the response that says why.
LINGER_SECONDS, LINGER_BYTES = 2, 64 * 1024 * 1024
# Each read costs a look at all connections, so a few large ones leave more time for other clients.
LINGER_READ = 1024 * 1024

BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
ERROR_CODES = {413: "request_too_large", 501: "bad_request"}


class UriTooLong(BadRequest):
    code = 414
    reason = "URI Too Long"


class HeaderFieldsTooLarge(BadRequest):
    code = 431
    reason = "Request Header Fields Too Large"


class ExpectationFailed(BadRequest):
    code = 417
    reason = "Expectation Failed"


class Refusal(ParsingError):
    """A request that is refused with an error other than 400."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.body)
        self.error = error


class RequestParser(HTTPRequestParser):
    """Reads a request, with raw UTF-8 in its URL, and refuses what no route can answer."""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.started = time.monotonic()
        self.refusal: Error | None = None
        self.max_body: int | None = None

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        if self.refusal is not None:
            self.error = self.refusal
        elif self.max_body is not None and self.body_bytes_received > self.max_body:
            # A body in chunks. The limit counts the bytes of the chunks' heads, too.
            self.error, self.completed = too_large(self.max_body), True
        elif not self.completed and not self.headers_finished and self.has_long_line():
            self.error, self.completed = UriTooLong(f"the request line has more than {MAX_LINE} bytes"), True
        return consumed

    def has_long_line(self) -> bool:
        return len(self.header_plus) > MAX_LINE and b"\r\n" not in self.header_plus[: MAX_LINE + 2]

    def parse_header(self, header_plus: bytes) -> None:
        line, separator, headers = header_plus.partition(b"\r\n")
        try:
            self.check_sizes(line, headers.split(b"\r\n"))
            # A client such as curl sends non-ASCII letters as they are, which waitress refuses.
            line = BEYOND_ASCII.sub(lambda match: b"%%%02X" % ord(match[0]), line)
            super().parse_header(line + separator + headers)
            self.check_headers()
            self.max_body = maximum_body(self.path)
            if self.max_body is not None and self.content_length > self.max_body:
                raise Refusal(too_large(self.max_body))
        except Refusal as refusal:
            self.refusal = refusal.error
            raise

    def check_sizes(self, line: bytes, headers: list[bytes]) -> None:
        if len(line) > MAX_LINE:
            raise Refusal(UriTooLong(f"the request line has more than {MAX_LINE} bytes"))
        if len(headers) > MAX_HEADERS + 2 or any(len(header) > MAX_LINE for header in headers):
            message = f"a request may have {MAX_HEADERS} headers of {MAX_LINE} bytes each"
            raise Refusal(HeaderFieldsTooLarge(message))

    def check_headers(self) -> None:
        if self.version not in ("1.0", "1.1"):
            raise ParsingError("the HTTP version is neither 1.0 nor 1.1")
        if any(character <= " " or character == "\x7f" for character in self.request_uri):
            raise ParsingError("the URL has a control character")
        if self.version == "1.1":
            if not self.headers.get("HOST"):
                raise ParsingError("the Host header is missing")
            expected = self.headers.get("EXPECT", "100-continue").lower()
            if expected != "100-continue":
                raise Refusal(ExpectationFailed("the Expect header is not 100-continue"))


def too_large(maximum: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(str(RequestTooLarge(maximum).detail))


class JsonErrorTask(ErrorTask):
    """Answers a request that never reaches a view with an error in the form of all others."""

    def execute(self) -> None:
        error = self.request.error
        facts = Facts()
        current.set(facts)
        body = error_body(error)
        facts.status, facts.bytes = error.code, len(body)
        facts.address = self.channel.addr[0]
        self.status = f"{error.code} {error.reason}"
        self.content_length = len(body)
        self.response_headers += [("Content-Type", "application/json"), ("X-Request-ID", facts.id)]
        self.response_headers += SECURITY_HEADERS.items()
        self.set_close_on_finish()
        self.channel.lingers = True
        facts.write(COMPLETE)
        self.write(body)


def error_body(error: Error) -> bytes:
    """Return the JSON body of an error that waitress found."""
    code = ERROR_CODES.get(error.code) or error.reason.lower().replace(" ", "_")
    return orjson.dumps(
        {"status": error.code, "error_code": code, "developer_message": str(error.body) or error.reason}
    )


class ResponseTask(WSGITask):
    """Hands a request to the application, with the client that a trusted proxy names."""

    def get_environment(self) -> dict[str, Any]:
        environ = super().get_environment()
        server = self.channel.server
        if server.trusts(environ["REMOTE_ADDR"]):
            environ["wsgi.url_scheme"] = forwarded_scheme(environ)
            environ["REMOTE_ADDR"] = forwarded_address(environ, server.trusts)
        environ["analytics.abort"] = self.channel.abort
        if self.request.command == "HEAD":
            # waitress would send the file without write().
            environ.pop("wsgi.file_wrapper", None)
        return environ

    def service(self) -> None:
        super().service()
        if self.request.body_bytes_received > LARGE:
            self.environ = None
            collect()

    def write(self, data: bytes) -> None:
        is_head = self.request.command == "HEAD"
        # Neither Django nor waitress omits the body, which a client would read as its next response.
        super().write(b"" if is_head else data)
        if is_head:
            self.chunked_response = False

    def build_response_header(self) -> bytes:
        if self.channel.server.is_draining:
            self.set_close_on_finish()
        return super().build_response_header()


def forwarded_scheme(environ: dict[str, Any]) -> str:
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").strip().lower()
    return scheme if scheme in ("http", "https") else environ["wsgi.url_scheme"]


def forwarded_address(environ: dict[str, Any], trusts: Callable[[str], bool]) -> str:
    """Return the last address of X-Forwarded-For that is not a trusted proxy's, or the peer's address."""
    for address in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if address.strip() and not trusts(address.strip()):
            return address.strip()
    return environ["REMOTE_ADDR"]


class Connection(HTTPChannel):
    """A client's connection, with limits on the time that its requests and responses take."""

    parser_class = RequestParser
    task_class = ResponseTask
    error_task_class = JsonErrorTask

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.taken = 0
        self.mark: tuple[float, int] | None = None
        self.opened = time.monotonic()
        self.is_used = False
        self.lingers = False
        self.lingers_until: float | None = None
        self.thrown_away = 0
        super().__init__(*args, **kwargs)

    def received(self, data: bytes) -> bool:
        self.is_used = True
        return super().received(data)

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent = super().send(data, do_close=do_close)
        self.taken += sent
        return sent

    def abort(self) -> None:
        """Make the end of the connection a reset, which tells an HTTP/1.0 client that the response is incomplete."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def readable(self) -> bool:
        return self.lingers_until is not None or super().readable()

    def handle_read(self) -> None:
        if self.lingers_until is None:
            super().handle_read()
            return
        try:
            data = self.socket.recv(LINGER_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.thrown_away += len(data)
        if not data or self.thrown_away > LINGER_BYTES:
            super().handle_close()

    def handle_close(self) -> None:
        if self.lingers and self.lingers_until is None and self.connected:
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                super().handle_close()
                return
            self.lingers_until = time.monotonic() + LINGER_SECONDS
            self.will_close = self.close_when_flushed = False
            return
        super().handle_close()

    def is_late(self, now: float) -> bool:
        """Return True if the client has used up its time for sending, for taking or for being idle."""
        if self.lingers_until is not None:
            return now > self.lingers_until
        if self.total_outbufs_len:
            return self.takes_too_long(now)
        self.mark = None
        if self.requests:
            return False
        request = self.request
        if request is not None:
            return now - request.started > RECEIVE_SECONDS
        if not self.is_used:
            return now - self.opened > FIRST_REQUEST_SECONDS
        return time.time() - self.last_activity > KEEP_ALIVE_SECONDS

    def takes_too_long(self, now: float) -> bool:
        if self.mark is None or now - self.mark[0] > SEND_SECONDS:
            late = self.mark is not None and self.taken - self.mark[1] < SEND_BYTES
            self.mark = (now, self.taken)
            return late
        return False

    def is_idle(self) -> bool:
        """Return True if no request is being received or answered."""
        return not (self.requests or self.total_outbufs_len or self.request)


class Listener(TcpWSGIServer):
    """A listening socket and its connections."""

    channel_class = Connection
    is_draining = False
    trusts: Callable[[str], bool] = staticmethod(lambda address: False)

    def maintenance(self, now: float) -> None:
        """Leave connections to ``close_late``, which closes those whose clients do not read, too."""

    def close_late(self) -> None:
        """Close each connection whose client has used up its time.

        If nearly all connections are in use, idle ones are closed, so that a new client is let in.
        """
        now = time.monotonic()
        connections = list(self.active_channels.values())
        for connection in connections:
            if connection.is_late(now):
                connection.lingers = False
                connection.handle_close()
        if len(self.active_channels) > self.adj.connection_limit * 0.8:
            for connection in sorted(self.active_channels.values(), key=lambda item: item.last_activity):
                if connection.is_idle():
                    connection.handle_close()
                if len(self.active_channels) <= self.adj.connection_limit // 2:
                    break
