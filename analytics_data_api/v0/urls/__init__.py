"""Which path is which view. Version 1 includes the same paths under its own namespace."""

from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from analytics_data_api.v0.urls.converters import IdConverter

register_converter(IdConverter, "id")

from analytics_data_api.v0.urls import learners  # noqa: E402  (its paths use the converter)

urlpatterns = [
    path("courses/", include("analytics_data_api.v0.urls.courses")),
    path("problems/", include("analytics_data_api.v0.urls.problems")),
    path("videos/", include("analytics_data_api.v0.urls.videos")),
    path("learners/", include(learners.learner_urls)),
    path("engagement_timelines/", include(learners.timeline_urls)),
    path("course_learner_metadata/", include(learners.metadata_urls)),
    path("data_sets/", include("analytics_data_api.v0.urls.data_sets")),
    path("", include("analytics_data_api.v0.urls.summaries")),
    path("status/", RedirectView.as_view(pattern_name="status")),
    path("authenticated/", RedirectView.as_view(pattern_name="authenticated")),
    path("health/", RedirectView.as_view(pattern_name="health")),
]
