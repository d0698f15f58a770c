"""The API's description under /docs/: two dialects, as JSON and YAML, of all versions together and of each."""

import pytest
import yaml

from analytics_data_api.web.schema import SchemaGenerator
from analyticsdataserver import docs
from tests.support.description import committed_description

JSON, YAML = "/docs/swagger.json", "/docs/swagger.yaml"
FOLDERS = ["/docs/", "/docs/v0/", "/docs/v1/"]


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """Record each time that a description is made."""
    docs.swagger.cache_clear()
    docs.kept_text.cache_clear()
    calls = []
    make = SchemaGenerator.get_schema

    def get_schema(self, request=None, public=False):
        calls.append(self.url)
        return make(self, request, public)

    monkeypatch.setattr(SchemaGenerator, "get_schema", get_schema)
    return calls


def get(client, path, host="testserver", **extra):
    response = client.get(path, headers={"Host": host}, **extra)
    assert response.status_code == 200
    return response


def test_made_once_whoever_asks_for_which_form(client, made, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for folder in FOLDERS:
        for host in ("a.example", "[::1]:8000", "a.example:8000"):
            swagger = get(client, f"{folder}swagger.json", host).json()
            assert (swagger["swagger"], swagger["host"], swagger["schemes"]) == ("2.0", host, ["http"])
            openapi = get(client, f"{folder}openapi.json", host).json()
            assert (openapi["openapi"], openapi["servers"]) == ("3.0.3", [{"url": f"http://{host}"}])
            assert list(openapi["paths"]) == list(swagger["paths"])
        for dialect in ("swagger", "openapi"):
            for host in ("[::1]:8000", "a.example:8000"):
                as_yaml = yaml.safe_load(get(client, f"{folder}{dialect}.yaml", host).content)
                assert as_yaml == get(client, f"{folder}{dialect}.json", host).json()
    assert len(made) == 1
    assert get(client, JSON, secure=True).json()["schemes"] == ["https"]


@pytest.mark.parametrize("version, other", [("v0", "v1"), ("v1", "v0")])
def test_a_version_is_described_without_the_other(client, version, other):
    description = get(client, f"/docs/{version}/openapi.json").json()
    expected = [path for path in committed_description().paths if not path.startswith(f"/api/{other}/")]
    assert list(description["paths"]) == expected
    assert description["info"]["version"] == version
    used = {tag for item in description["paths"].values() for each in item.values() for tag in each["tags"]}
    assert {tag["name"] for tag in description["tags"]} == used


def test_unchanged_since(client):
    tag = get(client, JSON)["ETag"]
    assert client.get(JSON, headers={"If-None-Match": tag}).status_code == 304


def test_programs_get_the_description_from_the_page_too(client):
    expected = get(client, JSON).content
    for path, accept in [("/docs/?format=openapi", "*/*"), ("/docs/", "application/json")]:
        assert get(client, path, HTTP_ACCEPT=accept).content == expected
    assert get(client, "/docs/", HTTP_ACCEPT="application/yaml").content == get(client, YAML).content


@pytest.mark.parametrize("path, other", [("/docs/", "/docs/v1/"), ("/docs/v1/", "/docs/")])
def test_pages_of_the_versions_link_to_each_other(client, path, other):
    page = get(client, path).content.decode()
    assert f'href="{other}"' in page
    assert f'href="{path}" aria-current="page"' in page


def test_version_0_has_no_second_page(client):
    assert client.get("/docs/v0/")["Location"] == "/docs/"
