"""The pipeline's tables. Each column's help_text says what it counts and in what unit: the data dictionary is made of it."""

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
from analytics_data_api.v0.models.summaries import CourseMetaSummaryEnrollment, CourseProgramMetadata
from analytics_data_api.v0.models.videos import Video, VideoTimeline

__all__ = [
    "CourseActivityWeekly",
    "CourseEnrollmentByBirthYear",
    "CourseEnrollmentByCountry",
    "CourseEnrollmentByEducation",
    "CourseEnrollmentByGender",
    "CourseEnrollmentDaily",
    "CourseEnrollmentModeDaily",
    "CourseMetaSummaryEnrollment",
    "CourseProgramMetadata",
    "GradeDistribution",
    "ModuleEngagement",
    "ModuleEngagementMetricRanges",
    "ProblemFirstLastResponseAnswerDistribution",
    "ProblemResponseAnswerDistribution",
    "ProblemsAndTags",
    "Roster",
    "RosterFacet",
    "RosterLearner",
    "RosterPrefix",
    "RosterTerm",
    "SequentialOpenDistribution",
    "Video",
    "VideoTimeline",
]
