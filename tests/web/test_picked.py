"""Picking fields and columns."""

import orjson

from analytics_data_api.v0.queries.summaries import merged_modes
from analytics_data_api.v0.serializers.summaries import CourseSummarySerializer, ProgramSerializer
from analytics_data_api.web.encoding import encoded
from analytics_data_api.web.picked import PickedFields

PROGRAM = ("p", "MicroMasters", "Title", "2014-12-10T19:31:46Z", ["a/b/c"])
SUMMARIES = list(
    merged_modes(
        [
            ("a/b/c", "T", "a+b", None, None, None, None, 5, 6, 1, 2, "honor", "2014-12-10T193146"),
            ("a/b/c", "T", "a+b", None, None, None, None, 1, 1, 1, 1, "odd", "2014-12-10T193146"),
        ]
    )
)


def dicts(rows=SUMMARIES, serializer=CourseSummarySerializer, **picked):
    fields = PickedFields(serializer, **picked)
    [item] = fields.to_dicts(rows)
    assert encoded(fields.to_objects(rows)) == orjson.dumps([item])
    return item


def columns(**picked):
    fields = PickedFields(CourseSummarySerializer, **picked)
    return [column.name for column in (*fields.columns(), *fields.extra_columns(SUMMARIES))]


def test_all():
    assert dicts([PROGRAM], ProgramSerializer) == dict(zip(ProgramSerializer.names(), PROGRAM, strict=True))


def test_fields_in_the_order_asked_for():
    assert list(dicts(fields=("count", "course_id")).items()) == [("count", 6), ("course_id", "a/b/c")]
    assert dicts(fields=("count",)) == {"count": 6}
    assert columns(fields=("count", "course_id")) == ["count", "course_id"]


def test_excluded_counts_are_missing_in_the_modes_as_well():
    item = dicts(exclude=("count", "passing_users"))
    assert "count" not in item and "passing_users" not in item
    assert item["enrollment_modes"]["honor"] == {"cumulative_count": 6, "count_change_7_days": 1}
    assert item["enrollment_modes"]["odd"] == {"cumulative_count": 1, "count_change_7_days": 1}
    names = columns(exclude=("count", "passing_users"))
    assert not [name for name in names if name.rpartition(".")[2] in ("count", "passing_users")]
    assert names[-2:] == ["enrollment_modes.odd.count_change_7_days", "enrollment_modes.odd.cumulative_count"]


def test_rows_are_left_as_they_are():
    dicts(exclude=("count",))
    assert dicts(fields=("enrollment_modes",))["enrollment_modes"]["honor"]["count"] == 5


def test_excluded_field():
    assert "enrollment_modes" not in dicts(exclude=("enrollment_modes",))
    assert dicts(fields=("count",), exclude=("count",)) == {}
    assert not [name for name in columns(exclude=("enrollment_modes",)) if "." in name]


def test_single_columns():
    names = (
        "enrollment_modes.verified.count",
        "course_id",
        "enrollment_modes.odd.passing_users",
        "enrollment_modes.x.count",
    )
    assert dicts(fields=names) == {
        "enrollment_modes": {"verified": {"count": 0}, "odd": {"passing_users": 1}},
        "course_id": "a/b/c",
    }
    # A column that depends on the rows comes last.
    assert columns(fields=names) == [names[0], "course_id", names[2]]
    assert columns(fields=("enrollment_modes.audit.count",), exclude=("count",)) == []


def test_a_field_with_its_columns():
    names = columns(fields=("enrollment_modes", "course_id"))
    assert names[0] == "enrollment_modes.audit.count"
    assert names[24] == "course_id"
    assert names[25:] == sorted(names[25:]) and len(names) == 29
