"""A course's enrollment by day."""

from analytics_data_api.v0.params.enrollment import EnrollmentFilters
from analytics_data_api.v0.queries import enrollment as queries
from analytics_data_api.v0.serializers import enrollment as serializers
from analytics_data_api.web.views import CourseView


class DailyEnrollmentView(CourseView):
    """The base of the daily series, which differ in their query, serializer and CSV name."""

    parameters = EnrollmentFilters


class CourseEnrollmentView(DailyEnrollmentView):
    """Get the number of enrolled learners, by day.

    One object per day, in ascending order.
    """

    query = queries.enrollment
    serializer_class = serializers.CourseEnrollmentDailySerializer
    slug = "enrollment"


class CourseEnrollmentModeView(DailyEnrollmentView):
    """Get the number of enrolled learners by enrollment mode, by day.

    One object per day, in ascending order. `count` and `cumulative_count` are sums over all modes. A mode without
    learners is 0. `professional` includes the learners of `no-id-professional`. Any other mode of the site is a key of
    its own.
    """

    query = queries.enrollment_by_mode
    serializer_class = serializers.CourseEnrollmentModeDailySerializer
    slug = "enrollment_mode"


class CourseEnrollmentByBirthYearView(DailyEnrollmentView):
    """Get the number of enrolled learners by year of birth, by day.

    One object per day and year, in ascending order. The last object of a day counts the learners who did not report a
    year; its birth_year is null.
    """

    query = queries.enrollment_by_birth_year
    serializer_class = serializers.CourseEnrollmentByBirthYearSerializer
    slug = "enrollment-age"


class CourseEnrollmentByEducationView(DailyEnrollmentView):
    """Get the number of enrolled learners by level of education, by day.

    One object per day and level, in ascending order. The last object of a day counts the learners who did not report a
    level; its education_level is null.
    """

    query = queries.enrollment_by_education
    serializer_class = serializers.CourseEnrollmentByEducationSerializer
    slug = "enrollment-education"


class CourseEnrollmentByGenderView(DailyEnrollmentView):
    """Get the number of enrolled learners by gender, by day.

    One object per day, in ascending order. A gender without learners is 0.
    """

    query = queries.enrollment_by_gender
    serializer_class = serializers.CourseEnrollmentByGenderSerializer
    slug = "enrollment-gender"


class CourseEnrollmentByLocationView(DailyEnrollmentView):
    """Get the number of enrolled learners by country, by day.

    One object per day and country, ordered by date and two-letter code. A learner's country is that of the last known IP
    address. Learners whose country is not known come first in a day; the name of their country is UNKNOWN.
    """

    query = queries.enrollment_by_country
    serializer_class = serializers.CourseEnrollmentByCountrySerializer
    slug = "enrollment-location"
