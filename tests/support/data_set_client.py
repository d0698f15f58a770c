"""Follows the links of a data set as a client does."""

import csv
import io
import json
import re

from tests.support.client import content


def rows_of(response):
    """The objects of an answer in any of the formats; of CSV with texts alone."""
    body = content(response).decode()
    kind = response["Content-Type"].partition(";")[0]
    if kind == "text/csv":
        return list(csv.DictReader(io.StringIO(body, newline="")))
    return json.loads(body) if kind == "application/json" else [json.loads(line) for line in body.splitlines()]


def next_of(response):
    """The URL of the next page; None where the answer says from where to resume."""
    assert response.has_header("Link") != response.has_header("Resume-Cursor")
    return re.fullmatch(r'<([^>]+)>; rel="next"', response["Link"])[1] if response.has_header("Link") else None


def pull(api, name, *, on_page=lambda: None, version="v0", **parameters):
    """All rows of a data set, page by page, and the cursor to resume from."""
    rows = []
    url, data = f"/api/{version}/data_sets/{name}/rows/", {"format": "ndjson", **parameters}
    while True:
        response = api.get(url, data)
        assert response.status_code == 200, content(response)
        page = rows_of(response)
        assert len(page) <= int(parameters.get("limit", 20_200)) if parameters.get("limit") != "all" else True
        rows += page
        if next_of(response) is None:
            return rows, response["Resume-Cursor"]
        url, data = next_of(response), None
        on_page()
