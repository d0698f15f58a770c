"""Weekly activity from rows per label."""

from analytics_data_api.v0.queries.courses import activity_by_week


def row(week, label, count, created="2014-12-10T193146"):
    return (f"start {week}", f"end {week}", "course", label, count, created)


def test_one_row_a_week():
    rows = [row(1, "ACTIVE", 5), row(1, "POSTED_FORUM", 0), row(2, "PLAYED_VIDEO", 3, "2014-12-17T000000")]
    assert list(activity_by_week(rows)) == [
        ("start 1", "end 1", "course", 5, None, None, 0, "2014-12-10T193146"),
        ("start 2", "end 2", "course", None, None, 3, None, "2014-12-17T000000"),
    ]


def test_the_last_row_of_a_label_counts():
    rows = [row(1, "ACTIVE", 5), row(1, "ACTIVE", 6, "2014-12-11T000000")]
    assert list(activity_by_week(rows)) == [("start 1", "end 1", "course", 6, None, None, None, "2014-12-11T000000")]


def test_labels_as_a_caseless_table_may_hold_them():
    assert next(activity_by_week([row(1, "active ", 5)]))[3] == 5


def test_no_rows():
    assert list(activity_by_week([])) == []
