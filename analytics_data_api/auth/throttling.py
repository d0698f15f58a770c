"""How many requests a user may send. The counts are in Django's cache, for all processes that share one.

A period is a second, a minute, an hour or a day of the clock, in UTC; with each one a user's count begins anew.
"""

import logging
import time
from math import ceil
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from analytics_data_api.auth.rates import Rate

logger = logging.getLogger(__name__)

# For so many seconds a process leaves a cache alone that has failed it, so that not every request waits for it.
PAUSE = 5.0


class Allowance(NamedTuple):
    """What a user may still ask for in the current period; ``reset`` is in how many seconds the next one begins."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class Counter:
    """Counts in the cache. One that fails stops nobody: it counts nothing, says so once, and is tried again later."""

    def __init__(self) -> None:
        self.paused_until = 0.0
        self.is_failing = False

    def count(self, key: str, seconds: int) -> int:
        """The number of calls for a key, this one included; 0 while the cache fails."""
        if time.monotonic() < self.paused_until:
            return 0
        try:
            number = counted(key, seconds)
        except Exception as error:  # a cache may be anything, and so may be what it raises
            self.paused_until = time.monotonic() + PAUSE
            if not self.is_failing:
                logger.error("requests are not counted, since the cache fails: %s", type(error).__name__)
            self.is_failing = True
            return 0
        if self.is_failing:
            logger.warning("requests are counted again")
            self.is_failing = False
        return number


def counted(key: str, seconds: int) -> int:
    if hasattr(cache, "count"):
        return cache.count(key, seconds)
    # One of Django's other caches.
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:
        # A cache that is full has dropped the count at once.
        cache.set(key, 1, seconds)
        return 1


counter = Counter()


def rate_of(user) -> Rate | None:
    """The rate of a user; None: no limit."""
    if user.get_username() in settings.THROTTLE_SERVICE_USERS:
        return settings.THROTTLE_RATE_SERVICE_USER
    return settings.THROTTLE_RATE_USER


def allowance(user, rate: Rate, now: float) -> Allowance:
    """Counts a request of the user."""
    period = int(now // rate.seconds)
    # Kept for longer than the period, since the clocks of several machines differ.
    number = counter.count(f"throttle:{user.pk}:{rate.seconds}:{period}", rate.seconds + 60)
    return Allowance(
        limit=rate.requests,
        remaining=max(0, rate.requests - number),
        reset=max(1, ceil((period + 1) * rate.seconds - now)),
        is_exceeded=number > rate.requests,
    )


class UserThrottle(BaseThrottle):
    """Django REST framework's hook. What it finds stays at the request, for the answer's headers."""

    def allow_request(self, request, view):
        found = getattr(request._request, "allowance", None)
        if found is None:
            rate = rate_of(request.user) if request.user.is_authenticated else None
            if rate is None:
                return True
            found = request._request.allowance = allowance(request.user, rate, time.time())
        self.reset = found.reset
        return not found.is_exceeded

    def wait(self):
        return self.reset


class ThrottledFirst:
    """For views: counts each request of a user, also one that is refused for its format or its course."""

    def perform_content_negotiation(self, request, force=False):
        if not force:
            self.perform_authentication(request)
            self.check_throttles(request)
        return super().perform_content_negotiation(request, force)
