"""Which path is which view. Version 1 includes the same paths under its own namespace."""

from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from analytics_data_api.v0.urls.converters import IdConverter

register_converter(IdConverter, "id")

urlpatterns = [
    path("courses/", include("analytics_data_api.v0.urls.courses")),
    path("problems/", include("analytics_data_api.v0.urls.problems")),
    path("videos/", include("analytics_data_api.v0.urls.videos")),
    path("status/", RedirectView.as_view(pattern_name="status")),
    path("authenticated/", RedirectView.as_view(pattern_name="authenticated")),
    path("health/", RedirectView.as_view(pattern_name="health")),
]
