"""Responses for databases that fail outside the API's views, or after a part of the response has been sent."""

import errno
import logging

from django.db import connections
from rest_framework.exceptions import APIException

from analytics_data_api.sql.failures import as_database_failure, in_one_line
from analytics_data_api.web.error_responses import as_api_exception, error_response

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
        return error_response(as_api_exception(exception)) if is_known else None


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
