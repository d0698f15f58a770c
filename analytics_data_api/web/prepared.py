"""A view that prepares once for each class what Django REST framework makes anew for each request.

Parsers, authenticators, permissions and the negotiator keep no state. A renderer can, so each response gets its own.
"""

from typing import Any, ClassVar

from django.utils.cache import patch_vary_headers
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics_data_api.web.renderers import requested_format

# Outcomes of content negotiation that a class remembers, and the maximum length of a header that it remembers.
MAX_OUTCOMES, MAX_LENGTH = 64, 256


class PreparedView(APIView):
    # The objects that the class has prepared, by the name of what they replace.
    prepared: ClassVar[dict[str, Any]]
    # The renderer and the media type of each Accept header and ``?format=`` that the class has negotiated.
    outcomes: ClassVar[dict[tuple[str | None, str | None], tuple[Any, str]]]

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.prepared, cls.outcomes = {}, {}

    def once(self, name, make):
        """Return what the class has prepared under a name. The first request makes it."""
        found = self.prepared.get(name)
        if found is None:
            found = self.prepared[name] = make()
        return found

    def get_parsers(self):
        return self.once("parsers", super().get_parsers)

    def get_authenticators(self):
        return self.once("authenticators", super().get_authenticators)

    def get_permissions(self):
        return self.once("permissions", super().get_permissions)

    def get_content_negotiator(self):
        return self.once("negotiator", super().get_content_negotiator)

    @property
    def default_response_headers(self):
        # Only a request asks for these. The list of methods would lack HEAD without one.
        return self.once("headers", lambda: super(PreparedView, self).default_response_headers)

    def initial(self, request, *args, **kwargs):
        """Do the steps of APIView once each, and count a request even if it is refused for its format or its course."""
        self.format_kwarg = None
        self.perform_authentication(request)
        self.check_throttles(request)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version = request.versioning_scheme = None
        self.check_permissions(request)

    def perform_content_negotiation(self, request, force=False):
        sent = (request._request.META.get("HTTP_ACCEPT"), requested_format(request))
        if (found := self.outcomes.get(sent)) is not None:
            return found[0](), found[1]
        renderer, media_type = super().perform_content_negotiation(request, force)
        if not force and len(self.outcomes) < MAX_OUTCOMES and sum(map(len, filter(None, sent))) <= MAX_LENGTH:
            self.outcomes[sent] = (type(renderer), media_type)
        return renderer, media_type

    def finalize_response(self, request, response, *args, **kwargs):
        if isinstance(response, Response):
            # The headers are the class's own, and APIView takes some out.
            self.headers = dict(self.headers)
            return super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.headers.items():
            if name == "Vary" and response.has_header(name):
                patch_vary_headers(response, [value])
            else:
                response.headers[name] = value
        return response
