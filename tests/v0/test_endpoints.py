"""Rules that hold for every endpoint with rows, checked for every line of the table of routes."""

from urllib.parse import quote, urlsplit

import pytest
from rest_framework_csv.renderers import CSVRenderer as ReferenceCSVRenderer

from tests.support.client import content
from tests.support.factories import UserFactory
from tests.support.routes import ROUTES

pytestmark = [
    pytest.mark.django_db(databases="__all__"),
    pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.slug),
]


class TestFormats:
    def test_json_is_the_default(self, api, demo_data, route):
        response = api.get(f"/api/v0/{route.sample}")
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")

    def test_csv_has_what_json_has(self, api, demo_data, route):
        """djangorestframework-csv is the reference for the cells, but not for the order of the columns."""
        answer = api.rows(f"/api/v0/{route.sample}")
        rows = [with_texts_of_lists(row) for row in objects_of(answer)]
        body = "\r\n".join(api.csv(f"/api/v0/{route.sample}")) + "\r\n"
        header = body.partition("\r\n")[0].split(",")
        assert body.encode() == ReferenceCSVRenderer().render(rows, renderer_context={"header": header})
        assert len(set(header)) == len(header)
        flat = {name for row in rows for name in flat_names(row)}
        assert flat <= set(header)

    def test_format_parameter_wins_over_accept(self, api, demo_data, route):
        url = f"/api/v0/{route.sample}"
        response = api.get(url, {"format": "csv"}, HTTP_ACCEPT="application/json")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        response = api.get(url, {"format": "json"}, HTTP_ACCEPT="text/csv")
        assert response["Content-Type"] == "application/json"

    def test_browsers_get_a_page(self, api, demo_data, route):
        accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        response = api.get(f"/api/v0/{route.sample}", HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "HTTP 200 OK" in response.content.decode()

    def test_head_has_the_headers_alone(self, api, demo_data, route):
        for accept in ("application/json", "text/csv"):
            get = api.get(f"/api/v0/{route.sample}", HTTP_ACCEPT=accept)
            head = api.head(f"/api/v0/{route.sample}", HTTP_ACCEPT=accept)
            assert head.status_code == 200
            assert head["Content-Type"] == get["Content-Type"]
            assert content(head) == b""

    def test_options_describe_the_endpoint(self, api, route):
        for accept in ("application/json", "text/csv", "text/html"):
            response = api.options(f"/api/v0/{route.sample}", HTTP_ACCEPT=accept)
            assert response.status_code == 200
            assert response["Allow"] == route.allow
        assert set(api.options(f"/api/v0/{route.sample}").json()["renders"]) >= {"application/json", "text/csv"}


def objects_of(answer):
    """Return the objects of a body: a list, a list inside an object, or one object."""
    if isinstance(answer, dict):
        answer = next((answer[key] for key in ("results", "days") if key in answer), answer)
    return answer if isinstance(answer, list) else [answer]


def with_texts_of_lists(value):
    """Return an object with its lists as cells of CSV."""
    if isinstance(value, dict):
        return {key: with_texts_of_lists(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return ", ".join("" if item is None else str(item) for item in value)
    return value


def flat_names(row, prefix=""):
    for name, value in row.items():
        if isinstance(value, dict):
            yield from flat_names(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


class TestUrls:
    def test_without_trailing_slash_redirects(self, api, demo_data, route):
        path, _, query = route.sample.partition("?")
        query = query or "total_pages=1"
        response = api.get(f"/api/v0/{quote(path.removesuffix('/'))}?{query}")
        assert response.status_code == 301
        assert urlsplit(response["Location"]).query == query
        assert api.get(response["Location"]).status_code == 200

    def test_ids_may_be_percent_encoded(self, api, demo_data, route):
        if "{" not in route.path and "/" not in route.sample.partition("?")[2]:
            pytest.skip("there is no id in the URL")
        path, question_mark, query = route.sample.partition("?")
        start, _, end = route.path.partition("{")
        end = end.partition("}")[2]
        identifier = path.removeprefix(start).removesuffix(end)
        query = question_mark + query.replace("/", "%2F")
        url = f"/api/v0/{start}{quote(identifier, safe='')}{end}{query}"
        assert "%2F" in url
        assert api.rows(url) == api.rows(f"/api/v0/{route.sample}")

    def test_unknown_parameters_are_ignored(self, api, demo_data, route):
        url = f"/api/v0/{route.sample}"
        unknown = {"total_pages": "1", "sortKey": "x", "unheard-of": ""}
        assert objects_of(api.rows(url, unknown)) == objects_of(api.rows(url))


class TestDatabases:
    @pytest.mark.parametrize("version, other, using", [("v0", "v1", "analytics"), ("v1", "v0", "analytics_v1")])
    def test_each_version_answers_from_its_own(self, api, route, version, other, using):
        route.insert(range(3), using=using)
        answer = api.rows(f"/api/{version}/{route.large}")
        if route.nothing_found:
            assert api.get(f"/api/{other}/{route.large}").status_code == 404
        else:
            assert api.rows(f"/api/{other}/{route.large}") != answer


class TestErrors:
    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    def test_no_rows(self, api, route, accept):
        if route.nothing_found is None:
            pytest.skip("the answer is zeros")
        response = api.get(f"/api/v0/{route.sample}", HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"]) == (404, "application/json")
        assert response.json()["error_code"] == route.nothing_found
        assert "Content-Disposition" not in response

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_method_not_allowed(self, api, route, method):
        if method.upper() in route.allow:
            pytest.skip("the method is served")
        for accept in ("application/json", "text/csv"):
            response = getattr(api, method)(f"/api/v0/{route.sample}", HTTP_ACCEPT=accept)
            assert (response.status_code, response["Content-Type"]) == (405, "application/json")
            assert response["Allow"] == route.allow
            body = response.json()
            assert body["error_code"] == "method_not_allowed"
            assert body["detail"] == body["developer_message"] == f'Method "{method.upper()}" not allowed.'

    def test_unknown_format(self, api, demo_data, route):
        response = api.get(f"/api/v0/{route.sample}", {"format": "xlsx"})
        assert response.status_code == 400
        assert response.json()["error_code"] == "illegal_parameter_values"
        for words in ("format", "'xlsx'", "json", "csv"):
            assert words in response.json()["developer_message"]

    def test_unknown_accept(self, api, demo_data, route):
        response = api.get(f"/api/v0/{route.sample}", HTTP_ACCEPT="application/pdf")
        assert (response.status_code, response["Content-Type"]) == (406, "application/json")
        assert response.json()["error_code"] == "not_acceptable"
        expected = response.json()["developer_message"].removeprefix(response.json()["detail"])
        assert "application/json" in expected and "text/csv" in expected

    @pytest.mark.parametrize("accept", ["", " "])
    def test_accept_without_a_value(self, api, demo_data, route, accept):
        response = api.get(f"/api/v0/{route.sample}", HTTP_ACCEPT=accept)
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")


class TestSessions:
    def test_login_of_the_browsable_api(self, anonymous, demo_data, route):
        user = UserFactory()
        user.set_password("secret")
        user.save()
        response = anonymous.post("/api-auth/login/", {"username": user.username, "password": "secret"})
        assert response.status_code == 302
        assert anonymous.get(f"/api/v0/{route.sample}").status_code == 200
