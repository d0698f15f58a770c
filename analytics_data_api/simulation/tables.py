"""All tables of the course."""

from typing import Any

from analytics_data_api.simulation import activity, engagement, enrollment, problems, summaries, videos
from analytics_data_api.simulation.actions import Actions, invented_actions
from analytics_data_api.simulation.addresses import last_countries
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.courses import active_weeks
from analytics_data_api.simulation.learners import Learner, invented_learners
from analytics_data_api.simulation.rows import Row, Tables
from analytics_data_api.v0 import models


def learners_and_actions(course: FakeCourse) -> tuple[list[Learner], Actions]:
    learners = invented_learners(course)
    return learners, invented_actions(course, active_weeks(course, learners))


def course_tables(course: FakeCourse) -> Tables:
    """Return the rows of each table. The same course, seed and days always give the same rows."""
    learners, actions = learners_and_actions(course)
    engagement_rows = engagement.engagement(course, actions)

    def shares(column: str, values: list[Any]) -> list[Row]:
        return enrollment.last_shares(course, list(zip(learners, values, strict=True)), column)

    levels = [learner.level_of_education for learner in learners]
    return {
        models.CourseActivityWeekly: activity.weekly_activity(course, actions),
        models.CourseEnrollmentDaily: enrollment.daily_enrollment(course, learners),
        models.CourseEnrollmentModeDaily: enrollment.daily_modes(course, learners),
        models.CourseEnrollmentByBirthYear: shares("birth_year", [learner.year_of_birth for learner in learners]),
        models.CourseEnrollmentByEducation: shares("education_level", levels),
        models.CourseEnrollmentByGender: enrollment.daily_genders(course, learners),
        models.CourseEnrollmentByCountry: shares("country_code", last_countries(learners, actions)),
        models.CourseMetaSummaryEnrollment: summaries.summary(course, learners),
        models.CourseProgramMetadata: summaries.programs(course),
        models.ProblemFirstLastResponseAnswerDistribution: problems.answer_distribution(course, actions),
        models.GradeDistribution: problems.grade_distribution(course, actions),
        models.SequentialOpenDistribution: problems.sequential_opens(actions),
        models.ProblemsAndTags: problems.tags_distribution(course, actions),
        models.Video: videos.video_rows(course, actions),
        models.VideoTimeline: videos.timeline_rows(course, actions),
        models.ModuleEngagement: engagement_rows,
        models.ModuleEngagementMetricRanges: engagement.metric_ranges(course, engagement_rows),
    }
