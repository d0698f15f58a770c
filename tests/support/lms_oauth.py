"""The part of the LMS that logs readers in: OAuth2 with an authorization code and PKCE, and the courses of a role."""

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID, CLIENT_SECRET = "pages", "s3cret"


@dataclass
class LoginStub:
    """A running LMS with one user who is logged in there. ``courses`` are ids by role."""

    url: str = ""
    username: str = "staff1"
    courses: dict = field(default_factory=dict)
    is_administrator: bool = False
    is_broken: bool = False
    codes: dict = field(default_factory=dict)
    redirect_uris: list = field(default_factory=list)

    def authorize(self, query):
        """Do what the LMS does when its user agrees: return the URL that leads back."""
        assert query["client_id"] == CLIENT_ID and query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form, authorization):
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        query = self.codes.pop(form.get("code"), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if query is None or authorization != f"Basic {expected}" or challenge.decode() != query["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != query["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "t0ken", "token_type": "Bearer", "expires_in": 3600, "scope": query["scope"]}

    def get(self, path, query):
        if self.is_broken:
            return 503, {"detail": "out of order"}
        if path == "/oauth2/user_info":
            user = {"preferred_username": self.username, "email": f"{self.username}@example.com"}
            return 200, user | {"administrator": self.is_administrator}
        if path == "/api/courses/v1/course_ids/" and query.get("username") == self.username:
            # One id on each page, so that pages are followed.
            found, page = self.courses.get(query["role"], []), int(query.get("page", 1))
            following = None
            if page < len(found):
                following = f"http://inner.example{path}?{urlencode({**query, 'page': page + 1})}"
            return 200, {"results": found[page - 1 : page], "pagination": {"next": following, "count": len(found)}}
        return 404, {"detail": "not found"}


@contextmanager
def running(stub):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urlsplit(self.path)
            is_known = self.headers["Authorization"] == "Bearer t0ken"
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            self.answer(*stub.get(url.path, query) if is_known else (401, {"detail": "who are you?"}))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(*stub.token(form, self.headers["Authorization"]))

        def answer(self, status, content):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
