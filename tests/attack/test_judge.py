"""Wrong answers that the judge has to see, each beside a right one that it lets pass."""

import json

import pytest

from tests.attack.data import OPEN_COURSE, SECRET_COURSE
from tests.attack.generator import Request
from tests.attack.judge import Answer, Judge
from tests.support.description import committed_description

ENROLLMENT = "/api/v0/courses/edX/DemoX/Demo_Course/enrollment/"
OPEN_ENROLLMENT = f"/api/v0/courses/{OPEN_COURSE}/enrollment/"
ROW = {"course_id": "edX/DemoX/Demo_Course", "date": "2014-12-10", "count": 1, "created": "2014-12-10T193146"}
JSON = (("content-type", "application/json"),)
CSV = (("content-type", "text/csv; charset=utf-8"),)
HTML = (("content-type", "text/html; charset=utf-8"),)
NOT_FOUND = {"error_code": "not_found", "developer_message": "There is none."}


def complaints(status, body, headers=JSON, *, target=ENROLLMENT, method="GET", stopped=False, asked=(), **request):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    judge = Judge(committed_description(), courses=(OPEN_COURSE, SECRET_COURSE), is_stopped=stopped)
    return list(judge.complaints(Request(0, method, target, asked, **request), Answer(status, headers, body)))


RIGHT = [
    (200, [ROW], JSON, {}),
    (200, b"date,count\r\n2014-12-10,-1\r\n", CSV, {"target": f"{ENROLLMENT}?format=csv"}),
    (404, NOT_FOUND, JSON, {"target": f"{ENROLLMENT}?format=csv"}),
    (401, {**NOT_FOUND, "detail": "No."}, JSON, {"key": "absent"}),
    (503, NOT_FOUND, JSON, {"stopped": True}),
    (200, b"", JSON, {"method": "HEAD"}),
    (304, b"", (), {}),
    (301, b"", (("location", "/docs/"),), {"target": "/nonsense"}),
    (414, {"status": 414, "error_code": "uri_too_long", "developer_message": "Too long."}, JSON, {}),
    (200, b"<html>", HTML, {"target": f"{ENROLLMENT}?format=api"}),
    (200, [{**ROW, "course_id": OPEN_COURSE}], JSON, {"key": "restricted", "target": OPEN_ENROLLMENT}),
    (403, NOT_FOUND, JSON, {"key": "restricted"}),
]
WRONG = {
    "a crash": (500, NOT_FOUND, JSON, {}),
    "a database that is up": (503, NOT_FOUND, JSON, {}),
    "a crash without a database": (500, NOT_FOUND, JSON, {"stopped": True}),
    "rows without a database": (200, [ROW], JSON, {"stopped": True}),
    "a key that is missing": (200, [{"course_id": "a/b/c"}], JSON, {}),
    "a key too many": (200, [{**ROW, "more": 1}], JSON, {}),
    "a count that is text": (200, [{**ROW, "count": "1"}], JSON, {}),
    "broken JSON": (200, b"[", JSON, {}),
    "no number": (200, b'[{"a": NaN}]', JSON, {"target": "/nonsense/"}),
    "a status that is not described": (402, NOT_FOUND, JSON, {}),
    "a method that is not served": (200, [ROW], JSON, {"method": "DELETE"}),
    "no key": (200, [ROW], JSON, {"key": "absent"}),
    "a wrong key": (404, NOT_FOUND, JSON, {"key": "wrong"}),
    "JSON instead of CSV": (200, [ROW], JSON, {"target": f"{ENROLLMENT}?format=csv"}),
    "CSV instead of JSON": (200, b"date\r\n", CSV, {"asked": (("Accept", "application/json"),)}),
    "CSV of another charset": (
        200,
        b"date\r\n",
        (("content-type", "text/csv"),),
        {"target": f"{ENROLLMENT}?format=csv"},
    ),
    "a formula": (200, b"date\r\n=1+1\r\n", CSV, {"target": f"{ENROLLMENT}?format=csv"}),
    "a formula that begins as a number": (200, b"date\r\n-1+1\r\n", CSV, {"target": f"{ENROLLMENT}?format=csv"}),
    "a line that is too long": (200, b"date\r\n1,2\r\n", CSV, {"target": f"{ENROLLMENT}?format=csv"}),
    "an open quote": (200, b'date\r\n"1\r\n', CSV, {"target": f"{ENROLLMENT}?format=csv"}),
    "an error in HTML": (404, b"<html>", HTML, {"target": "/nonsense/"}),
    "an error in CSV": (404, b"error_code", CSV, {"target": f"{ENROLLMENT}?format=csv"}),
    "an error of another shape": (404, {"detail": "No."}, JSON, {"target": "/nonsense/"}),
    "an error of another status": (404, {**NOT_FOUND, "status": 400}, JSON, {"target": "/nonsense/"}),
    "an error as an endpoint has none": (400, {**NOT_FOUND, "status": 400}, JSON, {}),
    "a script": (200, b"<p><script>alert(1)</script>", HTML, {"target": f"{ENROLLMENT}?format=api"}),
    "an injected header": (200, [ROW], (*JSON, ("x-injected", "1")), {}),
    "a redirect to another host": (301, b"", (("location", "//example.com/"),), {"target": "/nonsense"}),
    "a redirect to a script": (301, b"", (("location", "javascript:alert(1)"),), {"target": "/nonsense"}),
    "a body where none is": (200, b"[]", JSON, {"method": "HEAD"}),
    "a secret row": (
        200,
        json.dumps([{**ROW, "course_id": SECRET_COURSE}], separators=(",", ":")).encode(),
        JSON,
        {"key": "restricted", "target": f"/api/v0/courses/{SECRET_COURSE}/enrollment/"},
    ),
    "a secret course that is not there": (
        404,
        NOT_FOUND,
        JSON,
        {"key": "of an organization", "target": f"/api/v0/courses/{SECRET_COURSE}/enrollment/"},
    ),
    "a learner": (
        200,
        {},
        JSON,
        {"key": "without personal data", "target": f"/api/v0/learners/ada/?course_id={OPEN_COURSE}"},
    ),
    "a secret name": (404, {**NOT_FOUND, "developer_message": SECRET_COURSE}, JSON, {"key": "restricted"}),
}


@pytest.mark.parametrize("status, body, headers, how", RIGHT)
def test_right(status, body, headers, how):
    assert complaints(status, body, headers, **how) == []


@pytest.mark.parametrize("status, body, headers, how", WRONG.values(), ids=WRONG)
def test_wrong(status, body, headers, how):
    assert complaints(status, body, headers, **how) != []
