"""The server's URLs, and URLs whose views fail."""

from django.http import HttpResponse
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics_data_api.web.views import RowsView
from analyticsdataserver.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Crash(APIView):
    def get(self, request):
        raise RuntimeError("a secret of the server's")


class NotJson(APIView):
    def get(self, request):
        return Response({"what": object()})


class CrashingRows(RowsView):
    def rows(self, parameters):
        raise KeyError("a secret of the server's")
        yield


def crash(request):
    raise RuntimeError("a secret of the server's")


def many_parameters(request):
    return HttpResponse(str(len(request.GET)))


urlpatterns = [
    *urlpatterns,
    path("crash/view/", Crash.as_view()),
    path("crash/rows/", CrashingRows.as_view()),
    path("crash/json/", NotJson.as_view()),
    path("crash/plain/", crash),
    path("many/", many_parameters),
]
