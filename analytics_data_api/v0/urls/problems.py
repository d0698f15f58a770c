from django.urls import path

from analytics_data_api.v0.views import problems as views

urlpatterns = [
    path("<id:problem_id>/answer_distribution/", views.ProblemResponseAnswerDistributionView.as_view()),
    path("<id:problem_id>/grade_distribution/", views.GradeDistributionView.as_view()),
    path("<id:module_id>/sequential_open_distribution/", views.SequentialOpenDistributionView.as_view()),
]
