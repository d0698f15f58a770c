"""Weekly activity of the learners of a course."""

from django.db import models

from analytics_data_api.sql.models import CourseTable, row_indexes, text_field


class CourseActivityWeekly(CourseTable):
    """Learners who were active in a course in a week, by kind of activity."""

    interval_start = models.DateTimeField(help_text="Start of the week, UTC, inclusive.")
    interval_end = models.DateTimeField(help_text="End of the week, UTC, exclusive.")
    label = text_field("Kind of activity: ACTIVE (any), ATTEMPTED_PROBLEM, PLAYED_VIDEO or POSTED_FORUM.")
    count = models.IntegerField(help_text="Unique learners who did this at least once in the week.")

    class Meta:
        db_table = "course_activity"
        indexes = row_indexes("course_activity", "course_id", "interval_end")
