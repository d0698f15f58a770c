"""The API's description (Swagger 2.0), from the declarations that the endpoints themselves use.

Parameters come from a view's ``parameters``, answers from its ``serializer_class``, examples from the sample answers
that the tests hold the endpoints to.
"""

import json
import re
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from drf_yasg import openapi
from drf_yasg.generators import OpenAPISchemaGenerator
from drf_yasg.inspectors import FieldInspector, SwaggerAutoSchema
from rest_framework import serializers

SAMPLES = Path(__file__).resolve().parents[1] / "docs" / "samples"
# How many objects of a sample's list, or lines of its CSV form, serve as the example.
EXAMPLE_LENGTH = 3

TOKEN_PATH = "/api-token-auth/"

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
    "username": IdOfUrl("Username of the learner, raw or percent-encoded.", "ed_xavier"),
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


class FormatParameters(serializers.Serializer):
    """What every endpoint with rows takes beside its own parameters."""

    format = serializers.ChoiceField(
        choices=["json", "csv"], required=False, help_text="Format of the answer; wins over the Accept header."
    )
    fields = serializers.CharField(
        required=False, help_text="CSV only: the columns to write, in this order, separated by commas."
    )


def route_slug(path):
    """The name of an endpoint's sample files: its path without the version and the ids.

    An id that a path ends with stays, by its name: it tells one learner from the list of them.
    """
    words = re.sub(r"^/api/v\d+/", "", path).strip("/").split("/")
    kept = [word.strip("{}") for word in words if word and (not word.startswith("{") or word is words[-1])]
    return "-".join(kept) or "root"


def examples(path):
    """The beginning of the sample answers of a path by media type, or None where there are none."""
    found = {}
    file = SAMPLES / f"{route_slug(path)}.json"
    if file.is_file():
        answer = json.loads(file.read_text(encoding="utf-8"))
        found["application/json"] = answer[:EXAMPLE_LENGTH] if isinstance(answer, list) else answer
    file = file.with_suffix(".csv")
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as lines:
            found["text/csv"] = "".join(islice(lines, EXAMPLE_LENGTH))
    return found or None


class PlainFields(FieldInspector):
    """Says of a field of an answer what a client has to know, and nothing that is the database's."""

    # Answers hold what the tables do, and each database has other bounds; a title would only repeat the name.
    LEFT_OUT = ("minLength", "maxLength", "minimum", "maximum", "title")

    def process_result(self, result, method_name, obj, **kwargs):
        if isinstance(result, openapi.Schema):
            if is_answer(getattr(obj, "root", None)):
                for key in self.LEFT_OUT:
                    result.pop(key, None)
            if result.get("type") == openapi.TYPE_INTEGER:
                # Or a generated client takes 32 bits for enough.
                result["format"] = openapi.FORMAT_INT64
        return result


def is_answer(serializer):
    return hasattr(serializer, "to_dicts") or isinstance(serializer, (ErrorSerializer, TokenSerializer))


class EndpointSchema(SwaggerAutoSchema):
    """Describes one endpoint."""

    field_inspectors = [PlainFields, *SwaggerAutoSchema.field_inspectors]

    def has_rows(self):
        return hasattr(self.view, "many")

    def gives_token(self):
        return self.path == TOKEN_PATH

    def is_public(self):
        return not self.view.authentication_classes or self.gives_token()

    def get_operation_id(self, operation_keys=None):
        version = re.match(r"/api/(v\d+)/", self.path)
        words = [version and version[1], route_slug(self.path).replace("-", "_")]
        if self.has_rows() and self.method != "GET":
            words.append(self.method.lower())
        return "_".join(filter(None, words))

    def get_tags(self, operation_keys=None):
        version = re.match(r"/api/(v\d+)/([a-z_]+)", self.path)
        return [f"{version[1]} {version[2]}"] if version else ["service"]

    def get_security(self):
        return [] if self.is_public() else None

    def split_summary_from_description(self, description):
        """The first paragraph is the summary; where there is no other it is the description as well."""
        summary, _, rest = description.partition("\n\n")
        summary = without_line_breaks(summary)
        return summary, without_line_breaks(rest) or summary

    def get_consumes(self):
        return [FORM_MEDIA_TYPE] if self.gives_token() else super().get_consumes()

    def get_request_body_parameters(self, consumes):
        if self.gives_token():
            return [
                form_parameter("username", "Name of the user."),
                form_parameter("password", "The user's password.", format=openapi.FORMAT_PASSWORD),
            ]
        return super().get_request_body_parameters(consumes)

    def get_query_parameters(self):
        parameters = {}
        for declared in (getattr(self.view, "parameters", None), FormatParameters):
            if declared is not None and self.has_rows():
                for parameter in self.serializer_to_parameters(declared(), in_=openapi.IN_QUERY):
                    # What an answer always has is required there; a parameter of a query string may be absent.
                    parameter.required = parameter.name in getattr(declared, "required_parameters", ())
                    parameters.setdefault(parameter.name, parameter)
        return list(parameters.values())

    def get_view_serializer(self):
        serializer_class = getattr(self.view, "serializer_class", None)
        return TokenSerializer() if self.gives_token() else serializer_class and serializer_class()

    def get_responses(self):
        schema = self.answer_schema()
        error = self.serializer_to_schema(ErrorSerializer())
        responses = {"200": openapi.Response("The answer.", schema, examples=examples(self.path))}
        for status, description in self.errors().items():
            responses[status] = openapi.Response(description, error)
        if self.gives_token():
            responses["400"]["schema"] = self.serializer_to_schema(TokenErrorSerializer())
        if self.path == "/health/":
            responses["503"] = openapi.Response("A database does not answer.", schema)
        elif "503" in responses:
            responses["503"]["headers"] = {
                "Retry-After": {"type": "integer", "description": "After how many seconds to try again."}
            }
        return openapi.Responses(responses)

    def answer_schema(self):
        serializer = self.get_view_serializer()
        schema = self.serializer_to_schema(serializer)
        if getattr(getattr(serializer, "Meta", None), "has_extra_fields", False):
            # Fields whose names depend on the data.
            openapi.resolve_ref(schema, self.components)["additionalProperties"] = openapi.Schema(
                type=openapi.TYPE_INTEGER, format=openapi.FORMAT_INT64
            )
        if self.has_rows() and self.view.many:
            schema = openapi.Schema(type=openapi.TYPE_ARRAY, items=schema)
        return schema

    def errors(self):
        errors = {}
        if self.has_rows():
            errors["400"] = (
                "`illegal_parameter_values`: a parameter is not allowed; the message names it, its value and what is "
                "allowed."
            )
            if "{course_id}" in self.path:
                errors["400"] += " `course_key_malformed`, `course_not_specified`: the id in the path is no course id."
            errors["404"] = "`not_found`: there are no rows."
            errors["406"] = "`not_acceptable`: the Accept header asks for none of the formats."
        if self.gives_token():
            errors["400"] = (
                "`illegal_parameter_values`: the username or the password is missing or wrong. "
                "`parse_error`: the body cannot be read."
            )
            errors["415"] = "`unsupported_media_type`: the body is neither a form nor JSON."
        if not self.is_public():
            errors["401"] = "`not_authenticated`, `authentication_failed`: no key, or a wrong one."
        if self.path not in ("/status/", "/health/"):
            errors["503"] = "`analytics_database_unavailable`: a database does not answer; try again later."
        return dict(sorted(errors.items()))


def without_line_breaks(text):
    """Paragraphs and lists of Markdown without the ends of lines inside them, which Swagger UI would show."""
    return re.sub(r"(?<!\n) *\n(?!\s*(?:\n|[*-] ))\s*", " ", text.strip())


FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"


def form_parameter(name, description, **kwargs):
    return openapi.Parameter(
        name, openapi.IN_FORM, description=description, required=True, type=openapi.TYPE_STRING, **kwargs
    )


class SchemaGenerator(OpenAPISchemaGenerator):
    """Describes the ids in the paths, which belong to no model, and the groups that endpoints stand in."""

    def get_schema(self, request=None, public=False):
        schema = super().get_schema(request, public)
        tags = dict.fromkeys(
            tag for path in schema.paths.values() for _method, operation in path.operations for tag in operation["tags"]
        )
        schema["tags"] = [group(tag) for tag in sorted(tags, key=lambda tag: (tag[:2] == "v1", tag == "service"))]
        return schema

    def get_path_parameters(self, path, view_cls):
        return [
            openapi.Parameter(
                name,
                openapi.IN_PATH,
                description=IDS[name].description,
                required=True,
                type=openapi.TYPE_STRING,
                **{"x-example": IDS[name].example},
            )
            for name in re.findall(r"{(\w+)}", path)
        ]


def group(tag):
    version, _, section = tag.partition(" ")
    if tag == "service":
        return {"name": tag, "description": "Whether the server runs, and keys."}
    if version == "v1":
        return {"name": tag, "description": f"The same as v0 {section}, from the database of version 1."}
    return {"name": tag}
