"""Logs that are not as they should be."""

import json

import pytest

from tests.attack.logs import complaints

LINE = json.dumps({"request_id": "a", "path": "/", "status": 200, "ms": 1, "queries": 2, "user": None})


def found(log, requests=2):
    return list(complaints(log, requests=requests, secrets=["attack-key"]))


def test_right():
    assert found(f"[INFO] Listening\n{LINE}\n{LINE}\n{LINE}\n") == []


@pytest.mark.parametrize(
    "log",
    [
        LINE,
        f"{LINE}\n{LINE}\nTraceback (most recent call last):\n",
        f"{LINE}\n{LINE}\n[ERROR] Token attack-key\n",
        f"{LINE}\n{LINE[:20]}\n",
        f"{LINE}\n{{}}\n",
    ],
)
def test_wrong(log):
    assert len(found(log)) == 1
