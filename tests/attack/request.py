"""A request of the attack, the response to it, and a client that sends targets that no other client would send."""

import gzip
import http.client
import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

# Two open and two secret courses share the ids of their problems, videos and learners. An old-style problem id names no run.
OPEN_COURSE, SECRET_COURSE = "course-v1:Open+Shared+2026", "course-v1:Secret+Shared+2026"
OLD_OPEN_COURSE, OLD_SECRET_COURSE = "Shared/Course/Open", "Shared/Course/Secret"
OPEN, SECRET = (OPEN_COURSE, OLD_OPEN_COURSE), (OLD_SECRET_COURSE, SECRET_COURSE)
# The value of the Authorization header for each kind of key.
KEYS = {
    "unrestricted": "Token attack-unrestricted",
    "restricted": "Token attack-restricted",
    "of an organization": "Token attack-organization",
    "without personal data": "Token attack-impersonal",
    "absent": None,
    "wrong": "Token nonsense",
    "in two words": "Token a b",
    "beyond ASCII": "Token \xe9",
    "without a key": "Token",
    "of another scheme": "Bearer attack-unrestricted",
}
# The options of set_api_key for each valid key.
RESTRICTIONS = {
    "unrestricted": (),
    "restricted": tuple(part for course_id in OPEN for part in ("--course", course_id)),
    "of an organization": ("--org", "Open"),
    "without personal data": ("--course", OPEN[0], "--no-personal-data"),
}
VALID_KEYS = tuple(RESTRICTIONS)
INVALID_KEYS = tuple(name for name in KEYS if name not in VALID_KEYS)
TIMEOUT = 60
# The curl command shows only the beginning of a longer body.
MAX_SHOWN = 2000


@dataclass(frozen=True)
class AttackRequest:
    method: str
    # The target as sent, with the query string.
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    # A name of KEYS.
    key: str = "unrestricted"

    def all_headers(self):
        authorization = KEYS[self.key]
        return (*((("Authorization", authorization),) if authorization else ()), *self.headers)

    def curl(self, url):
        """Return the command that sends the request again."""
        parts = ["curl", "-sgI" if self.method == "HEAD" else "-sgi", "--path-as-is", "-X", self.method]
        for name, value in self.all_headers():
            # curl omits a header without a value unless a semicolon ends it.
            parts += ["-H", f"{name}: {value}" if value else f"{name};"]
        command = f"{shlex.join(parts)} {shlex.quote(url + self.target)}"
        if self.body is None:
            return command
        shown = "".join(
            chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in self.body
        )
        return f"printf %b {shlex.quote(shown[:MAX_SHOWN])} | {command} --data-binary @-  # {len(self.body)} bytes"


@dataclass(frozen=True)
class AttackResponse:
    status: int
    # Header names are lower case.
    headers: tuple[tuple[str, str], ...]
    # The body without its compression.
    body: bytes

    def header(self, name):
        return next((value for other, value in self.headers if other == name), None)

    @property
    def media_type(self):
        return (self.header("content-type") or "").partition(";")[0]


class LenientConnection(http.client.HTTPConnection):
    """Sends targets that the standard library refuses."""

    def _validate_path(self, url):
        pass

    def _encode_request(self, request):
        return request.encode("utf-8", "surrogatepass")


class NoResponse(Exception):
    """The server closed the connection or sent nothing before the timeout."""


class AttackClient:
    """Keeps one connection alive. Threads must not share a client."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.connection = LenientConnection(parts.hostname, parts.port, timeout=TIMEOUT)

    def send(self, request):
        for is_last in (False, True):
            try:
                return self.exchange(request)
            except (OSError, http.client.HTTPException) as error:
                self.connection.close()
                # The server may close an idle connection, so only a second failure counts.
                if is_last or not isinstance(error, (ConnectionError, http.client.BadStatusLine)):
                    raise NoResponse(repr(error)) from error

    def exchange(self, request):
        connection = self.connection
        connection.putrequest(request.method, request.target, skip_accept_encoding=True)
        for name, value in request.all_headers():
            connection.putheader(name, value.encode("utf-8" if any(c > "\xff" for c in value) else "latin-1"))
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        response = connection.getresponse()
        headers = tuple((name.lower(), value) for name, value in response.getheaders())
        body = response.read()
        if ("content-encoding", "gzip") in headers and body:
            body = gzip.decompress(body)
        return AttackResponse(response.status, headers, body)
