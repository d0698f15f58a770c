"""Responses for databases that fail outside the API's views, or after a part of the response has been sent."""

import errno
import logging
import os
import socket
import struct

from rest_framework.exceptions import APIException

from analytics_data_api.sql.failures import as_database_failure, in_one_line
from analytics_data_api.web.error_responses import as_api_exception, error_response

logger = logging.getLogger(__name__)


class DatabaseFailuresMiddleware:
    """Answers 503 if a database of sessions or users fails, and makes an incomplete stream visible to the client."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # A client can tell an incomplete response by its Content-Length.
        if response.streaming and not response.has_header("Content-Length"):
            response.streaming_content = to_the_end(request, response.streaming_content)
        return response

    def process_exception(self, request, exception):
        return error_response(as_api_exception(exception)) if as_database_failure(exception) else None


def to_the_end(request, chunks):
    """Yield the chunks of a response. If one fails, close the connection before the end of the response."""
    try:
        yield from chunks
    except Exception as error:
        hang_up(request)
        if not (isinstance(error, APIException) or as_database_failure(error)):
            raise
        logger.error("%s broke off: %s", request.get_full_path().partition("?")[0], in_one_line(error))
        # To gunicorn this looks like a client that has gone, so it logs no traceback.
        raise BrokenPipeError(errno.EPIPE, "the response broke off") from error


def hang_up(request):
    """Close the connection, so that a chunked response lacks its last chunk."""
    connection = request.environ.get("gunicorn.socket")
    if connection is None:
        return
    if request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":
        # HTTP/1.0 ends a response by closing the connection. Resetting it shows that the response is incomplete.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with socket.socket() as unconnected:
        # gunicorn still holds the socket object and will write to it. Nothing of that may reach the client.
        os.dup2(unconnected.fileno(), connection.fileno(), inheritable=False)
