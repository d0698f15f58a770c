"""What becomes of an answer whose database fails outside of the API's views, or when a part of it has been sent."""

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
    """503 for pages that read sessions and users; and an answer that breaks off is seen to be broken."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # With a length a client can tell by itself.
        if response.streaming and not response.has_header("Content-Length"):
            response.streaming_content = to_the_end(request, response.streaming_content)
        return response

    def process_exception(self, request, exception):
        return error_response(as_api_exception(exception)) if as_database_failure(exception) else None


def to_the_end(request, chunks):
    """The chunks of an answer. Where one cannot be had the connection ends before the end of the answer."""
    try:
        yield from chunks
    except Exception as error:
        hang_up(request)
        if not (isinstance(error, APIException) or as_database_failure(error)):
            raise
        logger.error("%s broke off: %s", request.get_full_path().partition("?")[0], in_one_line(error))
        # gunicorn takes it for a client that has gone, which is no reason for a traceback.
        raise BrokenPipeError(errno.EPIPE, "the answer broke off") from error


def hang_up(request):
    """Closes the connection. An answer in chunks then lacks its last one, and so its end."""
    connection = request.environ.get("gunicorn.socket")
    if connection is None:
        return
    if request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":
        # There the end of the connection is the end of the answer. A reset is none.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with socket.socket() as unconnected:
        # gunicorn keeps its object and closes it in its own time: what that would say to the client must not get there.
        os.dup2(unconnected.fileno(), connection.fileno(), inheritable=False)
