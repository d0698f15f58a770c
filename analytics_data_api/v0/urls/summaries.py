from django.urls import path

from analytics_data_api.v0.urls.slashes import post_without_slash
from analytics_data_api.v0.views import summaries as views

urlpatterns = [
    path("course_summaries/", views.CourseSummariesView.as_view()),
    path("course_totals/", views.CourseTotalsView.as_view()),
    path("programs/", views.ProgramsView.as_view()),
    path("course_summaries", post_without_slash(views.CourseSummariesView.as_view())),
    path("course_totals", post_without_slash(views.CourseTotalsView.as_view())),
    path("programs", post_without_slash(views.ProgramsView.as_view())),
]
