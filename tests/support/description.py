"""Check responses against the API's description, docs/api/swagger.json."""

import json
import re
from functools import cache
from pathlib import Path

from drf_yasg.codecs import OpenAPICodecJson
from jsonschema import Draft4Validator, FormatChecker

from analytics_data_api.web.openapi3 import to_openapi3
from analytics_data_api.web.schema import API_INFO, SchemaGenerator

DESCRIPTION = Path(__file__).resolve().parents[2] / "docs" / "api" / "swagger.json"
OPENAPI3 = DESCRIPTION.with_name("openapi.json")

# A page outside any endpoint has its status in its body.
PAGE_ERROR = {
    "type": "object",
    "required": ["status", "error_code", "developer_message"],
    "properties": {
        "status": {"type": "integer"},
        "error_code": {"type": "string", "minLength": 1},
        "developer_message": {"type": "string", "minLength": 1},
        "detail": {"type": "string", "minLength": 1},
    },
    "additionalProperties": False,
}


def generated_description():
    """Return the description of the present code, indented for readers."""
    schema = SchemaGenerator(API_INFO).get_schema(request=None, public=True)
    plain = json.loads(OpenAPICodecJson([]).encode(schema))
    return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def generated_openapi3():
    """Return the same description in the dialect OpenAPI 3."""
    return json.dumps(to_openapi3(json.loads(generated_description())), indent=2, ensure_ascii=False) + "\n"


def write_description():
    DESCRIPTION.parent.mkdir(parents=True, exist_ok=True)
    DESCRIPTION.write_text(generated_description(), encoding="utf-8")
    OPENAPI3.write_text(generated_openapi3(), encoding="utf-8")


@cache
def committed_description():
    return Description(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


class Description:
    def __init__(self, swagger):
        self.swagger = swagger
        self.paths = swagger["paths"]
        self.error = self.validator({"$ref": "#/definitions/Error"})
        self.validators = {}

    def check(self, response):
        """Fail if the description does not allow a response of Django's test client."""
        if response.status_code == 304 or response.has_header("Content-Encoding"):
            return  # the response has no body, or a compressed one
        self.check_answer(
            method=response.request["REQUEST_METHOD"],
            template=path_template(response),
            status=response.status_code,
            kind=response["Content-Type"].partition(";")[0] if response.has_header("Content-Type") else "",
            body=lambda: body_of(response),
        )

    def check_answer(self, *, method, template, status, kind, body):
        """Fail if the description does not allow a response.

        ``template`` is the path of its route, or None if no route matches. ``body()`` returns its bytes.
        """
        if status == 412:
            # Like 304, it belongs to no endpoint.
            self.error.validate(json.loads(body()))
            return
        method = method.lower()
        if method == "post" and f"{template}/" in self.paths:
            # POST is served without the trailing slash too.
            template += "/"
        if template not in self.paths:
            if status >= 400:
                PAGE_ERROR_VALIDATOR.validate(json.loads(body()))
        elif method in self.paths[template]:
            self.check_operation(method, template, status, kind, body)
        elif method == "head":
            assert str(status) in self.paths[template]["get"]["responses"], status
        elif method == "options":
            assert status in (200, 400, 401, 403, 406), status
        else:
            assert status in (400, 401, 403, 405, 406), status
            if kind != "text/html":
                self.error.validate(json.loads(body()))

    def check_operation(self, method, template, status, kind, body):
        responses = self.paths[template][method]["responses"]
        where = f"{method.upper()} {template} {status}"
        assert str(status) in responses, f"{where} is not described: {body()[:1000]}"
        if kind == "application/json":
            if (template, method, status) not in self.validators:
                self.validators[template, method, status] = self.validator(responses[str(status)]["schema"])
            errors = [
                f"{where}: {error.json_path}: {error.message}"
                for error in self.validators[template, method, status].iter_errors(json.loads(body()))
            ]
            assert not errors, "\n".join(errors[:5])
        elif kind != "text/html":  # a page of the browsable API, which is not described
            assert status == 200 and kind in ("text/csv", "application/x-ndjson"), f"{where} {kind}"

    def validator(self, schema):
        return Draft4Validator(self.resolved(schema), format_checker=FormatChecker())

    def resolved(self, schema):
        """Return a schema of Swagger 2.0 as JSON schema, with its references resolved and without additional keys."""
        if "$ref" in schema:
            schema = self.swagger["definitions"][schema["$ref"].removeprefix("#/definitions/")]
        plain = dict(schema)
        nullable = plain.pop("x-nullable", False)
        page = plain.pop("x-page", None)
        if page:
            # The response is a list, or a page of it if the request asks for one.
            return {"anyOf": [self.resolved(plain), self.resolved(page)]}
        for key in ("items", "additionalProperties"):
            if isinstance(plain.get(key), dict):
                plain[key] = self.resolved(plain[key])
        if "properties" in plain:
            plain["properties"] = {name: self.resolved(value) for name, value in plain["properties"].items()}
            # A key that the description lacks is an error.
            plain.setdefault("additionalProperties", False)
        return {"anyOf": [{"type": "null"}, plain]} if nullable else plain


def body_of(response):
    """Return the bytes of a response. The test can still read a stream afterwards."""
    body = response.getvalue()
    if response.streaming:
        response.streaming_content = [body]
    return body


PAGE_ERROR_VALIDATOR = Draft4Validator(PAGE_ERROR)


def path_template(response):
    """Return the path of a response's route as the description writes it, or None if no route matches."""
    match = getattr(response.wsgi_request, "resolver_match", None)
    return match and described_path(match.route)


def described_path(route):
    """Return the path of a route as the description writes it."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).removeprefix("^").removesuffix("?$")
