"""Retired learners in texts, JSON values and events, and all that stays as it is."""

import json

import pytest

from analytics_data_api.pipeline.retiring.addresses import shortened_addresses
from analytics_data_api.pipeline.retiring.hashes import Retired
from analytics_data_api.pipeline.retiring.rows import replaced_event
from analytics_data_api.pipeline.retiring.texts import Replacer
from analytics_data_api.pipeline.store import COLUMNS
from tests.pipeline.stores import check, enroll, visit


def replacer(username="ada", user_id="7", email="ada@example.com", name="Ada M. King-Lovelace"):
    retired = Retired(b"k" * 32)
    retired.add_username(username, "P")
    retired.add_user_id(user_id, "1000")
    retired.add_email(email, "P")
    retired.add_name(name, "P")
    return Replacer(retired)


TEXTS = {
    "ada": "P",
    "Hello @ada, how are you?": "Hello @P, how are you?",
    "'ada'.": "'P'.",
    "/u/ada/x": "/u/P/x",
    "Canada and adamant": "Canada and adamant",
    "Ada": "Ada",
    "Write to ADA@example.com.": "Write to P.",
    "email=ada%40example.com&x=1": "email=P&x=1",
    "next=%2Fu%2Fada": "next=%2Fu%2FP",
    "I am ada m king lovelace!": "I am P!",
    "name=Ada+M.+King-Lovelace": "name=P",
    "Ada M. Kingsley": "Ada M. Kingsley",
    "Ada M. and also King-Lovelace": "Ada M. and also King-Lovelace",
    "user_id=7&page=7": "user_id=1000&page=7",
    "/courses/x/progress/7/": "/courses/x/progress/1000/",
    '{"user_id": 7, "n": 7}': '{"user_id": 1000, "n": 7}',
    "user_id=77": "user_id=77",
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.items())
def test_texts(text, expected):
    assert replacer().text(text) == expected
    # The fast check passes over nothing that would change.
    assert replacer().concerns(text) or text == expected


VALUES = [
    ({"user_id": 7}, {"user_id": 1000}),
    ({"user_id": "7", "attempts": 7}, {"user_id": "1000", "attempts": 7}),
    (
        {"student_id": 7.0, "users": [7, 8], "lms_user_id": 7},
        {"student_id": 1000, "users": [1000, 8], "lms_user_id": 1000},
    ),
    ({"ada": {"x": "ada"}, "id": "ada"}, {"P": {"x": "P"}, "id": "ada"}),
    ({"name": "ADA M KING LOVELACE"}, {"name": "P"}),
    ({"user": True, "user_id": None}, {"user": True, "user_id": None}),
    ({"author": "Ada@Example.com"}, {"author": "P"}),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_values(value, expected):
    assert replacer().value(value, own=False) == expected
    assert replacer().concerns(json.dumps(value)) or value == expected


def columns_of(event):
    return {name: event[name] for name in COLUMNS}


@pytest.mark.parametrize(
    "username", ["correct", "choice_1", "p", "answers", "problem_check", "audit", "user_id", "module", "courses"]
)
def test_a_username_that_is_a_word_of_logs(username):
    """The fields from which tables are computed stay for everybody else."""
    submission = {"p_2_1": {"answer": "Yes", "question": "p?", "correct": True}}
    answers = {
        "answers": {"p_2_1": "choice_1"},
        "submission": submission,
        "correct_map": {"p_2_1": {"correctness": "correct"}},
    }
    events = (
        check("2024-01-01", "bob", success="correct", name=username, tags={"t": username}, **answers),
        enroll("2024-01-01", 8, "audit"),
        visit("2024-01-01", 8, page="https://lms/courses/x/info"),
    )
    for event in map(columns_of, events):
        assert replaced_event(replacer(username), event) is None


def test_the_learners_own_events_keep_what_is_counted():
    event = columns_of(visit("2024-01-01", 7, username="ada", ip="203.0.113.77"))
    new = replaced_event(replacer(), event)
    assert (new["username"], new["user_id"], new["ip"]) == ("P", "1000", "203.0.113.0")
    kept = ("time", "line_hash", "event_type", "course_id", "context", "payload")
    assert [new[name] for name in kept] == [event[name] for name in kept]
    other = columns_of(enroll("2024-01-01", 7, user_id=9, username="staff", ip="203.0.113.77"))
    new = replaced_event(replacer(), other)
    assert (new["username"], new["user_id"], new["ip"]) == ("staff", "9", "203.0.113.77")
    assert json.loads(new["payload"])["user_id"] == 1000


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:1:2:3::4", "2001:db8:1::"),
        ("::ffff:203.0.113.77", "::ffff:203.0.113.0"),
        ("203.0.113.77, 10.1.2.3", "203.0.113.0, 10.1.2.0"),
        ("fe80::1%eth0", "fe80::"),
        ("home", "-"),
        ("", ""),
    ],
)
def test_addresses(addresses, expected):
    # Versions of Python write IPv4 within IPv6 in two forms.
    assert shortened_addresses(addresses).replace("::ffff:cb00:7100", "::ffff:203.0.113.0") == expected
