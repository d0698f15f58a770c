"""Weekly activity: the documented week and the week before it."""

from datetime import UTC, datetime, timedelta

from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.simulation.rows import Tables
from analytics_data_api.v0.models import CourseActivityWeekly

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


def tables() -> Tables:
    rows = [
        {"interval_start": start, "interval_end": start + timedelta(days=7), "label": label, "count": count}
        for start, counts in WEEKS.items()
        for label, count in counts.items()
    ]
    return {CourseActivityWeekly: [{"course_id": DEMO_COURSE, "created": CREATED, **row} for row in rows]}
