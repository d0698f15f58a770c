"""The words of the API's description: what stands around the endpoints, their ids and their errors."""

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
        "Press Authorize and enter `Token`, a space and your key (`Token edx` on demo data). `/api/v1/` has the same "
        "endpoints as `/api/v0/` and may read another database.\n\n"
        "A date is `YYYY-MM-DD`. A date-time is `YYYY-MM-DDTHHMMSS`, UTC, except where ISO 8601 is documented. Every "
        "answer is also to be had as CSV, by `Accept: text/csv` or `?format=csv`. Errors are JSON in every format. "
        "Parameters that an endpoint does not know are ignored. A property marked `x-nullable` may be null."
    ),
)


class IdOfUrl(NamedTuple):
    """What an id in a path is. The example has rows in the demo data."""

    description: str
    example: str


IDS = {
    "course_id": IdOfUrl(
        "Id of the course run, raw or percent-encoded: `edX/DemoX/Demo_Course` or `course-v1:edX+DemoX+Demo_Course`.",
        "edX/DemoX/Demo_Course",
    ),
    "problem_id": IdOfUrl(
        "Id of the problem, raw or percent-encoded.",
        "i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829",
    ),
    "module_id": IdOfUrl(
        "Id of the subsection (sequential), raw or percent-encoded.",
        "i4x://edX/DemoX/Demo_Course/sequential/5c6c207e16dd47208c29bd8d3e68861e",
    ),
    "video_id": IdOfUrl(
        "The `pipeline_video_id` of the video, as the course's list of videos has it, raw or percent-encoded.",
        "UniversityX/UX.3.01x/1T2015|i4x-UniversityX-UX_3_01x-video-03454e0ae0c72ae7b16fab3d6fdc2143",
    ),
    "username": IdOfUrl("Username of the learner, raw or percent-encoded.", "dan-friedman"),
    "data_set": IdOfUrl("Name of the data set, as the list of data sets has it.", "enrollment"),
    "report_name": IdOfUrl("Name of the report.", "problem_response"),
}


class ErrorSerializer(serializers.Serializer):
    error_code = serializers.CharField(help_text="What is wrong, for programs.")
    developer_message = serializers.CharField(help_text="What is wrong and what is allowed, for people.")
    detail = serializers.CharField(required=False, help_text="The message once more, where older clients look for it.")


class TokenErrorSerializer(ErrorSerializer):
    username = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What is wrong with the username."
    )
    password = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What is wrong with the password."
    )
    non_field_errors = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What is wrong with the two of them together."
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="The user's key.")


class DescribedError:
    """An error as the description shows it, with the body that the server makes of it."""

    def __init__(self, error, description, headers=None):
        response = error_response(error)
        self.status = str(response.status_code)
        self.example = json.loads(response.content)
        self.description = description
        self.headers = headers


BAD_PARAMETER = DescribedError(
    IllegalParameterValues("format", "xml", "one of json, csv"),
    "`illegal_parameter_values`: a parameter is not allowed; the message names it, its value and what is allowed.",
)
MALFORMED_COURSE_ID = DescribedError(
    CourseKeyMalformed("DemoX"),
    f"{BAD_PARAMETER.description} `course_key_malformed`, `course_not_specified`: the id in the path is no course id.",
)
COURSE_ID_OF_QUERY = DescribedError(
    CourseNotSpecified(),
    f"`course_not_specified`, `course_key_malformed`: course_id is missing or no course id. {BAD_PARAMETER.description}",
)
BAD_LIST = DescribedError(
    CourseKeyMalformed("DemoX"),
    f"{BAD_PARAMETER.description} `course_key_malformed`, `course_not_specified`: course_ids has something else than ids "
    "of courses, or nothing. `parse_error`: the body cannot be read.",
)
NO_ROWS = DescribedError(
    ResourceNotFound("There is no data of ... for these parameters."), "`not_found`: there are no rows."
)


def nothing_found(errors):
    """The 404 of an endpoint with these error classes."""
    if errors == (ResourceNotFound,):
        return NO_ROWS
    codes = ", ".join(f"`{error.default_code}`" for error in errors)
    example = CourseNotFound("edX/DemoX/Unheard_Of") if CourseNotFound in errors else errors[0]()
    return DescribedError(example, f"{codes}: there is no such thing.")


def described(error):
    """An error class whose message is always the same."""
    return DescribedError(error(), f"`{error.default_code}`: {error.default_detail}")


# What the object around a page of a list says of it.
PAGE_KEYS = {
    "count": {"type": "integer", "format": "int64", "description": "Number of rows on all pages."},
    "num_pages": {"type": "integer", "format": "int64", "description": "Number of pages, at least 1."},
    "next": {"type": "string", "x-nullable": True, "description": "URL of the next page; null on the last."},
    "previous": {"type": "string", "x-nullable": True, "description": "URL of the page before; null on the first."},
}
NO_SUCH_FORMAT = DescribedError(
    exceptions.NotAcceptable(), "`not_acceptable`: the Accept header asks for none of the formats."
)
BAD_PASSWORD = DescribedError(
    exceptions.ValidationError({"non_field_errors": ["Unable to log in with provided credentials."]}),
    "`illegal_parameter_values`: the username or the password is missing or wrong. `parse_error`: the body is no form "
    "and no JSON.",
)
NO_FORM = DescribedError(
    exceptions.UnsupportedMediaType("text/plain"), "`unsupported_media_type`: the body is neither a form nor JSON."
)
TOO_LARGE = DescribedError(
    RequestTooLarge(16 * 1024 * 1024), "`request_too_large`: the body is larger than the server's operator allows."
)
NO_KEY = DescribedError(
    exceptions.NotAuthenticated(), "`not_authenticated`, `authentication_failed`: no key, or a wrong one."
)
TOO_MANY_REQUESTS = DescribedError(
    exceptions.Throttled(wait=5),
    "`throttled`: the user has sent more requests than its rate allows; the RateLimit headers of each answer have the rate.",
    {"Retry-After": {"type": "integer", "description": "After how many seconds to try again."}},
)
COURSE_DENIED = DescribedError(
    CourseAccessDenied("edX/DemoX/Demo_Course"), "`course_access_denied`: the key may not see the course that is named."
)
PERSONAL_DENIED = DescribedError(
    PersonalDataAccessDenied(),
    f"`personal_data_access_denied`: {PersonalDataAccessDenied.default_detail} {COURSE_DENIED.description}",
)
NO_DATABASE = DescribedError(
    AnalyticsDatabaseUnavailable(),
    "`analytics_database_unavailable`: a database does not answer; try again later.",
    {"Retry-After": {"type": "integer", "description": "After how many seconds to try again."}},
)
