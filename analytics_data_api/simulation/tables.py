"""All tables of the course."""

from analytics_data_api.simulation import courses, engagement, enrollment, problems, summaries, videos
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.learners import invented_learners
from analytics_data_api.simulation.rows import Row, Tables
from analytics_data_api.v0 import models


def course_tables(course: FakeCourse) -> Tables:
    """Return the rows of each table. The same course, seed and days always give the same rows."""
    learners = invented_learners(course)
    weeks = courses.active_weeks(course, learners)
    engagement_rows = engagement.engagement(course, weeks)
    answered = problems.answered_problems(course, len(learners))
    watched = videos.watched_videos(course, len(learners))

    def shares(attribute: str, column: str) -> list[Row]:
        return enrollment.daily_shares(course, learners, attribute, column)

    return {
        models.CourseActivityWeekly: courses.weekly_activity(course, weeks),
        models.CourseEnrollmentDaily: enrollment.daily_enrollment(course, learners),
        models.CourseEnrollmentModeDaily: enrollment.daily_modes(course, learners),
        models.CourseEnrollmentByBirthYear: shares("year_of_birth", "birth_year"),
        models.CourseEnrollmentByEducation: shares("level_of_education", "education_level"),
        models.CourseEnrollmentByGender: shares("gender", "gender"),
        models.CourseEnrollmentByCountry: shares("country", "country_code"),
        models.CourseMetaSummaryEnrollment: summaries.summary(course, learners),
        models.CourseProgramMetadata: summaries.programs(course),
        models.ProblemFirstLastResponseAnswerDistribution: problems.answer_distribution(answered),
        models.GradeDistribution: problems.grade_distribution(answered),
        models.SequentialOpenDistribution: problems.sequential_opens(course, len(learners)),
        models.ProblemsAndTags: problems.tags_distribution(answered),
        models.Video: videos.video_rows(course, watched),
        models.VideoTimeline: videos.timeline_rows(course, watched),
        models.ModuleEngagement: engagement_rows,
        models.ModuleEngagementMetricRanges: engagement.metric_ranges(course, engagement_rows),
    }
