"""Responses for databases that fail outside the API's views, or after a part of the response has been sent."""

import errno
import logging

import orjson
from django.db import connections
from django.shortcuts import render
from rest_framework.exceptions import APIException

from analytics_data_api.sql.failures import as_database_failure, in_one_line
from analytics_data_api.web import error_responses
from analyticsdataserver.bodies import LOGIN_PAGES

logger = logging.getLogger(__name__)


class DatabaseFailuresMiddleware:
    """Answers errors of login pages and of the databases behind them, and makes an incomplete stream visible to clients."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # A client can tell an incomplete response by its Content-Length.
        if response.streaming and not response.has_header("Content-Length"):
            response.streaming_content = to_the_end(request, response.streaming_content)
        return response

    def process_exception(self, request, exception):
        is_known = isinstance(exception, APIException) or as_database_failure(exception)
        if not is_known:
            return None
        response = error_responses.error_response(error_responses.as_api_exception(exception))
        return on_login_page(request, response)


def csrf_refused(request, reason=""):
    return on_login_page(request, error_responses.csrf_failure(request, reason))


def on_login_page(request, response):
    """Return an error as a page if it is a login page's and the browser prefers pages to JSON."""
    preferred = request.get_preferred_type(["application/json", "text/html"])
    if request.path_info not in LOGIN_PAGES or preferred != "text/html":
        return response
    context = {"message": orjson.loads(response.content)["developer_message"]}
    page = render(request, "analytics_data_api/login_refused.html", context, status=response.status_code)
    for name, value in response.items():
        page.headers.setdefault(name, value)
    return page


def to_the_end(request, chunks):
    """Yield the chunks of a response. If one fails, close the connection before the end of the response."""
    used = connections.all(initialized_only=True)
    for connection in used:
        connection.has_begun = True
    try:
        yield from chunks
    except Exception as error:
        hang_up(request)
        if not (isinstance(error, APIException) or as_database_failure(error)):
            raise
        logger.error("%s broke off: %s", request.get_full_path().partition("?")[0], in_one_line(error))
        # The server treats it as a client that has disconnected, and logs no traceback.
        raise BrokenPipeError(errno.EPIPE, "the response broke off") from error
    finally:
        for connection in used:
            connection.has_begun = False


def hang_up(request):
    """Make an HTTP/1.0 client see that the response is incomplete.

    A response in chunks lacks its last chunk. In HTTP/1.0 the end of the connection is the end of the response, and only a
    reset is not.
    """
    abort = request.environ.get("analytics.abort")
    if abort is not None and request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":
        abort()
