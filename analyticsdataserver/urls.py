"""URLs of both versions of the API, the service endpoints, the documentation and the pages for people."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from analytics_data_api.v0.views import reports
from analyticsdataserver import docs, service

VERSION_URLS = [
    path("data_sets/", include("analytics_data_api.data_sets.urls")),
    path("", include("analytics_data_api.v0.urls")),
]
# Each dialect of the API's description, of all versions together and of one.
DESCRIPTION_URLS = [
    path(
        f"docs/{version and version + '/'}{dialect}.{kind}",
        docs.description,
        {"version": version, "dialect": dialect, "kind": kind},
        name="description",
    )
    for version in ("", *docs.VERSIONS)
    for dialect in docs.DIALECTS
    for kind in docs.MEDIA_TYPES
]

urlpatterns = [
    path("", RedirectView.as_view(url="/docs/")),
    path("status/", service.StatusView.as_view(), name="status"),
    path("authenticated/", service.AuthenticatedView.as_view(), name="authenticated"),
    path("health/", service.HealthView.as_view(), name="health"),
    re_path(r"^api-token-auth/?$", service.ObtainTokenView.as_view(), name="api-token-auth"),
    path("api-auth/login/", service.LoginView.as_view()),
    path("api-auth/", include("rest_framework.urls")),
    path("admin/", admin.site.urls),
    path("api/v0/", include((VERSION_URLS, "v0"))),
    path("api/v1/", include((VERSION_URLS, "v1"), namespace="v1")),
    path("reports/download/<str:signed>/", reports.download, name="report-download"),
    path("docs/", docs.page, name="docs"),
    path("docs/v0/", RedirectView.as_view(url="/docs/")),
    path("docs/v1/", docs.page, {"version": "v1"}, name="docs-v1"),
    *DESCRIPTION_URLS,
    *([path("", include("analytics_data_api.pages.urls"))] if settings.PAGES else []),
]

handler400 = "analytics_data_api.web.error_responses.bad_request"
handler403 = "analytics_data_api.web.error_responses.permission_denied"
handler404 = "analytics_data_api.web.error_responses.page_not_found"
handler500 = "analytics_data_api.web.error_responses.server_error"
