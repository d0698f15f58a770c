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

# The places of scheme and host in a description that is kept. YAML quotes the host, so that any host can replace it.
SCHEME, HOST = "scheme-of-the-request", "[2001:db8::]"
making = Lock()


@cache
def kept_schema():
    """Return the description for any address. Making it takes as long as a hundred responses."""
    schema = SchemaGenerator(API_INFO).get_schema(public=True)
    schema["schemes"], schema["host"] = [SCHEME], HOST
    return schema


@cache
def kept_text(codec):
    return codec([]).encode(kept_schema())


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
            text = kept_text(renderer.codec_class)
        content = text.replace(SCHEME.encode(), request.scheme.encode()).replace(
            HOST.encode(), request.get_host().encode()
        )
        return HttpResponse(content, content_type=f"{renderer.media_type}; charset={renderer.charset}")


page = DescriptionView.as_view(
    renderer_classes=[DocsPageRenderer, OpenAPIRenderer, SwaggerJSONRenderer, SwaggerYAMLRenderer]
)
as_json = DescriptionView.as_view(renderer_classes=[SwaggerJSONRenderer])
as_yaml = DescriptionView.as_view(renderer_classes=[SwaggerYAMLRenderer])
