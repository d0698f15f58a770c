"""Django's caches with an atomic counter, which takes one round trip and is exact for any number of processes."""

import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.core.cache.backends import locmem, redis
from django.utils.functional import cached_property

SCHEMES = ("redis", "rediss")
ALLOWED = "redis://:password@host:port/number, with a percent-encoded password, or rediss:// for TLS"

# Seconds. A request waits at most twice as long for a cache that does not answer.
REDIS_TIMEOUT = 0.25
# More users than a process counts in one period. Beyond that the local cache drops the oldest entries.
MAX_LOCAL_ENTRIES = 10_000


COUNT = """
local number = redis.call("INCR", KEYS[1])
if number == 1 then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
return number
"""


class RedisCache(redis.RedisCache):
    """Redis. If the server has closed the connection in the meantime, the client reconnects once, without a pause."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        timeouts = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT}
        options = {**timeouts, "retry": Retry(NoBackoff(), 1), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})

    @cached_property
    def _counting(self) -> Any:
        # A script takes half as long as a pipeline of the same commands. Only Django's private client can register one.
        return self._cache.get_client(write=True).register_script(COUNT)

    def count(self, key: str, seconds: int) -> int:
        """Increment and return a number that expires ``seconds`` after its first count."""
        return self._counting([self.make_and_validate_key(key)], [seconds])


class LocalCache(locmem.LocMemCache):
    """The memory of this process."""

    def count(self, key: str, seconds: int) -> int:
        """Increment and return a number, as RedisCache does, for the threads of one process."""
        self.add(key, 0, seconds)
        return self.incr(key)


LOCAL = {"BACKEND": "analyticsdataserver.cache.LocalCache", "OPTIONS": {"MAX_ENTRIES": MAX_LOCAL_ENTRIES}}


def parse_cache_url(text: str) -> dict[str, Any]:
    """Return the dictionary for Django's CACHES that a cache URL describes."""
    text, is_valid = text.strip(), False
    with suppress(ValueError):
        url = urlsplit(text)
        is_valid = url.scheme in SCHEMES and bool(url.hostname) and (url.port is None or url.port > 0)
        is_valid = is_valid and bool(re.fullmatch("[0-9]*", url.path.strip("/")))
    if not is_valid:
        raise ValueError(f"expected {ALLOWED}")
    return {
        "BACKEND": "analyticsdataserver.cache.RedisCache",
        # Django splits a text, but not a list, at the commas that a password may contain.
        "LOCATION": [text],
        "KEY_PREFIX": "analytics_data_api",
    }
