"""Two ways for a request: over HTTP to a running server, and to the application in this process."""

import gzip
import http.client
import io
from urllib.parse import unquote_to_bytes, urlsplit

from django.test import Client

from tests.attack.judge import Answer

PATIENCE = 60


class Connection(http.client.HTTPConnection):
    """Sends a target as it is, which the standard library would refuse."""

    def _validate_path(self, url):
        pass

    def _encode_request(self, request):
        return request.encode("utf-8", "surrogatepass")


class NoAnswer(Exception):
    """The server has closed the connection, or has kept it open without a word."""


class Http:
    """Sends over one connection that it keeps. Not for several threads."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.connection = Connection(parts.hostname, parts.port, timeout=PATIENCE)

    def send(self, request):
        try:
            return self.exchange(request)
        except (ConnectionError, http.client.BadStatusLine):
            # The server may end a connection that it has kept, so that a second refusal is one.
            self.connection.close()
        try:
            return self.exchange(request)
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise NoAnswer(repr(error)) from error

    def exchange(self, request):
        connection = self.connection
        connection.putrequest(request.method, request.target, skip_accept_encoding=True)
        for name, value in request.all_headers():
            connection.putheader(name, value.encode("utf-8" if any(c > "\xff" for c in value) else "latin-1"))
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        response = connection.getresponse()
        body = response.read()
        return answer(response.status, response.getheaders(), body)


class InProcess:
    """Hands requests to Django without a server, in the transaction of a test."""

    def __init__(self):
        self.client = Client(raise_request_exception=False)

    def send(self, request):
        path, _, query = request.target.partition("#")[0].partition("?")
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.encode("utf-8").decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "wsgi.input": io.BytesIO(request.body or b""),
            "CONTENT_LENGTH": str(len(request.body or b"")),
        }
        for name, value in request.all_headers():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.strip()
        self.client.cookies.clear()
        response = self.client.request(**environ)
        return answer(response.status_code, response.items(), response.getvalue())


def answer(status, headers, body):
    headers = tuple((name.lower(), value) for name, value in headers)
    if ("content-encoding", "gzip") in headers and body:
        body = gzip.decompress(body)
    return Answer(status, headers, body)
