"""Every error that a client can see, with its status, its code and its message."""

from rest_framework import exceptions, status

# Seconds after which a client may retry if a database does not respond.
DATABASE_RETRY_AFTER = 5
# Seconds after which a client may retry if too many others stream data sets.
STREAM_RETRY_AFTER = 10
# Characters of a refused course id that a message repeats.
SHOWN_LENGTH = 200


class ApiError(exceptions.APIException):
    """An error of this API. Its code and message become the body's ``error_code`` and ``developer_message``."""

    status_code = status.HTTP_400_BAD_REQUEST
    headers: dict[str, str] = {}
    # Has a place for each value with which the error is raised. By default the only value is the message.
    template = "{}"

    def __init__(self, *values):
        super().__init__(detail=self.template.format(*values) if values else None, code=self.default_code)


class CourseNotSpecified(ApiError):
    default_code = "course_not_specified"
    default_detail = "course_id is missing: name a course, such as course-v1:edX+DemoX+Demo_2014."


class CourseKeyMalformed(ApiError):
    default_code = "course_key_malformed"
    template = "course_id {!r} is not a course id: expected org/course/run or course-v1:org+course+run."

    def __init__(self, course_id):
        shown = course_id if isinstance(course_id, str) else repr(course_id)
        super().__init__(shown if len(shown) <= SHOWN_LENGTH else f"{shown[:SHOWN_LENGTH]}…")


class IllegalParameterValues(ApiError):
    default_code = "illegal_parameter_values"
    # Parameter, value and what is allowed instead.
    template = "{} {!r} is not allowed: expected {}."


class ResourceNotFound(ApiError):
    """The id in the URL is well formed, but no row has it."""

    status_code = status.HTTP_404_NOT_FOUND
    default_code = "not_found"
    default_detail = "This page does not exist."


class TextNotStorable(ResourceNotFound):
    default_detail = "No rows match: the database's character set cannot represent this text."


class CourseNotFound(ResourceNotFound):
    default_code = "course_not_found"
    template = "The course {!r} has no data."


class SegmentNotFound(ResourceNotFound):
    default_code = "segment_not_found"

    def __init__(self, segment, known):
        super().__init__(f"The course has no segment {segment!r}: expected one of {', '.join(known)}.")


class CohortNotFound(ResourceNotFound):
    default_code = "cohort_not_found"
    template = "The course has no cohort {!r}."


class EnrollmentModeNotFound(ResourceNotFound):
    default_code = "enrollment_mode_not_found"
    template = "The course has no learners in the enrollment mode {!r}."


class LearnerNotFound(ResourceNotFound):
    default_code = "no_learner_for_course"
    template = "The roster of the course {1!r} has no learner {0!r}."


class TimelineNotFound(ResourceNotFound):
    default_code = "no_learner_engagement_timeline"
    template = "The learner {!r} has no engagement in the course {!r}."


class ReportFileNotFound(ResourceNotFound):
    default_code = "report_file_not_found"
    default_detail = "This file does not exist."


class CourseAccessDenied(ApiError):
    """The course may or may not exist: the message does not tell."""

    status_code = status.HTTP_403_FORBIDDEN
    default_code = "course_access_denied"
    default_detail = "The key is restricted to some courses, and this page spans all courses."
    template = "The key has no access to the course {!r}."


class PersonalDataAccessDenied(ApiError):
    status_code = status.HTTP_403_FORBIDDEN
    default_code = "personal_data_access_denied"
    default_detail = "The key has no access to personal data."


class CannotCreateReportDownloadLink(ApiError):
    status_code = status.HTTP_501_NOT_IMPLEMENTED
    default_code = "cannot_create_report_download_link"
    default_detail = "The storage of report files does not provide a link to the file. The server's log has the reason."


class PreconditionFailed(ApiError):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = "The response is not the one that the request's If-Match or If-Unmodified-Since header names."


class RequestTooLarge(ApiError):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "request_too_large"
    template = "The body of the request is too large: expected at most {} bytes."


class TooManyStreams(ApiError):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "too_many_streams"
    default_detail = "Too many clients download whole data sets or rosters. Try again later, or ask for smaller pages."
    headers = {"Retry-After": str(STREAM_RETRY_AFTER)}


class AnalyticsDatabaseUnavailable(ApiError):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "analytics_database_unavailable"
    default_detail = "A database does not respond. Try again later."
    headers = {"Retry-After": str(DATABASE_RETRY_AFTER)}


class DatabaseNotPrepared(AnalyticsDatabaseUnavailable):
    default_detail = "A database lacks a table or a column."

    def __init__(self, missing=None):
        lacks = f"A database lacks {missing}." if missing else self.default_detail
        super().__init__(f"{lacks} For its operator: ./manage.py check says what to do.")


class DatabaseTooSlow(AnalyticsDatabaseUnavailable):
    default_detail = "A database took too long for this request. Ask for less, or try again later."


class RosterReplaced(AnalyticsDatabaseUnavailable):
    """A load has replaced the roster that a request reads, and its rows are being deleted."""

    default_detail = "The roster is being replaced. Try again later."
