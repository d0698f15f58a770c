"""Daily enrollment from rows per mode, gender or country."""

from analytics_data_api.v0.queries.enrollment import (
    countries_by_day,
    genders_by_day,
    modes_by_day,
    unreported_merged,
)

EARLY, LATE = "2014-12-10T000000", "2014-12-11T000000"


def test_no_rows():
    for function in (modes_by_day, genders_by_day, countries_by_day, unreported_merged):
        assert list(function([])) == []


def test_modes_by_day():
    rows = [
        ("course", "day 1", "honor", 1, 10, LATE),
        ("course", "day 1", "no-id-professional", 2, 20, EARLY),
        ("course", "day 1", "professional", 4, 40, EARLY),
        ("course", "day 2", "beta", 8, 80, EARLY),
    ]
    assert list(modes_by_day(rows)) == [
        ("course", "day 1", 7, 70, LATE, 0, 0, 1, 6, 0, 0, {"beta": 0}),
        ("course", "day 2", 8, 80, EARLY, 0, 0, 0, 0, 0, 0, {"beta": 8}),
    ]


def test_genders_by_day():
    rows = [("course", "day", gender, count, EARLY) for gender, count in [("f", 1), ("m", 2), ("o", 4), (None, 8)]]
    assert list(genders_by_day([*rows, ("course", "day", "?", 16, LATE)])) == [("course", "day", 1, 2, 4, 24, LATE)]


def test_countries_by_day():
    rows = [("day", "course", code, count, EARLY) for code, count in [("us", 1), (None, 2), ("??", 4), ("US", 8)]]
    names = [
        (place["alpha2"], place["alpha3"], place["name"], count) for _d, _c, place, count, _ in countries_by_day(rows)
    ]
    assert names == [(None, None, "UNKNOWN", 6), ("US", "USA", "United States of America", 9)]


def test_unreported_is_merged_at_the_end_of_its_day():
    rows = [
        ("course", "day 1", 1960, 1, EARLY),
        ("course", "day 1", None, 2, LATE),
        ("course", "day 1", None, 4, EARLY),
        ("course", "day 2", None, 8, EARLY),
        ("course", "day 3", 1960, 16, EARLY),
    ]
    assert list(unreported_merged(rows)) == [
        ("course", "day 1", 1960, 1, EARLY),
        ("course", "day 1", None, 6, LATE),
        ("course", "day 2", None, 8, EARLY),
        ("course", "day 3", 1960, 16, EARLY),
    ]
    assert list(unreported_merged(rows[:3])) == [
        ("course", "day 1", 1960, 1, EARLY),
        ("course", "day 1", None, 6, LATE),
    ]
