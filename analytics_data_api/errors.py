"""Every error that a client can see: its status, its code and its message; and the one place that turns it into JSON.

The body is ``{"error_code": …, "developer_message": …}`` whatever format was asked for. Errors that Django REST
framework raises itself keep its ``detail`` beside these two.
"""

import logging
import sys

import orjson
from django.conf import settings
from django.core.exceptions import DisallowedHost, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db.utils import DatabaseError, InterfaceError, InternalError, OperationalError, ProgrammingError
from django.http import Http404, HttpResponse
from rest_framework import exceptions, status
from rest_framework.settings import api_settings

logger = logging.getLogger(__name__)

MYSQL_UNKNOWN_COLUMN = 1054
# Texts of two character sets, or of two collations, cannot be compared.
MYSQL_INCOMPARABLE = (1267, 1270, 1271)
# A statement took longer than the session allows, in MariaDB and in MySQL.
MYSQL_TOO_SLOW = (1969, 3024)
# Errors of the driver, not of the server: the connection is lost or cannot be used.
MYSQL_DRIVER_ERRORS = range(2000, 3000)

# After how many seconds a client may try again where a database does not answer.
DATABASE_RETRY_AFTER = 5


class ApiError(exceptions.APIException):
    """An error of this API. Its code and message are the answer's ``error_code`` and ``developer_message``."""

    status_code = status.HTTP_400_BAD_REQUEST
    headers: dict[str, str] = {}

    def __init__(self, message=None):
        super().__init__(detail=message, code=self.default_code)


class CourseNotSpecified(ApiError):
    default_code = "course_not_specified"
    default_detail = "course_id is missing: name a course, such as course-v1:edX+DemoX+Demo_2014."


class CourseKeyMalformed(ApiError):
    default_code = "course_key_malformed"

    def __init__(self, course_id):
        super().__init__(
            f"course_id {course_id!r} is no course id: expected org/course/run or course-v1:org+course+run."
        )


class IllegalParameterValues(ApiError):
    default_code = "illegal_parameter_values"

    def __init__(self, parameter, value, allowed):
        """``allowed`` completes the sentence "expected …"."""
        super().__init__(f"{parameter} {value!r} is not allowed: expected {allowed}.")


class ResourceNotFound(ApiError):
    """The id in the URL is well formed, but there are no rows of it."""

    status_code = status.HTTP_404_NOT_FOUND
    default_code = "not_found"
    default_detail = "There is no such page."


class CourseNotFound(ResourceNotFound):
    default_code = "course_not_found"

    def __init__(self, course_id):
        super().__init__(f"There is no data of the course {course_id!r}.")


class SegmentNotFound(ResourceNotFound):
    default_code = "segment_not_found"

    def __init__(self, segment, known):
        super().__init__(f"The course has no segment {segment!r}: it has {', '.join(known)}.")


class CourseAccessDenied(ApiError):
    """Says nothing of whether there is such a course."""

    status_code = status.HTTP_403_FORBIDDEN
    default_code = "course_access_denied"
    default_detail = "The key is restricted to courses, and may not see what spans all of them."

    def __init__(self, course_id=None):
        super().__init__(course_id and f"The key may not see the course {str(course_id)!r}.")


class PersonalDataAccessDenied(ApiError):
    status_code = status.HTTP_403_FORBIDDEN
    default_code = "personal_data_access_denied"
    default_detail = "The key may not see personal data."


class CohortNotFound(ResourceNotFound):
    default_code = "cohort_not_found"

    def __init__(self, cohort):
        super().__init__(f"The course has no cohort {cohort!r}.")


class EnrollmentModeNotFound(ResourceNotFound):
    default_code = "enrollment_mode_not_found"

    def __init__(self, mode):
        super().__init__(f"The course has no learners in the enrollment mode {mode!r}.")


class LearnerNotFound(ResourceNotFound):
    default_code = "no_learner_for_course"

    def __init__(self, username, course_id):
        super().__init__(f"There is no learner {username!r} in the roster of the course {course_id!r}.")


class TimelineNotFound(ResourceNotFound):
    default_code = "no_learner_engagement_timeline"

    def __init__(self, username, course_id):
        super().__init__(f"The learner {username!r} has no engagement in the course {course_id!r}.")


class ReportFileNotFound(ResourceNotFound):
    default_code = "report_file_not_found"
    default_detail = "There is no such file."


class CannotCreateReportDownloadLink(ApiError):
    status_code = status.HTTP_501_NOT_IMPLEMENTED
    default_code = "cannot_create_report_download_link"
    default_detail = "The storage of the report files gives no link to the file. The reason is in the server's log."


class RequestTooLarge(ApiError):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "request_too_large"

    def __init__(self, most):
        """``most`` is the number of bytes that a request may have."""
        super().__init__(f"The body of the request is too large: expected at most {most} bytes.")


class AnalyticsDatabaseUnavailable(ApiError):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "analytics_database_unavailable"
    default_detail = "A database does not answer. Try again later."
    headers = {"Retry-After": str(DATABASE_RETRY_AFTER)}


class DatabaseNotPrepared(AnalyticsDatabaseUnavailable):
    default_detail = "A table or a column is missing in a database; its operator has to run the migrations."


class DatabaseTooSlow(AnalyticsDatabaseUnavailable):
    default_detail = "A database took too long for what was asked. Ask for less, or try again later."


def json_response(body, status_code, headers=None):
    return HttpResponse(orjson.dumps(body), status=status_code, content_type="application/json", headers=headers)


def as_api_exception(error):
    """The API exception that stands for any other, or None for a crash."""
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return ResourceNotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return RequestTooLarge(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(error, SuspiciousOperation):
        # Django's limits on what a request may hold.
        return exceptions.ParseError(str(error))
    known = as_database_failure(error)
    if isinstance(known, AnalyticsDatabaseUnavailable):
        logger.error("%s: %s", known.default_code, in_one_line(error))
    return known


def as_database_failure(error):
    """The API exception that stands for an error of a database, or None if it is none, or one that is our fault."""
    number = error.args[0] if error.args else None
    if asks_for_impossible_text(error):
        return ResourceNotFound("There is no data of this text: the database cannot even hold it.")
    if lacks_table_or_column(error) or (isinstance(error, ProgrammingError) and number not in MYSQL_DRIVER_ERRORS):
        return DatabaseNotPrepared()
    if isinstance(error, OperationalError) and number in MYSQL_TOO_SLOW:
        return DatabaseTooSlow()
    # SQLite has no class of its own for a file that is damaged or no database.
    if isinstance(error, (OperationalError, InterfaceError, InternalError, ProgrammingError)) or (
        type(error) is DatabaseError
    ):
        return AnalyticsDatabaseUnavailable()
    return None


def in_one_line(error):
    return " ".join(str(error).split())


def lacks_table_or_column(error):
    """Whether a database has answered, with an OperationalError, that it does not have what was asked of it.

    SQLite says so in words, MySQL of a column by a number; of a table it says so with a ProgrammingError.
    """
    return isinstance(error, OperationalError) and str(error.args[0] if error.args else "").startswith(
        ("no such table", "no such column", str(MYSQL_UNKNOWN_COLUMN))
    )


def asks_for_impossible_text(error):
    """Whether a text of the request has characters that the column, of a character set smaller than Unicode, cannot hold.

    MariaDB does not find such a text, as others do, but refuses to look for it. A text of the request is "coercible" to
    the column's collation, which another column's is not.
    """
    return (
        isinstance(error, OperationalError)
        and bool(error.args)
        and error.args[0] in MYSQL_INCOMPARABLE
        and "COERCIBLE" in str(error)
    )


def first_message(detail, field=None):
    """The first sentence of what DRF says of a body, with the name of the field that it is about."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return first_message(inner, None if name == "non_field_errors" else name)
    if isinstance(detail, list):
        return first_message(detail[0], field) if detail else ""
    return f"{field}: {detail}" if field else str(detail)


def developer_message(error):
    """What is wrong, and what is expected where Django REST framework does not say so."""
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


def error_response(error):
    """The answer to an API exception."""
    headers = dict(getattr(error, "headers", {}))
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None) is not None:
        headers["Retry-After"] = str(int(error.wait))
    if isinstance(error, exceptions.ValidationError):
        # The fields that DRF complains about stay where its clients look for them.
        fields = error.detail if isinstance(error.detail, dict) else {"detail": error.detail}
        body = {**fields, "error_code": IllegalParameterValues.default_code}
    else:
        body = {"error_code": error.get_codes()}
        if not isinstance(error, ApiError):
            body["detail"] = str(error.detail)
    body["developer_message"] = developer_message(error)
    return json_response(body, error.status_code, headers)


def exception_handler(error, context):
    """DRF's hook for whatever a view raises; None leaves a crash to ``server_error``."""
    known = as_api_exception(error)
    return None if known is None else error_response(known)


def page_error(status_code, error_code, message, headers=None):
    """An answer outside any view. ``status`` repeats the status code in the body, as clients of old expect it."""
    body = {"status": status_code, "error_code": error_code, "developer_message": message}
    return json_response(body, status_code, headers)


def bad_request(request, exception=None):
    if isinstance(exception, DisallowedHost):
        return page_error(400, "bad_request", "The host of the request is not among the server's ALLOWED_HOSTS.")
    return page_error(400, "bad_request", "The request is malformed.")


def permission_denied(request, exception=None):
    return page_error(403, "permission_denied", "The request is not permitted.")


def csrf_failure(request, reason=""):
    return page_error(403, "permission_denied", f"The request of a browser lacks its CSRF token: {reason}")


def page_not_found(request, exception=None):
    return page_error(404, "not_found", f"There is no such page: {request.path}. The endpoints are listed at /docs/.")


def server_error(request):
    # What fails outside of a view: sessions are read and written around it.
    known = as_api_exception(sys.exception())
    if isinstance(known, AnalyticsDatabaseUnavailable):
        response = error_response(known)
        # Or else Django would log the traceback as well.
        response._has_been_logged = True
        return response
    return page_error(
        500, "error", f"The server failed to answer. The failure is in its log, by the request id {request.id}."
    )
