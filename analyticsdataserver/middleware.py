"""Middleware for every request: conditional requests, UTF-8, and sessions for requests that have one."""

from hashlib import blake2b

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response

from analytics_data_api.errors import PreconditionFailed
from analytics_data_api.web.error_responses import error_response

API_PATH = "/api/"


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


class CompressionMiddleware(GZipMiddleware):
    """Compresses responses, except CSV.

    Dashboards pass the headers of CSV on with a body that they have unpacked. Data sets are read by programs alone.
    """

    def process_response(self, request, response):
        is_csv = response.get("Content-Type", "").startswith("text/csv")
        if is_csv and "/data_sets/" not in request.path_info:
            return response
        return super().process_response(request, response)


def has_no_session(request):
    """Return True if a request is for the API and has no session cookie."""
    return request.path_info.startswith(API_PATH) and settings.SESSION_COOKIE_NAME not in request.COOKIES


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
