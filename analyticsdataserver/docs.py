"""The pages below /docs/: Swagger UI from bundled files, and the API's description in two dialects, as JSON and YAML."""

import json
from functools import cache
from threading import Lock

from django.http import HttpResponse
from django.shortcuts import render
from drf_yasg.codecs import OpenAPICodecJson, yaml_dump
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.views import APIView

from analytics_data_api.web.openapi3 import to_openapi3
from analytics_data_api.web.schema import API_INFO, SchemaGenerator
from analyticsdataserver.service import OnlyFormat

VERSIONS = ("v0", "v1")
DIALECTS = ("swagger", "openapi")
MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}
# The place of the host in a description that is kept. YAML quotes it, so that any host can replace it.
HOST = "[2001:db8::]"
making = Lock()


@cache
def swagger(scheme):
    """Return the description of all versions. To make it takes as long as a hundred responses."""
    schema = SchemaGenerator(API_INFO, url=f"{scheme}://{HOST}/").get_schema(request=None, public=True)
    return json.loads(OpenAPICodecJson([]).encode(schema))


def of_version(description, version):
    """Return the part of a description that is about one version of the API."""
    others = [other for other in VERSIONS if other != version]
    return {
        **description,
        "info": {**description["info"], "version": version},
        "tags": [tag for tag in description["tags"] if not tag["name"].startswith(tuple(f"{v} " for v in others))],
        "paths": {
            path: item
            for path, item in description["paths"].items()
            if not path.startswith(tuple(f"/api/{other}/" for other in others))
        },
    }


@cache
def kept_text(version, dialect, kind, scheme):
    """Return a description as text. ``version`` is empty for all versions together."""
    description = swagger(scheme)
    if version:
        description = of_version(description, version)
    if dialect == "openapi":
        description = to_openapi3(description)
    return json.dumps(description, ensure_ascii=False).encode() if kind == "json" else yaml_dump(description, True)


def description_response(request, version, dialect, kind, content_type):
    with making:
        text = kept_text(version, dialect, kind, request.scheme)
    content = text.replace(HOST.encode(), request.get_host().encode())
    return HttpResponse(content, content_type=content_type)


class PublicView(APIView):
    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []


class DescriptionView(PublicView):
    """The API's description. The URL says the version, the dialect and the format."""

    content_negotiation_class = OnlyFormat

    def get(self, request, version, dialect, kind):
        return description_response(request, version, dialect, kind, MEDIA_TYPES[kind])


class FormatOfPage(BaseRenderer):
    """Represents a format of the page in content negotiation. The view makes the response itself."""

    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        # Only errors arrive here.
        return json.dumps(data).encode()


def format_of_page(name, type_):
    return type(f"{name.title()}Format", (FormatOfPage,), {"format": name, "media_type": type_})


class PageView(PublicView):
    """Swagger UI for one version of the API. A client that accepts JSON or YAML gets the description itself."""

    # The page shows the name of the user who is logged in.
    authentication_classes = [SessionAuthentication]
    renderer_classes = [
        format_of_page("html", "text/html"),
        format_of_page("openapi", "application/openapi+json"),
        *(format_of_page(*each) for each in MEDIA_TYPES.items()),
    ]

    def get(self, request, version="v0"):
        name, media_type = request.accepted_renderer.format, request.accepted_renderer.media_type
        if name != "html":
            # As it always was: the description of both versions.
            return description_response(request, "", "swagger", "yaml" if name == "yaml" else "json", media_type)
        return render(request, "analytics_data_api/docs.html", {"version": version, "versions": VERSIONS})


page = PageView.as_view()
description = DescriptionView.as_view()
