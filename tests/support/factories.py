"""A factory for every model, and one for a user with a key. Each makes one row.

The defaults are those of the documented demo course, so a test names only the values that it tests. Rows go into the
database ``analytics``; ``using="analytics_v1"`` selects the other one. Defaults that must differ between rows are counted
and never random.
"""

from datetime import UTC, date, datetime, timedelta

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory
from rest_framework.authtoken.models import Token

from analytics_data_api.auth.models import KeyAccess
from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.v0 import models

DEMO_DAY = date(2014, 12, 10)
DEMO_CREATED = datetime(2014, 12, 10, 19, 31, 46, tzinfo=UTC)


class PipelineFactory(DjangoModelFactory):
    """A row of one of the pipeline's tables."""

    created = DEMO_CREATED

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, using="analytics", **kwargs):
        return model_class._default_manager.using(using).create(*args, **kwargs)


class CourseFactory(PipelineFactory):
    """A row of a table with a course id."""

    course_id = DEMO_COURSE

    class Meta:
        abstract = True


class CourseActivityWeeklyFactory(CourseFactory):
    interval_end = factory.LazyAttribute(lambda row: row.interval_start + timedelta(days=7))
    interval_start = datetime(2014, 12, 8, tzinfo=UTC)
    label = "ACTIVE"
    count = 3013

    class Meta:
        model = models.CourseActivityWeekly


class DailyFactory(CourseFactory):
    """A count of a day."""

    date = DEMO_DAY
    count = 1892

    class Meta:
        abstract = True


class CourseEnrollmentDailyFactory(DailyFactory):
    class Meta:
        model = models.CourseEnrollmentDaily


class CourseEnrollmentModeDailyFactory(DailyFactory):
    mode = "honor"
    cumulative_count = factory.SelfAttribute("count")

    class Meta:
        model = models.CourseEnrollmentModeDaily


class CourseEnrollmentByBirthYearFactory(DailyFactory):
    birth_year = 1960

    class Meta:
        model = models.CourseEnrollmentByBirthYear


class CourseEnrollmentByEducationFactory(DailyFactory):
    education_level = "bachelors"

    class Meta:
        model = models.CourseEnrollmentByEducation


class CourseEnrollmentByGenderFactory(DailyFactory):
    gender = "f"

    class Meta:
        model = models.CourseEnrollmentByGender


class CourseEnrollmentByCountryFactory(DailyFactory):
    country_code = "CA"

    class Meta:
        model = models.CourseEnrollmentByCountry


class CourseMetaSummaryEnrollmentFactory(CourseFactory):
    catalog_course_title = "Demonstration Course"
    catalog_course = "edX+DemoX"
    start_time = datetime(2014, 10, 6, tzinfo=UTC)
    end_time = datetime(2015, 1, 26, tzinfo=UTC)
    pacing_type = "instructor_paced"
    availability = "Current"
    enrollment_mode = "honor"
    count = 945
    cumulative_count = factory.SelfAttribute("count")
    count_change_7_days = 0
    passing_users = 0

    class Meta:
        model = models.CourseMetaSummaryEnrollment


class CourseProgramMetadataFactory(CourseFactory):
    program_id = factory.Sequence(lambda number: f"00000000-0000-4000-8000-{number:012}")
    program_type = "MicroMasters"
    program_title = "Demonstrations"

    class Meta:
        model = models.CourseProgramMetadata


class ProblemFactory(CourseFactory):
    """A row of a table with a problem id."""

    module_id = "i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829"

    class Meta:
        abstract = True


class AnswerFactory(ProblemFactory):
    """A row of either shape of the table of answers."""

    part_id = factory.LazyAttribute(
        lambda row: f"{row.module_id.replace('://', '-').replace('/', '-').replace('.', '_')}_2_1"
    )
    correct = True
    value_id = "choice_1"
    answer_value = "Indonesia"
    variant = None
    problem_display_name = "Multiple Choice Problem"
    question_text = "Which of the following countries has the largest population?"

    class Meta:
        abstract = True


class ProblemFirstLastResponseAnswerDistributionFactory(AnswerFactory):
    first_response_count = factory.SelfAttribute("last_response_count")
    last_response_count = 15

    class Meta:
        model = models.ProblemFirstLastResponseAnswerDistribution


class ProblemResponseAnswerDistributionFactory(AnswerFactory):
    """A row of the table's older shape, which no migration creates."""

    count = 15

    class Meta:
        model = models.ProblemResponseAnswerDistribution


class GradeDistributionFactory(ProblemFactory):
    grade = 1
    max_grade = 2
    count = 5

    class Meta:
        model = models.GradeDistribution


class SequentialOpenDistributionFactory(CourseFactory):
    module_id = "i4x://edX/DemoX/Demo_Course/sequential/5c6c207e16dd47208c29bd8d3e68861e"
    count = 23

    class Meta:
        model = models.SequentialOpenDistribution


class ProblemsAndTagsFactory(ProblemFactory):
    tag_name = "difficulty"
    tag_value = "Easy"
    total_submissions = 24
    correct_submissions = 15

    class Meta:
        model = models.ProblemsAndTags


class VideoFactory(CourseFactory):
    pipeline_video_id = factory.LazyAttribute(lambda row: f"{row.course_id}|{row.encoded_module_id}")
    encoded_module_id = factory.Sequence(lambda number: f"i4x-edX-DemoX-video-{number:032x}")
    duration = 142
    segment_length = 5
    users_at_start = 1044
    users_at_end = 0

    class Meta:
        model = models.Video


class VideoTimelineFactory(PipelineFactory):
    pipeline_video_id = f"{DEMO_COURSE}|i4x-edX-DemoX-video-{0:032x}"
    segment = factory.Sequence(lambda number: number)
    num_users = 472
    num_views = 539

    class Meta:
        model = models.VideoTimeline


class ModuleEngagementFactory(DailyFactory):
    username = "ada"
    entity_type = "problem"
    entity_id = "i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829"
    event = "attempted"
    count = 1

    class Meta:
        model = models.ModuleEngagement


class ModuleEngagementMetricRangesFactory(CourseFactory):
    start_date = date(2014, 12, 3)
    end_date = date(2014, 12, 10)
    metric = "problems_attempted"
    range_type = "normal"
    low_value = 0.0
    high_value = None

    class Meta:
        model = models.ModuleEngagementMetricRanges


class UserFactory(DjangoModelFactory):
    username = factory.Sequence(lambda number: f"user{number}")

    class Meta:
        model = get_user_model()


class TokenFactory(DjangoModelFactory):
    """A user's key. The test client takes it as ``HTTP_AUTHORIZATION=f"Token {key}"``."""

    key = factory.Sequence(lambda number: f"key-{number}")
    user = factory.SubFactory(UserFactory)

    class Meta:
        model = Token


class KeyAccessFactory(DjangoModelFactory):
    """The access of a user, which is unrestricted by default."""

    user = factory.SubFactory(UserFactory)

    class Meta:
        model = KeyAccess
