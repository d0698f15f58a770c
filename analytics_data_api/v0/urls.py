"""Map each path to its view. Version 1 includes the same paths under its own namespace."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from analytics_data_api.v0.views import courses, learners, problems, summaries, videos
from analytics_data_api.web import converters  # noqa: F401
from analytics_data_api.web.slashes import post_without_slash
from analytics_data_api.web.traits import Personal

# An id matches any text, slashes included, so a path comes before every shorter path whose id could match its end.
course_urls = [
    path("<id:course_id>/enrollment/mode/", courses.CourseEnrollmentModeView.as_view()),
    path("<id:course_id>/enrollment/birth_year/", courses.CourseEnrollmentByBirthYearView.as_view()),
    path("<id:course_id>/enrollment/education/", courses.CourseEnrollmentByEducationView.as_view()),
    path("<id:course_id>/enrollment/gender/", courses.CourseEnrollmentByGenderView.as_view()),
    path("<id:course_id>/enrollment/location/", courses.CourseEnrollmentByLocationView.as_view()),
    path("<id:course_id>/enrollment/", courses.CourseEnrollmentView.as_view()),
    path("<id:course_id>/activity/", courses.CourseActivityWeeklyView.as_view()),
    path("<id:course_id>/recent_activity/", courses.CourseActivityMostRecentWeekView.as_view()),
    path("<id:course_id>/problems/", courses.ProblemsListView.as_view()),
    path("<id:course_id>/problems_and_tags/", courses.ProblemsAndTagsListView.as_view()),
    path("<id:course_id>/videos/", courses.VideosListView.as_view()),
    path("<id:course_id>/reports/<str:report_name>/", courses.CourseReportView.as_view()),
    path("<id:course_id>/user_engagement/", courses.UserEngagementView.as_view()),
]
problem_urls = [
    path("<id:problem_id>/answer_distribution/", problems.ProblemResponseAnswerDistributionView.as_view()),
    path("<id:problem_id>/grade_distribution/", problems.GradeDistributionView.as_view()),
    path("<id:module_id>/sequential_open_distribution/", problems.SequentialOpenDistributionView.as_view()),
]
video_urls = [path("<id:video_id>/timeline/", videos.VideoTimelineView.as_view())]
learner_urls = [
    path("engagement_timelines/<id:username>/", learners.EngagementTimelineView.as_view()),
    path("courses/<id:course_id>/", learners.CourseLearnerMetadataView.as_view()),
    path("<id:username>/", learners.LearnerView.as_view()),
    path("", learners.LearnerListView.as_view()),
]
timeline_urls = [path("<id:username>/", learners.EngagementTimelineView.as_view())]
metadata_urls = [path("<id:course_id>/", learners.CourseLearnerMetadataView.as_view())]
summary_views = {
    "course_summaries": summaries.CourseSummariesView.as_view(),
    "course_totals": summaries.CourseTotalsView.as_view(),
    "programs": summaries.ProgramsView.as_view(),
}
summary_urls = [path(f"{name}/", view) for name, view in summary_views.items()]
summary_urls += [path(name, post_without_slash(view)) for name, view in summary_views.items()]


def without_personal(patterns):
    """Return the patterns without those of personal data, unless the setting PERSONAL_DATA allows it."""
    return [p for p in patterns if settings.PERSONAL_DATA or p.callback.cls.traits.personal is not Personal.ALWAYS]


urlpatterns = [
    path("courses/", include(without_personal(course_urls))),
    path("problems/", include(problem_urls)),
    path("videos/", include(video_urls)),
    path("learners/", include(without_personal(learner_urls))),
    path("engagement_timelines/", include(without_personal(timeline_urls))),
    path("course_learner_metadata/", include(metadata_urls)),
    *summary_urls,
    path("status/", RedirectView.as_view(pattern_name="status")),
    path("authenticated/", RedirectView.as_view(pattern_name="authenticated")),
    path("health/", RedirectView.as_view(pattern_name="health")),
]
