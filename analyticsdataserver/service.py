"""Service endpoints: is the process up, is a key good, do the databases answer."""

from django.conf import settings
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError
from rest_framework import serializers, status
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics_data_api.renderers import JSONRenderer

OK = "OK"
UNAVAILABLE = "UNAVAILABLE"


class StatusSerializer(serializers.Serializer):
    """An empty object."""


class DetailedStatusSerializer(serializers.Serializer):
    default_db_status = serializers.ChoiceField([OK, UNAVAILABLE], help_text="Users and keys.")
    analytics_db_status = serializers.ChoiceField([OK, UNAVAILABLE], help_text="The pipeline's tables.")


class HealthSerializer(serializers.Serializer):
    overall_status = serializers.ChoiceField([OK, UNAVAILABLE], help_text="OK if every database answers.")
    detailed_status = DetailedStatusSerializer()


class OnlyFormat(DefaultContentNegotiation):
    """The one format that a view has, whatever is asked for: a monitor that accepts only text still gets its answer."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class ServiceView(APIView):
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyFormat
    serializer_class = StatusSerializer


class StatusView(ServiceView):
    """Get an answer if the server runs."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []

    def get(self, request):
        return Response({})


class AuthenticatedView(ServiceView):
    """Get an answer if the key is good."""

    def get(self, request):
        return Response({})


class HealthView(ServiceView):
    """Get whether the databases answer: 200 if all do, 503 if one does not."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    serializer_class = HealthSerializer

    def get(self, request):
        detailed = {
            "default_db_status": database_status("default"),
            "analytics_db_status": database_status(settings.ANALYTICS_DATABASE),
        }
        healthy = all(state == OK for state in detailed.values())
        return Response(
            {"overall_status": OK if healthy else UNAVAILABLE, "detailed_status": detailed},
            status=status.HTTP_200_OK if healthy else status.HTTP_503_SERVICE_UNAVAILABLE,
        )


def database_status(alias):
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (DatabaseError, InterfaceError):
        return UNAVAILABLE
    return OK


class ObtainTokenView(ObtainAuthToken):
    """Get the key of a user by username and password. A user without a key gets one."""

    parser_classes = APIView.parser_classes
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyFormat
