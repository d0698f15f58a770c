"""Weekly activity: the documented week and the one before it."""

from datetime import UTC, datetime

from django.db.models import Model

from tests.support.factories import CourseActivityWeeklyFactory

CREATED = datetime(2014, 12, 10, 19, 31, 4, tzinfo=UTC)
WEEKS = {
    datetime(2014, 12, 1, tzinfo=UTC): {
        "ACTIVE": 2741,
        "ATTEMPTED_PROBLEM": 188,
        "PLAYED_VIDEO": 967,
        "POSTED_FORUM": 41,
    },
    datetime(2014, 12, 8, tzinfo=UTC): {"ACTIVE": 3013, "ATTEMPTED_PROBLEM": 206, "PLAYED_VIDEO": 1049},
}


def rows() -> list[Model]:
    return [
        CourseActivityWeeklyFactory.build(interval_start=start, label=label, count=count, created=CREATED)
        for start, counts in WEEKS.items()
        for label, count in counts.items()
    ]
