"""The committed description of the API is the one that the code generates, and it is complete."""

import json

import pytest
from swagger_spec_validator.validator20 import validate_spec

from tests.support.description import (
    DESCRIPTION,
    OPENAPI3,
    committed_description,
    generated_description,
    generated_openapi3,
    write_description,
)


def test_is_up_to_date(rewrite):
    if rewrite:
        write_description()
    assert generated_description() == DESCRIPTION.read_text(encoding="utf-8"), "run make samples to update it"
    assert generated_openapi3() == OPENAPI3.read_text(encoding="utf-8"), "run make samples to update it"


def test_is_swagger():
    validate_spec(committed_description().swagger)


OPERATIONS = [
    (path, method, operation)
    for path, methods in committed_description().paths.items()
    for method, operation in methods.items()
    if method != "parameters"
]
OPERATION_IDS = [f"{method} {path}" for path, method, _operation in OPERATIONS]


def test_operation_ids_are_unique():
    ids = [operation["operationId"] for _path, _method, operation in OPERATIONS]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("path, method, operation", OPERATIONS, ids=OPERATION_IDS)
class TestOperation:
    def test_says_what_it_is_for(self, path, method, operation):
        assert operation.get("summary") or operation.get("description")

    def test_every_parameter_is_explained(self, path, method, operation):
        parameters = operation["parameters"] + committed_description().paths[path].get("parameters", [])
        assert [parameter["name"] for parameter in parameters if not explained(parameter)] == []

    def test_every_answer_has_a_schema(self, path, method, operation):
        assert [status for status, answer in operation["responses"].items() if "schema" not in answer] == []

    def test_has_an_example(self, path, method, operation):
        if path.startswith("/api/v"):
            assert operation["responses"]["200"]["examples"]["application/json"]


def explained(parameter):
    return parameter["in"] == "body" or parameter.get("description")


@pytest.mark.parametrize("name, definition", committed_description().swagger["definitions"].items())
def test_every_key_of_an_answer_is_explained(name, definition):
    if name == "AuthToken":
        pytest.skip("declared by Django REST framework")
    for key, value in definition["properties"].items():
        # A reference is explained at its definition.
        assert value.get("description") or "$ref" in value, key


def test_descriptions_are_the_same_on_every_database():
    """The bounds of a model's fields differ between databases, so the description must not contain them."""
    text = json.dumps(committed_description().swagger["definitions"])
    assert '"maximum"' not in text and '"minimum"' not in text


class TestOpenapi3:
    @pytest.fixture
    def paths(self):
        return json.loads(OPENAPI3.read_text(encoding="utf-8"))["paths"]

    def test_nothing_of_swagger_remains(self):
        text = OPENAPI3.read_text(encoding="utf-8")
        words = ("#/definitions/", '"x-nullable"', "x-page", "x-example", "formData")
        assert [word for word in words if word in text] == []

    def test_a_list_may_come_as_a_page(self, paths):
        choices = paths["/api/v0/course_summaries/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert [choice["type"] for choice in choices["oneOf"]] == ["array", "object"]
        assert choices["oneOf"][1]["properties"]["next"]["nullable"] is True

    def test_bodies(self, paths):
        form = paths["/api-token-auth/"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        assert form["schema"]["required"] == ["username", "password"]
        body = paths["/api/v0/programs/"]["post"]["requestBody"]
        assert list(body["content"]) == ["application/json"] and not body["required"]

    def test_lists_are_separated_by_commas(self, paths):
        by_name = {each["name"]: each for each in paths["/api/v0/course_summaries/"]["get"]["parameters"]}
        ids = by_name["course_ids"]
        assert (ids["style"], ids["explode"], ids["schema"]["type"]) == ("form", False, "array")

    def test_errors_are_json_alone(self, paths):
        responses = paths["/api/v0/courses/{course_id}/enrollment/"]["get"]["responses"]
        assert list(responses["200"]["content"]) == ["application/json", "text/csv"]
        assert list(responses["404"]["content"]) == ["application/json"]
