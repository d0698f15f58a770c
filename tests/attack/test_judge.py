"""Wrong responses that the judge must find, right ones that it must accept, and broken logs."""

import json
from pathlib import Path

import pytest

from tests.attack.judge import Judge
from tests.attack.request import OPEN_COURSE, SECRET_COURSE, AttackRequest, AttackResponse
from tests.attack.server import log_violations
from tests.support.description import committed_description

RESPONSES = json.loads(Path(__file__).with_name("judged_responses.json").read_text(encoding="utf-8"))
COURSE = "edX/DemoX/Demo_Course"
ERROR = {"error_code": "not_found", "developer_message": "There is none."}
TYPES = {"csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8"}
LINE = json.dumps({"request_id": "a", "path": "/", "status": 200, "ms": 1, "queries": 2, "user": None})


def violations(case):
    course, headers = case.get("course", COURSE), case.get("headers", {})
    row = {"course_id": course, "date": "2014-12-10", "count": 1, "created": "2014-12-10T193146"}
    text = case.get("text") or ""
    for value in [[row | case["row"]]] if "row" in case else [ERROR | case["error"]] if "error" in case else []:
        text = json.dumps(value, separators=(",", ":"))
    media_type = case.get("type", "application/json")
    if media_type:
        headers = headers | {"content-type": TYPES.get(media_type, media_type)}
    request = AttackRequest(
        case.get("method", "GET"),
        case.get("target", f"/api/v0/courses/{course}/enrollment/{case.get('query', '')}"),
        (("Accept", case["accept"]),) if "accept" in case else (),
        key=case.get("key", "unrestricted"),
    )
    judge = Judge(committed_description(), courses=(OPEN_COURSE, SECRET_COURSE), is_stopped=case.get("stopped", False))
    return list(judge.violations(request, AttackResponse(case["status"], headers, text.encode())))


@pytest.mark.parametrize("name", RESPONSES["right"])
def test_right_response(name):
    assert violations(RESPONSES["right"][name]) == []


@pytest.mark.parametrize("name", RESPONSES["wrong"])
def test_wrong_response(name):
    assert violations(RESPONSES["wrong"][name]) != []


def test_right_log():
    assert list(log_violations(f"[INFO] Listening\n{LINE}\n{LINE}\n{LINE}\n", 2)) == []


@pytest.mark.parametrize(
    "log", ["", "\nTraceback (most recent call last):\n", "\nToken attack-restricted\n", "\n{", "\n{}"]
)
def test_wrong_log(log):
    assert len(list(log_violations(LINE + log if not log else f"{LINE}\n{LINE}{log}", 2))) == 1
