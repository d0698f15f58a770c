"""Headers that every response carries, whether a view, middleware or an error made it."""

from analytics_data_api.errors import RequestTooLarge
from analytics_data_api.web.error_responses import page_error
from analyticsdataserver import request_log
from analyticsdataserver.bodies import maximum_body
from analyticsdataserver.headers import SECURITY_HEADERS, add_headers


class ResponseHeadersMiddleware:
    """Wraps all other middleware."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        facts = request_log.Facts(request.META.get("HTTP_X_REQUEST_ID"))
        request_log.current.set(facts)
        request.id = facts.id
        response = refused(request) or self.get_response(request)
        add_headers(response, {"X-Request-ID": facts.id, **SECURITY_HEADERS})
        allowance = getattr(request, "allowance", None)
        if allowance is not None:
            add_headers(response, allowance.headers())
        request_log.finish(facts, request, response)
        return response


def refused(request):
    """Return an error if the request's body is too large to be read, otherwise None."""
    length = request.META.get("CONTENT_LENGTH")
    maximum = maximum_body(request.path_info)
    if length and maximum is not None and str(length).isdecimal() and int(length) > maximum:
        error = RequestTooLarge(maximum)
        return page_error(error.status_code, error.default_code, str(error.detail))
    return None
