"""Clients that tools generate from the API's description, with a running server: ``make test-clients``."""

import importlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.support.description import OPENAPI3
from tests.support.running import KEY

pytestmark = [pytest.mark.clients, pytest.mark.filterwarnings("ignore::DeprecationWarning:bravado_core")]

COURSE = "edX/DemoX/Demo_Course"
COURSE_END = "2015-01-26T000000"
# A course without an end.
ENDLESS = "my/cool/course"


def test_is_openapi3():
    # In this process it would hand its schemas to bravado, which would follow their references to other hosts.
    subprocess.run([sys.executable, "-m", "openapi_spec_validator", OPENAPI3], check=True)


class TestOpenapiPythonClient:
    """A client with a module for each endpoint, generated from OpenAPI 3."""

    @pytest.fixture(scope="class")
    @classmethod
    def package(cls, server, tmp_path_factory):
        folder = tmp_path_factory.mktemp("generated")
        tools = Path(sys.executable).parent
        command = [tools / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"]
        options = ["--url", f"{server}/docs/openapi.json", "--output-path", folder / "analytics"]
        # It formats what it has generated with the ruff of the same environment.
        environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
        subprocess.run([*command, *options], env=environment, check=True)
        sys.path.insert(0, str(folder))
        yield importlib.import_module("analytics")
        sys.path.remove(str(folder))

    @pytest.fixture(scope="class")
    @classmethod
    def call(cls, server, package):
        """Return a function that calls an endpoint by its tag and its operation id."""
        client = package.AuthenticatedClient(base_url=server, token=KEY, prefix="Token")

        def call(tag, operation, *ids, **parameters):
            module = importlib.import_module(f"analytics.api.{tag}.{operation}")
            return module.sync(*ids, client=client, **parameters)

        return call

    def test_course(self, call):
        rows = call("v0_courses", "v0_courses_enrollment", COURSE, start_date="2014-12-08")
        assert [(row.date, row.count) for row in rows][-1] == (date(2014, 12, 10), 1892)
        assert call("v1_courses", "v1_courses_enrollment", COURSE) == rows[-1:]

    def test_nested(self, call):
        countries = call("v0_courses", "v0_courses_enrollment_location", COURSE)
        assert (countries[0].country.alpha2, countries[0].country.name) == ("CA", "Canada")

    def test_list_parameter_and_page(self, call):
        ids = [COURSE, ENDLESS]
        summaries = call("v0_course_summaries", "v0_course_summaries", course_ids=ids)
        assert [(summary.course_id, summary.end_date) for summary in summaries] == [
            (COURSE, COURSE_END),
            (ENDLESS, None),
        ]
        page = call("v0_course_summaries", "v0_course_summaries", course_ids=ids, page=1, page_size=1)
        assert (page.count, [summary.course_id for summary in page.results], page.previous) == (2, ids[:1], None)

    def test_body(self, call, package):
        body = importlib.import_module("analytics.models").CourseTotalsParameters(course_ids=[COURSE])
        assert call("v0_course_totals", "v0_course_totals_post", body=body).count == 1890

    def test_error(self, call):
        error = call("v0_courses", "v0_courses_enrollment", "edX/DemoX/Unheard_Of")
        assert error.error_code == "not_found"


class TestBravado:
    """A client that is made at run time, from Swagger 2.0. It validates requests and responses."""

    @pytest.fixture(scope="class")
    @classmethod
    def client(cls, server):
        requests_client = pytest.importorskip("bravado.requests_client").RequestsClient()
        requests_client.set_api_key(server.partition("//")[2], KEY, "Authorization", "header")
        url = f"{server}/docs/swagger.json"
        return importlib.import_module("bravado.client").SwaggerClient.from_url(url, http_client=requests_client)

    def test_course(self, client):
        rows = client.v0_courses.v0_courses_enrollment(course_id=COURSE, start_date="2014-12-08").result()
        assert [(row.date, row.count) for row in rows][-1] == (date(2014, 12, 10), 1892)

    def test_nested(self, client):
        countries = client.v0_courses.v0_courses_enrollment_location(course_id=COURSE).result()
        assert (countries[0].country.alpha2, countries[0].country.name) == ("CA", "Canada")

    def test_list_parameter(self, client):
        ids = [COURSE, ENDLESS]
        summaries = client.v0_course_summaries.v0_course_summaries(course_ids=ids).result()
        assert [(summary.course_id, summary.end_date) for summary in summaries] == [
            (COURSE, COURSE_END),
            (ENDLESS, None),
        ]

    def test_body(self, client):
        totals = client.v0_course_totals.v0_course_totals_post(data={"course_ids": [COURSE]}).result()
        assert totals.count == 1890

    def test_error(self, client):
        not_found = importlib.import_module("bravado.exception").HTTPNotFound
        with pytest.raises(not_found) as raised:
            client.v0_courses.v0_courses_enrollment(course_id="edX/DemoX/Unheard_Of").result()
        assert raised.value.swagger_result.error_code == "not_found"
