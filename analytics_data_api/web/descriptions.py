"""The texts of the API's description that are not declared with an endpoint: introduction, ids and errors."""

import json
from typing import NamedTuple

from drf_yasg import openapi
from rest_framework import exceptions, serializers

from analytics_data_api.errors import (
    AnalyticsDatabaseUnavailable,
    CourseAccessDenied,
    CourseKeyMalformed,
    CourseNotFound,
    CourseNotSpecified,
    IllegalParameterValues,
    PersonalDataAccessDenied,
    RequestTooLarge,
    ResourceNotFound,
)
from analytics_data_api.web.error_responses import error_response

API_INFO = openapi.Info(
    title="Analytics Data API",
    default_version="v0",
    description=(
        "The figures of an Open edX site's courses, computed once a day by the site's pipeline.\n\n"
        "Press Authorize and enter your key (`edx` on demo data). `/api/v1/` has the same endpoints as `/api/v0/` and may "
        "read another database.\n\n"
        "A date is `YYYY-MM-DD`. A date-time is `YYYY-MM-DDTHHMMSS`, UTC, except where ISO 8601 is documented. Every "
        "response is also available as CSV, by `Accept: text/csv` or `?format=csv`. Errors are JSON in every format, "
        "except that a browser gets a page. Unknown parameters are ignored. A property marked `nullable` (`x-nullable` in "
        "Swagger 2) may be null."
    ),
)


class PathId(NamedTuple):
    """An id in a path. The example has rows in the demo data."""

    description: str
    example: str


IDS = {
    "course_id": PathId(
        "Id of the course run, raw or percent-encoded: `edX/DemoX/Demo_Course` or `course-v1:edX+DemoX+Demo_Course`.",
        "edX/DemoX/Demo_Course",
    ),
    "problem_id": PathId(
        "Id of the problem, raw or percent-encoded.",
        "i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829",
    ),
    "module_id": PathId(
        "Id of the subsection (sequential), raw or percent-encoded.",
        "i4x://edX/DemoX/Demo_Course/sequential/5c6c207e16dd47208c29bd8d3e68861e",
    ),
    "video_id": PathId(
        "The `pipeline_video_id` of the video in the course's list of videos, raw or percent-encoded.",
        "UniversityX/UX.3.01x/1T2015|i4x-UniversityX-UX_3_01x-video-03454e0ae0c72ae7b16fab3d6fdc2143",
    ),
    "username": PathId("Username of the learner, raw or percent-encoded.", "dan-friedman"),
    "data_set": PathId("Name of the data set in the list of data sets.", "enrollment"),
    "report_name": PathId("Name of the report.", "problem_response"),
}

# The keys of a paged response beside its list.
OPTIONAL_PAGE_KEYS = {
    "search": {
        "type": "string",
        "enum": ["prefix"],
        "description": "`prefix` if no whole word matched text_search, so that its terms were tried as beginnings.",
    },
}
PAGE_KEYS = {
    "count": {"type": "integer", "format": "int64", "description": "Number of rows on all pages."},
    "num_pages": {"type": "integer", "format": "int64", "description": "Number of pages, at least 1."},
    "next": {"type": "string", "x-nullable": True, "description": "URL of the next page; null on the last page."},
    "previous": {
        "type": "string",
        "x-nullable": True,
        "description": "URL of the previous page; null on the first page.",
    },
}


class ErrorSerializer(serializers.Serializer):
    error_code = serializers.CharField(help_text="The kind of error, for programs.")
    developer_message = serializers.CharField(help_text="The error and the allowed values, for people.")
    detail = serializers.CharField(required=False, help_text="The message again, where older clients expect it.")


def messages_field(help_text):
    return serializers.ListField(child=serializers.CharField(), required=False, help_text=help_text)


class TokenErrorSerializer(ErrorSerializer):
    username = messages_field("Errors of the username.")
    password = messages_field("Errors of the password.")
    non_field_errors = messages_field("Errors of username and password together.")


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="The user's key.")


class DescribedError:
    """An error in the description, with the body that the server returns for it."""

    def __init__(self, error, description, headers=None):
        response = error_response(error)
        self.status = str(response.status_code)
        self.example = json.loads(response.content)
        self.description = description
        self.headers = headers


def not_found_error(errors):
    """Return the 404 of an endpoint that raises these classes of errors."""
    if errors == (ResourceNotFound,):
        return NO_ROWS
    codes = ", ".join(f"`{error.default_code}`" for error in errors)
    example = CourseNotFound("edX/DemoX/Unheard_Of") if CourseNotFound in errors else errors[0]()
    return DescribedError(example, f"{codes}: it does not exist.")


def fixed_error(error):
    """Return the description of an error class with a fixed message."""
    return DescribedError(error(), f"`{error.default_code}`: {error.default_detail}")


RETRY_AFTER = {"Retry-After": {"type": "integer", "description": "Seconds to wait before you try again."}}

BAD_PARAMETER = DescribedError(
    IllegalParameterValues("format", "xml", "one of json, csv"),
    "`illegal_parameter_values`: a parameter is invalid; the message names it, its value and the allowed values.",
)
MALFORMED_COURSE_ID = DescribedError(
    CourseKeyMalformed("DemoX"),
    f"{BAD_PARAMETER.description} `course_key_malformed`, `course_not_specified`: the course id in the path is invalid.",
)
COURSE_ID_OF_QUERY = DescribedError(
    CourseNotSpecified(),
    f"`course_not_specified`, `course_key_malformed`: course_id is missing or malformed. {BAD_PARAMETER.description}",
)
BAD_LIST = DescribedError(
    CourseKeyMalformed("DemoX"),
    f"{BAD_PARAMETER.description} `course_key_malformed`, `course_not_specified`: course_ids has a malformed id or is "
    "empty. `parse_error`: the body is malformed.",
)
NO_ROWS = DescribedError(ResourceNotFound("There is no data of ... for these parameters."), "`not_found`: no rows.")
NO_SUCH_FORMAT = DescribedError(
    exceptions.NotAcceptable(), "`not_acceptable`: the Accept header names none of the formats."
)
BAD_PASSWORD = DescribedError(
    exceptions.ValidationError({"non_field_errors": ["Unable to log in with provided credentials."]}),
    "`illegal_parameter_values`: the username or the password is missing or wrong. `parse_error`: the body is malformed.",
)
NO_FORM = DescribedError(
    exceptions.UnsupportedMediaType("text/plain"), "`unsupported_media_type`: the body is neither a form nor JSON."
)
TOO_LARGE = DescribedError(
    RequestTooLarge(2 * 1024 * 1024), "`request_too_large`: the body is larger than the server accepts."
)
NO_KEY = DescribedError(
    exceptions.NotAuthenticated(), "`not_authenticated`, `authentication_failed`: the key is missing or wrong."
)
TOO_MANY_REQUESTS = DescribedError(
    exceptions.Throttled(wait=5),
    "`throttled`: the user has sent more requests than the rate in the RateLimit headers allows.",
    RETRY_AFTER,
)
TOO_MANY_LOGINS = DescribedError(
    exceptions.Throttled(wait=5),
    "`throttled`: too many wrong passwords came from this address, or the server is checking others.",
    RETRY_AFTER,
)
COURSE_DENIED = DescribedError(
    CourseAccessDenied("edX/DemoX/Demo_Course"), "`course_access_denied`: the key has no access to the course."
)
PERSONAL_DENIED = DescribedError(
    PersonalDataAccessDenied(),
    f"`personal_data_access_denied`: {PersonalDataAccessDenied.default_detail} {COURSE_DENIED.description}",
)
NO_DATABASE = DescribedError(
    AnalyticsDatabaseUnavailable(),
    "`analytics_database_unavailable`: a database is not available; try again later.",
    RETRY_AFTER,
)
