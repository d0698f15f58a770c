"""Throttling: how many requests a user may send. All processes that share a cache share the counts.

A period is a second, minute, hour or day of the clock in UTC. Every count starts at zero in each period.
"""

import logging
import time
from contextlib import suppress
from math import ceil
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from analytics_data_api.auth.rates import Rate

logger = logging.getLogger(__name__)

# Seconds for which a process does not use a cache that has failed, so that not every request waits for it.
PAUSE = 5.0


class Allowance(NamedTuple):
    """The remaining requests in the current period, which ends in ``reset`` seconds."""

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
    """Counts in the cache. While the cache fails, it counts nothing, refuses nobody, and tries again after a pause."""

    def __init__(self) -> None:
        self.paused_until = 0.0
        self.is_failing = False

    def count(self, key: str, seconds: int) -> int:
        """Return the number of calls for a key, including this one, or 0 while the cache fails."""
        if time.monotonic() < self.paused_until:
            return 0
        try:
            number = count_in_cache(key, seconds)
        except Exception as error:  # A site may configure any cache, which may raise anything.
            self.paused_until = time.monotonic() + PAUSE
            if not self.is_failing:
                logger.error("requests are not counted, since the cache fails: %s", type(error).__name__)
            self.is_failing = True
            return 0
        if self.is_failing:
            logger.warning("requests are counted again")
            self.is_failing = False
        return number

    def uncount(self, key: str) -> None:
        """Take back a call for a key."""
        if time.monotonic() >= self.paused_until:
            # The count may have expired, and one call too many does no harm.
            with suppress(Exception):
                cache.decr(key)


def count_in_cache(key: str, seconds: int) -> int:
    if hasattr(cache, "count"):
        return cache.count(key, seconds)
    # This cache is not one of this server's own.
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:
        # A full cache has dropped the count at once.
        cache.set(key, 1, seconds)
        return 1


counter = Counter()


def rate_of(user) -> Rate | None:
    """Return the user's rate, or None if the user has no limit."""
    if user.get_username() in settings.THROTTLE_SERVICE_USERS:
        return settings.THROTTLE_RATE_SERVICE_USER
    return settings.THROTTLE_RATE_USER


def period_key(name: object, rate: Rate, now: float) -> str:
    return f"throttle:{name}:{rate.seconds}:{int(now // rate.seconds)}"


def allowance(name: object, rate: Rate, now: float) -> Allowance:
    """Count a request of a name and return what remains."""
    # The count outlives the period, since the clocks of several machines differ.
    number = counter.count(period_key(name, rate, now), rate.seconds + 60)
    return Allowance(
        limit=rate.requests,
        remaining=max(0, rate.requests - number),
        reset=max(1, ceil(rate.seconds - now % rate.seconds)),
        is_exceeded=number > rate.requests,
    )


class Slots:
    """Limits how many slow requests of one kind a process serves at a time, so that they leave threads to others."""

    def __init__(self) -> None:
        self.taken = 0
        self.lock = Lock()

    def take(self) -> bool:
        """Return True if there was a slot, which is then taken."""
        with self.lock:
            is_free = self.taken < settings.MAX_SLOW_REQUESTS
            self.taken += is_free
        return is_free

    def free(self) -> None:
        with self.lock:
            self.taken -= 1


class UserThrottle(BaseThrottle):
    """The throttle for Django REST framework. It stores the allowance on the request for the response's headers."""

    def allow_request(self, request, view):
        found = getattr(request._request, "allowance", None)
        if found is None:
            rate = rate_of(request.user) if request.user.is_authenticated else None
            if rate is None:
                return True
            found = request._request.allowance = allowance(request.user.pk, rate, time.time())
        self.reset = found.reset
        return not found.is_exceeded

    def wait(self):
        return self.reset
