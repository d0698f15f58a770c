"""Service endpoints: whether the process runs, whether a key is valid, and whether the databases answer."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.core.cache import caches
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError
from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics_data_api.web.prepared import PreparedView
from analytics_data_api.web.renderers import JSONRenderer
from analytics_data_api.web.traits import Traits
from analyticsdataserver.cache import RedisCache
from analyticsdataserver.router import database_identity

OK = "OK"
UNAVAILABLE = "UNAVAILABLE"


class StatusSerializer(serializers.Serializer):
    """An empty object."""


class DetailedStatusSerializer(serializers.Serializer):
    default_db_status = serializers.ChoiceField([OK, UNAVAILABLE], help_text="Users and keys.")
    analytics_db_status = serializers.ChoiceField(
        [OK, UNAVAILABLE], help_text="The tables of /api/v0/ and /api/v1/: UNAVAILABLE if either database is."
    )
    analytics_v1_db_status = serializers.ChoiceField(
        [OK, UNAVAILABLE], required=False, help_text="The tables of /api/v1/; absent if both versions read the same."
    )
    cache_status = serializers.ChoiceField(
        [OK, UNAVAILABLE],
        required=False,
        help_text="The cache of CACHE_URL; absent without one. The server works without it, so it does not count overall.",
    )


class HealthSerializer(serializers.Serializer):
    overall_status = serializers.ChoiceField([OK, UNAVAILABLE], help_text="OK if every database answers.")
    detailed_status = DetailedStatusSerializer()


class OnlyFormat(DefaultContentNegotiation):
    """Renders the view's only format, whatever the request accepts: a monitor that accepts only text gets a response."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class ServiceView(PreparedView):
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyFormat
    serializer_class = StatusSerializer
    traits = Traits(has_rows=False, many=False)

    def perform_content_negotiation(self, request, force=False):
        # There is nothing to negotiate, so the query string need not be read.
        renderer = self.once("renderer", self.renderer_classes[0])
        return renderer, renderer.media_type


def empty_object():
    return HttpResponse(b"{}", content_type="application/json")


class StatusView(ServiceView):
    """Get a response if the server runs."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    traits = replace(ServiceView.traits, needs_database=False)

    def get(self, request):
        return empty_object()


class AuthenticatedView(ServiceView):
    """Get a response if the key is valid."""

    def get(self, request):
        return empty_object()


class HealthView(ServiceView):
    """Get the state of the databases: 200 if all answer, 503 if one does not.

    The server asks all of them at the same time. Each has two seconds to accept a connection.
    """

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    serializer_class = HealthSerializer
    traits = StatusView.traits

    def get(self, request):
        found = databases_by_status()
        with ThreadPoolExecutor(len(found) + 1) as threads:
            cache = threads.submit(cache_status)
            # A copy of the context, so that the log counts these queries for this request.
            asked = [
                threads.submit(copy_context().run, database_status, connections[alias].copy())
                for alias in found.values()
            ]
        detailed = {key: answer.result() for key, answer in zip(found, asked, strict=True)}
        healthy = all(state == OK for state in detailed.values())
        if detailed.get("analytics_v1_db_status") == UNAVAILABLE:
            detailed["analytics_db_status"] = UNAVAILABLE
        if cache.result():
            detailed["cache_status"] = cache.result()
        return Response(
            {"overall_status": OK if healthy else UNAVAILABLE, "detailed_status": detailed},
            status=status.HTTP_200_OK if healthy else status.HTTP_503_SERVICE_UNAVAILABLE,
        )


def cache_status():
    """Return the state of the shared cache, or None if each process counts for itself."""
    if not isinstance(caches["default"], RedisCache):
        return None
    # A server without Redis does not import its client.
    from redis.exceptions import RedisError

    try:
        caches["default"].get("health")
    except RedisError:
        return UNAVAILABLE
    return OK


def databases_by_status():
    """Return the alias of the database that each key of the response describes."""
    v0, v1 = settings.ANALYTICS_DATABASE, settings.ANALYTICS_DATABASE_V1
    found = {"default_db_status": "default", "analytics_db_status": v0}
    if database_identity(v1) != database_identity(v0):
        found["analytics_v1_db_status"] = v1
    return found


def database_status(connection):
    # The request's thread made the connection, but only this one uses it.
    connection.inc_thread_sharing()
    try:
        connection.ask()
    except (DatabaseError, InterfaceError):
        return UNAVAILABLE
    finally:
        connection.close()
    return OK


class ObtainTokenView(ObtainAuthToken):
    """Get a user's key by username and password. A user without a key gets a new one."""

    # A client that asks for a key may send an old one along.
    authentication_classes = []
    parser_classes = APIView.parser_classes
    traits = ServiceView.traits
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyFormat


class LoginView(auth_views.LoginView):
    template_name = "rest_framework/login.html"

    def get_redirect_url(self):
        # A URL has no spaces: each one was a + that the query string did not escape, as in a course id.
        return super().get_redirect_url().replace(" ", "+")
