"""The tables of the pipeline. The help_text of each column, with its meaning and unit, becomes the data dictionary."""

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
