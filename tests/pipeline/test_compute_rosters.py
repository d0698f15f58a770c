"""Rosters, segments, and where learners are."""

import pytest

from analytics_data_api.pipeline.countries import code_of, open_lookup
from analytics_data_api.pipeline.store import StoreError
from analytics_data_api.simulation.country_database import write_mmdb
from tests.pipeline.computed import roster, rows, run
from tests.pipeline.stores import COURSE, OTHER_COURSE, check, enroll, event, play, store_of, unenroll, visit, write_lms

pytestmark = pytest.mark.django_db(databases=["default", "analytics"])


def met(user_id, username, time="2024-01-01 08:00", **fields):
    """Return an event that tells which username a user has."""
    return visit(time, user_id, username=username, **fields)


def learner_of(store, end, username="ann"):
    run(store, end, tables=["roster"])
    return roster()[COURSE, username]


def test_a_learner_without_the_lms(tmp_path):
    store = store_of(
        tmp_path,
        met(1, "ann"),
        *(unenroll("2024-01-01", 1), enroll("2024-01-02", 1, "verified")),
        *(check("2024-01-03 10:00", "ann"), check("2024-01-03 11:00", "ann", success="correct")),
        *(check("2024-01-03", "ann", problem="q"), play("2024-01-03", 0, username="ann")),
    )

    learner, facet = learner_of(store, "2024-01-08")

    assert (learner.user_id, learner.name, learner.email, facet.cohort) == (1, None, None, None)
    assert (facet.enrollment_mode, learner.enrollment_date.isoformat()) == ("verified", "2024-01-02")
    assert (learner.start_date.isoformat(), learner.end_date.isoformat()) == ("2024-01-01", "2024-01-08")
    counts = (learner.problem_attempts, learner.problems_attempted, learner.problems_completed, learner.videos_viewed)
    assert counts == (3, 2, 1, 1)
    assert (learner.problem_attempts_per_completed, learner.attempt_ratio_order) == (3.0, 3)


def test_usernames_come_from_the_log(tmp_path):
    """The latest username of an id counts, the actor of an enrollment never, and nobody without a name is listed."""
    store = store_of(
        tmp_path,
        *(enroll("2024-01-02", user_id, user_id=9, username="staff") for user_id in (1, 2, 3)),
        *(met(1, "old", "2024-01-01"), met(1, "new", "2024-01-03"), met(2, "")),
    )

    summary = run(store, "2024-01-08")

    assert set(roster()) == {(COURSE, "new")}
    assert summary.nameless_learners == 2
    assert any("2 enrollments are in no roster" in line for line in summary.lines())


def test_two_ids_of_one_username(tmp_path):
    store = store_of(
        tmp_path,
        *(enroll("2024-01-01", 1), enroll("2024-01-01", 2)),
        *(met(1, "ann", "2024-01-02"), met(2, "ann", "2024-01-03")),
    )
    learner, _facet = learner_of(store, "2024-01-08")
    assert learner.user_id == 2


def test_a_profile_of_the_lms(tmp_path):
    store = store_of(tmp_path, *(enroll("2024-01-01", user_id) for user_id in (1, 2, 3)))
    write_lms(
        store,
        "auth_user",
        {"id": 1, "username": "ann", "email": "ann@example.com"},
        {"id": 2, "username": "bob", "email": ""},
    )
    profile = {"user_id": 1, "name": "Ann\tof\nX\\Y", "goals": "g" * 32_766, "city": "c" * 300, "year_of_birth": 1990}
    write_lms(store, "auth_userprofile", profile | {"level_of_education": "m", "gender": "f"})
    group = {"course_id": COURSE, "name": "Blue", "group_type": "cohort"}
    write_lms(
        store,
        "course_groups_courseusergroup",
        group | {"id": 1},
        group | {"id": 2, "name": "Amber"},
        group | {"id": 3, "name": "A team", "group_type": "team"},
        group | {"id": 4, "name": "A", "course_id": OTHER_COURSE},
    )
    write_lms(
        store,
        "course_groups_courseusergroup_users",
        *({"courseusergroup_id": group, "user_id": 1} for group in (1, 2, 3, 4)),
    )

    summary = run(store, "2024-01-08")

    (ann, facet), (bob, _facet) = roster()[COURSE, "ann"], roster()[COURSE, "bob"]
    assert (ann.name, ann.email, ann.year_of_birth) == ("Ann of XY", "ann@example.com", 1990)
    assert (ann.level_of_education, ann.gender, facet.cohort) == ("m", "f", "Amber")
    assert (len(ann.goals), len(ann.city), summary.cut_texts["roster"]) == (20_000, 255, 2)
    # The second has no profile, and is in the roster all the same.
    assert (bob.name, bob.email) == (None, None)
    assert summary.nameless_learners == 1


HIGH = [*(check("2024-01-05", f"u{n}", problem="x") for n in range(6))]
SEGMENTS = {
    "no activity in two weeks": ([], ["inactive"]),
    "activity in the week before": ([check("2023-12-31", "ann")], ["disengaging"]),
    "activity in the last week": ([check("2024-01-01", "ann"), *HIGH], []),
    "unenrolled": ([unenroll("2024-01-03", 1)], ["inactive", "unenrolled"]),
    "more than others": (
        [*(check(f"2024-01-05 10:{n:02}", "ann", problem=f"p{n}", success="correct") for n in range(9)), *HIGH],
        ["highly_engaged"],
    ),
    "attempts in vain, while others succeed": (
        [
            *(check("2024-01-05", f"u{n}", success="correct") for n in range(9)),
            check("2024-01-05 10:00", "u8"),
            *(check("2024-01-05", "ann"), check("2024-01-05 13:00", "ann")),
        ],
        ["struggling"],
    ),
}


@pytest.mark.parametrize(("events", "expected"), SEGMENTS.values(), ids=SEGMENTS)
def test_segments(tmp_path, events, expected):
    store = store_of(tmp_path, met(1, "ann", "2023-12-20"), enroll("2023-12-20", 1), *events)
    _learner, facet = learner_of(store, "2024-01-08")
    assert facet.segments == expected


def test_attempts_without_success_sort_the_other_way(tmp_path):
    store = store_of(tmp_path, met(1, "ann"), enroll("2024-01-01", 1), check("2024-01-05", "ann"))
    learner, _facet = learner_of(store, "2024-01-08")
    assert (learner.problem_attempts_per_completed, learner.attempt_ratio_order) == (None, -1)


COUNTRIES = {"192.0.2.0/24": "FR", "198.51.100.0/24": "DE", "2001:db8::/32": "JP"}
LOCATION = ("date", "country_code", "count")


@pytest.fixture
def geoip(tmp_path):
    path = tmp_path / "countries.mmdb"
    write_mmdb(path, {network: {"country": {"iso_code": code}} for network, code in COUNTRIES.items()})
    return str(path)


def test_countries_of_the_latest_address(tmp_path, geoip):
    addresses = ["192.0.2.1", "2001:db8::1", "203.0.113.1", "192.0.2.1, 198.51.100.1", ""]
    store = store_of(
        tmp_path / "store",
        *(enroll("2024-01-01", user_id) for user_id in range(1, 7)),
        unenroll("2024-01-02", 2),
        *(visit("2024-01-02", user_id, ip=ip) for user_id, ip in enumerate(addresses, start=1)),
        visit("2024-01-01", 1, ip="198.51.100.1"),
        # Any course will do, and an event without an address says nothing.
        visit("2024-01-03", 6, ip="198.51.100.1", course=OTHER_COURSE),
        visit("2024-01-04", 6, source="mobile", ip=""),
    )
    run(store, "2024-01-05", geoip_database=geoip)
    assert rows("course_enrollment_location_current", *LOCATION) == [
        ("2024-01-04", "DE", 1),
        ("2024-01-04", "FR", 1),
        ("2024-01-04", "JP", 0),
        ("2024-01-04", "UNKNOWN", 2),
        ("2024-01-04", None, 1),
    ]


def test_countries_of_the_enrollments_of_the_lms(tmp_path, geoip):
    store = store_of(tmp_path / "store", enroll("2024-01-01", 1), visit("2024-01-01", 5, ip="192.0.2.1"))
    enrolled = {"course_id": COURSE, "is_active": True}
    write_lms(store, "student_courseenrollment", enrolled | {"user_id": 5}, enrolled | {"user_id": 6})
    run(store, "2024-01-05", geoip_database=geoip)
    assert rows("course_enrollment_location_current", *LOCATION) == [("2024-01-04", "FR", 1), ("2024-01-04", None, 1)]


def test_without_a_database_countries_are_unknown(tmp_path):
    store = store_of(tmp_path, enroll("2024-01-01", 1), visit("2024-01-01", 1, ip="192.0.2.1"))
    summary = run(store, "2024-01-05")
    assert rows("course_enrollment_location_current", *LOCATION) == [("2024-01-04", "UNKNOWN", 1)]
    assert "Countries are unknown: GEOIP_DATABASE is not set." in summary.unknown


def test_a_database_that_is_none(tmp_path):
    path = tmp_path / "x.mmdb"
    path.write_bytes(b"nothing")
    with pytest.raises(StoreError, match="GEOIP_DATABASE"):
        open_lookup(str(path))


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"country": {"iso_code": "FR"}}, "FR"),
        ({"country_code": "fr"}, "FR"),
        ({"country": "FR"}, "FR"),
        ({"country": {}}, None),
        ({"continent": {"code": "EU"}}, None),
        (None, None),
    ],
)
def test_code_of_a_record(record, code):
    assert code_of(record) == code


def test_events_without_a_time_zone_of_their_own(tmp_path):
    """An id that is not a number is a learner in the activity, but has no place."""
    store = store_of(tmp_path, event("2024-01-01", "other", "/x", user_id="abc", ip="192.0.2.1"))
    run(store, "2024-01-08")
    assert rows("course_activity", "label", "count") == [("ACTIVE", 1)]
    assert rows("course_enrollment_location_current") == []
