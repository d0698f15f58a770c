"""Courses of the site with their latest enrollment and their programs."""

from django.db import models

from analytics_data_api.sql.models import CourseTable, row_indexes, text_field


class CourseMetaSummaryEnrollment(CourseTable):
    """The catalog entry of a course with its latest enrollment, by enrollment mode."""

    catalog_course_title = text_field("Title of the course in the catalog.", null=True)
    catalog_course = text_field("Id of the course in the catalog, without run.", null=True)
    start_time = models.DateTimeField(null=True, help_text="When the course starts, UTC.")
    end_time = models.DateTimeField(null=True, help_text="When the course ends, UTC.")
    pacing_type = text_field("Pacing: instructor_paced or self_paced.", null=True)
    availability = text_field("State of the course run: Current, Upcoming, Starting Soon or Archived.", null=True)
    enrollment_mode = text_field("Enrollment mode of the counts.")
    count = models.IntegerField(null=True, help_text="Learners currently enrolled in this mode.")
    cumulative_count = models.IntegerField(null=True, help_text="Learners ever enrolled in this mode.")
    count_change_7_days = models.IntegerField(null=True, help_text="Change of this count in the last seven days.")
    passing_users = models.IntegerField(null=True, help_text="Learners in this mode who are passing the course.")

    class Meta:
        db_table = "course_meta_summary_enrollment"
        indexes = row_indexes("course_summary", "course_id")


class CourseProgramMetadata(CourseTable):
    """The membership of a course in a program."""

    program_id = text_field("Id of the program (UUID).")
    program_type = text_field("Type of the program, such as MicroMasters.")
    program_title = text_field("Title of the program.")

    class Meta:
        db_table = "course_program_metadata"
        indexes = [
            *row_indexes("course_program", "course_id"),
            models.Index(fields=["program_id"], name="course_program_program"),
        ]
