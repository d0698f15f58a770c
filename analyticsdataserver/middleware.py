"""What surrounds every request: validators for caches, and sessions for those who come with one."""

from hashlib import blake2b

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import get_conditional_response

API_PATH = "/api/"


class ConditionalGetMiddleware:
    """A strong ETag on each answer that is not streamed, and 304 for a client that has it already.

    A cache of the client's own may keep an answer, but has to ask each time whether it still holds: the figures change
    once a day, and nobody knows when.
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
        return get_conditional_response(request, etag=response.headers["ETag"], response=response)


class Utf8Middleware:
    """Texts of a URL and of a form are UTF-8, as the standard of URLs has it. Django would read both by the charset that a
    Content-Type names, and take parameters for others that are ignored."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.encoding is not None:
            request.encoding = "utf-8"
        return self.get_response(request)


def has_no_session(request):
    """Whether a request is for the API and comes without a browser's session."""
    return request.path_info.startswith(API_PATH) and settings.SESSION_COOKIE_NAME not in request.COOKIES


class ForSessions:
    """Leaves requests alone that have no session: a key needs none of what a browser's login needs."""

    def __call__(self, request):
        return self.get_response(request) if has_no_session(request) else super().__call__(request)


class SessionsMiddleware(ForSessions, SessionMiddleware):
    pass


class SessionCsrfMiddleware(ForSessions, CsrfViewMiddleware):
    # Django asks this one apart from the call; the API's views are exempt, as DRF checks requests of sessions itself.
    def process_view(self, request, callback, callback_args, callback_kwargs):
        if has_no_session(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class SessionUsersMiddleware(ForSessions, AuthenticationMiddleware):
    pass


class SessionMessagesMiddleware(ForSessions, MessageMiddleware):
    pass
