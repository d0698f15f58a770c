"""A request of the attack, the response to it, and a client that sends what other clients refuse to send."""

import gzip
import http.client
import select
import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.attack.texts import TEXTS

# The courses share the ids of their problems, videos and learners. A problem id of the old style names no run.
OPEN_COURSE, SECRET_COURSE = "course-v1:Open+Shared+2026", "course-v1:Secret+Shared+2026"
OPEN, SECRET = (OPEN_COURSE, "Shared/Course/Open"), ("Shared/Course/Secret", SECRET_COURSE)
# The Authorization header of each kind of key, and the options of set_api_key for the valid ones.
KEYS = TEXTS["keys"]
RESTRICTIONS = {
    "unrestricted": (),
    "restricted": ("--course", OPEN[0], "--course", OPEN[1]),
    "of an organization": ("--org", "Open"),
    "without personal data": ("--course", OPEN[0], "--no-personal-data"),
}
VALID_KEYS = tuple(RESTRICTIONS)
INVALID_KEYS = tuple(name for name in KEYS if name not in VALID_KEYS)
TIMEOUT, HEAD_TIMEOUT = 60, 0.02


@dataclass(frozen=True)
class AttackRequest:
    """A request. ``target`` is sent as it is, with the query string, and ``key`` is a name of KEYS."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    key: str = "unrestricted"

    def all_headers(self):
        return (*((("Authorization", KEYS[self.key]),) if KEYS[self.key] else ()), *self.headers)

    def curl(self, url):
        """Return the command that sends the request again. It shows only the beginning of a long body."""
        parts = ["curl", "-sgI" if self.method == "HEAD" else "-sgi", "--path-as-is", "-X", self.method]
        for name, value in self.all_headers():
            # curl omits a header without a value unless a semicolon ends it.
            parts += ["-H", f"{name}: {value}" if value else f"{name};"]
        command = shlex.join([*parts, url + self.target])
        if self.body is None:
            return command
        body = "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in self.body)
        return f"printf %b {shlex.quote(body[:2000])} | {command} --data-binary @-  # {len(self.body)} bytes"


@dataclass(frozen=True)
class AttackResponse:
    """A response with header names in lower case and an uncompressed body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self):
        return self.headers.get("content-type", "").partition(";")[0]


class AttackClient(http.client.HTTPConnection):
    """Sends any target over one connection, which it keeps alive. Threads must not share a client."""

    def __init__(self, url):
        super().__init__(urlsplit(url).netloc, timeout=TIMEOUT)

    def _validate_path(self, url):
        pass

    def _encode_request(self, request):
        return request.encode("utf-8", "surrogatepass")

    def fetch(self, request):
        try:
            return self.exchange(request)
        except (ConnectionError, http.client.BadStatusLine):
            # The server may close an idle connection, so only a second failure counts.
            self.close()
            return self.exchange(request)

    def exchange(self, request):
        self.putrequest(request.method, request.target, skip_accept_encoding=True)
        for name, value in request.all_headers():
            self.putheader(name, value.encode("utf-8" if any(c > "\xff" for c in value) else "latin-1"))
        if request.body is not None:
            self.putheader("Content-Length", str(len(request.body)))
        self.endheaders(request.body)
        response = self.getresponse()
        body = response.read()
        if request.method == "HEAD" and self.sock and select.select([self.sock], [], [], HEAD_TIMEOUT)[0]:
            # The server sent a body, or closed the connection.
            body = self.sock.recv(1000)
            self.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        is_packed = body and request.method != "HEAD" and headers.get("content-encoding") == "gzip"
        return AttackResponse(response.status, headers, gzip.decompress(body) if is_packed else body)
