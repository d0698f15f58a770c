"""The pages below /docs/: Swagger UI from bundled files, and the raw description as JSON and YAML."""

from drf_yasg.renderers import OpenAPIRenderer, SwaggerJSONRenderer, SwaggerUIRenderer, SwaggerYAMLRenderer
from drf_yasg.views import get_schema_view
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny

from analytics_data_api.schema import API_INFO, SchemaGenerator

SchemaView = get_schema_view(
    API_INFO,
    public=True,
    generator_class=SchemaGenerator,
    permission_classes=[AllowAny],
    # Only for the name of who has logged in.
    authentication_classes=[SessionAuthentication],
)
SchemaView.throttle_classes = []


class DocsPageRenderer(SwaggerUIRenderer):
    """Swagger UI with links to the raw description."""

    template = "analytics_data_api/docs.html"


page = SchemaView.as_view(
    renderer_classes=[DocsPageRenderer, OpenAPIRenderer, SwaggerJSONRenderer, SwaggerYAMLRenderer]
)
as_json = SchemaView.as_view(renderer_classes=[SwaggerJSONRenderer])
as_yaml = SchemaView.as_view(renderer_classes=[SwaggerYAMLRenderer])
