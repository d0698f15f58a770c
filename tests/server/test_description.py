"""The API description under /docs/, as JSON and YAML."""

import pytest
import yaml

from analytics_data_api.web.schema import SchemaGenerator
from analyticsdataserver import docs

JSON, YAML = "/docs/swagger.json", "/docs/swagger.yaml"


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """Record the addresses for which a description was made."""
    monkeypatch.setattr(docs.DescriptionView, "kept", {})
    hosts = []
    make = SchemaGenerator.get_schema

    def get_schema(self, request=None, public=False):
        hosts.append(request.get_host())
        return make(self, request, public)

    monkeypatch.setattr(SchemaGenerator, "get_schema", get_schema)
    return hosts


def get(client, path, host="testserver"):
    response = client.get(path, headers={"Host": host})
    assert response.status_code == 200
    return response


def test_made_once_for_each_form(client, made):
    first = [get(client, path) for path in (JSON, YAML)]
    again = [get(client, path) for path in (JSON, YAML)]
    assert made == ["testserver"] * 2
    assert [(answer.content, answer["Content-Type"]) for answer in first] == [
        (answer.content, answer["Content-Type"]) for answer in again
    ]
    assert first[0].json()["paths"] == yaml.safe_load(first[1].content)["paths"]


def test_names_the_address_that_was_asked(client, made, settings, monkeypatch):
    monkeypatch.setattr(docs, "MAX_KEPT", 2)
    settings.ALLOWED_HOSTS = ["*"]
    for host in ("a.example", "b.example", "a.example", "c.example", "b.example"):
        assert get(client, JSON, host).json()["host"] == host
        assert len(docs.DescriptionView.kept) <= 2
    assert made == ["a.example", "b.example", "c.example", "b.example"]


def test_unchanged_since(client):
    tag = get(client, JSON)["ETag"]
    assert client.get(JSON, headers={"If-None-Match": tag}).status_code == 304
