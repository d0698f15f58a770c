"""A stub of the LMS and of its catalog service: the documented endpoints as a real HTTP server.

It answers from a site's data (``lms_site.py``), pages as the documents say, and refuses what they refuse. Faults, throttles
and the lifetime of tokens can be switched while it runs.
"""

import base64
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import orjson

from tests.support.lms_site import STAFF, Site

CLIENT_ID, CLIENT_SECRET = "analytics", "s3cr3t:%ü"
LONGEST_LINE = 4094
# The host that an LMS behind a proxy names in the URLs of pages.
INNER_HOST = "http://inner.example:8000"
COURSES, COHORTS, MODES, GRADES, SUBMISSIONS = (
    "/api/courses/v1/courses/",
    "/api/cohorts/v1/courses/",
    "/api/course_modes/v1/courses/",
    "/api/grades/v1/courses/",
    "/api/grades/v1/submission_history/",
)


class StubRefusal(Exception):
    """A response other than 200."""

    def __init__(self, status, message, **headers):
        super().__init__(message)
        self.status, self.headers = status, headers


@dataclass
class Stub:
    """The state of a running stub. ``faults`` are answered in place of the next requests whose path contains a text."""

    site: Site
    url: str = ""
    requests: list[str] = field(default_factory=list)
    faults: deque = field(default_factory=deque)
    # Requests that a token may send; None for any number.
    token_requests: int | None = None
    tokens_given: int = 0
    token_left: int = 0
    # Requests that are answered before the throttle says 429, and the seconds that it then asks to wait.
    throttle: int | None = None
    retry_after: str | None = "0"
    is_staff: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, part, status, times=1, *, body=b'{"detail": "out of order"}', **headers):
        """Answer the next requests to paths with this part by a status; ``status`` None closes the connection."""
        self.faults.extend([(part, status, body, headers)] * times)

    def fault_of(self, path):
        with self.lock:
            for fault in self.faults:
                if fault[0] in path:
                    self.faults.remove(fault)
                    return fault[1:]
        return None


@contextmanager
def lms_stub(site, port=0):
    """Yield a running stub."""
    stub = Stub(site)
    handler = type("Handler", (StubHandler,), {"stub": stub})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class StubHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    stub: Stub

    def log_message(self, *_arguments):
        pass

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        self.respond(lambda: self.token({name: values[0] for name, values in form.items()}))

    def do_GET(self):
        self.respond(self.rows)

    def respond(self, answer):
        self.stub.requests.append(self.path)
        parts = urlsplit(self.path)
        status, headers = 200, {}
        fault = self.stub.fault_of(self.path)
        if fault:
            status, body, headers = fault
            if status is None:
                self.close_connection = True
                return
        else:
            try:
                if len(self.requestline) > LONGEST_LINE:
                    raise StubRefusal(414, "Request-URI Too Long")
                self.where, self.query = (
                    unquote(parts.path),
                    {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                )
                body = orjson.dumps(answer())
            except StubRefusal as refusal:
                status, headers = refusal.status, refusal.headers
                body = orjson.dumps({"developer_message": str(refusal)})
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": len(body)}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def token(self, form):
        if self.path != "/oauth2/access_token":
            raise StubRefusal(404, "Not found.")
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {expected}":
            raise StubRefusal(401, "invalid_client")
        if form.get("grant_type") != "client_credentials":
            raise StubRefusal(400, "unsupported_grant_type")
        with self.stub.lock:
            self.stub.tokens_given += 1
            self.stub.token_left = self.stub.token_requests or 0
            kind = "JWT" if form.get("token_type") == "jwt" else "Bearer"
            token = f"token-{self.stub.tokens_given}"
            return {"access_token": token, "expires_in": 3600, "token_type": kind, "scope": "read"}

    def check_token(self):
        stub = self.stub
        with stub.lock:
            if self.headers.get("Authorization") != f"JWT token-{stub.tokens_given}":
                raise StubRefusal(401, "Authentication credentials were not provided.")
            if stub.token_requests is not None:
                if not stub.token_left:
                    raise StubRefusal(401, "Token has expired.")
                stub.token_left -= 1
            if stub.throttle is not None:
                if not stub.throttle:
                    stub.throttle = None
                    raise StubRefusal(
                        429, "Request was throttled.", **({"Retry_After": stub.retry_after} if stub.retry_after else {})
                    )
                stub.throttle -= 1

    def rows(self):
        self.check_token()
        site, where, query = self.stub.site, self.where, self.query
        if where == "/api/user/v1/me":
            return {"username": STAFF}
        if where == "/api/courses/v1/course_ids/":
            self.need("username", "role")
            ids = site.roles.get((query["username"], query["role"].lower()), [])
            return self.numbered(ids, envelope="pagination", maximum=100)
        if where == COURSES:
            self.need("username")
            org = query.get("org", "").lower()
            return self.numbered(
                [course for course in site.courses.values() if not org or course["org"].lower() == org],
                envelope="pagination",
                maximum=100,
            )
        if where == "/api/courses/v1/blocks/":
            self.need("course_id")
            if query.get("all_blocks") != "true" and "username" not in query:
                raise StubRefusal(400, "This field is required unless all_blocks is requested.")
            return site.outline(self.course(query["course_id"]), query)
        if where.startswith(COURSES):
            return site.courses[self.course(where.removeprefix(COURSES).strip("/"))]
        if where == "/api/enrollment/v1/enrollments":
            if not self.stub.is_staff:
                raise StubRefusal(403, "You do not have permission to perform this action.")
            return self.by_cursor(site.enrollments.get(query.get("course_id"), []), size=100, maximum=None)
        if where == "/api/user/v1/accounts":
            self.need("username")
            found = [site.accounts[name] for name in query["username"].split(",") if name in site.accounts]
            if not found:
                raise StubRefusal(404, "Not found.")
            return found
        if where.startswith(COHORTS):
            return self.cohorts(where.removeprefix(COHORTS))
        if where.startswith(MODES):
            return site.modes[self.course(where.removeprefix(MODES).strip("/"))]
        if where.startswith(SUBMISSIONS):
            submissions = site.submissions[self.course(where.removeprefix(SUBMISSIONS).strip("/"))]
            return self.by_cursor(submissions, size=50, maximum=None)
        if where.startswith(GRADES):
            return self.by_cursor(site.grades[self.course(where.removeprefix(GRADES).strip("/"))], size=50, maximum=100)
        if where == "/api/v1/course_runs/":
            return self.by_offset(site.runs)
        raise StubRefusal(404, "Not found.")

    def cohorts(self, rest):
        course_id, _, rest = rest.partition("/cohorts/")
        cohorts = self.stub.site.cohorts[self.course(course_id)]
        if not rest:
            # The list of the page alone.
            return self.numbered(list(cohorts.values()), size=10, maximum=100)["results"]
        number = rest.partition("/")[0]
        if not number.isdigit() or int(number) not in cohorts:
            raise StubRefusal(404, "Cohort not found.")
        return self.numbered(self.stub.site.members.get(int(number), []), size=10, maximum=100)

    def need(self, *names):
        for name in names:
            if not self.query.get(name):
                raise StubRefusal(400, f"{name} is required.")

    def course(self, course_id):
        if course_id not in self.stub.site.courses or course_id in self.stub.site.deleted:
            raise StubRefusal(404, "Course not found.")
        return course_id

    def number(self, name, default, maximum=None):
        text = self.query.get(name, str(default))
        if not text.isdigit() or (maximum is not None and not 0 < int(text) <= maximum):
            raise StubRefusal(400, f"{name} {text} is not allowed.")
        return int(text)

    def link(self, **changes):
        return f"{INNER_HOST}{urlsplit(self.path).path}?{urlencode({**self.query, **changes})}"

    def numbered(self, items, *, maximum, size=10, envelope=None):
        size, page = self.number("page_size", size, maximum), self.number("page", 1)
        pages = max(1, -(-len(items) // size))
        if not 1 <= page <= pages:
            raise StubRefusal(404, "Invalid page.")
        around = {
            "next": self.link(page=page + 1) if page < pages else None,
            "previous": self.link(page=page - 1) if page > 1 else None,
            "count": len(items),
            "num_pages": pages,
        }
        results = items[(page - 1) * size : page * size]
        return {"results": results, envelope: around} if envelope else {**around, "results": results}

    def by_cursor(self, items, *, size, maximum):
        if maximum is not None:
            size = self.number("page_size", size, maximum)
        cursor = self.query.get("cursor")
        start = int(base64.urlsafe_b64decode(cursor)) if cursor else 0
        following = base64.urlsafe_b64encode(str(start + size).encode()).decode()
        return {
            "next": self.link(cursor=following) if start + size < len(items) else None,
            "previous": None,
            "results": items[start : start + size],
        }

    def by_offset(self, items):
        limit, offset = self.number("limit", 20, 100), self.number("offset", 0)
        following = self.link(limit=limit, offset=offset + limit) if offset + limit < len(items) else None
        return {"count": len(items), "next": following, "previous": None, "results": items[offset : offset + limit]}
