"""A test client that holds every answer to the API's description."""

import json
from urllib.parse import urlencode

from rest_framework.test import APIClient

from tests.support.description import committed_description


class ApiClient(APIClient):
    """Sends requests as others do; an answer that the description does not allow fails the test.

    ``described=False`` is for answers of URLs that only the test has.
    """

    def __init__(self, *args, described=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.described = described

    def get(self, path, data=None, **extra):
        """The parameters of ``data`` follow those that the path has."""
        if data and "?" in path:
            path, data = f"{path}&{urlencode(data)}", None
        return super().get(path, data, **extra)

    def request(self, **kwargs):
        response = super().request(**kwargs)
        if self.described:
            committed_description().check(response)
        return response

    def rows(self, path, data=None, **extra):
        """The objects of an answer that has to be a good one."""
        response = self.get(path, data, **extra)
        assert response.status_code == 200, response.content
        return json.loads(content(response))

    def csv(self, path, data=None, **extra):
        """The lines of an answer as CSV that has to be a good one."""
        response = self.get(path, {"format": "csv", **(data or {})}, **extra)
        assert response.status_code == 200, content(response)
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        return content(response).decode().splitlines()


def content(response):
    """The bytes of an answer, streamed or not."""
    return response.getvalue()
