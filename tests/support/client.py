"""A test client that checks every response against the API's description, and follows the pages of data sets."""

import csv
import io
import json
import re
from urllib.parse import urlencode

from rest_framework.test import APIClient

from tests.support.description import committed_description


class ApiClient(APIClient):
    """A client that fails the test if the description does not allow a response.

    ``described=False`` switches that off, for URLs that only the test has.
    """

    def __init__(self, *args, described=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.described = described

    def get(self, path, data=None, **extra):
        """Append the parameters of ``data`` to those of the path."""
        if data and "?" in path:
            path, data = f"{path}&{urlencode(data)}", None
        return super().get(path, data, **extra)

    def request(self, **kwargs):
        response = super().request(**kwargs)
        if self.described:
            committed_description().check(response)
        return response

    def rows(self, path, data=None, **extra):
        """Return the objects of a successful response."""
        response = self.get(path, data, **extra)
        assert response.status_code == 200, response.content
        return json.loads(content(response))

    def csv(self, path, data=None, **extra):
        """Return the lines of a successful response as CSV."""
        response = self.get(path, {"format": "csv", **(data or {})}, **extra)
        assert response.status_code == 200, content(response)
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        return content(response).decode().splitlines()


def content(response):
    """Return the bytes of a response, streamed or not."""
    return response.getvalue()


def objects_of(response):
    """Return the objects of a response in any format. In CSV all values are texts."""
    body = content(response).decode()
    kind = response["Content-Type"].partition(";")[0]
    if kind == "text/csv":
        return list(csv.DictReader(io.StringIO(body, newline="")))
    return json.loads(body) if kind == "application/json" else [json.loads(line) for line in body.splitlines()]


def next_of(response):
    """Return the URL of the next page, or None if the response has the cursor to resume from."""
    assert response.has_header("Link") != response.has_header("Resume-Cursor")
    return re.fullmatch(r'<([^>]+)>; rel="next"', response["Link"])[1] if response.has_header("Link") else None


def pull(api, name, *, on_page=lambda: None, version="v0", **parameters):
    """Return all rows of a data set, read page by page, and the cursor to resume from."""
    rows = []
    url, data = f"/api/{version}/data_sets/{name}/rows/", {"format": "ndjson", **parameters}
    while True:
        response = api.get(url, data)
        assert response.status_code == 200, content(response)
        page = objects_of(response)
        assert len(page) <= int(parameters.get("limit", 20_200)) if parameters.get("limit") != "all" else True
        rows += page
        if next_of(response) is None:
            return rows, response["Resume-Cursor"]
        url, data = next_of(response), None
        on_page()
