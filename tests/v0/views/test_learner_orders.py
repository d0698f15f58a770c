"""The orders of the list of learners, compared with a sort in Python by the rules of the contract."""

from functools import cmp_to_key

import pytest

from analytics_data_api.constants import ROSTER_ORDERS
from analytics_data_api.rosters import writing
from tests.support.rosters import COURSE, load_learners
from tests.v0.views.test_learners import usernames

pytestmark = pytest.mark.django_db(databases="__all__")

LIST = "/api/v0/learners/"

EMAILS = (None, "b@x.org", "B@x.org", "é@x.org", "", "z@x.org", "b@x.org ", "😀@x.org", "\uffff@x.org", "b@x.org")
NAMES = ("ada", "Ada", "zoë", "zoe", "李", "😀", "_", "a b", "a", "ab", "\uffee", "ada ", "ﬀ", "ß", "ss")


def people():
    """Return learners with nulls and ties in every sort key."""
    for number in range(60):
        completed = (0, 1, 2, 4)[number % 4]
        attempts = number % 7
        learner = {
            "username": f"{NAMES[number % len(NAMES)]}{number // len(NAMES) or ''}",
            "email": EMAILS[number % len(EMAILS)],
            "discussion_contributions": number % 3,
            "problems_attempted": number * 7 % 5,
            "problems_completed": completed,
            "videos_viewed": 2**31 - 1 if number == 5 else number % 4,
            "problem_attempts": attempts,
            "attempt_ratio_order": None if number % 9 == 0 else completed or -attempts,
            "cohort": "A" if number % 3 else "B",
        }
        if number == 30:
            learner["attempt_ratio_order"] = -(2**62 - 1)
        yield {key: value for key, value in learner.items() if value is not None}


def value_of(learner, order):
    if order == "problem_attempts_per_completed":
        completed = learner["problems_completed"]
        return learner["problem_attempts"] / completed if completed else None
    return learner.get(order)


def compare(first, second):
    """Compare two values, with nulls last."""
    if first is None or second is None:
        return (first is None) - (second is None)
    return (first > second) - (first < second)


def sorted_people(order, descending, learners):
    sign = -1 if descending else 1

    def compared(first, second):
        found = sign * compare(value_of(first, order), value_of(second, order))
        if not found and order == "problem_attempts_per_completed":
            found = -sign * compare(value_of(first, "attempt_ratio_order"), value_of(second, "attempt_ratio_order"))
        if not found:
            found = (sign if order == "username" else 1) * compare(first["username"], second["username"])
        return found

    return [learner["username"] for learner in sorted(learners, key=cmp_to_key(compared))]


@pytest.fixture(params=[10_000, 7], ids=["", "several commits"])
def roster(request, monkeypatch):
    """Load the learners from a file in random order."""
    monkeypatch.setattr(writing, "COMMIT_SIZE", request.param)
    learners = list(people())
    load_learners(COURSE, learners[::-3] + learners[-2::-3] + learners[-3::-3])
    return learners


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", ROSTER_ORDERS)
class TestOrder:
    def parameters(self, order, descending):
        return {"course_id": COURSE, "order_by": order, "sort_order": "desc" if descending else "asc"}

    def test_all_pages(self, api, roster, order, descending):
        expected = sorted_people(order, descending, roster)
        parameters = self.parameters(order, descending)
        for page_size in (100, 7):
            found = []
            for page in range(1, -(-60 // page_size) + 1):
                found += usernames(api.rows(LIST, {**parameters, "page_size": page_size, "page": page}))
            assert found == expected

    def test_filtered_pages(self, api, roster, order, descending):
        """Filters and searches that select few or many learners, with pages of several sizes."""
        parameters = self.parameters(order, descending)
        cases = [
            ({"cohort": "A"}, lambda learner: learner["cohort"] == "A"),
            ({"cohort": "B"}, lambda learner: learner["cohort"] == "B"),
            ({"text_search": "b@x.org"}, lambda learner: learner.get("email", "").lower() == "b@x.org"),
            (
                {"text_search": "z*", "cohort": "A"},
                lambda learner: (
                    learner["cohort"] == "A"
                    and (learner["username"].startswith("z") or learner.get("email", "").startswith("z"))
                ),
            ),
        ]
        for filters, is_asked_for in cases:
            expected = sorted_people(order, descending, filter(is_asked_for, roster))
            assert expected
            for page_size in (100, 5):
                found, number = [], 1
                while len(found) < len(expected):
                    page = api.rows(LIST, {**parameters, **filters, "page_size": page_size, "page": number})
                    assert page["count"] == len(expected)
                    found += usernames(page)
                    number += 1
                assert found == expected

    def test_csv_has_the_same_order(self, api, roster, order, descending):
        parameters = {**self.parameters(order, descending), "page_size": 60, "fields": "user_id,email"}
        rows = [learner["email"] or "" for learner in api.rows(LIST, parameters)["results"]]
        lines = api.csv(LIST, parameters)
        assert [line.partition(",")[2].strip('"') for line in lines[1:]] == rows


def test_default_order(api, roster):
    expected = sorted(learner["username"] for learner in roster)
    assert usernames(api.rows(LIST, {"course_id": COURSE, "page_size": 100})) == expected
    for words in ({"order_by": "USERNAME"}, {"sort_order": "ASC"}, {"order_by": "", "sort_order": ""}):
        assert usernames(api.rows(LIST, {"course_id": COURSE, "page_size": 100, **words})) == expected


def test_ratio_order_both_ways(api):
    """Among equal ratios the larger order comes first in ascending order and last in descending order."""
    load_learners(
        COURSE,
        [
            {"username": username, "problem_attempts_per_completed": ratio, "attempt_ratio_order": order}
            for username, ratio, order in [
                ("half-4", 0.5, 4),
                ("half-8", 0.5, 8),
                ("half-none", 0.5, None),
                ("never-2", None, -2),
                ("never-1", None, -1),
                ("twice-3", 2.0, 3),
                ("twice-3-too", 2.0, 3),
            ]
        ],
    )
    parameters = {"course_id": COURSE, "order_by": "problem_attempts_per_completed"}
    assert usernames(api.rows(LIST, parameters)) == [
        "half-none",
        "half-8",
        "half-4",
        "twice-3",
        "twice-3-too",
        "never-1",
        "never-2",
    ]
    assert usernames(api.rows(LIST, {**parameters, "sort_order": "desc"})) == [
        "never-2",
        "never-1",
        "twice-3",
        "twice-3-too",
        "half-4",
        "half-8",
        "half-none",
    ]
