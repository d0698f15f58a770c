"""The pages below /docs/: Swagger UI from bundled files, and the API description as JSON and YAML."""

from typing import ClassVar

from django.http import HttpResponse
from drf_yasg.renderers import OpenAPIRenderer, SwaggerJSONRenderer, SwaggerUIRenderer, SwaggerYAMLRenderer
from drf_yasg.views import get_schema_view
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny

from analytics_data_api.web.schema import API_INFO, SchemaGenerator

SchemaView = get_schema_view(
    API_INFO,
    public=True,
    generator_class=SchemaGenerator,
    permission_classes=[AllowAny],
    # The page shows the name of the user who is logged in.
    authentication_classes=[SessionAuthentication],
)
SchemaView.throttle_classes = []

# Maximum number of descriptions that a process keeps. Each has 400 kB.
MAX_KEPT = 8


class DocsPageRenderer(SwaggerUIRenderer):
    """Swagger UI with links to the API description."""

    template = "analytics_data_api/docs.html"


class DescriptionView(SchemaView):
    """The API description. Each process keeps it, since making it takes as long as a hundred responses.

    It depends on the host name of the request, but not on the user.
    """

    kept: ClassVar[dict[tuple[str, str], tuple[bytes, str]]] = {}

    def get(self, request, version="", format=None):
        key = (request.accepted_renderer.format, request.build_absolute_uri("/"))
        if key in self.kept:
            content, content_type = self.kept[key]
            return HttpResponse(content, content_type=content_type)
        response = super().get(request, version, format)
        response.add_post_render_callback(lambda rendered: self.keep(key, rendered))
        return response

    def keep(self, key, rendered):
        if len(self.kept) >= MAX_KEPT:
            # A client tries many host names.
            self.kept.clear()
        self.kept[key] = (rendered.content, rendered.headers["Content-Type"])


page = SchemaView.as_view(
    renderer_classes=[DocsPageRenderer, OpenAPIRenderer, SwaggerJSONRenderer, SwaggerYAMLRenderer]
)
as_json = DescriptionView.as_view(renderer_classes=[SwaggerJSONRenderer])
as_yaml = DescriptionView.as_view(renderer_classes=[SwaggerYAMLRenderer])
