"""The API's description (Swagger 2.0), from the declarations that the endpoints themselves use.

Parameters come from a view's ``parameters``, answers from its ``serializer_class``, examples from the sample answers
that the tests hold the endpoints to.
"""

import copy
import json
import re
from itertools import islice
from pathlib import Path

from drf_yasg import openapi
from drf_yasg.generators import OpenAPISchemaGenerator
from drf_yasg.inspectors import FieldInspector, SwaggerAutoSchema
from rest_framework import serializers

from analytics_data_api.web import descriptions
from analytics_data_api.web.descriptions import API_INFO, IDS, ErrorSerializer, TokenErrorSerializer, TokenSerializer

__all__ = ["API_INFO", "EndpointSchema", "SchemaGenerator"]

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
# How many objects of a sample's list, or lines of its CSV form, serve as the example.
EXAMPLE_LENGTH = 3

TOKEN_PATH = "/api-token-auth/"


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
        if isinstance(result, openapi.Parameter):
            # A parameter without a value is as good as none.
            result.pop("minLength", None)
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

    def has_body(self):
        return self.has_rows() and self.method == "POST"

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
        if self.has_body():
            schema = self.serializer_to_schema(self.view.parameters.described())
            openapi.resolve_ref(schema, self.components).pop("required", None)
            return [openapi.Parameter("data", openapi.IN_BODY, required=False, schema=schema)]
        return super().get_request_body_parameters(consumes)

    def get_path_parameters(self):
        return [
            openapi.Parameter(
                name,
                openapi.IN_PATH,
                description=IDS[name].description,
                required=True,
                type=openapi.TYPE_STRING,
                **{"x-example": IDS[name].example},
            )
            for name in re.findall(r"{(\w+)}", self.path)
        ]

    def add_manual_parameters(self, parameters):
        return super().add_manual_parameters([*self.get_path_parameters(), *parameters])

    def get_query_parameters(self):
        parameters = {}
        has_csv = any(renderer.format == "csv" for renderer in self.get_renderer_classes())
        if self.has_body():
            # Its own parameters are in the body.
            return [
                parameter
                for parameter in self.serializer_to_parameters(FormatParameters(), in_=openapi.IN_QUERY)
                if parameter.name == "format"
            ]
        for declared in (getattr(self.view, "parameters", None), has_csv and FormatParameters):
            if declared and self.has_rows():
                serializer = declared.described() if hasattr(declared, "described") else declared()
                for parameter in self.serializer_to_parameters(serializer, in_=openapi.IN_QUERY):
                    # What an answer always has is required there; a parameter of a query string may be absent.
                    parameter.required = parameter.name in getattr(declared, "required_parameters", ())
                    if parameter.name == "format":
                        parameter.enum = [r.format for r in self.get_renderer_classes() if r.format != "api"]
                    parameters.setdefault(parameter.name, parameter)
        return list(parameters.values())

    def get_view_serializer(self):
        view = self.view
        # A view may have answers of several forms: the one with all fields is described.
        serializer_class = getattr(view, "described_serializer_class", None) or getattr(view, "serializer_class", None)
        return TokenSerializer() if self.gives_token() else serializer_class and serializer_class()

    def get_responses(self):
        schema = self.answer_schema()
        example = getattr(self.view, "example", None)
        found = examples(self.path) or (example and {"application/json": example})
        responses = {"200": openapi.Response("The answer.", schema, examples=found)}
        for error in self.described_errors():
            serializer = TokenErrorSerializer if self.gives_token() and error.status == "400" else ErrorSerializer
            responses[error.status] = openapi.Response(
                error.description,
                self.serializer_to_schema(serializer()),
                examples={"application/json": error.example},
                headers=error.headers,
            )
        if self.path == "/health/":
            responses["503"] = openapi.Response("A database does not answer.", schema)
        return openapi.Responses(dict(sorted(responses.items())))

    def answer_schema(self):
        serializer = self.get_view_serializer()
        schema = self.serializer_to_schema(serializer)
        if getattr(getattr(serializer, "Meta", None), "has_extra_fields", False):
            # Fields whose names depend on the data.
            openapi.resolve_ref(schema, self.components)["additionalProperties"] = openapi.Schema(
                type=openapi.TYPE_INTEGER, format=openapi.FORMAT_INT64
            )
        if getattr(getattr(serializer, "Meta", None), "has_free_fields", False):
            openapi.resolve_ref(schema, self.components)["additionalProperties"] = True
        if self.has_rows() and self.view.many:
            schema = openapi.Schema(type=openapi.TYPE_ARRAY, items=schema)
            if self.view.list_key:
                schema = list_in_object(self.view.list_key, schema, is_paged=self.view.is_paged)
            elif self.view.is_paged:
                # Swagger 2.0 knows no alternatives.
                schema["x-page"] = list_in_object("results", copy.copy(schema), is_paged=True)
        return schema

    def described_errors(self):
        if self.has_rows():
            if "POST" in self.view.allowed_methods:
                yield descriptions.BAD_LIST
                if self.has_body():
                    yield descriptions.NO_FORM
                    yield descriptions.TOO_LARGE
            elif "course_id" in getattr(self.view.parameters, "required_parameters", ()):
                yield descriptions.COURSE_ID_OF_QUERY
            else:
                yield descriptions.MALFORMED_COURSE_ID if "{course_id}" in self.path else descriptions.BAD_PARAMETER
            has_persons = self.view.is_personal or self.view.may_be_personal
            yield descriptions.PERSONAL_DENIED if has_persons else descriptions.COURSE_DENIED
            yield descriptions.nothing_found(self.view.not_found)
            yield descriptions.NO_SUCH_FORMAT
            yield from map(descriptions.described, self.view.other_errors)
        if self.gives_token():
            yield descriptions.BAD_PASSWORD
            yield descriptions.NO_FORM
            yield descriptions.TOO_LARGE
        if not self.is_public():
            yield descriptions.NO_KEY
            yield descriptions.TOO_MANY_REQUESTS
        if self.path not in ("/status/", "/health/"):
            yield descriptions.NO_DATABASE


def list_in_object(key, schema, *, is_paged):
    """The object that an answer has around its list."""
    schema.description = "The rows of the page." if is_paged else "The rows."
    keys = {name: openapi.Schema(**about) for name, about in descriptions.PAGE_KEYS.items()} if is_paged else {}
    return openapi.Schema(
        type=openapi.TYPE_OBJECT, properties={**keys, key: schema}, required=[*keys, key], additional_properties=False
    )


def without_line_breaks(text):
    """Paragraphs and lists of Markdown without the ends of lines inside them, which Swagger UI would show."""
    return re.sub(r"(?<!\n) *\n(?!\s*(?:\n|[*-] ))\s*", " ", text.strip())


FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"


def form_parameter(name, description, **kwargs):
    return openapi.Parameter(
        name, openapi.IN_FORM, description=description, required=True, type=openapi.TYPE_STRING, **kwargs
    )


class SchemaGenerator(OpenAPISchemaGenerator):
    """Describes the groups that endpoints stand in."""

    def get_schema(self, request=None, public=False):
        schema = super().get_schema(request, public)
        tags = dict.fromkeys(
            tag for path in schema.paths.values() for _method, operation in path.operations for tag in operation["tags"]
        )
        schema["tags"] = [group(tag) for tag in sorted(tags, key=lambda tag: (tag[:2] == "v1", tag == "service"))]
        return schema

    def get_path_parameters(self, path, view_cls):
        """None: each operation names them itself, before its own parameters."""
        return []


def group(tag):
    version, _, section = tag.partition(" ")
    if tag == "service":
        return {"name": tag, "description": "Whether the server runs, and keys."}
    if version == "v1":
        return {"name": tag, "description": f"The same as v0 {section}, from the database of version 1."}
    return {"name": tag}
