"""Django's WSGI handler with the work that it needs to do only once."""

from functools import lru_cache
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.urls import ResolverMatch, get_resolver
from django.utils.log import log_response

# Paths that are matched once. Each takes up to some kilobytes.
PATHS = 1024


@lru_cache(maxsize=PATHS)
def match_of(path: str) -> ResolverMatch:
    """Return the view of a path with its arguments. Raise Resolver404 if it has none, which is not remembered."""
    return get_resolver().resolve(path)


class Handler(WSGIHandler):
    """All requests have the URLs of ROOT_URLCONF, so no thread is told which ones its request has."""

    def get_response(self, request: Any) -> Any:
        response = self._middleware_chain(request)  # type: ignore[misc]
        response._resource_closers.append(request.close)
        if response.status_code >= 400:
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response

    def resolve_request(self, request: Any) -> ResolverMatch:
        request.resolver_match = match_of(request.path_info)
        return request.resolver_match
