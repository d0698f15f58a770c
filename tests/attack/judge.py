"""Checks that every response must pass, whatever the request was."""

import csv
import io
import json
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from django.core.handlers.wsgi import get_path_info
from django.urls import Resolver404, resolve

from analytics_data_api.course_keys import is_course_id
from analytics_data_api.web.renderers import FORMULA_STARTS, NUMBER
from tests.attack.request import INVALID_KEYS, RESTRICTIONS, VALID_KEYS
from tests.attack.texts import INJECTED, SCRIPTS
from tests.support.description import described_path

JSON, CSV, NDJSON, HTML = "application/json", "text/csv", "application/x-ndjson", "text/html"
FORMATS = {"json": JSON, "csv": CSV, "ndjson": NDJSON, "api": HTML}
# Endpoints that always respond in one format.
ONE_FORMAT = ("/status/", "/health/", "/authenticated/", "/api-token-auth")
# Pages whose errors may be HTML.
HTML_PAGES = ("/api-auth/", "/admin/", "/static/")
# Descriptions of columns and parameters contain this course.
EXAMPLE = "edX/DemoX/Demo_Course"
# Ends of the paths whose responses are personal data.
PERSONAL = ("/learners/", "/learners/{username}/", "/engagement_timelines/{username}/", "/user_engagement/")
# Errors of requests that reach no endpoint. Their bodies have the status, too.
BEFORE_ENDPOINTS = {
    400: "bad_request",
    413: "request_too_large",
    414: "uri_too_long",
    431: "request_header_fields_too_large",
}
NEEDED_HEADERS = {405: "allow", 429: "retry-after", 503: "retry-after"}


class Judge:
    """Compares responses with the API's description and with the rules for every response.

    ``courses`` are the ids of the stored courses. ``is_stopped`` is true if the analytics databases do not respond.
    """

    def __init__(self, description, *, courses=(), is_stopped=False):
        self.description, self.courses, self.is_stopped = description, courses, is_stopped

    def violations(self, request, response):
        """Yield a message for each rule that the response breaks."""
        status, (template, ids) = response.status, self.route(request)
        is_described = template in self.description.paths
        is_read = request.method in ("GET", "POST", "HEAD")
        is_busy = status == 503 and parsed_error(response).get("error_code") == "too_many_streams"
        if status >= 500 and not (is_busy or (self.is_stopped and status == 503)):
            yield f"status {status}: {response.body[:500]!r}"
        yield from of_headers(response)
        if is_described and template.startswith("/api/"):
            if request.key in INVALID_KEYS and (status in (403, 404) or (status < 300 and is_read)):
                yield f"status {status} without a key"
            if self.is_stopped and status == 200 and is_read:
                yield "status 200 without a database"
        if request.method == "HEAD" or status == 304:
            if response.body:
                yield f"{request.method} {status} has a body"
            return
        if response.media_type == JSON or (status < 300 and is_described):
            yield from self.of_description(request, response, template)
        if is_described and 300 <= status < 400:
            yield f"a described path redirects to {response.headers.get('location')!r}"
        if (template, status) == ("/health/", 503):
            return  # A stopped database is what this endpoint reports.
        if status >= 400:
            yield from of_error(request, response)
        elif status == 200:
            yield from of_content(response)
            yield from of_format(request, response) if is_described and is_read else ()
        if is_described and is_read and request.key in VALID_KEYS[1:]:
            yield from of_access(request, response, template, ids.get("course_id"), self.courses)

    def route(self, request):
        """Return the described path of the request's route, or None, and the ids in the target."""
        path = urlsplit("http://host" + request.target.partition("?")[0].replace(";", "%3B")).path
        try:
            match = resolve(get_path_info({"PATH_INFO": unquote_to_bytes(path).decode("latin-1")}))
        except Resolver404:
            return None, {}
        return described_path(match.route), match.kwargs

    def of_description(self, request, response, template):
        error = parsed_error(response)
        if "status" in error and error.get("error_code") == BEFORE_ENDPOINTS.get(response.status):
            template = None
        if response.status >= 400 and template not in self.description.paths:
            return  # of_error() judges it.
        try:
            answer = {"status": response.status, "kind": response.media_type, "body": lambda: response.body}
            self.description.check_answer(method=request.method, template=template, **answer)
        except Exception as error:  # Validators raise many classes of errors.
            yield f"not as described: {error}"


def parsed_error(response):
    """Return the JSON object of a body, or an empty one for any other body."""
    with suppress(ValueError):
        body = json.loads(response.body)
        return body if isinstance(body, dict) else {}
    return {}


def of_headers(response):
    for name, value in response.headers.items():
        if name == INJECTED or "\r" in value or "\n" in value:
            yield f"a header was injected: {name}: {value!r}"
    location = response.headers.get("location", "")
    if location.startswith(("//", "/\\", "\\")) or (":" in location.partition("?")[0].partition("/")[0]):
        yield f"redirects to another host: {location!r}"


def of_error(request, response):
    if (needed := NEEDED_HEADERS.get(response.status)) and needed not in response.headers:
        yield f"{response.status} without the header {needed}"
    if response.media_type == HTML and request.target.startswith(HTML_PAGES):
        return
    if response.media_type == HTML and request.target.startswith("/api/"):
        # A page of the browsable API around the JSON.
        if b"error_code" not in response.body or any(script in response.body for script in SCRIPTS):
            yield f"a page that does not show an error: {response.body[:200]!r}"
        return
    error = parsed_error(response)
    if response.media_type != JSON or not (error.get("error_code") and error.get("developer_message")):
        yield f"an error of another shape, {response.media_type!r}: {response.body[:300]!r}"
    elif error.get("status", response.status) != response.status:
        yield f"an error whose body has the status {error['status']}"
    elif len(response.body) > 100_000:
        yield f"an error of {len(response.body)} bytes"


def of_content(response):
    """Yield a message for each promise of the format that the body breaks."""
    try:
        if response.media_type == JSON:
            json.loads(response.body, parse_constant=refuse_nan)
        elif response.media_type == NDJSON:
            for line in response.body.splitlines():
                if not isinstance(json.loads(line, parse_constant=refuse_nan), dict):
                    yield f"a line that is not an object: {line[:200]!r}"
        elif response.media_type == CSV:
            yield from of_csv(response)
        elif response.media_type == HTML and any(script in response.body for script in SCRIPTS):
            yield "a page contains a script of the request"
    except (ValueError, csv.Error) as error:
        yield f"invalid {response.media_type}: {error}"


def refuse_nan(name):
    raise ValueError(f"{name} is not JSON")


def of_csv(response):
    if response.headers["content-type"] != "text/csv; charset=utf-8":
        yield f"CSV of type {response.headers['content-type']!r}"
    header, *rows = csv.reader(io.StringIO(response.body.decode(), newline=""), strict=True)
    if any(len(row) != len(header) for row in rows):
        yield "CSV with rows of different lengths"
    for cell in (cell for row in (header, *rows) for cell in row):
        if cell and cell[0] in FORMULA_STARTS and not NUMBER.match(cell):
            yield f"a cell that a spreadsheet runs: {cell[:200]!r}"
            break


def of_format(request, response):
    """Yield a message if the response does not have the requested format."""
    if request.target.startswith(ONE_FORMAT):
        return
    query = dict(parse_qsl(request.target.partition("?")[2], separator="&", encoding="utf-8", errors="replace"))
    accept = dict(request.headers).get("Accept", "*/*")
    if query.get("format"):
        if response.media_type != FORMATS.get(query["format"]):
            yield f"format={query['format']!r} returns {response.media_type!r}"
    elif "*" not in accept and accept and response.media_type not in accept:
        yield f"Accept {accept!r} returns {response.media_type!r}"


def is_visible(course_id, key):
    """Return True if a restricted key may see a course."""
    if key == "of an organization":
        return course_id.startswith(("course-v1:Open+", "Open/", "ccx-v1:Open+"))
    return course_id in RESTRICTIONS[key]


def of_access(request, response, template, course_id, courses):
    """Yield a message if a restricted key sees another course, sees that it exists, or sees personal data."""
    asked = unquote(request.target) + unquote((request.body or b"").decode("utf-8", "replace"))
    body = response.body.decode("utf-8", "replace")
    for other in courses:
        is_hidden = other in body and other != EXAMPLE and not is_visible(other, request.key)
        if is_hidden and (other not in asked.replace(" ", "+") or f'"course_id":"{other}"' in body):
            yield f"reveals {other}"
    if response.status not in (200, 404):
        return
    if course_id and is_course_id(course_id) and not is_visible(course_id, request.key):
        yield f"{response.status} for a course that the key may not see"
    if request.key == "without personal data" and template.endswith(PERSONAL):
        yield f"{response.status} for personal data"
