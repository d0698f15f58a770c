"""The API's description (Swagger 2.0), made from the declarations that the endpoints themselves use.

Parameters come from a view's ``parameters``, responses from its ``serializer_class`` and ``traits``, and examples from
the samples that the tests compare the endpoints with.
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
from analytics_data_api.web.parameters import Parameters
from analytics_data_api.web.traits import Personal

__all__ = ["API_INFO", "EndpointSchema", "SchemaGenerator"]

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
# An example has this many objects of a sample's list, or lines of its CSV file.
EXAMPLE_LENGTH = 3

FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"
TOKEN_PATH = "/api-token-auth/"


class FormatParameters(Parameters):
    """The parameters that every endpoint with rows has."""

    format = serializers.ChoiceField(
        choices=["json", "csv"], required=False, help_text="Format of the response; overrides the Accept header."
    )
    fields = serializers.CharField(
        required=False, help_text="CSV only: the columns to write, in this order, separated by commas."
    )


def route_slug(path):
    """Return the name of an endpoint's samples: its path without the version and the ids.

    The name of an id at the end of a path stays, because it tells one learner from the list of learners.
    """
    words = re.sub(r"^/api/v\d+/", "", path).strip("/").split("/")
    kept = [word.strip("{}") for word in words if word and (not word.startswith("{") or word is words[-1])]
    return "-".join(kept) or "root"


def examples(path):
    """Return the beginning of a path's samples by media type, or None if it has no samples."""
    found = {}
    file = SAMPLES / f"{route_slug(path)}.json"
    if file.is_file():
        sample = json.loads(file.read_text(encoding="utf-8"))
        if "schema" in sample:
            # bravado takes a titled schema for one of its models, and finds this one in the examples of both versions.
            del sample["schema"]["title"]
        found["application/json"] = sample[:EXAMPLE_LENGTH] if isinstance(sample, list) else sample
    file = file.with_suffix(".csv")
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as lines:
            found["text/csv"] = "".join(islice(lines, EXAMPLE_LENGTH))
    return found or None


class PlainFields(FieldInspector):
    """Leaves out of a field what only the database knows, so that the description is the same on every database."""

    # Bounds differ between databases, and a title would only repeat the name.
    LEFT_OUT = ("minLength", "maxLength", "minimum", "maximum", "title")

    def process_result(self, result, method_name, obj, **kwargs):
        if isinstance(result, openapi.Parameter):
            # An empty parameter is the same as an absent one.
            result.pop("minLength", None)
        if isinstance(result, openapi.Schema):
            root = getattr(obj, "root", None)
            if hasattr(root, "to_dicts") or isinstance(root, (ErrorSerializer, TokenSerializer)):
                for key in self.LEFT_OUT:
                    result.pop(key, None)
            if result.get("type") == openapi.TYPE_INTEGER:
                # The default of generated clients would be 32 bits.
                result["format"] = openapi.FORMAT_INT64
        return result


class EndpointSchema(SwaggerAutoSchema):
    """Describes one endpoint."""

    field_inspectors = [PlainFields, *SwaggerAutoSchema.field_inspectors]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_rows = self.view.traits.has_rows
        self.has_body = self.has_rows and self.method == "POST"
        self.gives_token = self.path == TOKEN_PATH
        self.is_public = self.gives_token or not self.view.authentication_classes

    def get_operation_id(self, operation_keys=None):
        version = re.match(r"/api/(v\d+)/", self.path)
        words = [version and version[1], route_slug(self.path).replace("-", "_")]
        return "_".join(filter(None, [*words, self.has_body and "post"]))

    def get_tags(self, operation_keys=None):
        version = re.match(r"/api/(v\d+)/([a-z_]+)", self.path)
        return [f"{version[1]} {version[2]}"] if version else ["service"]

    def get_security(self):
        return [] if self.is_public else None

    def split_summary_from_description(self, description):
        """Return the first paragraph and the rest. A single paragraph is both the summary and the description."""
        summary, _, rest = description.partition("\n\n")
        summary = without_line_breaks(summary)
        return summary, without_line_breaks(rest) or summary

    def get_consumes(self):
        return [FORM_MEDIA_TYPE] if self.gives_token else super().get_consumes()

    def get_request_body_parameters(self, consumes):
        if self.gives_token:
            return [
                form_parameter("username", "Name of the user."),
                form_parameter("password", "The user's password.", format=openapi.FORMAT_PASSWORD),
            ]
        if self.has_body:
            schema = self.serializer_to_schema(self.view.parameters.described()())
            openapi.resolve_ref(schema, self.components).pop("required", None)
            return [openapi.Parameter("data", openapi.IN_BODY, required=False, schema=schema)]
        return super().get_request_body_parameters(consumes)

    def add_manual_parameters(self, parameters):
        in_path = [
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
        return super().add_manual_parameters([*in_path, *parameters])

    def get_query_parameters(self):
        if not self.has_rows:
            return []
        formats = [renderer.format for renderer in self.get_renderer_classes() if renderer.format != "api"]
        # The parameters of a POST are in its body.
        declared = [] if self.has_body else [self.view.parameters]
        parameters = {}
        for source in [*declared, FormatParameters] if "csv" in formats else declared:
            for parameter in self.serializer_to_parameters(source.described()(), in_=openapi.IN_QUERY):
                # DRF requires every field that is not optional, which is meant for responses.
                parameter.required = parameter.name in source.required_parameters
                if parameter.name == "format":
                    parameter.enum = formats
                parameters.setdefault(parameter.name, parameter)
        if self.has_body:
            del parameters["fields"]
        return list(parameters.values())

    def get_view_serializer(self):
        if self.gives_token:
            return TokenSerializer()
        return (getattr(self.view, "described_serializer_class", None) or self.view.serializer_class)()

    def get_responses(self):
        schema = self.response_schema()
        example = getattr(self.view, "example", None)
        found = examples(self.path) or (example and {"application/json": example})
        responses = {"200": openapi.Response("The response.", schema, examples=found)}
        for error in self.described_errors():
            serializer = TokenErrorSerializer if self.gives_token and error.status == "400" else ErrorSerializer
            others = f"{responses[error.status].description} " if error.status in responses else ""
            responses[error.status] = openapi.Response(
                others + error.description,
                self.serializer_to_schema(serializer()),
                examples={"application/json": error.example},
                headers=error.headers,
            )
        if self.path == "/health/":
            responses["503"] = openapi.Response("A database is not available.", schema)
        return openapi.Responses(dict(sorted(responses.items())))

    def response_schema(self):
        serializer = self.get_view_serializer()
        schema = self.serializer_to_schema(serializer)
        if getattr(serializer, "has_extra_fields", False):
            counts = openapi.Schema(type=openapi.TYPE_INTEGER, format=openapi.FORMAT_INT64)
            openapi.resolve_ref(schema, self.components)["additionalProperties"] = counts
        if getattr(serializer, "has_free_fields", False):
            openapi.resolve_ref(schema, self.components)["additionalProperties"] = True
        traits = self.view.traits
        if not traits.many:
            return schema
        schema = openapi.Schema(type=openapi.TYPE_ARRAY, items=schema)
        if traits.list_key:
            return list_in_object(traits.list_key, schema, is_paged=traits.is_paged, page_keys=traits.page_keys)
        if traits.is_paged:
            # Swagger 2.0 cannot describe alternative responses.
            schema["x-page"] = list_in_object("results", copy.copy(schema), is_paged=True)
        return schema

    def described_errors(self):
        traits = self.view.traits
        if self.has_rows:
            if "POST" in self.view.allowed_methods:
                yield descriptions.BAD_LIST
            elif "course_id" in self.view.parameters.required_parameters:
                yield descriptions.COURSE_ID_OF_QUERY
            else:
                yield descriptions.MALFORMED_COURSE_ID if "{course_id}" in self.path else descriptions.BAD_PARAMETER
            is_personal = traits.personal is not Personal.NEVER
            yield descriptions.PERSONAL_DENIED if is_personal else descriptions.COURSE_DENIED
            yield descriptions.not_found_error(traits.not_found)
            yield descriptions.NO_SUCH_FORMAT
            yield from map(descriptions.fixed_error, traits.other_errors)
        if self.gives_token:
            yield descriptions.BAD_PASSWORD
            yield descriptions.TOO_MANY_LOGINS
        if self.gives_token or self.has_body:
            yield descriptions.NO_FORM
            yield descriptions.TOO_LARGE
        if not self.is_public:
            yield descriptions.NO_KEY
            yield descriptions.TOO_MANY_REQUESTS
        if traits.needs_database:
            yield descriptions.NO_DATABASE


def list_in_object(key, schema, *, is_paged, page_keys=()):
    """Return the schema of the object around a list."""
    schema.description = "The rows of the page." if is_paged else "The rows."
    keys = {name: openapi.Schema(**about) for name, about in descriptions.PAGE_KEYS.items()} if is_paged else {}
    optional = {name: openapi.Schema(**descriptions.OPTIONAL_PAGE_KEYS[name]) for name in page_keys}
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        properties={**keys, **optional, key: schema},
        required=[*keys, key],
        additional_properties=False,
    )


def without_line_breaks(text):
    """Return Markdown without the line breaks inside paragraphs and list items, which Swagger UI would show."""
    return re.sub(r"(?<!\n) *\n(?!\s*(?:\n|[*-] ))\s*", " ", text.strip())


def form_parameter(name, description, **kwargs):
    return openapi.Parameter(
        name, openapi.IN_FORM, description=description, required=True, type=openapi.TYPE_STRING, **kwargs
    )


class SchemaGenerator(OpenAPISchemaGenerator):
    """Describes all endpoints and the groups that they belong to."""

    def get_schema(self, request=None, public=False):
        schema = super().get_schema(request, public)
        tags = dict.fromkeys(
            tag for path in schema.paths.values() for _method, operation in path.operations for tag in operation["tags"]
        )
        schema["tags"] = [group(tag) for tag in sorted(tags, key=lambda tag: (tag[:2] == "v1", tag == "service"))]
        return schema

    def get_path_parameters(self, path, view_cls):
        """Return no parameters, because each operation lists the ids in its path before its own parameters."""
        return []


def group(tag):
    version, _, section = tag.partition(" ")
    if tag == "service":
        return {"name": tag, "description": "State of the server, and keys."}
    if version == "v1":
        return {"name": tag, "description": f"The same as v0 {section}, from the database of version 1."}
    return {"name": tag}
