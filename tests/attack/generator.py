"""Requests over the whole description: each is made of the seed and its number alone."""

import shlex
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from tests.attack.data import OPEN
from tests.attack.texts import HOSTILE
from tests.attack.values import Values

# What the header Authorization says.
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
# What each good key may see, as options of set_api_key.
RESTRICTIONS = {
    "unrestricted": (),
    "restricted": tuple(part for course_id in OPEN for part in ("--course", course_id)),
    "of an organization": ("--org", "Open"),
    "without personal data": ("--course", OPEN[0], "--no-personal-data"),
}
GOOD_KEYS = tuple(RESTRICTIONS)
BAD_KEYS = tuple(name for name in KEYS if name not in GOOD_KEYS)

FORMATS = ("json", "csv", "ndjson", "api", "xlsx", "JSON", "json,csv", "'", "\x00", "")
ACCEPTS = (
    "application/json",
    "text/csv",
    "application/x-ndjson",
    "text/html",
    "*/*",
    "application/*",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/pdf",
    "application/json; indent=4",
    "application/json; version=1.0",
    "text/csv; charset=utf-16",
    "text/csv;q=0.1, application/json",
    "",
    ",",
    ";",
    "/",
    "json",
    "text/csv;q=",
    "a/b;" * 200,
    "application/json;indent=9999999999999999999",
)
# Beside GET and POST where they are described. Whatever is not served is to be refused.
METHODS = ("GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
OTHER_HEADERS = (
    ("Accept-Encoding", "gzip"),
    ("Accept-Encoding", "gzip;q=x, br"),
    ("Accept-Language", "ja, *;q=nonsense"),
    ("If-None-Match", '"0", W/"1", nonsense'),
    ("If-None-Match", "*"),
    ("If-Modified-Since", "yesterday"),
    ("Range", "bytes=5-1"),
    ("Cookie", "sessionid=nonsense; csrftoken=x"),
    ("Cookie", "sessionid=\x01;;=;a"),
    ("X-Requested-With", "XMLHttpRequest"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-For", "127.0.0.1, nonsense"),
    ("X-Request-ID", "' \" <script>alert(1)</script>"),
    ("Content-Type", "application/json"),
    ("Referer", "http://127.0.0.1/\xe9"),
    ("User-Agent", "=1+1"),
)
OUTSIDE = (
    "/",
    "/docs/",
    "/docs/swagger.json",
    "/docs/swagger.yaml",
    "/docs/?format=openapi",
    "/nonsense/",
    "/api/",
    "/api/v0/",
    "/api/v2/courses/",
    "/api/v0/status/",
    "/api/v1/health/",
    "/api/v0/authenticated/",
    "/api-auth/login/",
    "/api-auth/login/?next=//127.0.0.1/",
    "/static/nonsense.css",
    "/static/../manage.py",
    "/static/%2e%2e/manage.py",
    "/admin/",
)
OUTSIDE_IDS = (
    "/reports/download/{}/",
    "/static/{}",
    "/{}/",
    "/api/v0/{}",
    "/docs/{}",
    "/api/v0/courses/{}/",
    "/api-auth/{}",
)
# Of a longer body the command that repeats a request shows the beginning.
MOST_SHOWN = 2000
# Of which one in so many is of each of these kinds.
ONE_IN_OUTSIDE, ONE_IN_RAW, ONE_IN_WITHOUT_SLASH, ONE_IN_OTHER_HEADER = 40, 50, 40, 8


@dataclass(frozen=True)
class Request:
    number: int
    method: str
    # As it goes over the wire, with the query string.
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    # Which of KEYS it carries.
    key: str = "unrestricted"

    def curl(self, url):
        """The command that sends it again."""
        parts = ["curl", "-sgI" if self.method == "HEAD" else "-sgi", "--path-as-is", "-X", self.method]
        for name, value in self.all_headers():
            # curl takes a header without a value for one to leave out.
            parts += ["-H", f"{name}: {value}" if value else f"{name};"]
        command = f"{shlex.join(parts)} {shlex.quote(url + self.target)}"
        if self.body is None:
            return command
        plain = "".join(
            chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in self.body
        )
        shown = plain if len(plain) <= MOST_SHOWN else f"{plain[:MOST_SHOWN]} and so on, {len(self.body)} bytes"
        return f"printf %b {shlex.quote(shown)} | {command} --data-binary @-"

    def all_headers(self):
        authorization = KEYS[self.key]
        return (*((("Authorization", authorization),) if authorization else ()), *self.headers)


class Generator:
    """Makes the request of a number. Most carry a good key, half of these one that is not restricted."""

    def __init__(self, paths, known, seed):
        self.operations = [
            (path, method.upper(), operation.get("parameters", []))
            for path, methods in sorted(paths.items())
            for method, operation in sorted(methods.items())
            if method != "parameters"
        ]
        self.known = known
        self.seed = seed

    def request(self, number):
        random = Random(f"{self.seed} {number}")
        values = Values(random, self.known)
        if number % ONE_IN_OUTSIDE == ONE_IN_OUTSIDE - 1:
            return self.outside(number, random, values)
        # In turns, so that each is asked equally often.
        path, method, parameters = self.operations[number % len(self.operations)]
        if random.random() < 0.05:
            method = random.choice(METHODS)
        headers = dict(accept_headers(random))
        if random.randrange(ONE_IN_OTHER_HEADER) == 0:
            headers.update([random.choice(OTHER_HEADERS)])
        query = query_of(random, values, parameters)
        body = None
        if method in ("POST", "PUT", "PATCH"):
            body, kind = values.body(self.body_parameters(path))
            if kind is not None:
                headers["Content-Type"] = kind
        target = path_of(random, values, path) + query
        if random.randrange(ONE_IN_RAW) == 0:
            target = raw(random, target)
        return Request(number, method, target, tuple(headers.items()), body, self.key(random))

    def key(self, random):
        if random.random() < 0.15:
            return random.choice(BAD_KEYS)
        return random.choice((GOOD_KEYS[0], random.choice(GOOD_KEYS[1:])))

    def body_parameters(self, path):
        """The parameters of a path that a body may carry: those of the same path's GET."""
        return [p for other, _method, found in self.operations if other == path for p in found if p["in"] == "query"]

    def outside(self, number, random, values):
        """A request for what is no endpoint of the description."""
        path = random.choice(OUTSIDE)
        if random.random() < 0.5:
            path = random.choice(OUTSIDE_IDS).format(encoded(random, values.hostile()))
        method = random.choice(METHODS)
        body = b"username=a&password=b" if method == "POST" else None
        headers = list(accept_headers(random))
        if body:
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        return Request(number, method, path, tuple(headers), body, self.key(random))


def accept_headers(random):
    if random.random() < 0.6:
        yield "Accept", random.choice(ACCEPTS[:5]) if random.random() < 0.7 else random.choice(ACCEPTS)


def path_of(random, values, template):
    path = template
    for name in [part.partition("}")[0] for part in template.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", encoded(random, values.id(name)), 1)
    if random.randrange(ONE_IN_WITHOUT_SLASH) == 0:
        path = path.removesuffix("/")
    return path


def query_of(random, values, parameters):
    pairs = []
    for parameter in parameters:
        if parameter["in"] != "query" or parameter["name"] == "format":
            continue
        if random.random() < (0.95 if parameter.get("required") else 0.3):
            pairs += [(parameter["name"], value) for value in values.of_query(parameter)]
    if random.random() < 0.5:
        pairs.append(("format", random.choice(FORMATS[:2]) if random.random() < 0.7 else random.choice(FORMATS)))
    if random.random() < 0.05:
        pairs.append((random.choice(HOSTILE), random.choice(HOSTILE)))
    random.shuffle(pairs)
    written = [f"{encoded(random, name, query=True)}={encoded(random, text, query=True)}" for name, text in pairs]
    return "?" + "&".join(written) if written or random.random() < 0.02 else ""


def encoded(random, text, *, query=False):
    """A text as one client or another writes it into a URL."""
    how = random.random()
    safe = "" if how < 0.4 else "/:@|+!~*'(),;" if how < 0.95 or query else "/:@|+"
    written = quote(text.encode("utf-8", "surrogatepass"), safe=safe.replace("+", "") if query and how < 0.7 else safe)
    if query and how > 0.9:
        written = written.replace("%20", "+")
    return written


def raw(random, target):
    """A target with bytes that are no UTF-8, are encoded twice, or not at all."""
    place = random.randrange(1, len(target) + 1)
    broken = random.choice(
        (
            "%ff",
            "%c0%af",
            "%ed%a0%80",
            "%f4%90%80%80",
            "%2500",
            "%",
            "%0",
            "%zz",
            "%u0041",
            "%00",
            "%0d%0aX-Injected:%201",
        )
        + ("\xe9", "é", "日", ";", "\\", '"', "<", "|", "..;/", "//", "/../", "/%2e%2e/", "%2f%2f")
    )
    return target[:place] + broken + target[place:]
