"""The pages below /docs/: Swagger UI from bundled files, and the raw description as JSON and YAML."""

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
    # Only for the name of who has logged in.
    authentication_classes=[SessionAuthentication],
)
SchemaView.throttle_classes = []

# Descriptions of a process, each of 400 kB.
MOST_KEPT = 8


class DocsPageRenderer(SwaggerUIRenderer):
    """Swagger UI with links to the raw description."""

    template = "analytics_data_api/docs.html"


class DescriptionView(SchemaView):
    """The raw description. To make it takes as long as a hundred answers, so each process keeps it.

    It depends on the address alone by which the server was asked: who asks does not matter.
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
        if len(self.kept) >= MOST_KEPT:
            # Somebody asks by one address after the other.
            self.kept.clear()
        self.kept[key] = (rendered.content, rendered.headers["Content-Type"])


page = SchemaView.as_view(
    renderer_classes=[DocsPageRenderer, OpenAPIRenderer, SwaggerJSONRenderer, SwaggerYAMLRenderer]
)
as_json = DescriptionView.as_view(renderer_classes=[SwaggerJSONRenderer])
as_yaml = DescriptionView.as_view(renderer_classes=[SwaggerYAMLRenderer])
