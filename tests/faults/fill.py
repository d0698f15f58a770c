"""Fill the databases of the environment: ``python -m tests.faults.fill``."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import django

LARGE_COURSE = "course-v1:chaos+large+run"
COURSES = [f"course-v1:chaos+{number}+run" for number in range(300)]
# The days of the large course, and the other rows of the data set that is streamed.
DAYS, ROWS = 2000, 4000


def main():
    django.setup()
    from analytics_data_api.simulation.documented import SMALL_ROSTERS, load_demo_data
    from analytics_data_api.simulation.rows import axis, crossed, insert
    from analytics_data_api.v0.models import CourseEnrollmentDaily, CourseMetaSummaryEnrollment

    def fill(model, course_ids, *axes, **limits):
        created = axis("created", [datetime(2020, 1, 1, tzinfo=UTC)])
        insert(model, crossed(Random(1), axis("course_id", course_ids), created, *axes, **limits), using="analytics")

    load_demo_data("analytics", [SMALL_ROSTERS])
    days = [date(2000, 1, 2) + timedelta(number) for number in range(DAYS)]
    fill(CourseEnrollmentDaily, [LARGE_COURSE], axis("date", days), count=DAYS)
    fill(CourseEnrollmentDaily, [f"course-v1:chaos+{n}+run" for n in range(ROWS)], axis("date", days[:1]), count=ROWS)
    counts = {"count": 10, "cumulative_count": 10, "count_change_7_days": 10}
    fill(CourseMetaSummaryEnrollment, COURSES, axis("enrollment_mode", ["honor"]), **counts)


if __name__ == "__main__":
    main()
