"""Every error that a client can see: its status, its code and its message; and the one place that turns it into JSON.

The body is ``{"error_code": …, "developer_message": …}`` whatever format was asked for. Errors that Django REST
framework raises itself keep its ``detail`` beside these two.
"""

import logging

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.utils import InterfaceError, OperationalError, ProgrammingError
from django.http import Http404, HttpResponse
from rest_framework import exceptions, status

logger = logging.getLogger(__name__)

MYSQL_UNKNOWN_COLUMN = 1054
# Texts of two character sets, or of two collations, cannot be compared.
MYSQL_INCOMPARABLE = (1267, 1270, 1271)
# MariaDB does not compare a text with characters that the column's character set does not have.
MYSQL_INCOMPARABLE_TEXTS = (1267, 1270, 1271)

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


class AnalyticsDatabaseUnavailable(ApiError):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "analytics_database_unavailable"
    default_detail = "A database does not answer. Try again later."
    headers = {"Retry-After": str(DATABASE_RETRY_AFTER)}


class DatabaseNotPrepared(AnalyticsDatabaseUnavailable):
    default_detail = "A table or a column is missing in a database; its operator has to run the migrations."


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
    if isinstance(error, OperationalError) and error.args and error.args[0] in MYSQL_INCOMPARABLE_TEXTS:
        return ResourceNotFound("There is no data of a text with characters that the database cannot hold.")
    if asks_for_impossible_text(error):
        return ResourceNotFound("There is no data of this text: the database cannot even hold it.")
    if isinstance(error, SuspiciousOperation):
        # Django's limits on what a request may hold.
        return exceptions.ParseError(str(error))
    if isinstance(error, ProgrammingError) or lacks_table_or_column(error):
        logger.error("database not prepared: %s", error)
        return DatabaseNotPrepared()
    if isinstance(error, (OperationalError, InterfaceError)):
        logger.error("database unavailable: %s", error)
        return AnalyticsDatabaseUnavailable()
    return None


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
    body["developer_message"] = first_message(error.detail)
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
    return page_error(400, "bad_request", "The request is malformed.")


def permission_denied(request, exception=None):
    return page_error(403, "permission_denied", "The request is not permitted.")


def page_not_found(request, exception=None):
    return page_error(404, "not_found", f"There is no such page: {request.path}. The endpoints are listed at /docs/.")


def server_error(request):
    return page_error(500, "error", "The server failed to answer. The failure is in its log.")
