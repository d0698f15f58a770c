"""Which ids and usernames belong to a learner who is to be retired."""

import pytest

from analytics_data_api.pipeline.retiring.identity import identified_learner
from tests.pipeline.stores import COURSE, enroll, store_of, visit, write_lms


def met(user_id, username, day="2024-01-01"):
    return visit(day, user_id, username=username)


def identified(path, username, *events, accounts=(), profiles=(), in_tables=()):
    store = store_of(path, *events)
    if accounts:
        write_lms(
            store, "auth_user", *({"id": id, "username": name, "email": f"{name}@x.org"} for id, name in accounts)
        )
    if profiles:
        write_lms(store, "auth_userprofile", *({"user_id": id, "name": name} for id, name in profiles))
    return identified_learner(store, username, list(in_tables))


CASES = {
    "the events alone": ("ann", [met(1, "ann"), met(2, "bob")], [], {"1"}, {"ann"}),
    "an earlier username": ("ann", [met(1, "anna"), met(1, "ann", "2024-01-02")], [], {"1"}, {"ann", "anna"}),
    "the earlier username is asked for": (
        "anna",
        [met(1, "anna"), met(1, "ann", "2024-01-02")],
        [],
        {"1"},
        {"ann", "anna"},
    ),
    "the earlier username is someone else's by now": (
        "ann",
        [met(1, "anna"), met(1, "ann", "2024-01-02"), met(2, "anna", "2024-01-03")],
        [],
        {"1"},
        {"ann"},
    ),
    "two ids": ("ann", [met(1, "ann"), met(2, "ann", "2024-01-02")], [], {"1", "2"}, {"ann"}),
    "the actor of an enrollment": (
        "ann",
        [met(1, "ann"), enroll("2024-01-02", 5, user_id=9, username="ann")],
        [],
        {"1"},
        {"ann"},
    ),
    "the LMS says whose an id is": ("ann", [met(1, "ann"), met(2, "ann")], [(1, "ann"), (2, "zoe")], {"1"}, {"ann"}),
    "the LMS knows an account without events": ("ann", [met(2, "bob")], [(1, "ann")], {"1"}, {"ann"}),
    "the LMS has retired the account": ("ann", [met(1, "ann")], [(1, "retired__user_x")], {"1"}, {"ann"}),
    "no id": ("ann", [met(None, "ann")], [], set(), {"ann"}),
}


@pytest.mark.parametrize(("username", "events", "accounts", "ids", "usernames"), CASES.values(), ids=CASES)
def test_ids_and_usernames(tmp_path, username, events, accounts, ids, usernames):
    learner = identified(tmp_path, username, *events, accounts=accounts)
    assert (set(learner.user_ids), set(learner.usernames)) == (ids, usernames)
    assert all(10**15 <= int(number) < 10**16 for number in learner.user_ids.values())
    # Each id and username has a pseudonym of its own, or counts of learners would change.
    assert len({*learner.user_ids.values(), *learner.usernames.values()}) == len(ids) + len(usernames)
    assert not any(name.startswith("retired__user_") for name in learner.usernames.values())


def test_email_name_and_courses(tmp_path):
    rows = [{"username": "ann", "user_id": 3, "email": "old@x.org", "name": None, "course_id": "edX/a/1"}]
    learner = identified(
        tmp_path, "ann", met(1, "ann"), accounts=[(1, "ann")], profiles=[(1, "Ann Lee"), (2, "Bob")], in_tables=rows
    )
    assert (learner.emails, learner.names) == (["ann@x.org", "old@x.org"], ["Ann Lee"])
    assert (set(learner.user_ids), learner.courses) == ({"1", "3"}, [COURSE, "edX/a/1"])


def test_an_id_that_is_not_a_number(tmp_path):
    """It stays one, because figures of places and videos count numbers alone."""
    [number] = identified(tmp_path, "ann", met("abc", "ann")).user_ids.values()
    assert number.startswith("learner_")


def test_nobody(tmp_path):
    assert identified(tmp_path / "a", "Ann", met(1, "ann")) is None
    assert identified(tmp_path / "b", "ann") is None
