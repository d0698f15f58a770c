"""The pages below /docs/: Swagger UI from bundled files, and the API description as JSON and YAML."""

from functools import cache
from threading import Lock

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

# The place of the host in a description that is kept. YAML quotes it, so that any host can replace it.
HOST = "[2001:db8::]"
making = Lock()


@cache
def kept_description(renderer, scheme):
    """Return a description in a renderer's format. Making it takes as long as a hundred responses."""
    generator = SchemaGenerator(API_INFO, url=f"{scheme}://{HOST}")
    return renderer().render(generator.get_schema(public=True))


class DocsPageRenderer(SwaggerUIRenderer):
    """Swagger UI with links to the API description."""

    template = "analytics_data_api/docs.html"


class DescriptionView(SchemaView):
    """The API description with the host name of the request. It does not depend on the user."""

    def get(self, request, version="", format=None):
        renderer = type(request.accepted_renderer)
        if renderer is DocsPageRenderer:
            return super().get(request, version, format)
        with making:
            text = kept_description(renderer, request.scheme)
        content = text.replace(HOST.encode(), request.get_host().encode())
        return HttpResponse(content, content_type=f"{renderer.media_type}; charset={renderer.charset}")


page = DescriptionView.as_view(
    renderer_classes=[DocsPageRenderer, OpenAPIRenderer, SwaggerJSONRenderer, SwaggerYAMLRenderer]
)
as_json = DescriptionView.as_view(renderer_classes=[SwaggerJSONRenderer])
as_yaml = DescriptionView.as_view(renderer_classes=[SwaggerYAMLRenderer])
