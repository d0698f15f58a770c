"""The request behind a chart, as curl, as Python with the published client, as plain Python and as a link to CSV."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from analytics_data_api.web.public_urls import public_url

# The key is a place to fill in: a page never shows a reader's key.
KEY = "YOUR_KEY"
API = "/api/v0/"


@dataclass(frozen=True)
class ApiRequest:
    """A request to the API. ``client`` is the expression of the published client, if it has a method for it."""

    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    client: str = ""

    @classmethod
    def of_course(cls, course_id: str, path: str, client: str = "", **parameters: Any) -> "ApiRequest":
        """Return a request below ``courses/{course_id}/``. ``client`` follows ``client.courses(…).``"""
        known = {name: value for name, value in parameters.items() if value not in (None, "")}
        method = client and f"client.courses({course_id!r}).{client}"
        return cls(f"courses/{quote(course_id, safe='/:+')}/{path}", known, method)

    def url(self, request: Any, **more: str) -> str:
        query = urlencode({**self.parameters, **more})
        return public_url(request, API + self.path + (f"?{query}" if query else ""))

    def forms(self, request: Any) -> "RequestForms":
        return RequestForms(self, request)


@dataclass(frozen=True)
class RequestForms:
    """A request as text in each of the languages that the box offers."""

    of: ApiRequest
    request: Any

    @property
    def curl(self) -> str:
        return f"curl --header 'Authorization: Token {KEY}' '{self.of.url(self.request)}'"

    @property
    def client(self) -> str:
        if not self.of.client:
            return ""
        return (
            "# pip install edx-analytics-data-api-client\n"
            "from analyticsclient.client import Client\n\n"
            f"client = Client({public_url(self.request, API)!r}, auth_token={KEY!r}, timeout=10)\n"
            f"rows = {self.of.client}\n"
        )

    @property
    def python(self) -> str:
        return (
            "import json\n"
            "from urllib.request import Request, urlopen\n\n"
            f"url = {self.of.url(self.request)!r}\n"
            f"request = Request(url, headers={{'Authorization': 'Token {KEY}'}})\n"
            "rows = json.load(urlopen(request))\n"
        )

    @property
    def csv(self) -> str:
        return self.of.url(self.request, format="csv")
