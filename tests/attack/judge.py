"""What every answer has to be, whatever the request."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from django.core.handlers.wsgi import get_path_info
from django.urls import Resolver404, resolve

from analytics_data_api.course_keys import is_course_id
from analytics_data_api.web.renderers import FORMULA_STARTS, NUMBER
from tests.attack.generator import BAD_KEYS, GOOD_KEYS, RESTRICTIONS
from tests.attack.texts import INJECTED, SCRIPTS
from tests.support.description import described_path

JSON, CSV, NDJSON, HTML = "application/json", "text/csv", "application/x-ndjson", "text/html"
# Endpoints that have no other, whatever is asked for.
ONE_FORMAT = ("/status/", "/health/", "/authenticated/", "/api-token-auth")
# The course that descriptions of columns and of parameters name.
EXAMPLE = "edX/DemoX/Demo_Course"
# The ends of the paths whose answers are of persons.
PERSONAL = ("/learners/", "/learners/{username}/", "/engagement_timelines/{username}/", "/user_engagement/")
ERROR_KEYS = {"error_code", "developer_message"}
# Errors of requests that no endpoint gets to see, which have the shape of a page's.
BEFORE_ENDPOINTS = {400: "bad_request", 414: "uri_too_long", 431: "request_header_fields_too_large"}


@dataclass(frozen=True)
class Answer:
    status: int
    # Names in lower case.
    headers: tuple[tuple[str, str], ...]
    # Unpacked, if it was packed.
    body: bytes

    def header(self, name):
        return next((value for other, value in self.headers if other == name), None)

    @property
    def kind(self):
        return (self.header("content-type") or "").partition(";")[0]


class Judge:
    """Holds answers to the description and to what holds for all of them. ``is_stopped``: the database of the figures
    does not answer; ``courses``: those that are stored."""

    def __init__(self, description, *, courses=(), is_stopped=False):
        self.description = description
        self.courses = courses
        self.is_stopped = is_stopped

    def complaints(self, request, answer) -> Iterable[str]:
        template, ids = self.route(request)
        is_described = template in self.description.paths
        yield from self.of_status(request, answer, template)
        if answer.kind == JSON or (answer.status < 300 and is_described):
            yield from self.of_description(request, answer, template)
        yield from of_headers(answer)
        if request.method == "HEAD" or answer.status == 304:
            if answer.body:
                yield f"{request.method} {answer.status} has a body"
            return
        if is_described and 300 <= answer.status < 400:
            yield f"a described path redirects to {answer.header('location')!r}"
        if (template, answer.status) == ("/health/", 503):
            return  # no error, but what was asked for
        if answer.status >= 400:
            yield from of_error(request, answer)
        elif answer.status == 200:
            yield from of_content(answer)
            if is_described and request.method in ("GET", "POST"):
                yield from of_format(request, answer)
        if request.key in GOOD_KEYS[1:] and is_described and request.method in ("GET", "POST"):
            yield from of_access(request, answer, template, ids, self.courses)

    def route(self, request):
        """The path of the request's route as the description writes it, or None, and the ids in it."""
        path = urlsplit("http://host" + request.target.partition("?")[0].replace(";", "%3B")).path
        try:
            match = resolve(get_path_info({"PATH_INFO": unquote_to_bytes(path).decode("latin-1")}))
        except Resolver404:
            return None, {}
        return described_path(match.route), match.kwargs

    def of_status(self, request, answer, template):
        status = answer.status
        if status >= 500 and not (self.is_stopped and status == 503):
            yield f"status {status}: {answer.body[:500]!r}"
        needs_key = template in self.description.paths and template.startswith("/api/")
        is_read = request.method in ("GET", "POST", "HEAD")
        if needs_key and request.key in BAD_KEYS and (status in (403, 404) or (status < 300 and is_read)):
            yield f"status {status} without a key"
        if needs_key and self.is_stopped and status == 200 and is_read:
            yield "status 200 without a database"

    def of_description(self, request, answer, template):
        if request.method == "HEAD" or answer.status == 304:
            return
        if is_error_before_endpoints(answer):
            template = None
        if answer.status >= 400 and template not in self.description.paths:
            return  # of_error() says the rest
        try:
            self.description.check_answer(
                method=request.method,
                template=template,
                status=answer.status,
                kind=answer.kind,
                body=lambda: answer.body,
            )
        except Exception as error:  # what a validator raises is a complaint, whatever its class
            yield f"not as described: {error}"


def is_error_before_endpoints(answer):
    try:
        body = json.loads(answer.body)
    except ValueError:
        return False
    code = BEFORE_ENDPOINTS.get(answer.status)
    return bool(code) and isinstance(body, dict) and body.get("error_code") == code and "status" in body


def of_headers(answer):
    for name, value in answer.headers:
        if name == INJECTED or "\r" in value or "\n" in value:
            yield f"a header was injected: {name}: {value!r}"
    location = answer.header("location") or ""
    if location.startswith(("//", "/\\", "\\")) or (":" in location.partition("?")[0].partition("/")[0]):
        yield f"redirects to another host: {location!r}"


def of_error(request, answer):
    if answer.kind == HTML and request.target.startswith(("/api-auth/", "/admin/", "/static/")):
        return
    if answer.kind == HTML and request.target.startswith("/api/"):
        # A page of the browsable API around the JSON.
        if b"error_code" not in answer.body or any(script in answer.body for script in SCRIPTS):
            yield f"a page that is not one of an error: {answer.body[:200]!r}"
        return
    if answer.kind != JSON:
        yield f"an error as {answer.kind!r}: {answer.body[:200]!r}"
        return
    try:
        error = json.loads(answer.body)
    except ValueError:
        yield f"an error that is no JSON: {answer.body[:200]!r}"
        return
    if not isinstance(error, dict) or not error.keys() >= ERROR_KEYS or not all(map(error.get, ERROR_KEYS)):
        yield f"an error of another shape: {answer.body[:300]!r}"
    elif error.get("status", answer.status) != answer.status:
        yield f"an error that calls itself {error['status']}"
    elif len(answer.body) > 100_000:
        yield f"an error of {len(answer.body)} bytes"


def of_content(answer):
    """What the format promises."""
    try:
        if answer.kind == JSON:
            json.loads(answer.body, parse_constant=no_json)
        elif answer.kind == NDJSON:
            for line in answer.body.splitlines():
                if not isinstance(json.loads(line, parse_constant=no_json), dict):
                    yield f"a line that is no object: {line[:200]!r}"
        elif answer.kind == CSV:
            yield from of_csv(answer)
        elif answer.kind == HTML and any(script in answer.body for script in SCRIPTS):
            yield "a script of the request stands in the page"
    except (ValueError, csv.Error) as error:
        yield f"{answer.kind} that cannot be read: {error}"


def no_json(name):
    raise ValueError(f"{name} is no JSON")


def of_csv(answer):
    if answer.header("content-type") != "text/csv; charset=utf-8":
        yield f"CSV of type {answer.header('content-type')!r}"
    header, *rows = csv.reader(io.StringIO(answer.body.decode(), newline=""), strict=True)
    if any(len(row) != len(header) for row in rows):
        yield "CSV whose rows differ in length"
    cells = (cell for row in (header, *rows) for cell in row if cell[:1] and cell[0] in FORMULA_STARTS)
    formulas = [cell for cell in cells if not NUMBER.match(cell)]
    if formulas:
        yield f"a cell that a spreadsheet runs: {formulas[0][:200]!r}"


FORMATS = {"json": JSON, "csv": CSV, "ndjson": NDJSON, "api": HTML}


def of_format(request, answer):
    """Whether an answer has the format that was asked for."""
    if request.target.startswith(ONE_FORMAT):
        return
    query = dict(parse_qsl(request.target.partition("?")[2], separator="&", encoding="utf-8", errors="replace"))
    accept = dict(request.headers).get("Accept", "*/*")
    asked = FORMATS.get(query.get("format", ""))
    if query.get("format"):
        if answer.kind != asked:
            yield f"format={query['format']!r} gives {answer.kind!r}"
    elif "*" not in accept and accept and answer.kind not in accept:
        yield f"Accept {accept!r} gives {answer.kind!r}"


def is_visible(course_id, key):
    """Whether a key of RESTRICTIONS may see a course."""
    if key == "of an organization":
        return course_id.startswith(("course-v1:Open+", "Open/", "ccx-v1:Open+"))
    return key == GOOD_KEYS[0] or course_id in RESTRICTIONS[key]


def of_access(request, answer, template, ids, courses):
    """Whether a restricted key has been told of other courses, even that they are there, or of persons."""
    asked = unquote(request.target) + unquote((request.body or b"").decode("utf-8", "replace"))
    body = answer.body.decode("utf-8", "replace")
    for course_id in courses:
        if is_visible(course_id, request.key) or course_id not in body or course_id == EXAMPLE:
            continue
        if course_id not in asked.replace(" ", "+") or f'"course_id":"{course_id}"' in body:
            yield f"tells of {course_id}"
    course_id = ids.get("course_id")
    if course_id and is_course_id(course_id) and not is_visible(course_id, request.key) and answer.status in (200, 404):
        yield f"{answer.status} for a course that the key may not see"
    if request.key == "without personal data" and answer.status in (200, 404) and template.endswith(PERSONAL):
        yield f"{answer.status} for data of persons"
