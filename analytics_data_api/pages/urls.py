"""Map each path to its page."""

from django.conf import settings
from django.urls import path

from analytics_data_api.pages import (
    answers,
    compare,
    courses,
    demographics,
    engagement,
    enrollment,
    geography,
    home,
    learner,
    learners,
    login,
    outcomes,
    problems,
    videos,
)
from analytics_data_api.web.traits import Personal

app_name = "pages"

# An id matches any text, slashes included, so a path comes before every shorter path whose id could match its end.
course_urls = [
    path("<id:course_id>/enrollment/geography/", geography.GeographyPage.as_view(), name="geography"),
    path("<id:course_id>/enrollment/age/", demographics.AgePage.as_view(), name="age"),
    path("<id:course_id>/enrollment/education/", demographics.EducationPage.as_view(), name="education"),
    path("<id:course_id>/enrollment/gender/", demographics.GenderPage.as_view(), name="gender"),
    path("<id:course_id>/enrollment/", enrollment.EnrollmentPage.as_view(), name="enrollment"),
    path("<id:course_id>/engagement/", engagement.EngagementPage.as_view(), name="engagement"),
    path("<id:course_id>/videos/<id:video_id>/", videos.VideoPage.as_view(), name="video"),
    path("<id:course_id>/videos/", videos.VideosPage.as_view(), name="videos"),
    path("<id:course_id>/problems/<id:module_id>/", answers.ProblemPage.as_view(), name="problem"),
    path("<id:course_id>/problems/", problems.ProblemsPage.as_view(), name="problems"),
    path("<id:course_id>/outcomes/", outcomes.OutcomesPage.as_view(), name="outcomes"),
    path("<id:course_id>/learners/distribution/", learner.DistributionPage.as_view(), name="distribution"),
    path("<id:course_id>/learners/<id:username>/", learner.LearnerPage.as_view(), name="learner"),
    path("<id:course_id>/learners/", learners.LearnersPage.as_view(), name="learners"),
    path("<id:course_id>/reports/<str:report_name>/", home.ReportPage.as_view(), name="report"),
    path("<id:course_id>/", home.CourseHomePage.as_view(), name="course"),
]


def without_learners(patterns):
    """Return the patterns without the pages of personal data, unless the setting PERSONAL_DATA allows it."""
    return [each for each in patterns if settings.PERSONAL_DATA or each.callback.cls.traits.personal is Personal.NEVER]


urlpatterns = [
    path("courses/login/", login.LoginPage.as_view(), name="login"),
    path("courses/login/lms/", login.LmsLogin.as_view(), name="lms-login"),
    path("courses/logout/", login.LogoutPage.as_view(), name="logout"),
    path("compare/", compare.ComparePage.as_view(), name="compare"),
    path("courses/", courses.CoursesPage.as_view(), name="courses"),
    *(path(f"courses/{each.pattern}", each.callback, name=each.name) for each in without_learners(course_urls)),
]
