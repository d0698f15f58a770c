"""The one place that turns errors into JSON.

The body is ``{"error_code": …, "developer_message": …}`` whatever format the request asks for. Errors that Django REST
framework raises itself keep its ``detail`` beside these two. A browser gets a page of the browsable API around the JSON.
"""

import logging
import sys

import orjson
from django.conf import settings
from django.core.exceptions import DisallowedHost, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.response import Response
from rest_framework.settings import api_settings

from analytics_data_api.errors import (
    AnalyticsDatabaseUnavailable,
    ApiError,
    IllegalParameterValues,
    RequestTooLarge,
    ResourceNotFound,
)
from analytics_data_api.sql.failures import as_database_failure, in_one_line
from analytics_data_api.web.renderers import AcceptNegotiation, requested_format

logger = logging.getLogger(__name__)


def json_response(body, status, headers=None):
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json", headers=headers)


def as_api_exception(error):
    """Return the API exception for any exception, or None for a crash."""
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return ResourceNotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return RequestTooLarge(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(error, SuspiciousOperation):
        # The request exceeds one of Django's limits.
        return exceptions.ParseError(str(error))
    known = as_database_failure(error)
    if isinstance(known, AnalyticsDatabaseUnavailable):
        logger.error("%s: %s", known.default_code, in_one_line(error))
    return known


def first_message(detail, field=None):
    """Return the first message in the detail of an error, after the name of its field if it has one."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return first_message(inner, None if name == "non_field_errors" else name)
    if isinstance(detail, list):
        return first_message(detail[0], field) if detail else ""
    return f"{field}: {detail}" if field else str(detail)


def developer_message(error):
    """Return the message of an error, with the expected values where Django REST framework does not name them."""
    message = first_message(error.detail)
    if isinstance(error, exceptions.NotAuthenticated):
        return f"{message} Expected the header Authorization: Token KEY."
    if isinstance(error, exceptions.NotAcceptable):
        types = [renderer.media_type for renderer in error.available_renderers or ()]
        return f"{message} Expected one of {', '.join(types)}." if types else message
    if isinstance(error, exceptions.UnsupportedMediaType):
        types = [parser.media_type for parser in api_settings.DEFAULT_PARSER_CLASSES]
        return f"{message} Expected one of {', '.join(types)}."
    return message


def error_response(error, make_response=json_response):
    """Return the response to an API exception."""
    headers = dict(getattr(error, "headers", {}))
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None) is not None:
        headers["Retry-After"] = str(int(error.wait))
    if isinstance(error, exceptions.ValidationError):
        # Clients of Django REST framework look for the invalid fields at the top of the body.
        fields = error.detail if isinstance(error.detail, dict) else {"detail": error.detail}
        body = {**fields, "error_code": IllegalParameterValues.default_code}
    else:
        body = {"error_code": error.get_codes()}
        # Older servers had it in their own errors and in every 404, and clients read it.
        if not isinstance(error, ApiError) or error.status_code == 404:
            body["detail"] = str(error.detail)
    body["developer_message"] = developer_message(error)
    return make_response(body, status=error.status_code, headers=headers)


def page_renderer(request, view):
    """Return the browsable API's renderer if the request asks for pages, or None."""
    renderers = view.get_renderers()
    named = [renderer for renderer in renderers if renderer.format == requested_format(request)]
    try:
        renderer = named[0] if named else AcceptNegotiation().select_renderer(request, renderers)[0]
    except exceptions.NotAcceptable:
        return None
    return renderer if isinstance(renderer, BrowsableAPIRenderer) else None


def exception_handler(error, context):
    """Return the response to an exception in a view, or None to leave a crash to ``server_error``."""
    known = as_api_exception(error)
    if known is None:
        return None
    request = context["request"]
    # A page would read the user from the database, which an error of the server may be about.
    renderer = page_renderer(request, context["view"]) if known.status_code < 500 else None
    if renderer is None:
        return error_response(known)
    request.accepted_renderer, request.accepted_media_type = renderer, renderer.media_type
    return error_response(known, Response)


def page_error(status_code, error_code, message, headers=None):
    """Return an error response outside any view. Older clients expect the status code in the body too."""
    body = {"status": status_code, "error_code": error_code, "developer_message": message}
    if status_code == 404:
        body["detail"] = message
    return json_response(body, status_code, headers)


def bad_request(request, exception=None):
    if isinstance(exception, DisallowedHost):
        return page_error(400, "bad_request", "The Host header is not in the server's ALLOWED_HOSTS.")
    return page_error(400, "bad_request", "The request is malformed.")


def permission_denied(request, exception=None):
    return page_error(403, "permission_denied", "The request is not permitted.")


def csrf_failure(request, reason=""):
    return page_error(403, "permission_denied", f"The request comes from a browser without a CSRF token: {reason}")


def page_not_found(request, exception=None):
    return page_error(404, "not_found", f"The page {request.path} does not exist. See /docs/ for the endpoints.")


def server_error(request):
    # Sessions are read and written outside any view, so a database failure can arrive here.
    known = as_api_exception(sys.exception())
    if isinstance(known, AnalyticsDatabaseUnavailable):
        response = error_response(known)
        # Without this flag Django would log the traceback as well.
        response._has_been_logged = True
        return response
    message = f"The server failed to respond. Its log has the traceback, with the request id {request.id}."
    return page_error(500, "error", message)
