"""Middleware for every request: conditional requests, UTF-8, and sessions for requests that have one."""

from hashlib import blake2b

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import get_conditional_response

from analytics_data_api.errors import PreconditionFailed
from analytics_data_api.web.error_responses import error_response

API_PATH = "/api/"
# Service endpoints that look for no user, and the one that looks for a key.
OPEN_PATHS = ("/status/", "/health/")
KEY_PATH = "/authenticated/"
# Values of the Host header that a process remembers.
MAX_HOSTS = 100
# The headers of a conditional request.
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")


class ConditionalGetMiddleware:
    """Sets a strong ETag on each response that is not streamed, and answers 304 if the client has it already.

    If the client demands another response by If-Match, it gets 412.

    A client may keep a response in a private cache but has to revalidate it each time: the data changes about once a day, at
    no fixed time.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        if request.path_info.startswith(API_PATH) and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
        if response.streaming or "no-store" in response.get("Cache-Control", ""):
            return response
        if not response.has_header("ETag"):
            response.headers["ETag"] = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
        if not any(name in request.META for name in CONDITIONS):
            return response
        found = get_conditional_response(request, etag=response.headers["ETag"], response=response)
        return error_response(PreconditionFailed()) if found.status_code == PreconditionFailed.status_code else found


class Utf8Middleware:
    """Decodes URLs and forms as UTF-8, as the URL standard demands.

    Django would decode both by the charset of the Content-Type, and then ignore parameters whose names it misread.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.encoding is not None:
            request.encoding = "utf-8"
        return self.get_response(request)


class HostsMiddleware(CommonMiddleware):
    """Checks each Host header once, adds Content-Length, and redirects to URLs with a slash."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self.allowed = set()
        # The other header would have to be checked as well.
        self.max_allowed = 0 if settings.USE_X_FORWARDED_HOST else MAX_HOSTS

    def process_request(self, request):
        host = request.META.get("HTTP_HOST")
        if host in self.allowed:
            return None
        response = super().process_request(request)
        if response is None and host is not None and len(self.allowed) < self.max_allowed:
            self.allowed.add(host)
        return response


def has_no_session(request):
    """Return True if a request needs no session. The first middleware that asks decides for the others."""
    found = request.__dict__.get("has_no_session")
    if found is None:
        found = request.has_no_session = is_without_session(request)
    return found


def is_without_session(request):
    """Return True if a request is for the API and has no session cookie, or asks a service endpoint and has no cookie."""
    path, headers = request.path_info, request.META
    if path.startswith(API_PATH):
        return "HTTP_COOKIE" not in headers or settings.SESSION_COOKIE_NAME not in request.COOKIES
    if "HTTP_COOKIE" in headers:
        return False
    # Without a key the session would be looked for.
    is_for_key = path == KEY_PATH and headers.get("HTTP_AUTHORIZATION", "").startswith("Token ")
    return is_for_key or path in OPEN_PATHS


class ForSessions:
    """Skips requests to the API without a session: a client with a key needs nothing that a browser's login needs."""

    def __call__(self, request):
        return self.get_response(request) if has_no_session(request) else super().__call__(request)


class SessionsMiddleware(ForSessions, SessionMiddleware):
    pass


class SessionCsrfMiddleware(ForSessions, CsrfViewMiddleware):
    # Django calls this hook separately. The API's views are exempt, since DRF checks requests with a session itself.
    def process_view(self, request, callback, callback_args, callback_kwargs):
        if has_no_session(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class SessionUsersMiddleware(ForSessions, AuthenticationMiddleware):
    pass


class SessionMessagesMiddleware(ForSessions, MessageMiddleware):
    pass
