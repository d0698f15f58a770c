"""The tables of the pipeline. The help_text of each column, with its meaning and unit, becomes the data dictionary."""

# Every import here is a re-export.
# ruff: noqa: F401
# mypy: implicit-reexport

from analytics_data_api.rosters.models import Roster, RosterFacet, RosterLearner, RosterPrefix, RosterTerm
from analytics_data_api.v0.models.courses import CourseActivityWeekly
from analytics_data_api.v0.models.enrollment import (
    CourseEnrollmentByBirthYear,
    CourseEnrollmentByCountry,
    CourseEnrollmentByEducation,
    CourseEnrollmentByGender,
    CourseEnrollmentDaily,
    CourseEnrollmentModeDaily,
)
from analytics_data_api.v0.models.learners import ModuleEngagement, ModuleEngagementMetricRanges
from analytics_data_api.v0.models.problems import (
    GradeDistribution,
    ProblemFirstLastResponseAnswerDistribution,
    ProblemResponseAnswerDistribution,
    ProblemsAndTags,
    SequentialOpenDistribution,
)
from analytics_data_api.v0.models.records import (
    CourseBlockRecord,
    CourseRunRecord,
    EnrollmentRecord,
    LearnerActivityRecord,
    OrganizationRoleRecord,
    PageViewRecord,
    ProblemResponseRecord,
    Record,
    UserRecord,
)
from analytics_data_api.v0.models.summaries import CourseMetaSummaryEnrollment, CourseProgramMetadata
from analytics_data_api.v0.models.videos import Video, VideoTimeline
