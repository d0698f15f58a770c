"""Service endpoints: is the process up, is a key good, do the databases answer."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace

from django.conf import settings
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError
from rest_framework import serializers, status
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics_data_api.auth.throttling import ThrottledFirst
from analytics_data_api.web.renderers import JSONRenderer
from analytics_data_api.web.traits import Traits
from analyticsdataserver.router import database_identity

OK = "OK"
UNAVAILABLE = "UNAVAILABLE"


class StatusSerializer(serializers.Serializer):
    """An empty object."""


class DetailedStatusSerializer(serializers.Serializer):
    default_db_status = serializers.ChoiceField([OK, UNAVAILABLE], help_text="Users and keys.")
    analytics_db_status = serializers.ChoiceField([OK, UNAVAILABLE], help_text="The pipeline's tables.")
    analytics_v1_db_status = serializers.ChoiceField(
        [OK, UNAVAILABLE], required=False, help_text="Those of /api/v1/; absent where these are the same."
    )


class HealthSerializer(serializers.Serializer):
    overall_status = serializers.ChoiceField([OK, UNAVAILABLE], help_text="OK if every database answers.")
    detailed_status = DetailedStatusSerializer()


class OnlyFormat(DefaultContentNegotiation):
    """The one format that a view has, whatever is asked for: a monitor that accepts only text still gets its answer."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class ServiceView(ThrottledFirst, APIView):
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyFormat
    serializer_class = StatusSerializer
    traits = Traits(has_rows=False, many=False)


class StatusView(ServiceView):
    """Get an answer if the server runs."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    traits = replace(ServiceView.traits, needs_database=False)

    def get(self, request):
        return Response({})


class AuthenticatedView(ServiceView):
    """Get an answer if the key is good."""

    def get(self, request):
        return Response({})


class HealthView(ServiceView):
    """Get whether the databases answer: 200 if all do, 503 if one does not.

    Each is asked over a connection of its own, all at the same time, and has two seconds to let it in.
    """

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    serializer_class = HealthSerializer
    traits = StatusView.traits

    def get(self, request):
        found = databases_by_status()
        with ThreadPoolExecutor(len(found)) as threads:
            # Each in a context of its own, since what they do is part of this request for the log.
            asked = [
                threads.submit(copy_context().run, database_status, connections[alias].copy())
                for alias in found.values()
            ]
        detailed = {key: answer.result() for key, answer in zip(found, asked, strict=True)}
        healthy = all(state == OK for state in detailed.values())
        return Response(
            {"overall_status": OK if healthy else UNAVAILABLE, "detailed_status": detailed},
            status=status.HTTP_200_OK if healthy else status.HTTP_503_SERVICE_UNAVAILABLE,
        )


def databases_by_status():
    """The alias of the database that each key of the answer is about."""
    v0, v1 = settings.ANALYTICS_DATABASE, settings.ANALYTICS_DATABASE_V1
    found = {"default_db_status": "default", "analytics_db_status": v0}
    if database_identity(v1) != database_identity(v0):
        found["analytics_v1_db_status"] = v1
    return found


def database_status(connection):
    # Made in the thread of the request, used in this one alone.
    connection.inc_thread_sharing()
    try:
        connection.ask()
    except (DatabaseError, InterfaceError):
        return UNAVAILABLE
    finally:
        connection.close()
    return OK


class ObtainTokenView(ObtainAuthToken):
    """Get the key of a user by username and password. A user without a key gets one."""

    # Whoever asks for a key may well send an old one along.
    authentication_classes = []
    parser_classes = APIView.parser_classes
    traits = ServiceView.traits
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyFormat
