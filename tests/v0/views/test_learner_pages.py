"""Pages and filters of the list of learners, its links and its CSV form."""

import csv
import gc
from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.client import content
from tests.support.rosters import COURSE, load_learners
from tests.v0.views.test_learners import ADA, usernames

pytestmark = pytest.mark.django_db(databases="__all__")

LIST = "/api/v0/learners/"
COURSES = {"course_id": COURSE}
HUGE = "9" * 5000


def numbered(size, **learner):
    return [{"username": f"learner-{number:03}", **learner} for number in range(size)]


class TestPages:
    def test_default_page(self, api):
        load_learners(COURSE, numbered(51))
        answer = api.rows(LIST, COURSES)
        assert list(answer) == ["count", "num_pages", "next", "previous", "results"]
        assert (answer["count"], answer["num_pages"], answer["previous"]) == (51, 3, None)
        assert usernames(answer) == [f"learner-{number:03}" for number in range(25)]

    def test_links_lead_through_all_pages_and_back(self, api):
        load_learners(COURSE, numbered(51))
        url, pages = f"{LIST}?course_id={COURSE.replace('+', '%2B')}&page_size=20&order_by=email&sort_order=desc", []
        while url:
            response = api.get(url)
            answer = response.json()
            links = [(answer["next"], "next"), (answer["previous"], "prev")]
            assert response.get("Link") == ", ".join(f'<{link}>; rel="{rel}"' for link, rel in links if link)
            for number, link in [(len(pages) + 2, answer["next"]), (len(pages), answer["previous"])]:
                if link:
                    assert urlsplit(link)[:3] == ("http", "testserver", LIST)
                    assert parse_qs(urlsplit(link).query) == {
                        "course_id": [COURSE],
                        "page_size": ["20"],
                        "order_by": ["email"],
                        "sort_order": ["desc"],
                        "page": [str(number)],
                    }
            pages.append(usernames(answer))
            url = answer["next"]
        assert [len(page) for page in pages] == [20, 20, 11]
        assert len({username for page in pages for username in page}) == 51

    def test_an_only_page_has_no_link(self, api):
        load_learners(COURSE, numbered(2))
        assert "Link" not in api.get(LIST, COURSES)
        assert "Link" not in api.get(LIST, {**COURSES, "text_search": "nobody"})

    @pytest.mark.parametrize("format", ["json", "csv"])
    def test_link_header_in_every_format(self, api, format):
        load_learners(COURSE, numbered(51))
        response = api.get(LIST, {**COURSES, "page": 2, "format": format})
        assert 'page=3>; rel="next", <' in response["Link"] and 'page=1>; rel="prev"' in response["Link"]

    @pytest.mark.parametrize(
        "page_size, shown", [("1", 1), ("100", 100), ("101", 100), (HUGE, 100), ("007", 7), ("", 25)]
    )
    def test_page_size(self, api, page_size, shown):
        load_learners(COURSE, numbered(120))
        answer = api.rows(LIST, {**COURSES, "page_size": page_size})
        assert len(answer["results"]) == shown
        assert answer["num_pages"] == -(-120 // shown)

    def test_sizes_come_from_the_settings(self, api, settings):
        settings.DEFAULT_PAGE_SIZE, settings.MAX_PAGE_SIZE = 2, 3
        load_learners(COURSE, numbered(7))
        assert len(api.rows(LIST, COURSES)["results"]) == 2
        assert len(api.rows(LIST, {**COURSES, "page_size": 5})["results"]) == 3

    @pytest.mark.parametrize("filters", [{}, {"text_search": "ada*"}, {"cohort": "Cohort A"}, {"order_by": "email"}])
    @pytest.mark.parametrize("page", ["2", "3", HUGE])
    @pytest.mark.parametrize("format", ["json", "csv"])
    def test_past_the_last_page(self, api, filters, page, format):
        load_learners(COURSE, [{"username": f"ada{number}", "cohort": "Cohort A"} for number in range(3)])
        response = api.get(LIST, {**COURSES, **filters, "page": page, "format": format, "page_size": 2})
        if page == "2":
            assert response.status_code == 200
        else:
            assert (response.status_code, response.json()["error_code"]) == (404, "not_found")
            assert "the last page is 2" in response.json()["developer_message"]

    def test_no_results_are_one_empty_page(self, api):
        load_learners(COURSE, [ADA])
        assert api.rows(LIST, {**COURSES, "text_search": "nobody"}) == {
            "count": 0,
            "num_pages": 1,
            "next": None,
            "previous": None,
            "results": [],
        }
        assert api.get(LIST, {**COURSES, "text_search": "nobody", "page": 2}).status_code == 404

    def test_fields(self, api):
        load_learners(COURSE, [ADA])
        [learner] = api.rows(LIST, {**COURSES, "fields": "email,username,unheard_of,email"})["results"]
        assert list(learner.items()) == [("email", "ada@example.com"), ("username", "ada")]
        [learner] = api.rows(LIST, {**COURSES, "fields": "username", "highlight": "true", "text_search": "ada"})[
            "results"
        ]
        assert list(learner) == ["username", "matches"]
        assert len(api.rows(LIST, {**COURSES, "fields": ""})["results"][0]) == 20


class TestCsv:
    def test_file(self, api):
        load_learners(COURSE, numbered(30))
        response = api.get(LIST, {**COURSES, "format": "csv"})
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert len(content(response).splitlines()) == 26
        before, time, after = response["Content-Disposition"].split("--")
        assert (before, after) == ("attachment; filename=edX-Roster-2026", "learners.csv")
        loaded = datetime.strptime(time, "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC)
        assert abs(datetime.now(UTC) - loaded) < timedelta(minutes=1)

    def test_rows(self, api):
        load_learners(COURSE, [{**ADA, "name": "=cmd()", "email": "+1", "goals": None, "location": "@home"}])
        lines = api.csv(
            LIST, {**COURSES, "fields": "username,name,email,location,segments,engagements.date_range.start"}
        )
        assert lines == [
            "username,name,email,location,segments,engagements.date_range.start",
            "ada,'=cmd(),+1,'@home,\"highly_engaged, struggling\",2026-03-02",
        ]

    def test_columns(self, api):
        load_learners(COURSE, numbered(1))
        engagements = (
            "date_range.start",
            "date_range.end",
            "discussion_contributions",
            "problems_attempted",
            "problems_completed",
            "videos_viewed",
            "problem_attempts_per_completed",
        )
        profile = (
            "last_updated,username,user_id,name,email,account_url,language,location,year_of_birth,level_of_education,"
            "gender,mailing_address,city,country,goals,enrollment_mode,enrollment_date,cohort,segments"
        )
        names = [*profile.split(","), *(f"engagements.{name}" for name in engagements)]
        header = ",".join(sorted(names))
        assert api.csv(LIST, COURSES)[0] == header
        assert api.csv(LIST, {**COURSES, "text_search": "nobody"}) == [header]
        highlighted = api.csv(LIST, {**COURSES, "highlight": "true", "text_search": "learner*"})
        columns = sorted([*names, "matches.name", "matches.username", "matches.email"])
        assert highlighted[0] == ",".join(columns)
        [row] = csv.reader(highlighted[1:])
        assert row[columns.index("matches.username")] == "[0, 7]"

    def test_no_most_for_the_page_size(self, api):
        load_learners(COURSE, numbered(120))
        assert len(api.csv(LIST, {**COURSES, "page_size": 110})) == 111
        assert len(api.csv(LIST, {**COURSES, "page_size": 110, "page": 2})) == 11
        assert len(api.csv(LIST, {**COURSES, "page_size": HUGE})) == 121

    def test_half_of_the_threads_send_large_parts_of_rosters(self, api, settings):
        settings.MAX_SLOW_REQUESTS = 1
        # A response that another test left in a cycle holds its slot until it is collected.
        gc.collect()
        load_learners(COURSE, numbered(101))
        large = {**COURSES, "format": "csv", "page_size": 101}
        first = api.get(LIST, large)
        refused = api.get(LIST, large)
        assert (refused.status_code, refused.json()["error_code"]) == (503, "too_many_streams")
        assert int(refused["Retry-After"]) > 0
        for small in ({"page_size": 100}, {"page_size": 100, "page": 2}, {"text_search": "learner-001"}):
            assert api.get(LIST, {**large, **small}).status_code == 200
        assert api.get(LIST, {**large, "format": "json"}).status_code == 200
        assert len(content(first).splitlines()) == 102
        assert api.get(LIST, large).status_code == 200

    @pytest.mark.parametrize("page", ["1", "2", "77"])
    @pytest.mark.parametrize("size", ["120", "121", "10000"])
    def test_a_page_that_holds_all_is_page_1(self, api, page, size):
        load_learners(COURSE, numbered(120))
        assert len(api.csv(LIST, {**COURSES, "page_size": size, "page": page})) == 121
        assert len(api.csv(LIST, {**COURSES, "page_size": size, "page": page, "text_search": "nobody"})) == 1
        assert api.get(LIST, {**COURSES, "page_size": size, "page": "77"}).status_code == 404


PEOPLE = [
    {"username": f"p{number:02}", "cohort": cohort, "enrollment_mode": mode, "segments": list(segments)}
    for number, (cohort, mode, segments) in enumerate(
        product(
            ("A", "B, C", None),
            ("audit", "no-id-professional", None),
            ((), ("struggling",), ("inactive", "struggling"), ("low_grades",)),
        )
    )
]


class TestFilters:
    @pytest.mark.parametrize(
        "filters",
        [
            {},
            {"segments": "struggling"},
            {"segments": "struggling,low_grades"},
            {"segments": " inactive , low_grades,,inactive "},
            {"segments": "highly_engaged"},
            {"segments": "unenrolled,inactive"},
            {"ignore_segments": "struggling"},
            {"ignore_segments": "inactive,low_grades"},
            {"ignore_segments": "disengaging"},
            {"cohort": "A"},
            {"cohort": "B, C"},
            {"enrollment_mode": "audit"},
            {"enrollment_mode": "no-id-professional"},
            {"cohort": "A", "enrollment_mode": "audit"},
            {"cohort": "A", "enrollment_mode": "audit", "segments": "inactive"},
            {"cohort": "B, C", "ignore_segments": "struggling"},
            {"segments": "", "ignore_segments": "", "cohort": "", "enrollment_mode": "", "text_search": ""},
            {"segments": ",", "cohort": "A"},
            {"text_search": "p0*", "cohort": "A"},
            {"text_search": "p0* p35", "ignore_segments": "struggling"},
            {"text_search": "p01", "segments": "struggling", "enrollment_mode": "audit"},
        ],
        ids=str,
    )
    def test_any_of_and_none_of(self, api, filters):
        load_learners(COURSE, PEOPLE)
        expected = [person["username"] for person in PEOPLE if is_asked_for(person, filters)]
        answer = api.rows(LIST, {**COURSES, **filters, "page_size": 100})
        assert (usernames(answer), answer["count"]) == (expected, len(expected))
        backwards = api.rows(LIST, {**COURSES, **filters, "page_size": 100, "sort_order": "desc"})
        assert usernames(backwards) == expected[::-1]
        lines = api.csv(LIST, {**COURSES, **filters, "fields": "username", "page_size": 100})
        assert lines[1:] == expected

    def test_learners_of_other_courses_are_out(self, api):
        load_learners("edX/Other/2026", [{"username": "other", "cohort": "A", "segments": ["special"]}])
        load_learners(COURSE, PEOPLE)
        assert "other" not in usernames(api.rows(LIST, {**COURSES, "page_size": 100}))
        assert api.get(LIST, {**COURSES, "segments": "special"}).status_code == 404
        assert usernames(api.rows(LIST, {"course_id": "edX/Other/2026", "segments": "special"})) == ["other"]


def is_asked_for(person, filters):
    def names(key):
        return {name.strip() for name in filters.get(key, "").split(",")} - {""}

    words = filters.get("text_search", "").split()
    return (
        (not names("segments") or names("segments") & set(person["segments"]))
        and not names("ignore_segments") & set(person["segments"])
        and filters.get("cohort", "") in ("", person["cohort"])
        and filters.get("enrollment_mode", "") in ("", person["enrollment_mode"])
        and (not words or any(is_found(person["username"], word) for word in words))
    )


def is_found(username, word):
    return username.startswith(word[:-1]) if word.endswith("*") else username == word


SEARCH = {"text_search": "p1* p02"}
COSTS = [
    ({}, 3),
    ({"page": 2, "page_size": 5}, 3),
    ({"order_by": "email"}, 4),
    ({"order_by": "problem_attempts_per_completed", "sort_order": "desc"}, 4),
    ({"cohort": "A", "segments": "struggling"}, 4),
    ({"text_search": "p02"}, 5),
    (SEARCH, 5),
    ({**SEARCH, "cohort": "A", "order_by": "videos_viewed"}, 5),
    ({"text_search": "nobody"}, 5),
]


@pytest.mark.parametrize("parameters, cost", COSTS, ids=[str(parameters) for parameters, _cost in COSTS])
def test_a_page_costs_few_queries(api, query_counter, parameters, cost):
    """The first query finds the key of the client."""
    load_learners(COURSE, PEOPLE)
    with query_counter() as queries:
        api.get(LIST, {**COURSES, **parameters})
    assert len(queries) <= cost, "\n".join(queries)
