"""The pages about learners show the figures of the API."""

import pytest

from tests.support.factories import ModuleEngagementMetricRangesFactory
from tests.support.pages import reader
from tests.support.rosters import COURSE as ROSTER_COURSE
from tests.support.rosters import load_learners

pytestmark = pytest.mark.django_db(databases="__all__")

PAGE = f"/courses/{ROSTER_COURSE}/learners/"
ROSTER = [
    {"username": "arman", "name": "Arman Li", "problems_attempted": 9, "problems_completed": 3,
     "problem_attempts_per_completed": 4.0, "cohort": "Blue", "enrollment_mode": "verified", "email": "arman@example.com"},
    {"username": "wei-li", "name": "Wei Li", "problems_attempted": 0, "segments": ["inactive"], "cohort": "Red"},
    {"username": "zoe", "name": "Zoe Armatta", "problems_attempted": 2, "problems_completed": 2,
     "problem_attempts_per_completed": 1.0, "segments": ["struggling"]},
]  # fmt: skip


@pytest.fixture(autouse=True)
def roster():
    load_learners(ROSTER_COURSE, ROSTER)
    for range_type, low, high in (("low", 0, 1), ("normal", 1, 8), ("high", 8, None)):
        for metric in ("problems_attempted", "problem_attempts_per_completed"):
            ModuleEngagementMetricRangesFactory(
                course_id=ROSTER_COURSE, metric=metric, range_type=range_type, low_value=low, high_value=high
            )


def names(page):
    return [row.get("data-key") for row in page.elements("tr") if row.get("data-key")]


def test_all_learners():
    page = reader().read(PAGE)
    assert names(page) == ["arman", "wei-li", "zoe"] and "3 learners" in page.text


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"text_search": "arma"}, ["arman", "zoe"]),
        ({"text_search": "li"}, ["arman", "wei-li"]),
        ({"text_search": "nobody"}, []),
        ({"segments": "struggling"}, ["zoe"]),
        ({"hide_inactive": "true"}, ["arman", "zoe"]),
        ({"cohort": "Red"}, ["wei-li"]),
        ({"enrollment_mode": "verified"}, ["arman"]),
        ({"order_by": "problems_attempted"}, ["wei-li", "zoe", "arman"]),
        ({"order_by": "problems_attempted", "sort_order": "desc"}, ["arman", "zoe", "wei-li"]),
    ],
)
def test_search_filter_and_sort(sent, found):
    assert names(reader().read(PAGE, **sent)) == found


def test_ends_are_marked_by_words(api):
    text = reader().read(PAGE).text
    # Nine tried problems are many, none are few, and 4 attempts per correct problem are neither.
    assert text.count("(highest 15 %)") == 1 and text.count("(lowest 15 %)") == 1


def test_csv_has_exactly_the_learners_of_the_list(api):
    page = reader().read(PAGE, text_search="arma", order_by="problems_attempted")
    [link] = [each for each in page.tree.iter("a") if "csv-link" in (each.get("class") or "")]
    rows = api.csv(link.get("href").partition("testserver")[2])
    assert len(rows) == 3 and "zoe" in rows[1] and "arman" in rows[2]


def test_learner(api):
    page = reader().read(f"{PAGE}arman/", back="text_search=arma")
    assert page.title == "Arman Li"
    assert page.cards["Problems tried"] == "9" and page.cards["Track"] == "Verified"
    assert page.links()["All learners"] == f"{PAGE}?text_search=arma"
    assert page.links()["arman@example.com"] == "mailto:arman@example.com"
    assert "average 3.70, ▲ highest 15 %" in page.text
    assert "has not tried a problem" in page.text


def test_back_leads_nowhere_else():
    page = reader().read(f"{PAGE}arman/", back="https://elsewhere.example/")
    assert page.links()["All learners"].startswith(f"{PAGE}?https%3A")


def test_distribution():
    page = reader().read(f"{PAGE}distribution/")
    assert page.series("distribution")["learners"] == {0: 1, 2: 1, 9: 1}
    assert page.chart("distribution")["marks"] == {"0": "lowest 15 %", "9": "highest 15 %"}
    page = reader().read(f"{PAGE}distribution/", metric="problem_attempts_per_completed")
    # A learner without a correct problem has no value.
    assert page.series("distribution")["learners"] == {1.0: 1, 4.0: 1}


@pytest.mark.parametrize(("path", "status"), [("nobody/", 404), ("?page=7", 404), ("?page=x", 400), ("?cohort=x", 404)])
def test_wrong_addresses(path, status):
    assert reader().get(PAGE + path).status_code == status


@pytest.mark.parametrize("path", ["", "arman/"])
def test_readers_without_personal_data_see_no_learner(path):
    response = reader(sees_personal_data=False).get(PAGE + path)
    assert response.status_code == 403 and "arman" not in response.content.decode().replace("learners/arman", "")
