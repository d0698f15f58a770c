"""Daily enrollment of a course: total, by mode, by year of birth, by education, by gender and by country."""

from django.db import models

from analytics_data_api.sql.models import CourseTable, row_indexes, text_field


class DailyEnrollment(CourseTable):
    """The columns that all tables of daily enrollment share."""

    date = models.DateField(help_text="Day of the count, UTC.")

    class Meta:
        abstract = True


class CourseEnrollmentDaily(DailyEnrollment):
    """Learners enrolled in a course on a day."""

    count = models.IntegerField(help_text="Learners enrolled at the end of the day.")

    class Meta:
        db_table = "course_enrollment_daily"
        indexes = row_indexes("enrollment_daily", "course_id", "date")


class CourseEnrollmentModeDaily(DailyEnrollment):
    """Learners enrolled in a course on a day, by enrollment mode."""

    mode = text_field("Enrollment mode: audit, credit, honor, professional, no-id-professional, verified or masters.")
    count = models.IntegerField(help_text="Learners enrolled in this mode at the end of the day.")
    cumulative_count = models.IntegerField(help_text="Learners ever enrolled in this mode up to the end of the day.")

    class Meta:
        db_table = "course_enrollment_mode_daily"
        indexes = row_indexes("enrollment_mode", "course_id", "date")


class CourseEnrollmentByBirthYear(DailyEnrollment):
    """Learners enrolled in a course on a day, by year of birth."""

    birth_year = models.IntegerField(null=True, help_text="Year of birth; null if not reported.")
    count = models.IntegerField(help_text="Enrolled learners born in this year.")

    class Meta:
        db_table = "course_enrollment_birth_year_daily"
        indexes = row_indexes("enrollment_birth_year", "course_id", "date", "birth_year")


class CourseEnrollmentByEducation(DailyEnrollment):
    """Learners enrolled in a course on a day, by level of education."""

    education_level = text_field("Highest level of education, such as bachelors; null if not reported.", null=True)
    count = models.IntegerField(help_text="Enrolled learners who reported this level of education.")

    class Meta:
        db_table = "course_enrollment_education_level_daily"
        indexes = row_indexes("enrollment_education", "course_id", "date")


class CourseEnrollmentByGender(DailyEnrollment):
    """Learners enrolled in a course on a day, by gender."""

    gender = text_field("Gender: f (female), m (male) or o (other); null if not reported.", null=True)
    count = models.IntegerField(help_text="Enrolled learners who reported this gender.")

    class Meta:
        db_table = "course_enrollment_gender_daily"
        indexes = row_indexes("enrollment_gender", "course_id", "date")


class CourseEnrollmentByCountry(DailyEnrollment):
    """Learners enrolled in a course on a day, by the country of their last known IP address."""

    country_code = text_field("ISO 3166 two-letter code of the country; null or any other text if unknown.", null=True)
    count = models.IntegerField(help_text="Enrolled learners from this country.")

    class Meta:
        db_table = "course_enrollment_location_current"
        indexes = row_indexes("enrollment_location", "course_id", "date")
