"""The API's description (Swagger 2.0), from the declarations that the endpoints themselves use.

Parameters come from a view's ``parameters``, answers from its ``serializer_class``, examples from the sample answers that
the tests hold the endpoints to.
"""

import json
import re
from pathlib import Path

from drf_yasg import openapi
from drf_yasg.generators import OpenAPISchemaGenerator
from drf_yasg.inspectors import SwaggerAutoSchema
from rest_framework import serializers

SAMPLES = Path(__file__).resolve().parents[1] / "docs" / "samples"

API_INFO = openapi.Info(
    title="Analytics Data API",
    default_version="v0",
    description=(
        "The figures of an Open edX site's courses, computed once a day by the site's pipeline.\n\n"
        "Press Authorize and enter `Token`, a space and your key (`Token edx` on demo data). `/api/v1/` has the same "
        "endpoints as `/api/v0/` and may read another database.\n\n"
        "A date is `YYYY-MM-DD`. A date-time is `YYYY-MM-DDTHHMMSS`, UTC, except where ISO 8601 is documented. Every "
        "answer is also to be had as CSV, by `Accept: text/csv` or `?format=csv`. Errors are JSON in every format. A "
        "property marked `x-nullable` may be null."
    ),
)

# What the ids of the URLs are.
ID_DESCRIPTIONS = {
    "course_id": "Id of the course run, raw or percent-encoded: `edX/DemoX/Demo_Course` or "
    "`course-v1:edX+DemoX+Demo_Course`.",
    "problem_id": "Id of the problem, such as "
    "`i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829`.",
    "module_id": "Id of the subsection, such as "
    "`i4x://edX/DemoX/Demo_Course/sequential/5c6c207e16dd47208c29bd8d3e68861e`.",
    "video_id": "The `pipeline_video_id` of the video, as the course's list of videos has it.",
}


class ErrorSerializer(serializers.Serializer):
    error_code = serializers.CharField(help_text="What is wrong, for programs.")
    developer_message = serializers.CharField(help_text="What is wrong and what is allowed, for people.")


class FormatParameters(serializers.Serializer):
    """What every endpoint with rows takes beside its own parameters."""

    format = serializers.ChoiceField(
        choices=["json", "csv"], required=False, help_text="Format of the answer; wins over the Accept header."
    )
    fields = serializers.CharField(
        required=False, help_text="CSV only: the columns to write, in this order, separated by commas."
    )


def route_slug(path):
    """The name of an endpoint's sample files: its path without the version and the ids."""
    words = re.sub(r"^/api/v\d+/|\{[^}]*\}", "", path).split("/")
    return "-".join(word for word in words if word) or "root"


def sample(path):
    """The sample answer of a path, or None."""
    file = SAMPLES / f"{route_slug(path)}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


class EndpointSchema(SwaggerAutoSchema):
    """Describes one endpoint."""

    def get_view_serializer(self):
        serializer_class = getattr(self.view, "serializer_class", None)
        return serializer_class and serializer_class()

    def get_query_parameters(self):
        parameters = []
        for declared in (getattr(self.view, "parameters", None), FormatParameters):
            if declared is not None and self.has_rows():
                fields = self.serializer_to_parameters(declared(), in_=openapi.IN_QUERY)
                parameters += [optional(parameter) for parameter in fields]
        return parameters

    def has_rows(self):
        return hasattr(self.view, "many")

    def get_operation_id(self, operation_keys=None):
        version = re.match(r"/api/(v\d+)/", self.path)
        return "_".join(filter(None, [version and version[1], *route_slug(self.path).split("-")])).replace("-", "_")

    def get_tags(self, operation_keys=None):
        version = re.match(r"/api/(v\d+)/([a-z_]+)", self.path)
        return [f"{version[1]} {version[2]}"] if version else ["service"]

    def is_public(self):
        return not self.view.authentication_classes or self.path.startswith("/api-token-auth")

    def get_security(self):
        return [] if self.is_public() else None

    def get_responses(self):
        schema = self.serializer_to_schema(self.get_view_serializer())
        if self.has_rows() and self.view.many:
            schema = openapi.Schema(type=openapi.TYPE_ARRAY, items=schema)
        if self.path.startswith("/api-token-auth"):
            schema = openapi.Schema(
                type=openapi.TYPE_OBJECT,
                required=["token"],
                properties={"token": openapi.Schema(type=openapi.TYPE_STRING, description="The user's key.")},
            )
        example = sample(self.path)
        examples = None if example is None else {"application/json": example}
        responses = {"200": openapi.Response("The answer.", schema, examples=examples)}
        error = self.serializer_to_schema(ErrorSerializer())
        for status, description in self.errors().items():
            responses[status] = openapi.Response(description, error)
        if self.path == "/health/":
            responses["503"] = openapi.Response("A database does not answer.", schema)
        return openapi.Responses(responses)

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
        if self.path.startswith("/api-token-auth"):
            errors["400"] = "The username or the password is missing or wrong."
        if not self.is_public():
            errors["401"] = "`not_authenticated`, `authentication_failed`: no key, or a wrong one."
            errors["406"] = "`not_acceptable`: the Accept header asks for none of the formats."
        if self.path not in ("/status/", "/health/"):
            errors["503"] = "`analytics_database_unavailable`: a database does not answer; try again later."
        return dict(sorted(errors.items()))


def optional(parameter):
    """A parameter of a query string: what is required in a declaration of an answer may be absent here."""
    parameter.required = False
    return parameter


class SchemaGenerator(OpenAPISchemaGenerator):
    """Describes the ids in the paths, which belong to no model."""

    def get_path_parameters(self, path, view_cls):
        return [
            openapi.Parameter(
                name, openapi.IN_PATH, required=True, type=openapi.TYPE_STRING, description=ID_DESCRIPTIONS[name]
            )
            for name in re.findall(r"{(\w+)}", path)
        ]
