from django.conf import settings
from django.urls import path

from analytics_data_api.v0.views import courses as views

# Longer paths first: the id before them could swallow their beginning.
urlpatterns = [
    path("<id:course_id>/enrollment/mode/", views.CourseEnrollmentModeView.as_view()),
    path("<id:course_id>/enrollment/birth_year/", views.CourseEnrollmentByBirthYearView.as_view()),
    path("<id:course_id>/enrollment/education/", views.CourseEnrollmentByEducationView.as_view()),
    path("<id:course_id>/enrollment/gender/", views.CourseEnrollmentByGenderView.as_view()),
    path("<id:course_id>/enrollment/location/", views.CourseEnrollmentByLocationView.as_view()),
    path("<id:course_id>/enrollment/", views.CourseEnrollmentView.as_view()),
    path("<id:course_id>/activity/", views.CourseActivityWeeklyView.as_view()),
    path("<id:course_id>/recent_activity/", views.CourseActivityMostRecentWeekView.as_view()),
    path("<id:course_id>/problems/", views.ProblemsListView.as_view()),
    path("<id:course_id>/problems_and_tags/", views.ProblemsAndTagsListView.as_view()),
    path("<id:course_id>/videos/", views.VideosListView.as_view()),
    path("<id:course_id>/reports/<str:report_name>/", views.CourseReportView.as_view()),
    path("<id:course_id>/user_engagement/", views.UserEngagementView.as_view()),
]

if not settings.PERSONAL_DATA:
    urlpatterns = [pattern for pattern in urlpatterns if not pattern.callback.cls.is_personal]
