"""The API description under /docs/, as JSON and YAML."""

import pytest
import yaml

from analytics_data_api.web.schema import SchemaGenerator
from analyticsdataserver import docs

JSON, YAML, OPENAPI = "/docs/swagger.json", "/docs/swagger.yaml", "/docs/?format=openapi"
HOSTS = ["testserver", "testserver:8000", "testserver:8001", "[::1]", "[::1]:8000"]


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """Record each time that a description is made."""
    docs.kept_schema.cache_clear()
    docs.kept_text.cache_clear()
    times = []
    make = SchemaGenerator.get_schema

    def get_schema(self, request=None, public=False):
        times.append(self)
        return make(self, request, public)

    monkeypatch.setattr(SchemaGenerator, "get_schema", get_schema)
    return times


def get(client, path, host="testserver", **extra):
    response = client.get(path, headers={"Host": host}, **extra)
    assert response.status_code == 200
    return response


def test_every_format_has_the_same_content(client):
    found = [yaml.safe_load(get(client, path).content) for path in (YAML, JSON, OPENAPI)]
    assert found[0] == found[1] == found[2]
    assert found[0]["paths"]
    assert get(client, OPENAPI)["Content-Type"] == "application/openapi+json; charset=utf-8"


@pytest.mark.parametrize("path", [JSON, YAML, OPENAPI])
def test_names_the_address_that_was_asked_and_is_made_once(client, made, settings, path):
    settings.ALLOWED_HOSTS = ["testserver", "[::1]"]
    for host in HOSTS:
        assert yaml.safe_load(get(client, path, host).content)["host"] == host
    assert len(made) == 1


def test_names_the_scheme_that_was_asked(client):
    assert get(client, JSON).json()["schemes"] == ["http"]
    assert get(client, JSON, secure=True).json()["schemes"] == ["https"]


def test_unchanged_since(client):
    tag = get(client, JSON)["ETag"]
    assert client.get(JSON, headers={"If-None-Match": tag}).status_code == 304
