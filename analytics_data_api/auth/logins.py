"""Logins by password: wrong ones are limited by address, and by address and name.

A limit by name alone would let anybody lock a user out.
"""

import time
from collections.abc import Iterator
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from rest_framework.exceptions import Throttled

from analytics_data_api.auth import throttling
from analytics_data_api.auth.rates import Rate

# A provider gives each customer a network of this size or a larger one.
IPV6_PREFIX = 64
# Seconds after which a client may retry if others' passwords are being checked.
BUSY_RETRY_AFTER = 1

# Checking a password takes a processor up to a second.
slots = throttling.Slots()


class LimitedLogins(ModelBackend):
    def authenticate(self, request, username=None, password=None, **kwargs):
        address = request and request.META.get("REMOTE_ADDR")
        if not address or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        if not slots.take():
            raise Throttled(wait=BUSY_RETRY_AFTER)
        now = time.time()
        counts = list(limits(address, username))
        is_failure = False
        try:
            for name, rate in counts:
                found = throttling.allowance(name, rate, now)
                if found.is_exceeded:
                    is_failure = True
                    raise Throttled(wait=found.reset)
            user = super().authenticate(request, username, password, **kwargs)
            is_failure = user is None
            return user
        finally:
            slots.free()
            if not is_failure:
                for name, rate in counts:
                    throttling.counter.uncount(throttling.period_key(name, rate, now))


def limits(address: str, username: str) -> Iterator[tuple[str, Rate]]:
    """Yield the names under which a login is counted, with their rates."""
    network = network_of(address)
    yield f"login:{network}", settings.LOGIN_FAILURES_PER_ADDRESS
    # Not every cache takes any text as a key.
    digest = blake2b(username.casefold().encode(errors="replace"), digest_size=16).hexdigest()
    yield f"login:{network}:{digest}", settings.LOGIN_FAILURES_PER_NAME


def network_of(address: str) -> str:
    """Return an IPv4 address as it is, and the network of an IPv6 address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        # A proxy may name a client by other means.
        return blake2b(address.encode(errors="replace"), digest_size=16).hexdigest()
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, IPV6_PREFIX), strict=False))
